"""The five structures with a cell inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from recurra.conformance.comparison import Comparison
from recurra.conformance.drawing import drawn_layer
from recurra.conformance.sizes import sizes
from recurra.errors import ConformanceError
from recurra.language import Cell
from recurra.layers import Recurrent
from recurra.structures import (
    AsFirstStep,
    AttentiveDecoder,
    EachToEach,
    GeneralAttention,
    ManyToMany,
    ManyToOne,
    OneToMany,
    OneToOne,
    greedy,
)
from recurra.structures.heads import Categorical

_SYMBOLS, _STEPS, _ROWS = 5, 4, 3
_LENGTHS = (4, 1, 3)
_RATE = 1e-4


def structures_learn(cell: Cell) -> str:
    """In each of the five structures a small step against the gradient lowers the loss."""
    for name, (model, loss) in _models(cell).items():
        _learns(name, model, loss)
    return "one to one, one to many, many to one, each to each, many to many: the loss falls"


def structures_write(cell: Cell) -> str:
    """Each structure that writes finds step by step what it finds of the whole sequence."""
    compare = Comparison()
    for name, (model, whole, start) in _writers(cell).items():
        with torch.no_grad():
            begin = torch.zeros(_ROWS, dtype=torch.int64)
            found = greedy(model, begin, start(), end=None, max_length=_STEPS)
            read = torch.cat([begin.unsqueeze(1), found.symbols[:, :-1]], dim=1)
            known: Tensor = whole(read)
        compare.tensors(f"what {name} writes", found.symbols, known.argmax(-1))
        chosen = known.gather(2, found.symbols.unsqueeze(2)).sum((1, 2))
        compare.tensors(f"the score of what {name} writes", found.scores, chosen)
    return compare.words()


def _learns(name: str, model: nn.Module, loss: Callable[[], Tensor]) -> None:
    # Without chance, which would be another the second time.
    model.eval()
    before = loss()
    weights = list(model.parameters())
    gradients = torch.autograd.grad(before, weights, materialize_grads=True)
    with torch.no_grad():
        for weight, gradient in zip(weights, gradients, strict=True):
            weight.sub_(_RATE * gradient)
        after = loss()
    if not bool(after < before):
        raise ConformanceError(
            f"a loss of {before.item():.12g} in {name}, and {float(after):.12g} after a small step "
            "against its gradient",
            "less than before",
        )


def _models(cell: Cell) -> dict[str, tuple[nn.Module, Callable[[], Tensor]]]:
    """Each structure, and its loss on a batch of its own."""
    size = sizes(cell)
    x = torch.randn(_ROWS, _STEPS, size.inputs, dtype=torch.float64)
    value = torch.randn(_ROWS, 2, dtype=torch.float64)
    read, written = torch.randint(_SYMBOLS, (2, _ROWS, _STEPS))
    once = OneToOne(_layer(cell), 2)
    last = ManyToOne(_layer(cell), 2)
    each, many, other = _each_to_each(cell), _one_to_many(cell), _many_to_many(cell)
    lengths = torch.tensor(_LENGTHS)

    def square(found: Tensor) -> Tensor:
        return (found - value).square().mean()

    return {
        "one to one": (once, lambda: square(once(x[:, 0]))),
        "many to one": (last, lambda: square(last(x, lengths))),
        "one to many": (many, lambda: many.loss(value, read, written, lengths)),
        "each to each": (each, lambda: each.loss(read, written, lengths)),
        "many to many": (other, lambda: other.loss(x, read, written, lengths, lengths)),
    }


def _writers(cell: Cell) -> dict[str, tuple[Any, Callable[[Tensor], Tensor], Callable[[], Any]]]:
    """Each structure that writes: how it reads a whole sequence, and how it starts."""
    size = sizes(cell)
    x = torch.randn(_ROWS, _STEPS, size.inputs, dtype=torch.float64)
    condition = torch.randn(_ROWS, 2, dtype=torch.float64)
    each, many = _each_to_each(cell).eval(), _one_to_many(cell).eval()
    other = _many_to_many(cell).eval()
    lengths = torch.tensor(_LENGTHS)
    return {
        "each to each": (each, each, each.start),
        "one to many": (
            many,
            lambda read: many(condition, read),
            lambda: many.start(condition),
        ),
        "many to many": (
            other,
            lambda read: other(x, read, lengths),
            lambda: other.start(x, lengths),
        ),
    }


def _layer(cell: Cell, **options: Any) -> Recurrent:
    return drawn_layer(cell, batch_first=True, **options)


def _embedding(layer: Recurrent) -> nn.Embedding:
    return nn.Embedding(_SYMBOLS, layer.input_size, dtype=torch.float64)


def _head(features: int) -> Categorical:
    return Categorical(features, _SYMBOLS, dtype=torch.float64)


def _each_to_each(cell: Cell) -> EachToEach:
    layer = _layer(cell)
    return EachToEach(layer, _head(layer.output_size), embedding=_embedding(layer))


def _one_to_many(cell: Cell) -> OneToMany:
    layer = _layer(cell)
    first = AsFirstStep(2, layer.input_size, dtype=torch.float64)
    return OneToMany(layer, _head(layer.output_size), first, embedding=_embedding(layer))


def _many_to_many(cell: Cell) -> ManyToMany:
    encoder, layer = _layer(cell, bidirectional=True), _layer(cell)
    attention = GeneralAttention(layer.output_size, encoder.output_size, dtype=torch.float64)
    decoder = AttentiveDecoder(layer, attention, encoder.output_size, 6)
    return ManyToMany(encoder, decoder, _head(6), target_embedding=_embedding(layer))
