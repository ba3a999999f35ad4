"""How good the answers of a classifier are, in figures, words and a picture."""

from recurra.applications.scoring.confusion import (
    confusion_picture,
    draw_confusion,
    scores_table,
    verdict,
)
from recurra.applications.scoring.scores import Scores

__all__ = ["Scores", "confusion_picture", "draw_confusion", "scores_table", "verdict"]
