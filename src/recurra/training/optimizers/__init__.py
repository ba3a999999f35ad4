"""Optimizers whose step is one pass of compiled code over all parameters."""

from recurra.training.optimizers.adam import Adam, AdamW
from recurra.training.optimizers.building import build_optimizer
from recurra.training.optimizers.clip import Clip
from recurra.training.optimizers.rmsprop import RMSprop
from recurra.training.optimizers.sgd import SGD

__all__ = ["SGD", "Adam", "AdamW", "Clip", "RMSprop", "build_optimizer"]
