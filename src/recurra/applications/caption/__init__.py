"""Pictures to sentences: one to many."""

from recurra.applications.caption.captioner import Captioner
from recurra.applications.caption.scores import Scores

__all__ = ["Captioner", "Scores"]
