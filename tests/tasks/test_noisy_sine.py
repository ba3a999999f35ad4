import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import OptionError
from recurra.tasks import NoisySine


@given(st.integers(20, 60), st.integers(1, 60), st.integers(0, 2**32))
def test_the_target_is_a_sine_of_a_period_in_range_that_fits_what_is_seen(shown, hidden, seed):
    task = NoisySine(shown, hidden, noise=0.0)
    x, y, _ = task.draw(3, torch.Generator().manual_seed(seed))
    assert x.shape == (3, shown + hidden, 2)
    assert y.shape == (3, shown + hidden, 1)
    assert torch.equal(x[:, :shown, 0], y[:, :shown, 0])
    assert (x[:, shown:, 0] == 0).all()
    assert x[..., 1].tolist() == [[0.0] * shown + [1.0] * hidden] * 3
    for sine in y[..., 0].double().numpy():
        # A sine is what obeys s[t-1] + s[t+1] = 2 cos(w) s[t].
        middle = sine[1:-1]
        cosine = (sine[:-2] + sine[2:]) @ middle / (2 * middle @ middle)
        assert np.allclose(sine[:-2] + sine[2:], 2 * cosine * middle, atol=1e-5)
        assert 15 * 0.999 <= 2 * math.pi / math.acos(cosine) <= 30 * 1.001


def test_the_noise_has_the_stated_deviation():
    task = NoisySine(100, 1, noise=0.3)
    x, y, _ = task.draw(500, torch.Generator().manual_seed(0))
    noise = (x[..., 0] - y[..., 0])[:, :100]
    assert noise.std().item() == pytest.approx(0.3, rel=0.02)
    assert noise.mean().item() == pytest.approx(0.0, abs=0.01)


def test_zero_scores_the_baseline_and_what_is_answered_while_shown_does_not_count():
    task = NoisySine(20, 50)
    _, y, _ = task.draw(20_000, torch.Generator().manual_seed(0))
    answers = torch.zeros_like(y)
    answers[:, :20] = 9.0
    assert task.loss(answers, y).item() == pytest.approx(0.5, rel=0.01)
    assert task.baseline == 0.5
    assert task.loss(y, y).item() == 0


@pytest.mark.parametrize(
    "options",
    [
        {"shown": 0},
        {"hidden": 0},
        {"noise": -0.1},
        {"noise": math.nan},
        {"periods": (1.0, 3.0)},
        {"periods": (9.0, 3.0)},
        {"periods": (9.0, math.inf)},
    ],
)
def test_options_out_of_range_are_refused(options):
    with pytest.raises(OptionError, match=next(iter(options))):
        NoisySine(**options)
