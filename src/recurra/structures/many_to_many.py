"""Many to many: a sequence in, another of any length out."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from recurra.errors import OptionError, ShapeError
from recurra.layers import Recurrent
from recurra.structures.bridge import Bridge, FromLastStep
from recurra.structures.decoder import AnyDecoder, DecoderState
from recurra.structures.embedded import embedded, masked, one_embedded
from recurra.structures.heads import Head
from recurra.structures.heads.symbols import needs_symbols
from recurra.structures.lengths import Lengths
from recurra.structures.requirements import needs_batch_first
from recurra.structures.scheduled_sampling import check_share, scheduled_sampling
from recurra.structures.source import Source


class ManyToMany(nn.Module):
    """Reads a sequence, then writes another: translation, speech, a forecast of many steps.

    Sutskever, Vinyals & Le 2014 (arXiv:1409.3215); with attention, Bahdanau, Cho & Bengio 2015
    (arXiv:1409.0473) and Luong, Pham & Manning 2015 (arXiv:1508.04025).

    Symbols are written by the functions of :mod:`recurra.structures.decoding`, vectors by
    :func:`recurra.structures.generate`.

    Args:
        encoder: What reads: it must take (B, S, I), so ``batch_first=True``, in one direction or
            both.
        decoder: What writes: :class:`~recurra.structures.Decoder`, which never looks back,
            :class:`~recurra.structures.AttentiveDecoder`, or
            :class:`~recurra.structures.InputFeedingDecoder`.
        head: What answers, of ``feature_size = decoder.feature_size``.
        source_embedding: What makes symbols that are read into vectors; None if vectors are read.
        target_embedding: What makes symbols that are written into vectors; None if vectors are
            written.
        bridge: How the decoder starts: :class:`~recurra.structures.FromLastStep` if None, or
            :class:`~recurra.structures.SameState`.

    Raises:
        OptionError: If ``encoder`` takes (S, B, I).
    """

    def __init__(
        self,
        encoder: Recurrent,
        decoder: AnyDecoder,
        head: Head,
        *,
        source_embedding: nn.Module | None = None,
        target_embedding: nn.Module | None = None,
        bridge: Bridge | None = None,
    ) -> None:
        super().__init__()
        needs_batch_first(encoder)
        self.encoder = encoder
        self.decoder: AnyDecoder = decoder
        self.head: Head = head
        self.source_embedding = source_embedding
        self.target_embedding = target_embedding
        known = FromLastStep(encoder, decoder.recurrent) if bridge is None else bridge
        self.bridge: Bridge = known

    def forward(
        self,
        source: Tensor,
        inputs: Tensor,
        source_lengths: Lengths | None = None,
        lengths: Lengths | None = None,
    ) -> Any:
        """What may come next at each step of known sequences (teacher forcing).

        Args:
            source: What is read, symbols int64 (B, S) or vectors (B, S, D); S at least 1.
            inputs: What was written before each step: a start mark and all symbols but the last,
                int64 (B, T), or vectors (B, T, D). T at least 1.
            source_lengths: The length of each row of the source, (B,), from 0 to S; S if None.
            lengths: The length of each row of the inputs, (B,), from 0 to T; T if None. What lies
                behind either length has no influence.

        Returns:
            What the head gives for each step, such as log-probabilities (B, T, V).

        Raises:
            ShapeError: If shapes do not fit.
        """
        state = self.start(source, source_lengths)
        return self.head(self._read(inputs, lengths, state)[0])

    def loss(
        self,
        source: Tensor,
        inputs: Tensor,
        targets: Tensor,
        source_lengths: Lengths | None = None,
        lengths: Lengths | None = None,
        *,
        teacher_forcing: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """The head's mean loss of a step of known sequences.

        Args:
            source: As for a call.
            inputs: As for a call.
            targets: What is written at each step, (B, T) or (B, T, D).
            source_lengths: As for a call.
            lengths: As for a call.
            teacher_forcing: The share of true inputs, from 0 to 1; the rest the model draws itself
                (scheduled sampling, Bengio et al. 2015, arXiv:1506.03099). Below 1 each step takes
                a call of the layer.
            generator: Where chance comes from, on the inputs' device; torch's own if None.

        Raises:
            OptionError: If the share is out of range.
            ShapeError: If shapes do not fit, or there is no step.
        """
        check_share(teacher_forcing)
        state = self.start(source, source_lengths)
        if teacher_forcing == 1:
            features = self._read(inputs, lengths, state)[0]
        else:
            features = scheduled_sampling(
                self, masked(inputs, lengths), state, teacher_forcing, generator
            )
        return self.head.loss(features, targets, lengths)

    def looks(
        self,
        source: Tensor,
        inputs: Tensor,
        source_lengths: Lengths | None = None,
        lengths: Lengths | None = None,
    ) -> Tensor:
        """How much each step of known sequences looks at each step of the source: (B, T, S).

        Args:
            source: As for a call.
            inputs: As for a call.
            source_lengths: As for a call.
            lengths: As for a call.

        Raises:
            OptionError: If the decoder never looks.
            ShapeError: If shapes do not fit.
        """
        weights = self._read(inputs, lengths, self.start(source, source_lengths))[1]
        return self._found(weights)

    def start(self, source: Tensor, lengths: Lengths | None = None) -> DecoderState:
        """Reads the source; where the sequence to be written stands before its first step.

        Args:
            source: As for a call.
            lengths: The length of each row of the source, (B,), from 0 to S; S if None.

        Raises:
            ShapeError: If shapes do not fit.
        """
        x = embedded(self.source_embedding, source, lengths)
        output, state = self.encoder(x, lengths=lengths)
        begun = self.bridge(self.decoder.recurrent, output, lengths, state)
        return self.decoder.start(Source.of(output, lengths), begun)

    def advance(self, inputs: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """One step: what was written last, (B,) or (B, D), to features (B, F) and the state."""
        x = one_embedded(self.target_embedding, inputs).unsqueeze(1)
        _check_rows(state, x)
        features, _, after = self.decoder(x, state)
        return features.squeeze(1), after

    def step(self, symbols: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """The log-probabilities (B, V) of what follows symbols (B,), and the state after them.

        Raises:
            OptionError: If the head gives no symbols.
            ShapeError: If the symbols do not fit.
        """
        needs_symbols(self.head)
        features, after = self.advance(symbols, state)
        return self.head(features), after

    def select(self, state: DecoderState, rows: Tensor) -> DecoderState:
        """The state of other rows, int64 (N,): a row may come again, or not at all."""
        return state.select(rows)

    def attention(self, state: DecoderState) -> tuple[Tensor, Tensor]:
        """How much the last step looked at each step of the source, and which of these are there.

        Args:
            state: As :meth:`step` returned it, or rows of that.

        Returns:
            (B, S), and booleans (B, S), False for padding.

        Raises:
            OptionError: If the decoder never looks, or has not yet.
        """
        weights, live = self._found(state.weights), state.source.live
        return weights, torch.ones_like(weights, dtype=torch.bool) if live is None else live

    def _found(self, weights: Tensor | None) -> Tensor:
        if weights is None:
            raise OptionError(
                f"where a {type(self.decoder).__name__} looked that never looks, or has not yet",
                "an AttentiveDecoder or InputFeedingDecoder after its first step",
            )
        return weights

    def _read(
        self, inputs: Tensor, lengths: Lengths | None, state: DecoderState
    ) -> tuple[Tensor, Tensor | None, DecoderState]:
        x = embedded(self.target_embedding, inputs, lengths)
        _check_rows(state, x)
        return self.decoder(x, state)


def _check_rows(state: DecoderState, x: Tensor) -> None:
    rows = len(state.source.values)
    if len(x) != rows:
        raise ShapeError(f"{len(x)} sequences to write for {rows} that were read", "one for each")
