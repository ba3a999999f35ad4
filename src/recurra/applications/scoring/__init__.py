"""How good the answers of a classifier are, in figures, words and a picture."""

from recurra.applications.scoring.bleu import Bleu, sacrebleu
from recurra.applications.scoring.confusion import (
    confusion_picture,
    draw_confusion,
    scores_table,
    verdict,
)
from recurra.applications.scoring.scores import Scores

__all__ = [
    "Bleu",
    "Scores",
    "confusion_picture",
    "draw_confusion",
    "sacrebleu",
    "scores_table",
    "verdict",
]
