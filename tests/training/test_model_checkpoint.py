import os
import stat
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from recurra.errors import OptionError, OutputError
from recurra.training import Callback, ModelCheckpoint, Trainer, weights

# Recorded from Keras 3.15.1 on the same script (conftest.VAL_LOSS), its suffix exchanged.
BEST_OF_KERAS = ["01-0.9000", "02-0.8000", "04-0.7900", "07-0.7800", "11-0.6000"]


def saved(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.iterdir())


def kept_weight(path: Path) -> float:
    return load_file(path)["weight"].item()


def test_save_best_only_writes_the_files_that_keras_writes(scripted_fit, tmp_path):
    callback = ModelCheckpoint(
        tmp_path / "{epoch:02d}-{val_loss:.4f}.safetensors", save_best_only=True
    )
    scripted_fit(callback)
    assert saved(tmp_path) == BEST_OF_KERAS
    assert (callback.best, callback.best_epoch) == (0.6, 10)
    assert kept_weight(tmp_path / "04-0.7900.safetensors") == 3


def test_a_threshold_must_be_beaten_first(scripted_fit, tmp_path):
    scripted_fit(
        ModelCheckpoint(
            tmp_path / "{epoch:02d}-{val_loss:.4f}.safetensors",
            save_best_only=True,
            initial_value_threshold=0.795,
        )
    )
    assert saved(tmp_path) == BEST_OF_KERAS[2:]


def test_mode_max_keeps_the_greatest(scripted_fit, tmp_path):
    path = tmp_path / "{epoch:02d}.safetensors"
    scripted_fit(ModelCheckpoint(path, save_best_only=True, mode="max"))
    assert saved(tmp_path) == ["01"]


def test_every_epoch_is_written_unless_only_the_best_is_asked_for(scripted_fit, tmp_path):
    scripted_fit(ModelCheckpoint(str(tmp_path / "new" / "{epoch:02d}.safetensors")))
    assert saved(tmp_path / "new") == [f"{epoch:02d}" for epoch in range(1, 16)]


def test_in_memory_the_best_weights_are_put_back_at_the_end(scripted_fit, weight_of):
    callback = ModelCheckpoint(save_best_only=True)
    assert weight_of(scripted_fit(callback)) == 10
    assert weight_of(scripted_fit()) == 14


def test_one_instance_serves_two_trainings(scripted_fit, weight_of):
    callback = ModelCheckpoint(save_best_only=True)
    scripted_fit(callback)
    # Nothing here beats 0.6, the best of the first training.
    assert weight_of(scripted_fit(callback, values=(0.9, 0.8, 0.85))) == 1


def test_an_interrupted_write_leaves_the_former_file_whole(scripted_fit, tmp_path, monkeypatch):
    path = tmp_path / "best.safetensors"
    synchronise = os.fsync
    written: list[int] = []

    def interrupted(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            return synchronise(descriptor)
        written.append(descriptor)
        if len(written) < 3:
            return synchronise(descriptor)
        os.ftruncate(descriptor, 10)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    callback = ModelCheckpoint(path, save_best_only=True)
    history = scripted_fit(callback).history
    assert history.interrupted
    assert kept_weight(path) == 1
    assert (callback.best, callback.best_epoch) == (0.8, 1)
    assert os.listdir(tmp_path) == ["best.safetensors"]  # noqa: PTH208 - hidden files too


def test_the_copy_in_memory_does_not_follow_further_training(weight_of, scripted_fit):
    class Spoil(Callback):
        def on_epoch_begin(self, trainer: Trainer, epoch: int) -> None:
            with torch.no_grad():
                trainer.model.weight.fill_(-1.0)

    trainer = scripted_fit(ModelCheckpoint(save_best_only=True), Spoil(), values=(0.5, 0.9))
    assert weight_of(trainer) == 0


def test_tied_and_transposed_weights_can_be_written(tmp_path):
    model = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False))
    model[1].weight = model[0].weight
    model[0].weight.data = torch.tensor([[1.0, 2.0], [3.0, 4.0]]).T
    weights.write_weights(model, tmp_path / "tied.safetensors")
    loaded = load_file(tmp_path / "tied.safetensors")
    assert loaded["0.weight"].tolist() == loaded["1.weight"].tolist() == [[1, 3], [2, 4]]


def test_a_folder_that_is_a_file_is_refused_in_words(scripted_fit, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be written"):
        scripted_fit(ModelCheckpoint(tmp_path / "file" / "a.safetensors"))


@pytest.mark.parametrize("name", ["{val_mape:.2f}", "{epoch:z}", "{}", "{epoch"])
def test_a_placeholder_that_cannot_be_filled_is_refused_with_those_that_can(
    scripted_fit, tmp_path, name
):
    with pytest.raises(OptionError, match="epoch, learning_rate, loss, val_loss"):
        scripted_fit(ModelCheckpoint(tmp_path / name))


def test_verbose_says_what_was_kept_on_stderr(scripted_fit, capsys):
    scripted_fit(ModelCheckpoint(save_best_only=True, verbose=1), values=(0.5, 0.9))
    assert capsys.readouterr().err == "Epoch 1: weights kept in memory\n"


def test_neither_file_nor_best_is_refused():
    with pytest.raises(OptionError, match="save_best_only"):
        ModelCheckpoint()
