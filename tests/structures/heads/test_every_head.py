"""What holds for all heads: their likelihoods are torch's, padding is nothing, all is finite."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from known_heads import DRAWN, KNOWN, SYMBOLS, WITH_MEAN, F, V

from recurra.errors import DataError, OptionError, ShapeError
from recurra.structures.heads import (
    AdaptiveCategorical,
    BernoulliVector,
    Categorical,
    Gaussian,
    MixtureDensity,
    NegativeBinomial,
    PenStrokes,
    Quantiles,
    StudentT,
)

WITH_DISTRIBUTION = [name for name, known in KNOWN.items() if known.distribution]


def _head(name, dtype=torch.float64):
    torch.manual_seed(4)
    head = KNOWN[name].make(dtype)
    with torch.no_grad():
        for parameter in head.parameters():
            parameter.add_(torch.randn_like(parameter) / 3)
    return head


def _batch(name, *shape, dtype=torch.float64):
    return torch.randn(*shape, F, dtype=dtype), KNOWN[name].answers(*shape, dtype=dtype)


@pytest.mark.parametrize("name", WITH_DISTRIBUTION)
def test_the_likelihood_is_that_of_torchs_distribution(name):
    head = _head(name)
    features, answers = _batch(name, 5, 7)
    wanted = -KNOWN[name].distribution(head(features)).log_prob(answers)
    torch.testing.assert_close(head.nll(features, answers), wanted, rtol=1e-10, atol=1e-10)
    torch.testing.assert_close(head.loss(features, answers), wanted.mean())


@pytest.mark.parametrize("name", KNOWN)
def test_a_padded_batch_has_the_loss_and_gradient_of_its_rows_steps(name):
    head, lengths = _head(name), [4, 0, 1, 6]
    features, answers = _batch(name, 4, 6)
    features.requires_grad_()
    rows = [(features[r : r + 1, :n], answers[r : r + 1, :n]) for r, n in enumerate(lengths) if n]
    total = sum(head.loss(f, a) * f.shape[1] for f, a in rows) / sum(lengths)
    wanted = torch.autograd.grad(total, [features, *head.parameters()])
    behind = torch.arange(6) >= torch.tensor(lengths).unsqueeze(1)
    spoiled = features.detach().masked_fill(behind.unsqueeze(-1), math.nan).requires_grad_()
    answers[behind] = math.nan if answers.is_floating_point() else -7
    loss = head.loss(spoiled, answers, torch.tensor(lengths))
    torch.testing.assert_close(loss, total)
    found = torch.autograd.grad(loss, [spoiled, *head.parameters()])
    torch.testing.assert_close(found, wanted)
    assert not found[0][behind].any()


@pytest.mark.parametrize("name", KNOWN)
@settings(max_examples=25, deadline=None)
@given(
    numbers=st.lists(
        st.floats(-1e4, 1e4, width=32) | st.sampled_from([1e4, -1e4, 0.0]), min_size=F, max_size=F
    ),
    far=st.sampled_from([1.0, 1e3]),
)
def test_loss_and_gradient_stay_finite_far_out(name, numbers, far):
    head = _head(name, torch.float32)
    features = torch.tensor(numbers).expand(2, 3, F).clone().requires_grad_()
    answers = KNOWN[name].answers(2, 3, dtype=torch.float32)
    if name in {"gaussian", "student_t", "mixture", "quantiles", "negative_binomial"}:
        answers = answers * far
    loss = head.loss(features, answers)
    assert loss.isfinite()
    wanted = [features, *head.parameters()]
    # Of rare symbols only those clusters are touched that a target lies in.
    for gradient in torch.autograd.grad(loss, wanted, materialize_grads=True):
        assert gradient.isfinite().all()


@pytest.mark.parametrize("name", KNOWN)
def test_float32_is_float64_but_for_rounding(name):
    double = _head(name)
    single = KNOWN[name].make(torch.float32)
    single.load_state_dict(double.state_dict())
    features, answers = _batch(name, 3, 5)
    other = answers.float() if answers.is_floating_point() else answers
    loss = single.loss(features.float(), other)
    assert loss.dtype == torch.float32
    torch.testing.assert_close(loss.double(), double.loss(features, answers), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", DRAWN)
def test_draws_repeat_with_their_generator_and_have_the_form_of_answers(name):
    head = _head(name)
    features, answers = _batch(name, 3, 5)
    one = head.sample(features, torch.Generator().manual_seed(3))
    two = head.sample(features, torch.Generator().manual_seed(3))
    other = head.sample(features, torch.Generator().manual_seed(4))
    assert one.shape == answers.shape
    assert one.dtype == answers.dtype
    assert torch.equal(one, two)
    assert not torch.equal(one, other)
    assert not one.requires_grad
    assert head.loss(features, one).isfinite()


@pytest.mark.parametrize("name", WITH_MEAN)
def test_draws_have_the_mean_and_scatter_of_the_distribution(name):
    head, count = _head(name), 40_000
    features = torch.randn(1, F, dtype=torch.float64) / 2
    known = KNOWN[name].distribution(head(features))
    drawn = head.sample(features.expand(count, F), torch.Generator().manual_seed(1))
    error = (known.variance / count).sqrt()
    assert ((drawn.mean(0) - known.mean[0]).abs() < 5 * error[0]).all()
    torch.testing.assert_close(drawn.var(0), known.variance[0], rtol=0.15, atol=1e-3)
    torch.testing.assert_close(head.mean(features), known.mean)


@pytest.mark.parametrize("name", SYMBOLS)
def test_symbols_are_drawn_as_often_as_they_are_likely(name):
    head, count = _head(name), 40_000
    features = torch.randn(F, dtype=torch.float64)
    chances = head(features).exp()
    assert chances.shape == (V,)
    torch.testing.assert_close(chances.sum(), torch.ones((), dtype=torch.float64))
    drawn = head.sample(features.expand(count, F), torch.Generator().manual_seed(1))
    share = drawn.bincount(minlength=V) / count
    assert ((share - chances).abs() < 5 * (chances * (1 - chances) / count).sqrt()).all()


@pytest.mark.parametrize("name", SYMBOLS)
def test_the_likeliest_symbols_are_chosen_within_each_row(name):
    head = _head(name)
    features, _ = _batch(name, 3, 4)
    found = head.decode(features, [4, 0, 2])
    best = head(features).argmax(-1)
    assert found.sequences() == [best[0].tolist(), [], best[2, :2].tolist()]
    assert (found.symbols[1] == -1).all()
    score = head(features)[2, :2].max(-1).values.sum()
    torch.testing.assert_close(found.scores[2], score)
    torch.testing.assert_close(found.scores[1], torch.zeros((), dtype=torch.float64))


@pytest.mark.parametrize("name", KNOWN)
def test_features_of_another_width_are_refused(name):
    features, answers = _batch(name, 2, 3)
    with pytest.raises(ShapeError, match=f"F = {F}"):
        _head(name).loss(features[..., 1:], answers)


@pytest.mark.parametrize("name", KNOWN)
def test_answers_of_another_shape_are_refused(name):
    features, answers = _batch(name, 2, 3)
    with pytest.raises(ShapeError):
        _head(name).loss(features, answers[:, :2])
    with pytest.raises(ShapeError):
        _head(name).loss(features, answers.unsqueeze(-1))


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("lengths", [[4, 1], [-1, 2], [1.0, 2.0], [1, 2, 3]])
def test_lengths_that_do_not_fit_are_refused(name, lengths):
    features, answers = _batch(name, 2, 3)
    with pytest.raises(ShapeError, match="lengths"):
        _head(name).loss(features, answers, lengths)


@pytest.mark.parametrize("name", KNOWN)
def test_a_batch_without_a_step_is_refused(name):
    features, answers = _batch(name, 2, 3)
    with pytest.raises(ShapeError, match="no step at all"):
        _head(name).loss(features, answers, [0, 0])


@pytest.mark.parametrize("name", [*SYMBOLS, "tags"])
@pytest.mark.parametrize("wrong", [-1, V])
def test_what_is_no_symbol_is_refused(name, wrong):
    features, answers = _batch(name, 2, 3)
    answers[1, 2] = wrong
    with pytest.raises((ShapeError, DataError), match=str(wrong)):
        _head(name).loss(features, answers)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("bernoulli", 1.5), ("negative_binomial", -1.0), ("negative_binomial", 0.5)],
)
def test_answers_out_of_range_are_refused(name, wrong):
    features, answers = _batch(name, 2, 3)
    answers[1, 2, 0] = wrong
    with pytest.raises(ShapeError, match="targets"):
        _head(name).loss(features, answers)


def test_a_stroke_that_half_ends_is_refused():
    features, answers = _batch("pen_strokes", 2, 3)
    answers[0, 0, 2] = 0.5
    with pytest.raises(ShapeError, match="neither 0 nor 1"):
        _head("pen_strokes").loss(features, answers)


def test_whole_numbers_of_any_type_serve_as_counts_and_marks():
    for name in ("negative_binomial", "bernoulli"):
        features, answers = _batch(name, 2, 3)
        torch.testing.assert_close(
            _head(name).loss(features, answers.long()), _head(name).loss(features, answers)
        )


@pytest.mark.parametrize(
    "make",
    [
        lambda: Categorical(0, 3),
        lambda: Categorical(3, 0),
        lambda: Categorical(True, 3),
        lambda: AdaptiveCategorical(8, 10, ()),
        lambda: AdaptiveCategorical(8, 10, (5, 5)),
        lambda: AdaptiveCategorical(8, 10, (0, 5)),
        lambda: AdaptiveCategorical(8, 10, (10,)),
        lambda: AdaptiveCategorical(8, 10, (3, 5), division=4),
        lambda: AdaptiveCategorical(8, 10, (3,), division=0),
        lambda: BernoulliVector(3, 0),
        lambda: Gaussian(3, 0),
        lambda: Gaussian(3, min_scale=0),
        lambda: StudentT(3, min_scale=math.inf),
        lambda: NegativeBinomial(3, min_dispersion=-1),
        lambda: Quantiles(3, ()),
        lambda: Quantiles(3, (0.5, 0.1)),
        lambda: Quantiles(3, (0.0, 0.5)),
        lambda: Quantiles(3, (0.5, 1.0)),
        lambda: Quantiles(3, (0.5, math.nan)),
        lambda: MixtureDensity(3, 0),
        lambda: MixtureDensity(3, 2, min_scale=math.nan),
        lambda: PenStrokes(3, 0),
    ],
)
def test_options_out_of_range_are_refused(make):
    with pytest.raises(OptionError):
        make()
