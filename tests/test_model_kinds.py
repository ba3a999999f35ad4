"""Files of several kinds of models, each with formats of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from recurra import model_file
from recurra.errors import ModelFileError

ARRAYS = {"w": torch.arange(3.0)}


def test_a_file_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes(model_file.pack("toy", 2, {"size": 3}, ARRAYS))
    assert model_file.kind_of(path) == "toy"
    description, arrays = model_file.read(path, "toy", 2)
    assert description == {"format": 2, "kind": "toy", "size": 3}
    assert torch.equal(arrays["w"], ARRAYS["w"])


def test_each_kind_has_its_own_newest_format_and_kinds_are_told_apart_first(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes(model_file.pack("toy", 2, {}, ARRAYS))
    with pytest.raises(ModelFileError, match="has format 2"):
        model_file.read(path, "toy", 1)
    with pytest.raises(ModelFileError, match="holds a toy"):
        model_file.read(path, "doll", 1)


def test_what_is_no_model_has_no_kind(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    with pytest.raises(ModelFileError, match="no model file"):
        model_file.kind_of(path)
    save_file(ARRAYS, path)
    with pytest.raises(ModelFileError, match="not a model of Recurra"):
        model_file.kind_of(path)
