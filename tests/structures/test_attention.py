import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.errors import OptionError, ShapeError
from recurra.structures.attention import (
    AdditiveAttention,
    DotAttention,
    GeneralAttention,
    masked_softmax,
)

Q, D = 4, 3


def _pairs(value_size):
    torch.manual_seed(0)
    return torch.randn(2, 5, Q), torch.randn(2, 6, value_size)


def _one_by_one(score, queries, values):
    return torch.stack(
        [
            torch.stack([torch.stack([score(q, k) for k in ks]) for q in qs])
            for qs, ks in zip(queries, values, strict=True)
        ]
    )


def test_additive_scores_are_a_small_networks_pair_by_pair():
    queries, values = _pairs(D)
    attention = AdditiveAttention(Q, D, 7)
    w, u = attention.of_query, attention.of_value.weight
    v = attention.score.weight[0]
    wanted = _one_by_one(lambda q, k: v @ torch.tanh(w(q) + u @ k), queries, values)
    torch.testing.assert_close(attention(queries, attention.keys(values)), wanted)


def test_general_scores_are_bilinear_pair_by_pair():
    queries, values = _pairs(D)
    attention = GeneralAttention(Q, D)
    wanted = _one_by_one(lambda q, k: q @ attention.of_value.weight @ k, queries, values)
    torch.testing.assert_close(attention(queries, attention.keys(values)), wanted)


def test_dot_scores_are_products_pair_by_pair():
    queries, values = _pairs(Q)
    attention = DotAttention()
    wanted = _one_by_one(lambda q, k: q @ k, queries, values)
    torch.testing.assert_close(attention(queries, attention.keys(values)), wanted)


def test_dot_attention_of_other_widths_is_refused():
    queries, values = _pairs(D)
    with pytest.raises(ShapeError, match="GeneralAttention"):
        DotAttention()(queries, values)


def test_sizes_out_of_range_are_refused():
    for make in (lambda: AdditiveAttention(0, 1, 1), lambda: GeneralAttention(1, 0)):
        with pytest.raises(OptionError):
            make()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=1, max_size=6).flatmap(
        lambda scores: st.tuples(
            st.just(scores), st.lists(st.booleans(), min_size=len(scores), max_size=len(scores))
        )
    )
)
def test_weights_are_a_softmax_over_what_is_there(given_scores):
    scores, live = torch.tensor(given_scores[0]).requires_grad_(), torch.tensor(given_scores[1])
    weights = masked_softmax(scores, live)
    assert not weights[~live].any()
    if live.any():
        torch.testing.assert_close(weights[live], scores[live].softmax(-1))
    weights.square().sum().backward()
    assert scores.grad.isfinite().all()
    assert not scores.grad[~live].any()
