import torch

from recurra.structures.heads import Gaussian, StudentT


def test_with_very_many_degrees_of_freedom_it_is_the_normal_distribution_in_float32():
    torch.manual_seed(0)
    head, normal = StudentT(2), Gaussian(2)
    with torch.no_grad():
        head.tails.weight.zero_()
        head.tails.bias.fill_(1e8)
        for mine, other in ((head.location, normal.location), (head.spread, normal.spread)):
            mine.load_state_dict(other.state_dict())
    features, targets = torch.randn(50, 2), torch.randn(50, 1)
    wanted = normal.nll(features, targets)
    torch.testing.assert_close(head.nll(features, targets), wanted, rtol=1e-5, atol=1e-5)


def test_an_outlier_costs_its_logarithm():
    head = StudentT(1)
    features, far = torch.zeros(2, 1), torch.tensor([[1e15], [1e30]])
    near, farther = head.nll(features, far)
    freedom = head(features).freedom[0, 0]
    torch.testing.assert_close(farther - near, (freedom + 1) * torch.tensor(1e15).log())
