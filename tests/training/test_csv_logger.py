import csv

import pytest
import torch
from torch import nn

from recurra.errors import OptionError, OutputError
from recurra.training import Callback, CSVLogger, Trainer


def read(path, separator=","):
    with path.open(newline="") as file:
        return list(csv.reader(file, delimiter=separator))


def test_one_row_an_epoch_with_every_logged_quantity(scripted_fit, tmp_path):
    path = tmp_path / "log.csv"
    history = scripted_fit(CSVLogger(path), values=(0.5, 0.25)).history.history
    # Quantities in alphabetical order after the epoch, counted from 0: as Keras writes them.
    assert path.read_bytes().decode() == (
        "epoch,learning_rate,loss,val_loss\r\n"
        f"0,0.8,{history['loss'][0]!r},0.5\r\n"
        f"1,0.8,{history['loss'][1]!r},0.25\r\n"
    )


def test_a_new_training_starts_the_file_afresh_and_append_goes_on(scripted_fit, tmp_path):
    path = tmp_path / "log.csv"
    logger = CSVLogger(path, separator=";")
    scripted_fit(logger, values=(0.5, 0.25))
    scripted_fit(logger, values=(0.125,))
    assert [row[-1] for row in read(path, ";")] == ["val_loss", "0.125"]
    scripted_fit(CSVLogger(str(path), separator=";", append=True), values=(0.75, 0.5))
    assert [row[-1] for row in read(path, ";")] == ["val_loss", "0.125", "0.75", "0.5"]


def test_append_to_nothing_writes_the_header(scripted_fit, tmp_path):
    path = tmp_path / "log.csv"
    scripted_fit(CSVLogger(path, append=True), values=(0.5,))
    assert read(path)[0] == ["epoch", "learning_rate", "loss", "val_loss"]


def test_rows_are_in_the_file_while_training_goes_on(scripted_fit, tmp_path):
    path = tmp_path / "log.csv"

    class Look(Callback):
        def on_epoch_end(self, trainer: Trainer, epoch: int, logs: dict[str, float]) -> None:
            assert len(read(path)) == epoch + 2

    scripted_fit(CSVLogger(path), Look(), values=(0.5, 0.25))


def test_a_quantity_missing_later_is_na(tmp_path):
    path = tmp_path / "log.csv"
    trainer = Trainer(nn.Module(), nn.functional.mse_loss, torch.optim.SGD([torch.ones(1)], 1.0))
    logger = CSVLogger(path)
    logger.on_train_begin(trainer)
    logger.on_epoch_end(trainer, 0, {"loss": 1.0, "mape": 2.0})
    logger.on_epoch_end(trainer, 1, {"loss": 0.5})
    assert read(path)[1:] == [["0", "1.0", "2.0"], ["1", "0.5", "NA"]]


def test_append_to_a_file_with_other_columns_is_refused(scripted_fit, tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("epoch,accuracy\n0,1\n")
    with pytest.raises(OutputError, match="epoch, accuracy"):
        scripted_fit(CSVLogger(path, append=True), values=(0.5,))
    assert path.read_text() == "epoch,accuracy\n0,1\n"


def test_a_missing_folder_is_refused_before_the_first_epoch(scripted_fit, tmp_path):
    with pytest.raises(OutputError, match="folder"):
        scripted_fit(CSVLogger(tmp_path / "none" / "log.csv"), values=(0.5,))


def test_a_separator_of_two_characters_is_refused():
    with pytest.raises(OptionError, match="one character"):
        CSVLogger("log.csv", separator=", ")
