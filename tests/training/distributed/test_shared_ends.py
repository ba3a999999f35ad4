"""How trainings that several processes share end, are kept, and go on."""

import os
import signal

import pytest
import torch
from shared_trainings import by_epochs, by_steps

from process_group import Group
from recurra.errors import CheckpointError
from recurra.training import Callback, Checkpoint, CSVLogger, ModelCheckpoint
from recurra.training.distributed import ranks


class At(Callback):
    """Does something in one process at a step."""

    def __init__(self, rank, step, act):
        self.rank, self.step, self.act = rank, step, act
        self.made = 0

    def on_train_batch_end(self, trainer, step):
        self.made += 1
        if self.made == self.step and ranks().rank == self.rank:
            self.act()


def test_ctrl_c_in_one_process_stops_all_at_the_same_step_with_the_same_weights(two, ctrl_c):
    del ctrl_c
    found = two.run(_interrupted)
    assert all(history.stopped == "interrupted" for _, history in found)
    assert [len(history.epoch) for _, history in found] == [2, 2]
    for name, value in found[0][0].items():
        assert torch.equal(value, found[1][0][name])


def _interrupted():
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return by_steps(callbacks=[At(1, 27, lambda: os.kill(os.getpid(), signal.SIGINT))])


def test_when_a_process_dies_the_others_say_so_and_end(tmp_path):
    group = Group(2, tmp_path / "store")
    for pipe in group.pipes:
        pipe.send((_dies, ()))
    _, said = group.answer(0)
    group.end()
    assert said.startswith("WorkerError: another process of this training is gone")


def _dies():
    def die():
        raise SystemExit("as if killed")

    return by_steps(callbacks=[At(1, 27, die)])


@pytest.mark.parametrize("train", ["steps", "epochs"])
def test_a_stopped_training_goes_on_to_the_same_bits_chance_included(two, tmp_path, train, ctrl_c):
    del ctrl_c
    whole = two.run(_kept, train, None, tmp_path / "none")
    two.run(_kept, train, 27, tmp_path / "run")
    assert list((tmp_path / "run").iterdir())
    went_on = two.run(_kept, train, None, tmp_path / "run")
    assert not (tmp_path / "run").exists()
    for (weights, history), (others, other) in zip(whole, went_on, strict=True):
        assert all(torch.equal(value, others[name]) for name, value in weights.items())
        assert history.history == other.history


def _kept(train, stopped_at, folder):
    signal.signal(signal.SIGINT, signal.default_int_handler)
    stop = (
        ()
        if stopped_at is None
        else (At(0, stopped_at, lambda: os.kill(os.getpid(), signal.SIGINT)),)
    )
    torch.manual_seed(1)
    if train == "epochs":
        return by_epochs(checkpoint=Checkpoint(folder, verbose=0), callbacks=stop)
    return by_steps(checkpoint=Checkpoint(folder, verbose=0), callbacks=stop, dropout=0.3)


def test_a_run_of_another_number_of_processes_is_refused(two, tmp_path, ctrl_c):
    del ctrl_c
    two.run(_kept, "steps", 27, tmp_path / "run")
    with pytest.raises(CheckpointError, match="processes is 2"):
        by_steps(checkpoint=Checkpoint(tmp_path / "run", verbose=0), dropout=0.3)


def test_only_the_first_process_writes(two, tmp_path):
    (place := tmp_path / "place").mkdir()
    found = two.run(_written, place)
    assert found == [True, False]
    assert len((place / "log.csv").read_text().splitlines()) == 6
    assert len(list(place.glob("*.safetensors"))) == 5


def _written(place):
    logger = CSVLogger(place / "log.csv")
    keeper = ModelCheckpoint(place / "weights-{epoch}.safetensors")
    began = []
    logger.on_train_end = lambda trainer: began.append(1)
    by_steps(callbacks=[logger, keeper])
    return bool(began)
