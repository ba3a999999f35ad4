"""Each decoder against the same put together by hand, and how often each calls its layer."""

import pytest
import torch
from made_structures import DECODERS, DOUBLE, E, H, layer, shaken

from recurra.errors import OptionError
from recurra.structures.attention import DotAttention, GeneralAttention
from recurra.structures.attentive_decoder import AttentiveDecoder
from recurra.structures.input_feeding_decoder import InputFeedingDecoder
from recurra.structures.source import Source

D = 4


def _looked(looks, h, source):
    """Luong 2015, eq. 5 and 7, for one h of each row."""
    scores = torch.stack([source[:, s] @ looks.attention.of_value.weight.T for s in range(6)], 1)
    weights = (scores * h.unsqueeze(1)).sum(-1).softmax(-1)
    context = (weights.unsqueeze(-1) * source).sum(1)
    return torch.tanh(torch.cat([context, h], -1) @ looks.joined.weight.T), weights


def test_an_attentive_decoder_looks_after_each_step():
    torch.manual_seed(0)
    attention = GeneralAttention(H, D, dtype=DOUBLE)
    decoder = shaken(AttentiveDecoder(layer("lstm"), attention, D, 7))
    source, x = torch.randn(2, 6, D).double(), torch.randn(2, 5, E).double()
    _, state = decoder.recurrent(torch.randn(2, 3, E).double())
    features, weights, _ = decoder(x, decoder.start(Source(source), state))
    output, _ = decoder.recurrent(x, state)
    for t in range(5):
        feature, weight = _looked(decoder.looks, output[:, t], source)
        torch.testing.assert_close(features[:, t], feature)
        torch.testing.assert_close(weights[:, t], weight)


def test_an_input_feeding_decoder_reads_what_it_found_before():
    torch.manual_seed(0)
    attention = GeneralAttention(H, D, dtype=DOUBLE)
    decoder = shaken(InputFeedingDecoder(layer("gru", E + 7), attention, D, 7))
    source, x = torch.randn(2, 6, D).double(), torch.randn(2, 5, E).double()
    state = torch.randn(1, 2, H).double()
    features, weights, _ = decoder(x, decoder.start(Source(source), state))
    fed = torch.zeros(2, 7).double()
    for t in range(5):
        output, state = decoder.recurrent(torch.cat([x[:, t], fed], -1).unsqueeze(1), state)
        fed, weight = _looked(decoder.looks, output[:, 0], source)
        torch.testing.assert_close(features[:, t], fed)
        torch.testing.assert_close(weights[:, t], weight)


@pytest.mark.parametrize(
    ("kind", "calls"), [("plain", 1), ("additive", 1), ("dot", 1), ("feeding", 5)]
)
def test_a_known_sequence_takes_one_call_of_the_layer_unless_steps_need_each_other(kind, calls):
    decoder = DECODERS[kind]("gru", D)
    made = []
    decoder.recurrent.register_forward_hook(lambda *_: made.append(1))
    x = torch.randn(2, 5, E).double()
    _, state = layer("gru", hidden=decoder.recurrent.hidden_sizes[0])(x)
    decoder(x, decoder.start(Source(torch.randn(2, 6, D).double()), state))
    assert len(made) == calls


def test_keys_are_made_once_for_all_steps():
    attention, made = GeneralAttention(H, D, dtype=DOUBLE), []
    attention.of_value.register_forward_hook(lambda *_: made.append(1))
    decoder = AttentiveDecoder(layer("gru"), attention, D, 7)
    state = decoder.start(Source(torch.randn(2, 6, D).double()), torch.zeros(1, 2, H).double())
    for _ in range(3):
        _, _, state = decoder(torch.randn(2, 1, E).double(), state)
    assert len(made) == 1


def test_sizes_and_layers_that_do_not_serve_are_refused():
    for cls in (AttentiveDecoder, InputFeedingDecoder):
        with pytest.raises(OptionError, match="forwards only"):
            cls(layer("gru", E + 7, bidirectional=True), DotAttention(), D, 7)
    with pytest.raises(OptionError, match="side by side"):
        InputFeedingDecoder(layer("gru", 7), DotAttention(), D, 7)
    with pytest.raises(OptionError):
        AttentiveDecoder(layer("gru"), DotAttention(), D, 0)
