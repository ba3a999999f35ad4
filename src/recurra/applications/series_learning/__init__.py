"""How classes of series are learned: the network, its training, and what several together say."""

from recurra.applications.series_learning.inside import view
from recurra.applications.series_learning.judging import contents, judged, strangers
from recurra.applications.series_learning.preparation import Preparation
from recurra.applications.series_learning.report import Fit, draw, figures, page
from recurra.applications.series_learning.rules import Plan, Wishes, plan
from recurra.applications.series_learning.stored import members_of, pack, plan_of
from recurra.applications.series_learning.together import (
    Member,
    Task,
    learn_together,
    probabilities,
)

__all__ = [
    "Fit",
    "Member",
    "Plan",
    "Preparation",
    "Task",
    "Wishes",
    "contents",
    "draw",
    "figures",
    "judged",
    "learn_together",
    "members_of",
    "pack",
    "page",
    "plan",
    "plan_of",
    "probabilities",
    "strangers",
    "view",
]
