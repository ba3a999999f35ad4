"""Structures of any cell, for tests: small, in float64, with numbers that are not special."""

import torch
from torch import nn

from recurra.layers import Recurrent
from recurra.structures.attention import AdditiveAttention, DotAttention, GeneralAttention
from recurra.structures.attentive_decoder import AttentiveDecoder
from recurra.structures.decoder import Decoder
from recurra.structures.heads import Categorical
from recurra.structures.input_feeding_decoder import InputFeedingDecoder
from recurra.structures.many_to_many import ManyToMany

CELLS = ("lstm", "gru", "clockwork", "slstm", "indrnn", "qrnn", "depth_gated_lstm")
E, H, V = 3, 4, 6
DOUBLE = torch.float64


def layer(cell: str, inputs: int = E, hidden: int = H, **options) -> Recurrent:
    return Recurrent(cell, inputs, hidden, batch_first=True, dtype=DOUBLE, **options)


def embedding(symbols: int = V, size: int = E) -> nn.Embedding:
    return nn.Embedding(symbols, size, dtype=DOUBLE)


def shaken(model: nn.Module) -> nn.Module:
    """The same with every parameter moved a little, zeros too."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) / 5)
    return model.eval()


def plain(cell: str, source: int) -> Decoder:
    return Decoder(layer(cell))


def additive(cell: str, source: int) -> AttentiveDecoder:
    return AttentiveDecoder(layer(cell), AdditiveAttention(H, source, 5, dtype=DOUBLE), source, 7)


def dot(cell: str, source: int) -> AttentiveDecoder:
    return AttentiveDecoder(layer(cell, hidden=source), DotAttention(), source, 7)


def feeding(cell: str, source: int) -> InputFeedingDecoder:
    attention = GeneralAttention(H, source, dtype=DOUBLE)
    return InputFeedingDecoder(layer(cell, E + 7), attention, source, 7)


DECODERS = {"plain": plain, "additive": additive, "dot": dot, "feeding": feeding}


def many_to_many(cell: str, kind: str) -> ManyToMany:
    torch.manual_seed(7)
    encoder = layer(cell, bidirectional=True)
    decoder = DECODERS[kind](cell, encoder.output_size)
    head = Categorical(decoder.feature_size, V, dtype=DOUBLE)
    return shaken(
        ManyToMany(
            encoder, decoder, head, source_embedding=embedding(), target_embedding=embedding()
        )
    )


def falls(model: nn.Module, loss) -> bool:
    """Whether a small step down the gradient lowers a loss; each parameter's gradient is finite."""
    before = loss()
    gradients = torch.autograd.grad(before, list(model.parameters()), materialize_grads=True)
    assert all(gradient.isfinite().all() for gradient in gradients)
    assert any(gradient.any() for gradient in gradients)
    with torch.no_grad():
        for parameter, gradient in zip(model.parameters(), gradients, strict=True):
            parameter.sub_(1e-3 * gradient)
    return bool(loss() < before)
