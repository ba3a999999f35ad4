"""scikit-learn's rules for an estimator, without needing scikit-learn."""

from __future__ import annotations

import importlib
import inspect
import sys
from typing import Any, Self

from recurra.errors import OptionError


class Estimator:
    """The constructor stores its arguments under their names, and nothing else."""

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The constructor's arguments.

        Args:
            deep: Without effect, since none of the arguments is an estimator.
        """
        names = list(inspect.signature(type(self).__init__).parameters)[1:]
        return {name: getattr(self, name) for name in names}

    def set_params(self, **params: Any) -> Self:
        """Sets some of them; a later fit goes by them.

        Raises:
            OptionError: If a name is none of them.
        """
        known = self.get_params()
        for name, value in params.items():
            if name not in known:
                raise OptionError(f"the parameter {name!r}", f"one of {', '.join(known)}")
            setattr(self, name, value)
        return self

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn, which alone calls this, is to know: y is not needed."""
        utils = importlib.import_module("sklearn.utils")
        target = utils.TargetTags(required=False)
        kinds = ("transformer_tags", "classifier_tags", "regressor_tags")
        inputs = utils.InputTags(two_d_array=False, string=True, categorical=True, allow_nan=True)
        return utils.Tags(
            estimator_type=None, target_tags=target, input_tags=inputs, **dict.fromkeys(kinds)
        )

    def __repr__(self) -> str:
        default = inspect.signature(type(self).__init__).parameters
        changed = (
            f"{name}={value!r}"
            for name, value in self.get_params().items()
            if value != default[name].default
        )
        return f"{type(self).__name__}({', '.join(changed)})"


def not_fitted(given: str, do: str) -> OptionError:
    """The error of an estimator that must be fitted first.

    Where scikit-learn is in use it is one of its ``NotFittedError`` as well, by which its own tools
    know it.
    """
    theirs = getattr(sys.modules.get("sklearn.exceptions"), "NotFittedError", None)
    if theirs is None:
        return OptionError(given, "", do)
    both: type[OptionError] = type("NotFittedError", (OptionError, theirs), {})
    return both(given, "", do)
