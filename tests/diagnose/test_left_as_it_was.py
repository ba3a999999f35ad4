"""A diagnosis leaves the model as it was and may be made between two steps of training."""

from __future__ import annotations

import time

import pytest
import torch
from torch import nn

from recurra import Recurrent
from recurra.diagnose import diagnose


class Model(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(2)
        self.stack = Recurrent("lstm", 2, 8, 2, batch_first=True, dropout=0.5)
        self.head = nn.Linear(8, 1)

    def forward(self, x):
        x = self.norm(x.mT).mT
        return self.head(nn.functional.dropout(self.stack(x)[0][:, -1], 0.5, self.training))


def _trained(*, looked_at: bool) -> tuple[list[torch.Tensor], torch.Tensor]:
    torch.manual_seed(3)
    model = Model()
    optimizer = torch.optim.Adam(model.parameters())
    for _ in range(3):
        x = torch.randn(4, 10, 2)
        optimizer.zero_grad()
        model(x).square().mean().backward()
        if looked_at:
            diagnose(model, x)
        optimizer.step()
    assert all(module.training for module in model.modules())
    return [tensor.clone() for tensor in model.state_dict().values()], torch.rand(3)


def test_training_with_and_without_looks_is_the_same_to_the_bit():
    plain, looked = _trained(looked_at=False), _trained(looked_at=True)
    assert all(torch.equal(*pair) for pair in zip(plain[0], looked[0], strict=True))
    assert torch.equal(plain[1], looked[1])


def test_mode_hooks_and_gradients_are_as_before_even_after_an_error():
    model = Model()
    model.head.eval()
    with pytest.raises(ZeroDivisionError):
        diagnose(model, torch.randn(4, 10, 2), loss=lambda output: 1 / 0)
    diagnose(model, torch.randn(4, 10, 2))
    assert model.training
    assert not model.head.training
    assert all(not module._forward_hooks for module in model.modules())
    assert all(weight.grad is None for weight in model.parameters())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # torch's own
def test_a_compiled_model_is_seen_as_the_module_that_it_is():
    model, x = Model(), torch.randn(4, 10, 2)
    found = diagnose(torch.compile(model), x)
    assert found.layers[0].lyapunov == diagnose(model, x).layers[0].lyapunov


def test_it_works_where_gradients_are_off():
    with torch.no_grad():
        assert diagnose(Model(), torch.randn(4, 10, 2)).layers[0].weights_gradient > 0


def test_it_is_the_same_each_time_and_another_seed_draws_others():
    model, x = Recurrent("lstm", 2, 32, batch_first=True), torch.randn(4, 10, 2)
    one, same, other = (diagnose(model, x, seed=seed).layers[0].lyapunov for seed in (0, 0, 1))
    assert one == same != other


def test_what_is_sampled_is_said():
    found = diagnose(Recurrent("lstm", 2, 32, batch_first=True), torch.randn(12, 200, 2))
    assert "6 random directions on 4 of 12 rows" in found.notes[0]
    assert "gradients by time over 8 of 12 rows" in found.notes
    assert "gates at 2,048 of 2,400 steps of rows" in found.notes


def test_it_is_cheap_enough_for_training():
    model, x = Recurrent("lstm", 8, 128, batch_first=True), torch.randn(8, 400, 8)
    diagnose(model, x)
    started = time.process_time()
    found = diagnose(model, x)
    # Under a second on an idle core; twice that leaves room for a busy one.
    assert time.process_time() - started < 2
    assert found.seconds > 0
