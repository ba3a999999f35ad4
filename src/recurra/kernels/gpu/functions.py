"""The primitives of the language in Triton, a row each: an expression with places for arguments."""

from __future__ import annotations

FUNCTIONS = {
    "add": "({0} + {1})",
    "subtract": "({0} - {1})",
    "multiply": "({0} * {1})",
    "divide": "({0} / {1})",
    "remainder": "remainder({0}, {1})",
    "negative": "(-{0})",
    "sigmoid": "sigmoid({0})",
    "tanh": "tanh({0})",
    "relu": "tl.maximum({0}, 0.0, propagate_nan=tl.PropagateNan.ALL)",
    "exp": "tl.exp({0})",
    "log": "tl.log({0})",
    "sqrt": "tl.sqrt_rn({0})",
    "sin": "tl.sin({0})",
    "cos": "tl.cos({0})",
    "sign": "sign({0})",
    "absolute": "tl.abs({0})",
    "softplus": "softplus({0})",
    "log_sigmoid": "(-softplus(-{0}))",
    "maximum": "tl.maximum({0}, {1}, propagate_nan=tl.PropagateNan.ALL)",
    "minimum": "tl.minimum({0}, {1}, propagate_nan=tl.PropagateNan.ALL)",
    "greater": "tl.where({0} > {1}, 1.0, 0.0)",
    "equal": "tl.where({0} == {1}, 1.0, 0.0)",
    "where": "tl.where({0} != 0.0, {1}, {2})",
}
"""How each primitive is written, by its name; those not here are left to the reference.

The names without ``tl.`` are functions of :mod:`recurra.kernels.gpu.pieces`.
"""
