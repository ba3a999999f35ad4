"""The loss of connectionist temporal classification."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from recurra.errors import DataError, OptionError, ShapeError
from recurra.structures.decoding.ctc.frames import frames
from recurra.structures.lengths import Lengths, checked, live_steps


def loss(
    log_probs: Tensor,
    targets: Tensor,
    lengths: Lengths | None = None,
    target_lengths: Lengths | None = None,
    *,
    blank: int = 0,
    reduction: Literal["mean", "sum", "none"] = "mean",
) -> Tensor:
    """The negative log-probability of labels, -log P(targets | log_probs), in nats.

    Graves et al. 2006, eq. 12, by ``torch.nn.functional.ctc_loss``. Its gradient is right only for
    what comes from a ``log_softmax``, and has no second derivative. A target that no alignment can
    say is an error, never a loss of infinity or 0; one that needs a label of probability 0 has a
    loss of infinity.

    Args:
        log_probs: The log-probability of each label at each step, (B, T, V), B at least 1.
        targets: (B, U) int64, from 0 to V - 1 and never the blank; padding may be anything.
        lengths: The length of each row of ``log_probs``, (B,), from 0 to T; T if None.
        target_lengths: The length of each target, (B,), from 0 to U; U if None.
        blank: The label that stands for none.
        reduction: ``"mean"`` as torch does it, each row's loss divided by its target's length (by 1
            if that is 0), and then the mean over rows; ``"sum"``; or ``"none"`` for (B,).

    Raises:
        DataError: If a target is too long (it needs a step for each label, and one more between two
            that are equal), has labels out of range or the blank; or if what should be
            log-probabilities are none.
        OptionError: If an option is out of range.
        ShapeError: If a tensor does not fit.
    """
    if reduction not in {"mean", "sum", "none"}:
        raise OptionError(f"reduction={reduction!r}", "'mean', 'sum' or 'none'")
    log_probs, _, lengths = frames(log_probs, lengths, blank)
    targets, target_lengths = _targets(targets, target_lengths, log_probs, blank)
    _check_room(targets, lengths, target_lengths)
    if not log_probs.shape[1]:
        # Here every target is empty, and certain.
        return log_probs.sum(dim=(1, 2)) if reduction == "none" else log_probs.sum()
    return functional.ctc_loss(
        log_probs.transpose(0, 1),
        targets,
        lengths,
        target_lengths,
        blank=blank,
        reduction=reduction,
    )


def _targets(
    targets: Tensor, lengths: Lengths | None, log_probs: Tensor, blank: int
) -> tuple[Tensor, Tensor]:
    """The targets, some label in padding, and their lengths."""
    rows, _, size = log_probs.shape
    if targets.dim() != 2 or len(targets) != rows or rows < 1 or targets.dtype != torch.int64:
        raise ShapeError(
            f"targets of shape {tuple(targets.shape)} and type {targets.dtype} for {rows} rows",
            "(B, U) of torch.int64, one row for each of log_probs, B at least 1",
            "pad the targets to the longest and give target_lengths",
        )
    known = checked(torch.full((rows,), targets.shape[1]) if lengths is None else lengths, targets)
    live = live_steps(known, targets)
    wrong = ((targets < 0) | (targets >= size) | (targets == blank)) & live
    if bool(wrong.any()):
        row, step = wrong.nonzero()[0].tolist()
        raise DataError(
            f"the label {int(targets[row, step])} in row {row} of targets at {step}",
            f"a label from 0 to {size - 1} other than the blank, {blank}",
            "what stands behind a target's end is ignored if target_lengths says where that is",
        )
    return targets.masked_fill(~live, 0 if blank else min(1, size - 1)), known


def _check_room(targets: Tensor, lengths: Tensor, target_lengths: Tensor) -> None:
    live = live_steps(target_lengths, targets)
    repeats = ((targets[:, 1:] == targets[:, :-1]) & live[:, 1:]).sum(dim=1)
    short = target_lengths + repeats > lengths
    if bool(short.any()):
        row = int(short.nonzero()[0])
        raise DataError(
            f"row {row} has {int(lengths[row])} steps for a target of {int(target_lengths[row])} "
            f"labels, of which {int(repeats[row])} repeat the one before",
            "a step for each label, and one more for the blank between two that are equal: at "
            f"least {int(target_lengths[row] + repeats[row])}",
            "leave the row out, shorten the target, or let the model keep more steps",
        )
