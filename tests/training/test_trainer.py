import math
from pathlib import Path

import pytest
import torch
from torch import nn

from recurra.errors import DataError, OptionError, ShapeError, TrainingError
from recurra.training import (
    Callback,
    EarlyStopping,
    ModelCheckpoint,
    RMSprop,
    Trainer,
)

COUNT, BATCH = 23, 5  # the last of five batches holds three examples


def examples() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(7)
    x = torch.randn(COUNT, 4, generator=generator)
    return x, x.sum(1, keepdim=True) + 0.1 * torch.randn(COUNT, 1, generator=generator)


def network() -> nn.Module:
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))


def trainer_of(model: nn.Module, *callbacks: Callback, seed: int = 3) -> Trainer:
    optimizer = RMSprop(model.parameters(), lr=0.01)
    return Trainer(model, nn.functional.mse_loss, optimizer, callbacks=callbacks, seed=seed)


def weights(model: nn.Module) -> torch.Tensor:
    return nn.utils.parameters_to_vector(model.parameters()).detach().clone()


class Seen:
    """Examples that remember which of them were asked for."""

    def __init__(self) -> None:
        self.x, self.y = examples()
        self.batches: list[list[int]] = []

    def __len__(self) -> int:
        return COUNT

    def __getitem__(self, index: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        assert index.dtype == torch.int64
        self.batches.append(index.tolist())
        return self.x[index], self.y[index]


def test_losses_and_weights_equal_those_of_a_plain_loop_exactly():
    ours = network()
    history = trainer_of(ours).fit(examples(), examples(), epochs=3, batch_size=BATCH)

    plain = network()
    optimizer = RMSprop(plain.parameters(), lr=0.01)
    generator = torch.Generator().manual_seed(3)
    x, y = examples()
    losses, val_losses = [], []
    for _ in range(3):
        order = torch.randperm(COUNT, generator=generator)
        total = 0.0
        for start in range(0, COUNT, BATCH):
            rows = order[start : start + BATCH]
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(plain(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / COUNT)
        with torch.no_grad():
            val_losses.append(nn.functional.mse_loss(plain(x), y).item())
    assert history.history["loss"] == losses
    assert history.history["val_loss"] == pytest.approx(val_losses, rel=1e-15)
    assert torch.equal(weights(ours), weights(plain))


def test_the_same_seed_gives_the_same_bits_and_another_seed_others():
    def run(seed: int) -> torch.Tensor:
        model = network()
        trainer_of(model, seed=seed).fit(examples(), epochs=2, batch_size=BATCH)
        return weights(model)

    assert torch.equal(run(0), run(0))
    assert not torch.equal(run(0), run(1))


def test_two_fits_of_one_epoch_equal_one_fit_of_two():
    once, twice = network(), network()
    trainer_of(once).fit(examples(), epochs=2, batch_size=BATCH)
    trainer = trainer_of(twice)
    trainer.fit(examples(), batch_size=BATCH)
    trainer.fit(examples(), batch_size=BATCH)
    assert torch.equal(weights(once), weights(twice))


def test_shuffling_takes_nothing_from_the_global_random_state():
    model = network()
    before = torch.get_rng_state()
    trainer_of(model).fit(examples(), examples(), epochs=2, batch_size=BATCH)
    assert torch.equal(torch.get_rng_state(), before)


def test_every_epoch_visits_every_example_once_in_an_order_of_its_own():
    data = Seen()
    trainer_of(network()).fit(data, epochs=2, batch_size=BATCH)
    assert [len(batch) for batch in data.batches] == [5, 5, 5, 5, 3] * 2
    first = [row for batch in data.batches[:5] for row in batch]
    second = [row for batch in data.batches[5:] for row in batch]
    assert sorted(first) == sorted(second) == list(range(COUNT))
    assert first != second


def test_steps_per_epoch_runs_the_first_batches_of_the_same_permutations():
    whole, part = Seen(), Seen()
    trainer_of(network()).fit(whole, epochs=2, batch_size=BATCH)
    trainer = trainer_of(network())
    trainer.fit(part, epochs=2, batch_size=BATCH, steps_per_epoch=2)
    assert trainer.steps == 2
    assert part.batches == whole.batches[:2] + whole.batches[5:7]


def test_more_steps_than_there_are_batches_run_them_all():
    data = Seen()
    trainer_of(network()).fit(data, batch_size=BATCH, steps_per_epoch=99)
    assert len(data.batches) == 5


def test_evaluate_is_the_mean_over_examples_whatever_the_batch_size():
    model = network()
    x, y = examples()
    with torch.no_grad():
        expected = nn.functional.mse_loss(model(x).double(), y.double()).item()
    trainer = trainer_of(model)
    for size in (1, 7, COUNT, 1024):
        assert trainer.evaluate((x, y), batch_size=size) == pytest.approx(expected, rel=1e-6)


def test_training_runs_in_training_mode_evaluation_in_inference_mode_and_both_put_modes_back():
    class Watch(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(4, 1)
            self.frozen = nn.Dropout()
            self.seen: list[tuple[bool, bool]] = []

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            self.seen.append((self.training, torch.is_inference_mode_enabled()))
            return self.inner(x)

    model = Watch()
    model.frozen.eval()
    trainer_of(model).fit(examples(), examples(), batch_size=COUNT)
    assert model.seen == [(True, False), (False, True)]
    assert model.training
    assert not model.frozen.training
    model.eval()
    trainer_of(model).fit(examples(), batch_size=COUNT)
    assert model.seen[2:] == [(True, False)]
    assert not model.training


def test_history_tells_epochs_quantities_reason_and_seconds():
    trainer = trainer_of(network())
    history = trainer.fit(examples(), examples(), epochs=3)
    assert history is trainer.history
    assert history.epoch == [0, 1, 2]
    assert set(history.history) == {"loss", "val_loss", "learning_rate"}
    assert history.history["learning_rate"] == [0.01] * 3
    assert history.stopped == "finished"
    assert not history.interrupted
    assert history.seconds > 0
    assert set(trainer.fit(examples()).history) == {"loss", "learning_rate"}


def test_training_lowers_the_loss():
    loss = trainer_of(network()).fit(examples(), epochs=30, batch_size=BATCH).history["loss"]
    assert loss[-1] < 0.5 * loss[0]


def test_hooks_run_in_order_with_their_arguments():
    calls: list[tuple[object, ...]] = []

    class Note(Callback):
        def on_train_begin(self, trainer: Trainer) -> None:
            calls.append(("begin", trainer.epochs, trainer.steps))

        def on_epoch_begin(self, trainer: Trainer, epoch: int) -> None:
            calls.append(("epoch", epoch))

        def on_train_batch_end(self, trainer: Trainer, step: int) -> None:
            calls.append(("batch", step))

        def on_epoch_end(self, trainer: Trainer, epoch: int, logs: dict[str, float]) -> None:
            calls.append(("end of epoch", epoch, sorted(logs)))
            logs["own"] = 1.0

        def on_train_end(self, trainer: Trainer) -> None:
            calls.append(("end",))

    history = trainer_of(network(), Note()).fit(examples(), epochs=2, batch_size=12)
    epochs = [
        [
            ("epoch", e),
            ("batch", 0),
            ("batch", 1),
            ("end of epoch", e, ["learning_rate", "loss"]),
        ]
        for e in (0, 1)
    ]
    assert calls == [("begin", 2, 2), *epochs[0], *epochs[1], ("end",)]
    assert history.history["own"] == [1.0, 1.0]


class InterruptAt(Callback):
    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def on_epoch_begin(self, trainer: Trainer, epoch: int) -> None:
        if epoch == self.epoch:
            with torch.no_grad():
                for parameter in trainer.model.parameters():
                    parameter.fill_(99.0)
            raise KeyboardInterrupt


class Remember(Callback):
    """The weights at the end of every epoch."""

    def on_train_begin(self, trainer: Trainer) -> None:
        self.weights: list[torch.Tensor] = []

    def on_epoch_end(self, trainer: Trainer, epoch: int, logs: dict[str, float]) -> None:
        self.weights.append(weights(trainer.model))


@pytest.mark.parametrize(
    "keeper",
    [EarlyStopping(patience=50, restore_best_weights=True), ModelCheckpoint(save_best_only=True)],
)
def test_an_interrupt_returns_the_history_and_puts_the_best_weights_back(keeper):
    model, remember = network(), Remember()
    trainer = trainer_of(model, remember, keeper, InterruptAt(3))
    history = trainer.fit(examples(), examples(), epochs=9, batch_size=BATCH)
    assert history.interrupted
    assert history.stopped == "interrupted"
    assert history.epoch == [0, 1, 2]
    assert torch.equal(weights(model), remember.weights[keeper.best_epoch])


def test_without_a_keeper_an_interrupt_leaves_the_weights_as_they_stood():
    model = network()
    trainer_of(model, InterruptAt(1)).fit(examples(), epochs=3)
    assert set(weights(model).tolist()) == {99.0}


def test_a_trainer_can_be_used_again_after_an_early_stop():
    trainer = trainer_of(network(), EarlyStopping(monitor="loss", mode="max"))
    assert trainer.fit(examples(), epochs=9).stopped == "early stopping at epoch 2"
    assert trainer.fit(examples(), epochs=1).stopped == "finished"


class Poison(Callback):
    def on_epoch_begin(self, trainer: Trainer, epoch: int) -> None:
        if epoch == 2:
            with torch.no_grad():
                next(trainer.model.parameters()).fill_(math.nan)


def test_a_nan_loss_is_an_error_in_words_after_the_best_weights_are_back(tmp_path: Path):
    model, remember = network(), Remember()
    keeper = ModelCheckpoint(save_best_only=True)
    every_epoch = ModelCheckpoint(tmp_path / "{epoch}.safetensors")
    trainer = trainer_of(model, remember, keeper, every_epoch, Poison())
    with pytest.raises(TrainingError) as caught:
        trainer.fit(examples(), examples(), epochs=5)
    assert "nan after epoch 3" in caught.value.given
    assert "learning rate 0.01" in caught.value.given
    assert "0.001" in caught.value.do
    assert torch.equal(weights(model), remember.weights[keeper.best_epoch])
    assert trainer.history.epoch == [0, 1, 2]
    assert trainer.history.stopped == "failed"
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["1", "2"]


def test_an_infinite_validation_loss_is_an_error_that_points_at_the_validation_data():
    x, y = examples()
    spoilt = y.clone()
    spoilt[0] = math.inf
    with pytest.raises(TrainingError, match="validation loss is inf after epoch 1"):
        trainer_of(network()).fit((x, y), (x, spoilt))


def test_an_error_of_the_model_still_ends_the_callbacks_that_began():
    ended: list[str] = []

    class Ends(Callback):
        def on_train_end(self, trainer: Trainer) -> None:
            ended.append("begun")

    class FailsToBegin(Callback):
        def on_train_begin(self, trainer: Trainer) -> None:
            raise RuntimeError("no")

        def on_train_end(self, trainer: Trainer) -> None:
            ended.append("not begun")

    with pytest.raises(RuntimeError, match="no"):
        trainer_of(network(), Ends(), FailsToBegin()).fit(examples())
    assert ended == ["begun"]


@pytest.mark.parametrize(
    "options", [{"epochs": 0}, {"batch_size": 0}, {"steps_per_epoch": 0}, {"epochs": -3}]
)
def test_counts_below_one_are_refused_by_name(options):
    with pytest.raises(OptionError, match=next(iter(options))):
        trainer_of(network()).fit(examples(), **options)


def test_evaluate_refuses_a_batch_size_below_one():
    with pytest.raises(OptionError, match="batch_size"):
        trainer_of(network()).evaluate(examples(), batch_size=0)


def test_no_examples_are_refused_by_role():
    empty = (torch.zeros(0, 4), torch.zeros(0, 1))
    with pytest.raises(DataError, match="training data are empty"):
        trainer_of(network()).fit(empty)
    with pytest.raises(DataError, match="validation data are empty"):
        trainer_of(network()).fit(examples(), empty)


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ((torch.zeros(3, 4), torch.zeros(2, 1)), r"\(3, 4\).*\(2, 1\)"),
        ((torch.zeros(3, 4), [1, 2, 3]), "list"),
        ((torch.zeros(3, 4),), r"\(3, 4\)"),
        ((torch.tensor(1.0), torch.tensor(1.0)), r"shape \(\)"),
        ((), "nothing"),
    ],
)
def test_what_does_not_pair_up_is_refused_with_its_shapes(data, named):
    with pytest.raises(DataError, match=named):
        trainer_of(network()).fit(data)


def test_a_loss_that_is_not_one_number_is_refused():
    model = network()
    optimizer = RMSprop(model.parameters())
    trainer = Trainer(model, nn.MSELoss(reduction="none"), optimizer)
    with pytest.raises(ShapeError, match=r"\(23, 1\)"):
        trainer.fit(examples())


def test_targets_without_the_last_dimension_are_refused_instead_of_spread() -> None:
    model = torch.nn.Linear(3, 1)
    trainer = Trainer(model, torch.nn.MSELoss(), torch.optim.SGD(model.parameters(), lr=0.1))
    with pytest.raises(ShapeError, match="unsqueeze"):
        trainer.fit((torch.zeros(8, 3), torch.zeros(8)))


# Bounds on gradients


@pytest.mark.parametrize("bounds", [{"clip_norm": 0.1}, {"clip_value": 0.05}])
@pytest.mark.parametrize("kind", [RMSprop, torch.optim.Adam])
def test_bounds_on_gradients_are_those_of_torch(kind, bounds):
    ours, plain = network(), network()
    loss = nn.functional.mse_loss
    trainer = Trainer(ours, loss, kind(ours.parameters(), lr=0.01), seed=3, **bounds)
    trainer.fit(examples(), batch_size=BATCH)

    optimizer = kind(plain.parameters(), lr=0.01)
    x, y = examples()
    for rows in torch.randperm(COUNT, generator=torch.Generator().manual_seed(3)).split(BATCH):
        optimizer.zero_grad()
        loss(plain(x[rows]), y[rows]).backward()
        if "clip_norm" in bounds:
            nn.utils.clip_grad_norm_(plain.parameters(), bounds["clip_norm"])
        else:
            nn.utils.clip_grad_value_(plain.parameters(), bounds["clip_value"])
        optimizer.step()
    torch.testing.assert_close(weights(ours), weights(plain), rtol=1e-6, atol=1e-6)
    assert not torch.equal(weights(ours), weights(network()))


@pytest.mark.parametrize("name", ["clip_norm", "clip_value"])
@pytest.mark.parametrize("bound", [0, -1.0, math.nan, math.inf])
def test_a_bound_that_is_not_finite_and_above_zero_is_refused_by_name(name, bound):
    model = network()
    with pytest.raises(OptionError, match=name):
        Trainer(model, nn.MSELoss(), RMSprop(model.parameters()), **{name: bound})


# What a step does not do


def test_only_callbacks_that_watch_steps_are_called_after_them():
    steps: list[int] = []

    class Idle(Callback):
        def __getattribute__(self, name: str) -> object:
            if name == "on_train_batch_end":
                looked.append(name)
            return super().__getattribute__(name)

    looked: list[str] = []
    idle, patched = Idle(), Callback()
    patched.on_train_batch_end = lambda trainer, step: steps.append(step)  # type: ignore[method-assign]
    trainer_of(network(), idle, patched).fit(examples(), epochs=2, batch_size=BATCH)
    assert steps == [0, 1, 2, 3, 4] * 2
    assert len(looked) == 2  # once an epoch


def test_a_shape_that_goes_wrong_in_a_later_batch_is_seen():
    class Odd(Seen):
        def __getitem__(self, index: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            x, y = super().__getitem__(index)
            return (x, y) if len(self.batches) < 3 else (x, y.squeeze(1))

    with pytest.raises(ShapeError, match="unsqueeze"):
        trainer_of(network()).fit(Odd(), batch_size=BATCH)


def test_evaluate_looks_at_shapes_anew():
    x, y = examples()
    model = nn.Linear(4, 1)
    trainer = trainer_of(model)
    trainer.fit((x, y), batch_size=COUNT)
    trainer.model = nn.Sequential(model, nn.Flatten(0))
    with pytest.raises(ShapeError):
        trainer.evaluate((x, y))
