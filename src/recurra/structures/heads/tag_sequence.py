"""A tag for each step, chosen with its neighbours in mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn

from recurra.errors import ShapeError
from recurra.structures.decoding.decoded import Decoded
from recurra.structures.embedded import masked
from recurra.structures.heads.dense import dense
from recurra.structures.heads.steps import check_features
from recurra.structures.lengths import Lengths, checked

if TYPE_CHECKING:
    from recurra.structures.decoding.crf import CRF


class TagSequence(nn.Module):
    """A dense layer scores each tag at each step, a conditional random field the sequence.

    Huang, Xu & Yu 2015, "Bidirectional LSTM-CRF models for sequence tagging" (arXiv:1508.01991),
    section 2.5.

    Args:
        feature_size: F, the numbers that an answer is made of, at least 1.
        crf: The random field over N tags.

    Raises:
        OptionError: If the size is out of range.
    """

    def __init__(self, feature_size: int, crf: CRF) -> None:
        super().__init__()
        self.feature_size = feature_size
        self.crf = crf
        like = crf.start
        self.dense = dense(feature_size, crf.num_tags, device=like.device, dtype=like.dtype)

    def forward(self, features: Tensor) -> Tensor:
        """The field's emissions, a score for each tag: (B, T, F) to (B, T, N).

        Raises:
            ShapeError: If the features are not F wide.
        """
        check_features(features, self.feature_size)
        found: Tensor = self.dense(features)
        return found

    def loss(self, features: Tensor, targets: Tensor, lengths: Lengths | None = None) -> Tensor:
        """The negative log-likelihood of all sequences, divided by the number of their steps.

        Args:
            features: (B, T, F).
            targets: Tags from 0 to N - 1, int64 (B, T).
            lengths: The length of each row, (B,); T if None.

        Raises:
            DataError: If a tag is out of range, or a row's tags are illegal.
            ShapeError: If shapes do not fit, or there is no step.
        """
        emissions = self(masked(features, lengths))
        total = self.crf.loss(emissions, targets, lengths, reduction="sum")
        steps = targets.numel() if lengths is None else int(checked(lengths, features).sum())
        if not steps:
            raise ShapeError(
                "a loss over no step at all",
                "at least one step in the batch",
                "leave this batch out",
            )
        return total / steps

    def decode(self, features: Tensor, lengths: Lengths | None = None) -> Decoded:
        """The likeliest tags of each sequence, padded with -1: (B, T, F) to (B, T).

        Raises:
            DataError: If in a row no sequence is legal.
            ShapeError: If shapes do not fit.
        """
        return self.crf.decode(self(features), lengths)
