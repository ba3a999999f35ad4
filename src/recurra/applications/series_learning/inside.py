"""What is asked of a network about one series: why it is of its class."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from recurra.applications.inside import View
from recurra.applications.series import Values
from recurra.applications.series_learning.network import Network
from recurra.applications.series_learning.together import Member
from recurra.explain.wording import Words


def view(member: Member, series: Values, label: tuple[int, str], title: str) -> View:
    """The probability of a class, from the steps that the network reads.

    Args:
        member: The network, and what prepares series for it.
        series: (T, C).
        label: The number and the name of the class.
        title: What the series is called.
    """
    number, name = label
    x = member.preparation.shown(member.preparation.prepared(series)).detach()
    length = torch.tensor([len(x)])

    def ask(one: nn.Module, batch: Tensor) -> Tensor:
        assert isinstance(one, Network)
        chances: Tensor = one(batch, length.expand(len(batch))).exp()
        return chances[:, number]

    places = np.linspace(0, len(series) - 1, len(x))
    words = Words(
        f"the probability of {name}",
        [f"{place:.0f}" for place in places],
        "with the series at its mean throughout",
        "steps",
        "step {}",
    )
    channel = _liveliest(series)
    return View(
        title,
        words,
        x,
        x.mean(0, keepdim=True).expand_as(x),
        ask,
        np.interp(places, np.arange(len(series)), series[:, channel].astype(np.float64)),
        _said(series, len(x), channel),
    )


def _liveliest(series: Values) -> int:
    """The channel that moves most, measured by its own size."""
    known = np.where(np.isfinite(series), series, np.nan)
    with np.errstate(all="ignore"):
        size = np.nanmax(np.abs(known), axis=0, initial=0.0)
        moved = np.nansum(np.abs(np.diff(known, axis=0)), axis=0) / np.where(size > 0, size, 1)
    return int(moved.argmax())


def _said(series: Values, read: int, channel: int) -> tuple[str, ...]:
    steps, channels = series.shape
    return (
        *([f"the series of {steps} steps is read as {read}"] if read != steps else []),
        *([f"drawn is channel {channel + 1} of {channels}"] if channels > 1 else []),
    )
