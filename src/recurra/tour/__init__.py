"""A guided tour of recurrent networks, on small ones that are run and trained on the spot."""

from recurra.tour.page import tour
from recurra.tour.stop import Both, Curve, Frame, Stop

__all__ = ["Both", "Curve", "Frame", "Stop", "tour"]
