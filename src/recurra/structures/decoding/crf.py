"""A linear-chain conditional random field over the tags of a sequence."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from recurra.errors import DataError, OptionError, ShapeError
from recurra.options import whole
from recurra.structures.decoding import chain
from recurra.structures.decoding.constraints import TagConstraints
from recurra.structures.decoding.decoded import Decoded
from recurra.structures.lengths import Lengths, checked, live_steps

Reduction = Literal["mean", "sum", "none"]


class CRF(nn.Module):
    """A linear-chain conditional random field (Lafferty, McCallum & Pereira 2001).

    A sequence y of tags has the probability exp(score(y)) / Z, Z the sum over all sequences of the
    row's length that are legal, and with emissions e::

        score(y) = start[y_1] + e_1[y_1] + sum over t > 1 of (transitions[y_(t-1), y_t] + e_t[y_t])
                   + end[y_T]

    A row of length 0 has one sequence, the empty one, of score 0. Padding has no influence,
    whatever stands there.

    Args:
        num_tags: N, at least 1.
        constraints: Which sequences are legal: all if None. A :class:`Scheme` makes them of tags.
        device: Where the parameters lie.
        dtype: Their type.

    Attributes:
        transitions: The score of tag j after tag i at [i, j], (N, N). It starts at 0.
        start: The score of each tag at the first step, (N,). It starts at 0.
        end: The score of each tag at the last step, (N,). It starts at 0.

    Raises:
        OptionError: If ``num_tags`` is out of range or not the number of constrained tags.
    """

    _starts: Tensor
    _ends: Tensor
    _follows: Tensor

    def __init__(
        self,
        num_tags: int,
        constraints: TagConstraints | None = None,
        *,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.num_tags = whole("num_tags", num_tags, 1)
        self.constraints = constraints or _none(self.num_tags)
        if len(self.constraints.tags) != self.num_tags:
            raise OptionError(
                f"num_tags={num_tags} with constraints of {len(self.constraints.tags)} tags",
                "as many",
                f"num_tags={len(self.constraints.tags)}",
            )
        size = self.num_tags
        self.transitions = nn.Parameter(torch.zeros(size, size, device=device, dtype=dtype))
        self.start = nn.Parameter(torch.zeros(size, device=device, dtype=dtype))
        self.end = nn.Parameter(torch.zeros(size, device=device, dtype=dtype))
        # What follows from the constructor's arguments is moved with the module and never stored.
        for name in ("starts", "ends", "follows"):
            legal: Tensor = getattr(self.constraints, name)
            self.register_buffer(f"_{name}", legal.to(self.start.device), persistent=False)

    def forward(
        self,
        emissions: Tensor,
        tags: Tensor,
        lengths: Lengths | None = None,
        *,
        reduction: Reduction = "mean",
    ) -> Tensor:
        """The same as :meth:`loss`."""
        return self.loss(emissions, tags, lengths, reduction=reduction)

    def loss(
        self,
        emissions: Tensor,
        tags: Tensor,
        lengths: Lengths | None = None,
        *,
        reduction: Reduction = "mean",
    ) -> Tensor:
        """The negative log-likelihood of tags, -log P(tags | emissions), in nats.

        Args:
            emissions: A score for each tag at each step, (B, T, N), B at least 1.
            tags: (B, T) int64, from 0 to N - 1; padding may be anything.
            lengths: The length of each row, (B,), from 0 to T; T if None.
            reduction: ``"mean"`` over the rows, ``"sum"``, or ``"none"`` for (B,).

        Raises:
            DataError: If a tag is out of range, or a row's tags are illegal.
            OptionError: If the reduction is none of these.
            ShapeError: If a tensor does not fit.
        """
        if reduction not in {"mean", "sum", "none"}:
            raise OptionError(f"reduction={reduction!r}", "'mean', 'sum' or 'none'")
        emissions, live, lengths = self._arranged(emissions, lengths)
        tags = self._checked(tags, live, lengths)
        score = self._score(emissions, tags, live, lengths)
        losses = chain.log_partition(self._chain(emissions), live, lengths) - score
        if reduction == "none":
            return losses
        return losses.mean() if reduction == "mean" else losses.sum()

    def log_partition(self, emissions: Tensor, lengths: Lengths | None = None) -> Tensor:
        """The log of Z of each row, (B,): a score less this is the sequence's log-probability.

        Args:
            emissions: (B, T, N).
            lengths: (B,); T if None.

        Raises:
            ShapeError: If a tensor does not fit.
        """
        emissions, live, lengths = self._arranged(emissions, lengths)
        return chain.log_partition(self._chain(emissions), live, lengths)

    @torch.no_grad()
    def decode(self, emissions: Tensor, lengths: Lengths | None = None) -> Decoded:
        """The likeliest legal tags of each row (Viterbi 1967).

        Args:
            emissions: (B, T, N).
            lengths: (B,); T if None.

        Returns:
            The tags, padded with -1; a row's score is score(y), as above.

        Raises:
            DataError: If in a row no sequence is legal and of finite score, or emissions are NaN.
            ShapeError: If a tensor does not fit.
        """
        emissions, live, lengths = self._arranged(emissions, lengths)
        tags, scores = chain.viterbi(self._chain(emissions), live, lengths)
        _check_finite(scores, lengths)
        longest = int(lengths.max())
        return Decoded(tags.masked_fill(~live, -1)[:, :longest], lengths, scores)

    def marginals(self, emissions: Tensor, lengths: Lengths | None = None) -> Tensor:
        """The probability of each tag at each step, P(y_t = j | emissions).

        Args:
            emissions: (B, T, N).
            lengths: (B,); T if None.

        Returns:
            (B, T, N), 0 in padding.

        Raises:
            DataError: If in a row no sequence is legal and of finite score, or emissions are NaN.
            ShapeError: If a tensor does not fit.
        """
        emissions, live, lengths = self._arranged(emissions, lengths)
        log_marginals, log_z = chain.marginals(self._chain(emissions), live, lengths)
        _check_finite(log_z, lengths)
        return log_marginals.masked_fill(~live.unsqueeze(2), -torch.inf).exp()

    def extra_repr(self) -> str:
        """What the module's text says of it."""
        return f"num_tags={self.num_tags}"

    def _chain(self, emissions: Tensor) -> chain.Chain:
        return chain.Chain(
            emissions,
            self.start.masked_fill(~self._starts, -torch.inf),
            self.transitions.masked_fill(~self._follows, -torch.inf),
            self.end.masked_fill(~self._ends, -torch.inf),
        )

    def _arranged(
        self, emissions: Tensor, lengths: Lengths | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The emissions, 0 in padding; which steps are there, (B, T); and the lengths."""
        shape = emissions.shape
        if len(shape) != 3 or shape[0] < 1 or shape[2] != self.num_tags:
            raise ShapeError(
                f"emissions of shape {tuple(shape)}",
                f"(B, T, N) with B at least 1 and N = {self.num_tags}",
                "a single sequence (T, N) becomes a batch of one by emissions.unsqueeze(0)",
            )
        known = checked([shape[1]] * shape[0] if lengths is None else lengths, emissions)
        live = live_steps(known, emissions)
        # Padding may be NaN, and must not touch the rest nor its gradient.
        return torch.where(live.unsqueeze(2), emissions, 0.0), live, known

    def _checked(self, tags: Tensor, live: Tensor, lengths: Tensor) -> Tensor:
        """The tags, 0 in padding, if each row's are legal."""
        if tags.shape != live.shape or tags.dtype != torch.int64:
            raise ShapeError(
                f"tags of shape {tuple(tags.shape)} and type {tags.dtype}",
                f"{tuple(live.shape)} of torch.int64",
                "one for each step of the emissions",
            )
        beyond = ((tags < 0) | (tags >= self.num_tags)) & live
        if bool(beyond.any()):
            row, step = beyond.nonzero()[0].tolist()
            raise DataError(
                f"the tag {int(tags[row, step])} in row {row} at step {step}",
                f"a tag from 0 to {self.num_tags - 1}",
            )
        tags = tags.masked_fill(~live, 0)
        self._check_legal(tags, live, lengths)
        return tags

    def _check_legal(self, tags: Tensor, live: Tensor, lengths: Tensor) -> None:
        if not tags.shape[1]:
            return
        names = self.constraints.tags
        wrong = live & False
        wrong[:, 0] = ~self._starts[tags[:, 0]] & live[:, 0]
        wrong[:, 1:] |= ~self._follows[tags[:, :-1], tags[:, 1:]] & live[:, 1:]
        if bool(wrong.any()):
            row, step = wrong.nonzero()[0].tolist()
            after = f"after {names[int(tags[row, step - 1])]!r}" if step else "at the start"
            raise _illegal(names[int(tags[row, step])], after, row, step)
        unended = ~self._ends[_last(tags, lengths)] & (lengths > 0)
        if bool(unended.any()):
            row = int(unended.nonzero()[0])
            step = int(lengths[row]) - 1
            raise _illegal(names[int(tags[row, step])], "at the end", row, step)

    def _score(self, emissions: Tensor, tags: Tensor, live: Tensor, lengths: Tensor) -> Tensor:
        """score(y) of legal tags, (B,)."""
        if not tags.shape[1]:
            return emissions.sum(dim=(1, 2))
        emitted = emissions.gather(2, tags.unsqueeze(2)).squeeze(2)
        moved = self.transitions[tags[:, :-1], tags[:, 1:]]
        ends = self.start[tags[:, 0]] + self.end[_last(tags, lengths)]
        within = emitted.masked_fill(~live, 0.0).sum(dim=1)
        between = moved.masked_fill(~live[:, 1:], 0.0).sum(dim=1)
        return within + between + ends.masked_fill(lengths == 0, 0.0)


def _none(num_tags: int) -> TagConstraints:
    """Everything is legal."""
    every = torch.ones(num_tags, dtype=torch.bool)
    return TagConstraints(
        [str(n) for n in range(num_tags)], every, every, every.expand(num_tags, -1)
    )


def _last(tags: Tensor, lengths: Tensor) -> Tensor:
    """Each row's last tag, (B,); of an empty row the first."""
    return tags.gather(1, (lengths - 1).clamp(min=0).unsqueeze(1)).squeeze(1)


def _illegal(tag: str, where: str, row: int, step: int) -> DataError:
    return DataError(
        f"the tag {tag!r} {where}, in row {row} at step {step}",
        "a sequence that the constraints allow",
        "repair the tags, or use the scheme that they were written in",
    )


def _check_finite(scores: Tensor, lengths: Tensor) -> None:
    wrong = ~scores.isfinite()
    if bool(wrong.any()):
        row = int(wrong.nonzero()[0])
        raise DataError(
            f"a score of {float(scores[row].detach())} for row {row} of length {int(lengths[row])}",
            "a legal sequence of finite score",
            "look for NaN or infinity in the emissions, and whether the constraints allow a "
            "sequence of this length",
        )
