"""What people see: a screen, plain data, a picture."""

from __future__ import annotations

import json
import math
import struct

import pytest
import torch

from recurra import Recurrent
from recurra.diagnose import diagnose
from recurra.diagnose.report import share
from recurra.errors import OutputError


@pytest.fixture
def found(scaled):
    return diagnose(scaled(0.9, num_layers=2), torch.rand(3, 60, 2).double(), needs=50)


def test_a_screen_of_text_holds_the_verdict_and_each_layer(found):
    text = str(found)
    lines = text.splitlines()
    assert len(lines) < 30
    assert max(map(len, lines)) <= 110
    assert lines[0].startswith("Vanishing: gradients fall to 1% after")
    rows = [line for line in lines if line.startswith("layer ")]
    assert len(rows) == 2
    assert rows[0].split()[2] == "6.6"
    assert "Measured: " in text


def test_many_layers_still_fit_the_screen():
    layer = Recurrent("lstm", 2, 3, 6, bidirectional=True, batch_first=True)
    found = diagnose(layer, torch.randn(2, 5, 2))
    assert len(found.layers) == 12
    assert "and 4 more in .layers" in str(found)


def test_plain_data_goes_through_json_and_holds_the_numbers(found):
    data = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert data["kind"] == "vanishing"
    assert data["needs"] == 50
    one = data["layers"][0]
    assert one["half_life"] == pytest.approx(math.log(0.5) / math.log(0.9), abs=1e-3)
    assert one["norms"][10] == pytest.approx(0.9**10, rel=1e-5)
    assert len(one["gradient_by_time"]) == 60


@pytest.mark.parametrize("scale", [0.9, 1e9])
def test_the_picture_is_a_png_whatever_the_numbers_are(scaled, scale, tmp_path):
    path = tmp_path / "new" / "picture.png"
    diagnose(scaled(scale), torch.rand(3, 60, 2).double()).picture(path)
    content = path.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", content[16:24])
    assert width > 1000
    assert height > 600


def test_the_same_diagnosis_is_the_same_picture(found, tmp_path):
    for name in ("a.png", "b.png"):
        found.picture(tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_many_gates_and_dead_networks_are_drawn(tmp_path):
    layer = Recurrent("lstm", 2, 3, 4, bidirectional=True, batch_first=True)
    diagnose(layer, torch.randn(2, 5, 2)).picture(tmp_path / "many.png")
    dead = Recurrent("irnn", 2, 3, batch_first=True)
    torch.nn.init.constant_(dead.weights(0, "forwards")["b"], -9.0)
    diagnose(dead, torch.randn(2, 5, 2)).picture(tmp_path / "dead.png")
    assert (tmp_path / "dead.png").stat().st_size > 10_000


def test_a_picture_that_cannot_be_written_is_refused(found, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        found.picture(tmp_path / "file" / "picture.png")


@pytest.mark.parametrize(
    ("left", "said"),
    [(1.0, "100%"), (0.0321, "3.2%"), (1e-9, "<0.01%"), (1500.0, "1,500-fold"), (2.0, "200%")],
)
def test_shares_are_said_as_one_reads_them(left, said):
    assert share(math.log(left)) == said


def test_a_share_out_of_all_range_is_said_by_its_power_of_ten():
    assert share(2000.0) == "10^869-fold"
    assert share(-math.inf) == "<0.01%"
