"""What the number of videos says of how to learn from them."""

from __future__ import annotations

from recurra.applications.series_learning import Plan, Wishes
from recurra.applications.series_learning.rules import FEWEST, Sizes

STEPS = 600
"""Steps of the optimizer that a network is trained for, as far as passes allow."""


def plan(videos: int, wishes: Wishes) -> Plan:
    """The rules, for so many training videos.

    One network, in batches of 16, for as many passes as make about 600 steps, from 10 to 60. How
    good it is is told by another that learns in the same way without a fifth of the videos, and is
    judged on that.
    """
    batch_size = wishes.batch_size or 16
    epochs = wishes.epochs or min(60, max(10, round(STEPS * batch_size / max(1, videos))))
    return Plan(
        Sizes(wishes.units or 64, wishes.layers or 1, wishes.cell),
        wishes.networks or 1,
        0 if videos < FEWEST else 5,
        1,
        epochs,
        batch_size,
        wishes.learning_rate or 3e-3,
    )
