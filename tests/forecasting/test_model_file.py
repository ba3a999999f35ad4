import json

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from recurra.errors import ModelFileError
from recurra.forecasting import model_file

ARRAYS = {
    "w": torch.arange(6.0).reshape(2, 3),
    "n": torch.tensor([3]),
    "none": torch.empty(0, dtype=torch.int64),
}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(model_file.pack("toy", {"size": np.int64(3), "rate": 0.1}, ARRAYS))
    return path


def write(path, metadata):
    save_file(ARRAYS, path, metadata=metadata)


def test_what_is_packed_is_read(path):
    description, arrays = model_file.read(path, "toy")
    assert description == {"format": model_file.FORMAT, "kind": "toy", "size": 3, "rate": 0.1}
    assert arrays.keys() == ARRAYS.keys()
    assert all(torch.equal(arrays[name], ARRAYS[name]) for name in ARRAYS)


def test_it_is_an_ordinary_safetensors_file_with_json_in_its_header(path):
    with safe_open(path, framework="np") as file:
        assert json.loads(file.metadata()["recurra"])["size"] == 3
        assert file.get_tensor("w").tolist() == [[0, 1, 2], [3, 4, 5]]


def test_tensors_that_share_memory_or_are_transposed_are_packed_as_they_read(tmp_path):
    whole = torch.arange(6.0).reshape(2, 3)
    (tmp_path / "m").write_bytes(model_file.pack("toy", {}, {"a": whole, "b": whole.T}))
    _, arrays = model_file.read(tmp_path / "m", "toy")
    assert torch.equal(arrays["b"], arrays["a"].T)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_that_json_does_not_know_are_never_written(number):
    with pytest.raises(ValueError, match="Out of range float"):
        model_file.pack("toy", {"loss": number}, ARRAYS)


def test_a_missing_file_and_a_folder_are_no_model(tmp_path):
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(ModelFileError, match="no model file at"):
            model_file.read(path, "toy")


def test_any_flipped_bit_is_seen_or_changes_nothing_that_is_read(path):
    content, (whole, arrays) = path.read_bytes(), model_file.read(path, "toy")
    harmless, said = 0, set()
    for place in range(len(content)):
        flipped = content[place] ^ (1 << place % 8)
        path.write_bytes(content[:place] + bytes([flipped]) + content[place + 1 :])
        try:
            description, tensors = model_file.read(path, "toy")
        except ModelFileError as error:
            said.add("is damaged: what it holds" in str(error))
            continue
        # The name of the checksum: without one, what is whole is read as it is.
        harmless += 1
        assert description == whole
        assert all(torch.equal(tensors[name], arrays[name]) for name in arrays)
    assert said == {True, False}
    assert harmless <= len("checksum")


def test_a_file_of_before_there_were_checksums_is_read(path):
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata()
    write(path, {"recurra": metadata["recurra"]})
    assert model_file.read(path, "toy")[0]["size"] == 3


@pytest.mark.parametrize("kept", [0, 1, 7, 8, 9, 50, -1])
def test_a_file_cut_short_is_said_to_be(path, kept):
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ModelFileError, match="cannot be read as a model") as caught:
        model_file.read(path, "toy")
    assert "copy it again" in caught.value.do


@pytest.mark.parametrize("seed", range(20))
def test_random_bytes_are_no_model(tmp_path, seed):
    bytes_ = np.random.default_rng(seed).bytes(1 + 37 * seed)
    (tmp_path / "m").write_bytes(bytes_)
    with pytest.raises(ModelFileError, match="cannot be read as a model"):
        model_file.read(tmp_path / "m", "toy")


@pytest.mark.parametrize("metadata", [None, {"format": "pt"}])
def test_a_safetensors_file_of_somebody_else_is_called_so(path, metadata):
    write(path, metadata)
    with pytest.raises(ModelFileError, match="holds tensors, but not a model of Recurra"):
        model_file.read(path, "toy")


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "7", '"x"', "{}", '{"format": 1}', '{"format": "one", "kind": "toy"}'),
        *('{"format": null, "kind": "toy"}', '{"format": Infinity, "kind": "toy"}', "[" * 100_000),
    ],
)
def test_a_description_that_is_damaged_is_said_to_be(path, text):
    write(path, {"recurra": text})
    with pytest.raises(ModelFileError, match=r"the description in .* is damaged"):
        model_file.read(path, "toy")


def test_a_newer_format_asks_for_a_newer_version(path):
    write(path, {"recurra": json.dumps({"format": model_file.FORMAT + 1, "kind": "toy"})})
    with pytest.raises(ModelFileError, match=f"has format {model_file.FORMAT + 1}") as caught:
        model_file.read(path, "toy")
    assert caught.value.do == "install a newer version of Recurra"


def test_a_model_of_another_kind_is_named(path):
    with pytest.raises(ModelFileError, match="holds a toy\nExpected: a forecaster"):
        model_file.read(path, "forecaster")
