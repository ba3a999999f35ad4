"""How well a model's recurrent layers remember, seen from outside.

The package is called as the function that it holds: ``recurra.diagnose(model, batch)``.
"""

import inspect
import sys
from types import ModuleType

from recurra.diagnose.examine import diagnose
from recurra.diagnose.logging import MemoryLog
from recurra.diagnose.report import Diagnosis, LayerReport
from recurra.diagnose.saturation import GateReport

__all__ = ["Diagnosis", "GateReport", "LayerReport", "MemoryLog", "diagnose"]


class _Callable(ModuleType):
    """A module that is a function: importing it puts it where ``recurra.diagnose`` would be."""

    __call__ = staticmethod(diagnose)
    __signature__ = inspect.signature(diagnose)


sys.modules[__name__].__class__ = _Callable
