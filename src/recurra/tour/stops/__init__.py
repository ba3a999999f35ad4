"""The stops, in their order."""

from __future__ import annotations

from collections.abc import Callable

from recurra.tour.stop import Stop
from recurra.tour.stops.coupled import coupled
from recurra.tour.stops.directions import directions
from recurra.tour.stops.gru import gru
from recurra.tour.stops.lstm import add, forget, output, update
from recurra.tour.stops.peephole import peephole
from recurra.tour.stops.plain import plain
from recurra.tour.stops.sine import sine
from recurra.tour.stops.structures import structures
from recurra.tour.stops.vanishing import vanishing

STOPS: tuple[Callable[[], Stop], ...] = (
    plain,
    vanishing,
    forget,
    add,
    update,
    output,
    peephole,
    coupled,
    gru,
    directions,
    structures,
    sine,
)
"""Each makes itself anew."""
