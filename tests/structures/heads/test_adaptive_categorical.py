import torch

from recurra.structures.heads import AdaptiveCategorical


def test_the_loss_of_few_targets_is_that_of_all_probabilities():
    torch.manual_seed(0)
    head = AdaptiveCategorical(16, 1000, (10, 100), dtype=torch.float64)
    features, targets = torch.randn(9, 16, dtype=torch.float64), torch.randint(1000, (9,))
    log_probabilities = head(features)
    torch.testing.assert_close(log_probabilities.logsumexp(-1), torch.zeros(9).double())
    wanted = -log_probabilities.gather(1, targets.unsqueeze(1)).mean()
    torch.testing.assert_close(head.loss(features, targets), wanted)


def test_it_has_fewer_numbers_than_a_whole_matrix():
    assert (
        sum(p.numel() for p in AdaptiveCategorical(64, 10_000, (500,)).parameters()) < 640_000 / 2
    )
