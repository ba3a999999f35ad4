import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.structures.heads import Quantiles

LEVELS = (0.1, 0.5, 0.9)


def test_the_loss_is_the_pinball_loss_number_by_number():
    torch.manual_seed(0)
    head = Quantiles(3, LEVELS, 2, dtype=torch.float64)
    features, targets = torch.randn(4, 3, dtype=torch.float64), torch.randn(4, 2).double()
    found = head(features).detach().numpy()
    wanted = 0.0
    for row in range(4):
        for number in range(2):
            for level, quantile in zip(LEVELS, found[row, number], strict=True):
                miss = targets[row, number].item() - quantile
                wanted += (level if miss >= 0 else level - 1) * miss / len(LEVELS)
    np.testing.assert_allclose(head.loss(features, targets).item(), wanted / 4)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-1e3, 1e3, width=32), min_size=3, max_size=3))
def test_quantiles_never_cross(numbers):
    torch.manual_seed(1)
    head = Quantiles(3, (0.05, 0.3, 0.5, 0.6, 0.99), 2)
    assert (head(torch.tensor(numbers)).diff(dim=-1) >= 0).all()


def test_it_learns_the_quantiles_of_what_it_sees():
    torch.manual_seed(2)
    head, data = Quantiles(1, LEVELS), torch.distributions.Gamma(2.0, 1.0).sample((4000, 1))
    optimizer = torch.optim.Adam(head.parameters(), 0.03)
    for _ in range(300):
        optimizer.zero_grad()
        head.loss(torch.ones(4000, 1), data).backward()
        optimizer.step()
    found = head(torch.ones(1, 1))[0, 0]
    torch.testing.assert_close(found, torch.quantile(data, torch.tensor(LEVELS)), rtol=0, atol=0.1)


def test_draws_lie_between_the_outermost_quantiles_as_often_as_the_levels_say():
    torch.manual_seed(3)
    head = Quantiles(2, (0.2, 0.5, 0.9), dtype=torch.float64)
    features, count = torch.randn(2, dtype=torch.float64), 40_000
    low, middle, high = head(features)[0]
    drawn = head.sample(features.expand(count, 2), torch.Generator().manual_seed(0))
    assert ((drawn >= low) & (drawn <= high)).all()
    for level, quantile in ((0.2, low + 1e-9), (0.5, middle), (0.9, high - 1e-9)):
        assert abs((drawn <= quantile).double().mean() - level) < 0.015


def test_of_one_level_draws_are_the_quantile():
    head = Quantiles(2, (0.5,), 3)
    features = torch.randn(4, 2)
    assert torch.equal(head.sample(features), head(features).squeeze(-1))
