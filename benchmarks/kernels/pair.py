"""A layer of ours and one of torch.nn's with the same weights, which compute the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from comparison import check
from shapes import Shape
from subject import Subject, batch
from torch import nn

import recurra

Name = Literal["LSTM", "GRU", "RNN"]


@dataclass(frozen=True)
class Pair:
    """Ours and theirs, each with tensors of its own."""

    mine: Subject
    theirs: Subject


def pair(name: Name, shape: Shape) -> Pair:
    """The two, compared: the program ends where they differ."""
    torch.manual_seed(0)
    theirs = getattr(nn, name)(shape.I, shape.H)
    mine = getattr(recurra, name)(shape.I, shape.H)
    mine.load_state_dict(theirs.state_dict())
    found = Pair(subject(mine, shape), subject(theirs, shape))
    what = f"{name} {shape} beside torch.nn"
    outputs = {"the output": found.mine.train()}, {"the output": found.theirs.train()}
    check(what, *outputs)
    check(f"{what}, gradients", found.mine.gradients(), found.theirs.gradients())
    return found


def subject(module: nn.Module, shape: Shape) -> Subject:
    """A layer of either with a batch and states that are not zero."""
    x, cotangent = batch(shape)
    generator = torch.Generator().manual_seed(1)
    states = tuple(
        0.5 * torch.randn(1, shape.B, shape.H, generator=generator)
        for _ in range(2 if type(module).__name__ == "LSTM" else 1)
    )
    return Subject(module, x, states, cotangent)
