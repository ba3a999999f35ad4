import torch
from torch.distributions import Poisson

from recurra.structures.heads import NegativeBinomial


def test_with_hardly_any_dispersion_it_is_poisson_in_float32():
    torch.manual_seed(0)
    head = NegativeBinomial(2, min_dispersion=1e-9)
    with torch.no_grad():
        head.spread.weight.zero_()
        head.spread.bias.fill_(-50.0)
        head.location.bias.fill_(20.0)
    features = torch.randn(60, 2)
    counts = torch.randint(60, (60, 1))
    wanted = -Poisson(head.mean(features)).log_prob(counts).squeeze(-1)
    torch.testing.assert_close(head.nll(features, counts), wanted, rtol=1e-4, atol=1e-3)


def test_it_learns_mean_and_dispersion_of_counts():
    torch.manual_seed(1)
    generator = torch.Generator().manual_seed(0)
    head = NegativeBinomial(1)
    rate = torch.distributions.Gamma(4.0, 0.4).sample((3000, 1))  # mean 10, dispersion 1 / 4
    counts = torch.poisson(rate, generator=generator)
    optimizer = torch.optim.Adam(head.parameters(), 0.3)
    for _ in range(200):
        optimizer.zero_grad()
        head.loss(torch.ones(3000, 1), counts).backward()
        optimizer.step()
    mean, dispersion = head(torch.ones(1, 1))
    torch.testing.assert_close(mean[0, 0], counts.mean(), rtol=0.02, atol=0)
    assert abs(dispersion.item() - 0.25) < 0.04
