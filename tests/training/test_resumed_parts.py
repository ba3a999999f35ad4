"""All that a training is made of goes on bit for bit: optimizers, chance, lengths, logs."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from checkpoint_program import digest
from tensorboardX.proto.event_pb2 import Event, SessionLog
from torch import Tensor, nn

from recurra.cells import RecurrentDropout, VariationalDropout, Zoneout
from recurra.cells.lstm import LSTM
from recurra.layers import Recurrent
from recurra.structures import ManyToMany
from recurra.structures.decoder import Decoder
from recurra.structures.heads import Categorical
from recurra.training import (
    SGD,
    Adam,
    AdamW,
    Callback,
    Checkpoint,
    CSVLogger,
    GrowLength,
    LastSteps,
    LengthSchedule,
    RMSprop,
    StepTrainer,
    StreamChunks,
    TensorBoard,
    Trainer,
    WarmupCosine,
    fit_truncated,
)

OFTEN, NEVER = 1e-9, 1e9


class Dies(Callback):
    """Ends a training after so many steps, as an error would."""

    def __init__(self, after: int) -> None:
        self.left = after

    def on_train_batch_end(self, trainer, step) -> None:
        self.left -= 1
        if self.left == 0:
            raise MemoryError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "run"


Fit = Callable[..., str]


def check_resumed(fit: Fit, folder: Path, *deaths: int) -> None:
    """That it ends the same however often it dies on its way."""
    for after in deaths:
        with pytest.raises(MemoryError):
            fit(Checkpoint(folder, every=OFTEN, verbose=0), Dies(after))
        assert list(folder.iterdir()), "something was kept"
    assert fit(Checkpoint(folder, every=NEVER, verbose=0)) == fit(None)


# Optimizers ---------------------------------------------------------------------------------------

OPTIMIZERS = {
    "sgd": lambda w: SGD(w, lr=0.05),
    "momentum": lambda w: SGD(w, lr=0.05, momentum=0.9, weight_decay=0.01),
    "nesterov": lambda w: SGD(w, lr=0.05, momentum=0.9, nesterov=True),
    "rmsprop": lambda w: RMSprop(w, lr=0.01),
    "rmsprop with momentum": lambda w: RMSprop(w, lr=0.01, momentum=0.9),
    "adam": lambda w: Adam(w, lr=0.01),
    "adamw": lambda w: AdamW(w, lr=0.01),
    "torch's amsgrad": lambda w: torch.optim.Adam(w, lr=0.01, amsgrad=True),
    "torch's nadam": lambda w: torch.optim.NAdam(w, lr=0.01),
    "torch's adagrad": lambda w: torch.optim.Adagrad(w, lr=0.05),
    "torch's asgd": lambda w: torch.optim.ASGD(w, lr=0.05),
    "torch's rprop": lambda w: torch.optim.Rprop(w, lr=0.01),
}


def _network(dtype: torch.dtype = torch.float32) -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 1)).to(dtype)


def _groups(model: nn.Module) -> list[dict[str, Any]]:
    """Two, with rates of their own."""
    first, last = model[0], model[2]
    return [{"params": first.parameters()}, {"params": last.parameters(), "lr": 0.02}]


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_every_optimizer_by_epochs(name: str, dtype: torch.dtype, folder: Path) -> None:
    def fit(checkpoint: Checkpoint | None, *callbacks: Callback) -> str:
        model = _network(dtype)
        x = torch.randn(20, 3, generator=torch.Generator().manual_seed(1)).to(dtype)
        trainer = Trainer(
            model, nn.functional.mse_loss, OPTIMIZERS[name](_groups(model)),
            callbacks=callbacks, clip_value=0.5,
        )  # fmt: skip
        data = x, x.sum(1, keepdim=True)
        return digest(model, trainer.fit(data, epochs=3, batch_size=6, checkpoint=checkpoint))

    check_resumed(fit, folder, 2, 6)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_by_steps_with_a_warm_rate_and_averaged_weights(
    name: str, folder: Path
) -> None:
    def fit(checkpoint: Checkpoint | None, *callbacks: Callback) -> str:
        model = _network()
        trainer: StepTrainer[Tensor] = StepTrainer(
            model,
            lambda x: nn.functional.mse_loss(model(x), x.sum(1, keepdim=True)),
            OPTIMIZERS[name](_groups(model)), 15, looks=3, warmup=4, callbacks=callbacks,
            judge=lambda: float(model(torch.ones(2, 3)).square().mean().detach()),
        )  # fmt: skip
        return digest(model, trainer.fit(_drawn(), checkpoint=checkpoint))

    assert WarmupCosine(15, 4).share(0) < 1, "the rate changes"
    check_resumed(fit, folder, 2, 6)


def _drawn() -> Iterator[Tensor]:
    generator = torch.Generator().manual_seed(2)
    while True:
        yield torch.randn(6, 3, generator=generator)


# Chance -------------------------------------------------------------------------------------------


class Last(nn.Module):
    """A recurrent layer, and a head on its last output."""

    def __init__(self, cell: Any, **options: Any) -> None:
        super().__init__()
        self.recurrent = Recurrent(cell, 2, 4, batch_first=True, **options)
        self.head = nn.Linear(4, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.recurrent(x)[0][:, -1])


CHANCE = {
    "zoneout": (Zoneout(LSTM(), 0.3), {}),
    "variational dropout": (VariationalDropout(LSTM(), 0.3), {}),
    "recurrent dropout": (RecurrentDropout(LSTM(), 0.3), {}),
    "dropout between layers": ("gru", {"num_layers": 2, "dropout": 0.3}),
}


@pytest.mark.parametrize("name", CHANCE)
def test_chance_within_cells_and_between_layers(name: str, folder: Path) -> None:
    cell, options = CHANCE[name]

    def fit(checkpoint: Checkpoint | None, *callbacks: Callback) -> str:
        torch.manual_seed(0)
        model = Last(cell, **options)
        x = torch.randn(20, 7, 2, generator=torch.Generator().manual_seed(1))
        trainer = Trainer(
            model, nn.functional.mse_loss, Adam(model.parameters(), lr=0.01), callbacks=callbacks
        )
        data = x, x.sum((1, 2)).unsqueeze(1)
        return digest(model, trainer.fit(data, epochs=3, batch_size=6, checkpoint=checkpoint))

    check_resumed(fit, folder, 2, 6)


SYMBOLS = 5


def _translator() -> ManyToMany:
    torch.manual_seed(0)
    encoder, decoder = (Recurrent("gru", 3, 4, batch_first=True) for _ in range(2))
    source, target = (nn.Embedding(SYMBOLS, 3) for _ in range(2))
    head = Categorical(4, SYMBOLS)
    decoding = Decoder(decoder)
    return ManyToMany(encoder, decoding, head, source_embedding=source, target_embedding=target)


def test_scheduled_sampling_whose_share_falls(folder: Path) -> None:
    def fit(checkpoint: Checkpoint | None, *callbacks: Callback) -> str:
        model, generator = _translator(), torch.Generator().manual_seed(1)

        def batches() -> Iterator[tuple[float, Tensor]]:
            for step in range(12):
                yield 1 - step / 12, torch.randint(SYMBOLS, (4, 6), generator=generator)

        def loss(batch: tuple[float, Tensor]) -> Tensor:
            share, symbols = batch
            return model.loss(symbols, symbols[:, :-1], symbols[:, 1:], teacher_forcing=share)

        trainer: StepTrainer[tuple[float, Tensor]] = StepTrainer(
            model, loss, Adam(model.parameters(), lr=0.01), 12, looks=2, callbacks=callbacks
        )
        return digest(model, trainer.fit(batches(), checkpoint=checkpoint))

    check_resumed(fit, folder, 3, 6)


# Lengths ------------------------------------------------------------------------------------------


def test_sequences_that_grow_longer_by_epochs(folder: Path) -> None:
    def fit(checkpoint: Checkpoint | None, *callbacks: Callback) -> str:
        torch.manual_seed(0)
        model = Last("gru")
        x = torch.randn(20, 9, 2, generator=torch.Generator().manual_seed(1))
        data = LastSteps((x, x.sum((1, 2)).unsqueeze(1)), 2)
        grow = GrowLength(data, LengthSchedule(2, 9, 3))
        trainer = Trainer(
            model, nn.functional.mse_loss, Adam(model.parameters(), lr=0.01),
            callbacks=[grow, *callbacks],
        )  # fmt: skip
        return digest(model, trainer.fit(data, epochs=4, batch_size=6, checkpoint=checkpoint))

    check_resumed(fit, folder, 6, 5)


def test_sequences_that_grow_longer_by_steps(folder: Path) -> None:
    def fit(checkpoint: Checkpoint | None, *callbacks: Callback) -> str:
        torch.manual_seed(0)
        model = Last("gru")
        lengths = iter(LengthSchedule(2, 9, 10))
        generator = torch.Generator().manual_seed(1)
        batches = (torch.randn(4, length, 2, generator=generator) for length in lengths)
        trainer: StepTrainer[Tensor] = StepTrainer(
            model, lambda x: (model(x) - x.sum((1, 2)).unsqueeze(1)).square().mean(),
            Adam(model.parameters(), lr=0.01), 12, looks=2, callbacks=callbacks,
        )  # fmt: skip
        return digest(model, trainer.fit(batches, checkpoint=checkpoint))

    check_resumed(fit, folder, 3, 5)


class Answers(nn.Module):
    """A head on every step of a recurrent layer with chance, whose state it hands through."""

    def __init__(self, cell: Any) -> None:
        super().__init__()
        self.recurrent = Recurrent(cell, 2, (4, 3), batch_first=True, dropout=0.2)
        self.head = nn.Linear(3, 1)

    def forward(self, x, state=None, *, lengths=None, reset=None):
        output, state = self.recurrent(x, state, lengths=lengths, reset=reset)
        return self.head(output), state


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_truncated_back_propagation_with_the_state_that_is_carried(cell: str, folder: Path) -> None:
    def fit(checkpoint: Checkpoint | None, *callbacks: Callback) -> str:
        torch.manual_seed(0)
        model = Answers(cell)
        x = torch.randn(61, 2, generator=torch.Generator().manual_seed(1))
        streams = StreamChunks(x, x.cumsum(0)[:, :1].tanh(), rows=2, steps=5)

        def loss(answers: Tensor, y: Tensor) -> Tensor:
            if model.training:
                for one in callbacks:
                    one.on_train_batch_end(None, 0)
            return nn.functional.mse_loss(answers, y)

        history = fit_truncated(
            model, streams, loss, Adam(model.parameters(), lr=0.01),
            validation=streams, epochs=3, clip_norm=1.0, checkpoint=checkpoint,
        )  # fmt: skip
        return digest(model, history)

    check_resumed(fit, folder, 4, 6, 8)


# Logs ---------------------------------------------------------------------------------------------


def _logged(log: Callback, checkpoint: Checkpoint | None, *callbacks: Callback) -> str:
    model = _network()
    x = torch.randn(20, 3, generator=torch.Generator().manual_seed(1))
    trainer = Trainer(
        model, nn.functional.mse_loss, SGD(model.parameters(), lr=0.1), callbacks=[log, *callbacks]
    )
    data = x, x.sum(1, keepdim=True)
    return digest(model, trainer.fit(data, data, 5, batch_size=6, checkpoint=checkpoint))


class Sometimes(Checkpoint):
    """So that epochs that were logged come again: their state was never written."""

    def __init__(self, folder: Path, kept: int) -> None:
        super().__init__(folder, every=OFTEN, verbose=0)
        write, counted = self.journal.write, iter(range(10**9))

        def writes(number: int, content: Any) -> None:
            if next(counted) < kept:
                write(number, content)

        self.journal.write = writes  # type: ignore[method-assign]


@pytest.mark.parametrize(("kept", "died"), [(2, 3), (2, 15), (5, 15), (6, 16), (1, 19)])
def test_a_table_of_epochs_lacks_none_and_repeats_none(
    kept: int, died: int, folder: Path, tmp_path: Path
) -> None:
    whole, own = tmp_path / "whole.csv", tmp_path / "own.csv"
    _logged(CSVLogger(whole), None)
    with pytest.raises(MemoryError):
        _logged(CSVLogger(own), Sometimes(folder, kept), Dies(died))
    _logged(CSVLogger(own), Checkpoint(folder, every=NEVER, verbose=0))
    assert own.read_bytes() == whole.read_bytes()
    assert len(own.read_text().splitlines()) == 1 + 5


def test_a_table_that_is_appended_to_keeps_what_stood_there_whatever_it_is(
    folder: Path, tmp_path: Path
) -> None:
    path, before = tmp_path / "own.csv", "epoch,learning_rate,loss,val_loss\n# caf\xe9\n"
    path.write_bytes(before.encode("latin-1"))
    with pytest.raises(MemoryError):
        _logged(CSVLogger(path, append=True), Sometimes(folder, 5), Dies(15))
    _logged(CSVLogger(path, append=True), Checkpoint(folder, every=NEVER, verbose=0))
    found = path.read_bytes().decode("latin-1")
    assert found.startswith(before)
    assert len(found.splitlines()) == 2 + 5


def test_a_table_that_was_removed_meanwhile_costs_no_training(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"

    class Removes(Callback):
        def on_train_batch_end(self, trainer, step) -> None:
            path.unlink(missing_ok=True)

    whole = _logged(CSVLogger(tmp_path / "whole.csv"), None)
    assert _logged(CSVLogger(path), Checkpoint(folder, every=OFTEN, verbose=0), Removes()) == whole


def _curves(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """As TensorBoard reads them: a start at a step hides what was written from that step on."""
    found: dict[str, list[tuple[int, float]]] = {}
    for path in sorted(folder.glob("events*"), key=lambda path: path.stat().st_mtime_ns):
        data = path.read_bytes()
        while data:
            (length,) = struct.unpack("<Q", data[:8])
            event = Event.FromString(data[12 : 12 + length])
            data = data[16 + length :]
            if event.session_log.status == SessionLog.START:
                found = {name: [p for p in one if p[0] < event.step] for name, one in found.items()}
            for value in event.summary.value:
                found.setdefault(value.tag, []).append((event.step, value.simple_value))
    return found


@pytest.mark.parametrize(("kept", "died"), [(2, 15), (5, 15), (6, 16)])
def test_curves_of_tensorboard_lack_no_epoch_and_show_none_twice(
    kept: int, died: int, folder: Path, tmp_path: Path
) -> None:
    whole, own = tmp_path / "whole", tmp_path / "own"
    _logged(TensorBoard(whole), None)
    with pytest.raises(MemoryError):
        _logged(TensorBoard(own), Sometimes(folder, kept), Dies(died))
    _logged(TensorBoard(own), Checkpoint(folder, every=NEVER, verbose=0))
    assert len(list(own.glob("events*"))) == 2
    assert _curves(own) == _curves(whole)
