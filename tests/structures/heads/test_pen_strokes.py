import math

import pytest
import torch

from recurra.structures.heads import PenStrokes


def _density(e, components, point):
    """Graves 2013, eq. 23 to 25, as printed, for one point."""
    x1, x2, ended = point
    total = 0.0
    for weight, (m1, m2), (s1, s2), r in components:
        z = ((x1 - m1) / s1) ** 2 + ((x2 - m2) / s2) ** 2
        z -= 2 * r * (x1 - m1) * (x2 - m2) / (s1 * s2)
        area = 2 * math.pi * s1 * s2 * math.sqrt(1 - r * r)
        total += weight * math.exp(-z / (2 * (1 - r * r))) / area
    return total * (e if ended else 1 - e)


@pytest.mark.parametrize("point", [(0.3, -0.2, 0.0), (0.3, -0.2, 1.0), (-2.0, 1.5, 0.0)])
def test_the_likelihood_is_the_papers_equation(point):
    torch.manual_seed(0)
    head = PenStrokes(3, 4, dtype=torch.float64)
    features = torch.randn(1, 3, dtype=torch.float64)
    found = head(features)
    wanted = _density(
        torch.sigmoid(found.end).item(),
        zip(
            found.weights[0].softmax(-1).tolist(),
            found.means[0].tolist(),
            found.log_scales[0].exp().tolist(),
            found.slant[0].tanh().tolist(),
            strict=True,
        ),
        point,
    )
    targets = torch.tensor([point], dtype=torch.float64)
    assert head.nll(features, targets).item() == pytest.approx(-math.log(wanted), rel=1e-10)


def test_float32_keeps_its_digits_next_to_a_correlation_of_one():
    torch.manual_seed(1)
    double = PenStrokes(2, 1, dtype=torch.float64)
    with torch.no_grad():
        double.dense.weight.zero_()
        double.dense.bias[-1] = 6.5
    single = PenStrokes(2, 1)
    single.load_state_dict(double.state_dict())
    features, targets = torch.randn(20, 2), torch.randn(20, 3)
    targets[:, 2] = 0
    torch.testing.assert_close(
        single.nll(features, targets).double(),
        double.nll(features.double(), targets.double()),
        rtol=1e-4,
        atol=1e-4,
    )


def test_a_biased_hand_is_neater():
    torch.manual_seed(2)
    head, features = PenStrokes(2, 3), torch.zeros(4000, 2)
    free = head.sample(features, torch.Generator().manual_seed(0))
    neat = head.sample(features, torch.Generator().manual_seed(0), bias=3.0)
    one = PenStrokes(2, 1)
    narrow = one.sample(features, torch.Generator().manual_seed(0), bias=3.0)[:, :2].std(0)
    wide = one.sample(features, torch.Generator().manual_seed(0))[:, :2].std(0)
    torch.testing.assert_close(narrow, wide * math.exp(-3.0))
    assert neat[:, :2].var() < free[:, :2].var()
