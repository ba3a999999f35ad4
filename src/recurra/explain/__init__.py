"""What a network remembers, and why it answers what it does.

The package is called as the function that it holds: ``recurra.explain(model, x)``.
"""

import inspect
import sys
from types import ModuleType

from recurra.explain.attribution import Attribution, Question, integrated_gradients, occlusion
from recurra.explain.clamping import Clamped, clamped
from recurra.explain.explanation import Explanation, explain
from recurra.explain.memory import UnitMemory, unit_memory
from recurra.explain.tracing import Trace, traces

__all__ = [
    "Attribution",
    "Clamped",
    "Explanation",
    "Question",
    "Trace",
    "UnitMemory",
    "clamped",
    "explain",
    "integrated_gradients",
    "occlusion",
    "traces",
    "unit_memory",
]


class _Callable(ModuleType):
    """A module that is a function: importing it puts it where ``recurra.explain`` would be."""

    __call__ = staticmethod(explain)
    __signature__ = inspect.signature(explain)


sys.modules[__name__].__class__ = _Callable
