"""What TensorBoard is given is what was logged, in files as it reads them."""

from __future__ import annotations

import struct

import pytest
from tensorboardX.proto.event_pb2 import Event

from recurra.errors import OptionError, OutputError
from recurra.training import TensorBoard


def events(folder):
    """Records of length, its checksum, data, its checksum: TensorFlow's file format."""
    (path,) = folder.glob("events*")
    data, found = path.read_bytes(), []
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        found.append(Event.FromString(data[12 : 12 + length]))
        data = data[16 + length :]
    return found


def curves(folder):
    found = {}
    for event in events(folder):
        for value in event.summary.value:
            found.setdefault(value.tag, []).append((event.step, value.simple_value))
    return found


def test_every_quantity_of_every_epoch_is_a_point_of_a_curve(scripted_fit, tmp_path):
    history = scripted_fit(TensorBoard(tmp_path / "logs"), values=(0.5, 0.25)).history.history
    found = curves(tmp_path / "logs")
    assert found["val_loss"] == [(0, 0.5), (1, 0.25)]
    assert [value for _, value in found["loss"]] == pytest.approx(history["loss"])
    assert found.keys() == history.keys()


class Both(TensorBoard):
    def on_epoch_end(self, trainer, epoch, logs):
        super().on_epoch_end(trainer, epoch, {**logs, "gates/layer 0/forget": 0.125})


def test_names_with_places_in_them_are_kept(scripted_fit, tmp_path):
    scripted_fit(Both(str(tmp_path)), values=(0.5,))
    assert curves(tmp_path)["gates/layer_0/forget"] == [(0, 0.125)]


def test_a_folder_that_cannot_be_made_is_said(scripted_fit, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="another log_dir"):
        scripted_fit(TensorBoard(tmp_path / "file" / "logs"), values=(0.5,))


def test_without_the_package_it_says_how_to_install_it(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr("importlib.import_module", missing)
    with pytest.raises(OptionError, match=r"recurra\[tensorboard\]"):
        TensorBoard("logs")
