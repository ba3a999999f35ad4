"""Pictures to the strokes of a pen: one to many."""

from recurra.applications.caption.strokes.drawer import Drawer
from recurra.applications.caption.strokes.drawing import Drawing
from recurra.applications.caption.strokes.scores import Scores

__all__ = ["Drawer", "Drawing", "Scores"]
