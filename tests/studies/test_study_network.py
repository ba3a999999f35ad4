"""What a network of a trial is judged by, beside the same in plain torch."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional

from recurra.studies import Contender, Settings
from recurra.studies.material import UNASKED, constant
from recurra.studies.network import Network
from recurra.studies.trial import loss_and_figure

ANSWERS = ["keys", "symbols", "class", "number"]


def network(made, cell="elman", **settings) -> Network:
    torch.manual_seed(0)
    return Network(Contender("A", cell), made, Settings(hidden_size=4, **settings)).eval()


def features_by_hand(net: Network, x: torch.Tensor) -> torch.Tensor:
    """h_t = tanh(W x_t + U h_(t-1) + b) of one sequence (T, I), step by step."""
    named = dict(net.structure.recurrent.named_parameters())
    W, U, b = (next(v for k, v in named.items() if k.endswith(n)) for n in ("W", "U", "b"))
    h, found = torch.zeros(len(U)), []
    for step in x:
        h = torch.tanh(W @ step + U @ h + b)
        found.append(h)
    return torch.stack(found)


def scores_by_hand(net: Network, features: torch.Tensor) -> torch.Tensor:
    (head,) = [one for one in net.structure.head.modules() if isinstance(one, nn.Linear)]
    return features @ head.weight.T + head.bias


@torch.no_grad()
@pytest.mark.parametrize("answer", ANSWERS)
def test_the_loss_of_each_answer_is_that_of_plain_torch(task, answer) -> None:
    made = task(answer, unasked=answer == "symbols", outputs=3 if answer != "number" else 1)
    net = network(made)
    total, wrong, count = 0.0, 0.0, 0
    for x, y in zip(made.test.x, made.test.y, strict=True):
        scores = scores_by_hand(net, features_by_hand(net, x))
        if answer == "keys":
            total += functional.binary_cross_entropy_with_logits(scores, y, reduction="sum").item()
            count += len(y)
        elif answer == "symbols":
            asked = y != UNASKED
            assert not asked.all()
            total += functional.cross_entropy(scores[asked], y[asked], reduction="sum").item()
            count += int(asked.sum())
        elif answer == "class":
            total += functional.cross_entropy(scores[-1], y).item()
            wrong += float(scores[-1].argmax() != y)
            count += 1
        else:
            total += float((scores[-1] - y).square().mean())
            count += 1
    loss, figure = loss_and_figure(net, made, made.test)
    assert loss == pytest.approx(total / count, rel=1e-5)
    assert figure == pytest.approx(100 * wrong / count if answer == "class" else total / count)


@torch.no_grad()
@pytest.mark.parametrize("answer", ANSWERS)
def test_sequences_are_judged_alike_alone_and_together(task, answer) -> None:
    made = task(answer, lengths=(1, 7, 3, 7, 2))
    net = network(made, "lstm")
    together, _ = net.judged(*made.batch(made.test, torch.arange(5)))
    alone = [net.judged(*made.batch(made.test, torch.tensor([n])))[0] for n in range(5)]
    torch.testing.assert_close(together.sum(), torch.cat(alone).sum())
    assert len(together) == sum(map(len, alone))


def test_noise_and_dropout_act_while_it_learns_alone(task) -> None:
    made = task()
    net = network(made, input_noise=1.0, dropout=0.5)
    x, _, lengths = made.batch(made.test, torch.arange(4))
    assert torch.equal(net(x, lengths), net(x, lengths))
    net.train()
    assert not torch.equal(net(x, lengths), net(x, lengths))


def test_a_cell_starts_from_what_its_contender_says(task) -> None:
    torch.manual_seed(0)
    made = Network(Contender("A", "lstm", {"b_f": 3.5}), task(), Settings(hidden_size=4))
    named = dict(made.structure.recurrent.named_parameters())
    (forget,) = [value for name, value in named.items() if name.endswith("b_f")]
    assert torch.equal(forget, torch.full((4,), 3.5))


def test_parameters_and_flops_are_counted_by_hand(task) -> None:
    made = network(task(inputs=2, outputs=3))
    assert made.parameters_of_layers == 4 * 2 + 4 * 4 + 4
    assert made.flops == 6 * (4 * 2 + 4 * 4 + 3 * 4)


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_that_reads_nothing_is_the_best_constant_but_for_smoothing(task, answer) -> None:
    made = task(answer, lengths=(6,) * 60, outputs=1 if answer == "number" else 3)
    found = constant(answer, made.train, made.train)
    y = torch.stack(list(made.train.y)).double()
    if answer == "number":
        assert found == pytest.approx(float(y.var(unbiased=False)))
    elif answer == "keys":
        chance = y.mean((0, 1))
        best = -(chance * chance.log() + (1 - chance) * (1 - chance).log()).sum()
        assert found == pytest.approx(float(best))
    else:
        counts = torch.bincount(y.long().flatten()).double()
        chance = counts[counts > 0] / counts.sum()
        assert found == pytest.approx(float(-(chance * chance.log()).sum()), abs=0.01)
