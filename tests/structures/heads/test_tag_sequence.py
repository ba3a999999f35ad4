import torch
from known_heads import log_partition, tag_score

from recurra.structures.decoding import CRF
from recurra.structures.heads import TagSequence


def _head():
    torch.manual_seed(0)
    head = TagSequence(3, CRF(3, dtype=torch.float64))
    with torch.no_grad():
        for parameter in head.parameters():
            parameter.copy_(torch.randn_like(parameter))
    return head


def test_the_loss_is_that_of_all_sequences_counted_out_over_their_steps():
    head = _head()
    features, tags = torch.randn(2, 4, 3, dtype=torch.float64), torch.randint(3, (2, 4))
    total = 0.0
    for row, length in enumerate((4, 2)):
        emissions = head(features)[row, :length]
        chosen = tuple(tags[row, :length].tolist())
        total = total + log_partition(emissions, head.crf) - tag_score(emissions, head.crf, chosen)
    torch.testing.assert_close(head.loss(features, tags, [4, 2]), total / 6)


def test_it_decodes_the_best_of_all_sequences():
    head = _head()
    features = torch.randn(1, 4, 3, dtype=torch.float64)
    found = head.decode(features)
    emissions = head(features)[0]
    every = torch.cartesian_prod(*[torch.arange(3)] * 4).tolist()
    best = max(every, key=lambda tags: tag_score(emissions, head.crf, tuple(tags)).item())
    assert found.sequences() == [best]
