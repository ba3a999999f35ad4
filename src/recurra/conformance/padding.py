"""What lies behind a row's end changes nothing."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

from recurra.conformance.batch import Batch, call
from recurra.conformance.carried import taken_apart
from recurra.conformance.comparison import Comparison
from recurra.conformance.differentiated import Differentiated, differentiated
from recurra.conformance.drawing import STEPS, drawn_batch, drawn_layer
from recurra.language import Cell

_LENGTHS = (3, STEPS, 0, 2)


def padding_is_nothing(cell: Cell) -> str:
    """Padded rows, unsorted and one of them empty, equal each alone, with their gradients."""
    layer = drawn_layer(cell, bidirectional=True)
    parameters = dict(layer.named_parameters())
    batch = _padded(drawn_batch(layer))
    weights = torch.randn(STEPS, batch.rows, layer.output_size, dtype=torch.float64)
    together = differentiated(
        lambda padded: call(layer, padded, lengths=_LENGTHS), parameters, batch, weights
    )
    compare = Comparison()
    sums = {name: torch.zeros_like(parameter) for name, parameter in parameters.items()}
    for number, length in enumerate(_LENGTHS):
        own = together.row(number)
        _check_rest(compare, own, length)
        if not length:
            compare.carried(own.outcome.state, batch.row(number).state or [])
            continue
        part = weights[:length, number : number + 1]
        row = batch.row(number, length)
        alone = differentiated(lambda row: call(layer, row), parameters, row, part)
        _check_row(compare, own, alone, length)
        sums = {name: total + alone.parameters[name] for name, total in sums.items()}
    for name, total in sums.items():
        compare.tensors(f"the gradient by {name}", together.parameters[name], total)
    return compare.words()


def packed_is_padded(cell: Cell) -> str:
    """A PackedSequence gives what the same sequences give with their lengths."""
    layer = drawn_layer(cell, bidirectional=True)
    lengths = torch.tensor([length or 1 for length in _LENGTHS])
    batch = drawn_batch(layer)
    padded = call(layer, batch, lengths=lengths)
    packed, state = layer(_packed(batch.x, lengths), **batch.beside)
    compare = Comparison(0)
    compare.tensors("the packed output", packed.data, _packed(padded.output, lengths).data)
    compare.carried(taken_apart(layer, state), padded.state)
    return compare.words()


def _packed(values: Tensor, lengths: Tensor) -> PackedSequence:
    return pack_padded_sequence(values, lengths, enforce_sorted=False)


def _padded(batch: Batch) -> Batch:
    """The batch with NaN behind each row's end."""
    live = torch.arange(batch.steps).unsqueeze(1) < torch.tensor(_LENGTHS)
    return replace(batch, x=torch.where(live.unsqueeze(-1), batch.x, torch.nan))


def _check_row(
    compare: Comparison, padded: Differentiated, alone: Differentiated, length: int
) -> None:
    """A row of a padded batch against the same alone."""
    compare.tensors("the output", padded.outcome.output[:length], alone.outcome.output)
    compare.carried(padded.outcome.state, alone.outcome.state)
    compare.tensors("the gradient by the input", padded.x[:length], alone.x)
    compare.carried(padded.state, alone.state)


def _check_rest(compare: Comparison, padded: Differentiated, length: int) -> None:
    """Behind the end of a row all is zero."""
    for what, values in (("output", padded.outcome.output), ("gradient by the input", padded.x)):
        rest = values[length:]
        compare.tensors(f"the {what} behind a row's end", rest, torch.zeros_like(rest))
