import torch

from recurra.structures.heads import MixtureDensity


def test_it_learns_that_there_are_two_places():
    torch.manual_seed(0)
    head = MixtureDensity(1, 2)
    signs = torch.where(torch.rand(2000, 1) < 0.3, -4.0, 4.0)
    data = signs + 0.5 * torch.randn(2000, 1)
    optimizer = torch.optim.Adam(head.parameters(), 0.1)
    for _ in range(200):
        optimizer.zero_grad()
        head.loss(torch.ones(2000, 1), data).backward()
        optimizer.step()
    log_weights, means, scales = head(torch.ones(1, 1))
    order = means[0, :, 0].argsort()
    torch.testing.assert_close(means[0, order, 0], torch.tensor([-4.0, 4.0]), atol=0.15, rtol=0)
    torch.testing.assert_close(
        log_weights[0, order].exp(), torch.tensor([0.3, 0.7]), atol=0.04, rtol=0
    )
    assert ((scales - 0.5).abs() < 0.1).all()


def test_one_component_is_the_mean_itself():
    torch.manual_seed(1)
    head = MixtureDensity(3, 1, 2)
    features = torch.randn(4, 3)
    torch.testing.assert_close(head.mean(features), head(features).means.squeeze(-2))
