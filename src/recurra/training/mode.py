"""Training and evaluation mode, for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn


@contextmanager
def in_mode(model: nn.Module, *, training: bool) -> Iterator[None]:
    """Puts every module of the model into one mode, and each back into its own at the end."""
    former = [(module, module.training) for module in model.modules()]
    # At each step of a training all are in it already.
    if any(was_training != training for _, was_training in former):
        model.train(training)
    try:
        yield
    finally:
        for module, was_training in former:
            if module.training != was_training:
                module.training = was_training
