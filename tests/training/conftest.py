"""A training whose validation losses are scripted and whose weights tell the epoch."""

from collections.abc import Callable, Sequence

import pytest
import torch
from torch import nn

from recurra.training import Callback, Trainer

# Falls, stands still, falls within a typical min_delta, jumps down late: all rules get to act.
VAL_LOSS = (
    *(0.9, 0.8, 0.85, 0.79, 0.795, 0.81, 0.78, 0.78),
    *(0.79, 0.8, 0.6, 0.7, 0.71, 0.72, 0.73),
)


class Script(Callback):
    """Replaces val_loss by scripted values, and the only weight by the epoch's number."""

    def __init__(self, values: Sequence[float]) -> None:
        self.values = values

    def on_epoch_end(self, trainer: Trainer, epoch: int, logs: dict[str, float]) -> None:
        logs["val_loss"] = self.values[epoch]
        with torch.no_grad():
            next(trainer.model.parameters()).fill_(epoch)


ScriptedFit = Callable[..., Trainer]


@pytest.fixture
def scripted_fit() -> ScriptedFit:
    """fit(*callbacks, values=VAL_LOSS, learning_rate=...): the Trainer after its fit."""

    def fit(
        *callbacks: Callback, values: Sequence[float] = VAL_LOSS, learning_rate: float = 0.8
    ) -> Trainer:
        model = nn.Linear(1, 1, bias=False)
        optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
        trainer = Trainer(
            model, nn.functional.mse_loss, optimizer, callbacks=[Script(values), *callbacks]
        )
        trainer.fit((torch.zeros(2, 1), torch.zeros(2, 1)), epochs=len(values))
        return trainer

    return fit


@pytest.fixture
def weight_of() -> Callable[[Trainer], float]:
    """The only weight of a scripted training's model."""
    return lambda trainer: next(trainer.model.parameters()).item()


SHAPES = [(3, 5), (7,), (), (64, 33), (1000,), (0,), (8,)]


@pytest.fixture
def parameters() -> Callable[[torch.dtype], list[nn.Parameter]]:
    """parameters(dtype): always the same numbers, in several shapes."""

    def draw(dtype: torch.dtype) -> list[nn.Parameter]:
        generator = torch.Generator().manual_seed(0)
        drawn = (torch.randn(shape, generator=generator, dtype=torch.float64) for shape in SHAPES)
        return [nn.Parameter(one.to(dtype)) for one in drawn]

    return draw


@pytest.fixture
def taught(parameters: Callable[[torch.dtype], list[nn.Parameter]]) -> Callable[..., torch.Tensor]:
    """taught(optimizer, dtype, **options): all weights after 25 steps of drawn gradients.

    With after=(other, steps), other takes the first steps and gives its state on.
    """

    def run(
        kind: type[torch.optim.Optimizer],
        dtype: torch.dtype,
        steps: int = 25,
        after: tuple[type[torch.optim.Optimizer], int] | None = None,
        **options: object,
    ) -> torch.Tensor:
        first, until = after or (kind, 0)
        generator = torch.Generator().manual_seed(1)
        weights = parameters(dtype)
        optimizer = first(weights, **options)
        for step in range(steps):
            if after and step == until:
                state = optimizer.state_dict()
                optimizer = kind(weights, **options)
                optimizer.load_state_dict(state)
            for weight in weights:
                drawn = torch.randn(weight.shape, generator=generator, dtype=torch.float64)
                weight.grad = drawn.to(dtype)
            optimizer.step()
        return nn.utils.parameters_to_vector(weights).detach()

    return run


@pytest.fixture
def within() -> Callable[[torch.Tensor, torch.Tensor, int], None]:
    """within(a, b, n): they differ by no more than n roundings of numbers around 1."""

    def check(a: torch.Tensor, b: torch.Tensor, roundings: int) -> None:
        allowed = roundings * torch.finfo(a.dtype).eps
        torch.testing.assert_close(a, b, rtol=allowed, atol=allowed)

    return check


@pytest.fixture
def without_compiled_code(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """without_compiled_code(): from here on optimizers take steps in torch's operations."""
    is_native = "recurra.training.optimizers.plan.is_native"
    return lambda: monkeypatch.setattr(is_native, lambda weight: False)
