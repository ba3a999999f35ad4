import torch
from torch import nn

from recurra.structures.heads import TiedCategorical


def test_the_scores_are_products_with_the_embeddings():
    torch.manual_seed(0)
    embedding = nn.Embedding(7, 4)
    head, features = TiedCategorical(4, embedding), torch.randn(3, 4)
    with torch.no_grad():
        head.bias.normal_()
    wanted = (features @ embedding.weight.T + head.bias).log_softmax(-1)
    torch.testing.assert_close(head(features), wanted)


def test_the_embedding_learns_from_both_ends_and_is_counted_once():
    embedding = nn.Embedding(7, 4)
    head = TiedCategorical(4, embedding)
    model = nn.ModuleDict({"embedding": embedding, "head": head})
    assert sum(p.numel() for p in model.parameters()) == 7 * 4 + 7
    head.loss(torch.randn(5, 4), torch.randint(7, (5,))).backward()
    assert embedding.weight.grad.any()
