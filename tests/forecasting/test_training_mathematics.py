"""The reference case's network, trained beside the same one written in plain torch."""

import numpy as np
import pytest
import torch
from torch import nn

from recurra import ManyToOne, Recurrent, RMSprop, Trainer

LOOKBACK, BATCH, STEPS = 10, 32, 20
GATES = "ifgo"


class Plain(nn.Module):
    """Two torch.nn.LSTM and a linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.LSTM(1, 50, batch_first=True)
        self.second = nn.LSTM(50, 100, batch_first=True)
        self.head = nn.Linear(100, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.second(self.first(x)[0])[0][:, -1])


def as_torch_names(model: ManyToOne) -> dict[str, torch.Tensor]:
    """The model's weights as Plain calls them; torch's second bias is 0."""
    own = model.state_dict()
    named = {f"head.{name}": own[f"head.{name}"] for name in ("weight", "bias")}
    for number, layer in enumerate(["first", "second"]):
        parts = [f"recurrent.layers.{number}.forwards.{matrix}_" for matrix in "WUb"]
        weight_ih, weight_hh, bias = (
            torch.cat([own[part + gate] for gate in GATES]) for part in parts
        )
        named |= {f"{layer}.weight_ih_l0": weight_ih, f"{layer}.weight_hh_l0": weight_hh}
        named |= {f"{layer}.bias_ih_l0": bias, f"{layer}.bias_hh_l0": torch.zeros_like(bias)}
    return named


def plain_twin(model: ManyToOne) -> Plain:
    twin = Plain()
    twin.load_state_dict(as_torch_names(model))
    # Recurra's LSTM has one bias a gate; with two, torch's would learn twice as fast.
    twin.first.bias_hh_l0.requires_grad_(False)
    twin.second.bias_hh_l0.requires_grad_(False)
    return twin


def sine_windows() -> tuple[torch.Tensor, torch.Tensor]:
    series = torch.from_numpy(np.sin(0.1 * np.arange(BATCH * STEPS + LOOKBACK))).float()
    views = series.unfold(0, LOOKBACK + 1, 1)
    return views[:, :-1, None].contiguous(), views[:, -1:].contiguous()


def plain_losses(twin: Plain, optimizer: torch.optim.Optimizer, seed: int) -> list[float]:
    """A training loop as torch's tutorial writes it."""
    x, y = sine_windows()
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(seed))
    losses = []
    for index in order.split(BATCH):
        optimizer.zero_grad()
        loss = ((twin(x[index]) - y[index]) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@pytest.mark.parametrize("optimizer", [RMSprop, torch.optim.Adam, torch.optim.SGD])
def test_losses_and_weights_of_20_steps_are_those_of_torch_lstm_in_a_plain_loop(optimizer):
    torch.manual_seed(0)
    model = ManyToOne(Recurrent("lstm", 1, (50, 100), batch_first=True), 1)
    start = {name: weight.clone() for name, weight in as_torch_names(model).items()}
    twin = plain_twin(model)
    learnt = [weight for weight in twin.parameters() if weight.requires_grad]
    expected = plain_losses(twin, optimizer(learnt, lr=1e-3), seed=3)

    losses: list[float] = []

    def loss(predicted: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        value = nn.functional.mse_loss(predicted, target)
        losses.append(value.item())
        return value

    trainer = Trainer(model, loss, optimizer(model.parameters(), lr=1e-3), seed=3)
    trainer.fit(sine_windows(), epochs=1, batch_size=BATCH)

    assert losses == pytest.approx(expected, abs=1e-4)
    assert len(losses) == STEPS
    assert losses[-1] < losses[0]
    for name, weight in twin.state_dict().items():
        torch.testing.assert_close(as_torch_names(model)[name], weight, atol=1e-4, rtol=0)
    assert (start["head.weight"] - twin.head.weight).abs().max() > 1e-4
