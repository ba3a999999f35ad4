"""The .ts format of the UEA archive, sound and broken."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from recurra.applications.series import read_series
from recurra.errors import DataError

HEAD = "#made up\n@problemName waves\n@timeStamps false\n@classLabel true up down\n@data\n"

Write = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Write:
    def write(content: str | bytes, name: str = "a.ts") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def test_channels_lengths_gaps_and_classes_are_read(written: Write) -> None:
    found = read_series(written(HEAD + "1,2,3:4,?,6:up\n\n# a remark\n-1.5,2e1:0,NaN:down\n"))
    assert found.labels == ["up", "down"]
    assert found.names == ["1", "2"]
    assert found.channels == ("channel 1", "channel 2")
    first, second = found.series
    assert np.array_equal(first, [[1, 4], [2, np.nan], [3, 6]], equal_nan=True)
    assert np.array_equal(second, [[-1.5, 0], [20, np.nan]], equal_nan=True)
    assert first.dtype == np.float32


def test_a_packed_file_and_one_without_classes_are_read(written: Write) -> None:
    packed = written(gzip.compress((HEAD + "1,2:up\n3,4:down\n").encode()), "a.ts.gz")
    assert read_series(packed).labels == ["up", "down"]
    plain = read_series(written("@classLabel false\n@data\n1,2:3,4\n"))
    assert plain.labels == []
    assert plain.series[0].tolist() == [[1, 3], [2, 4]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        (b"\x00\x01\x02binary", "NUL bytes"),
        (b"caf\xe9", "is not UTF-8"),
        ("1,2:up\n", "no line @data"),
        ("hello\n@data\n1:up\n", "Line 1 of .* stands before @data"),
        ("@problemName x\n@data\n1:up\n", "does not say whether its series have classes"),
        (HEAD, "no series below @data"),
        (HEAD + "1,2:3:up\n", "its channels have 2, 1 values"),
        (HEAD + "1,two:3,4:up\n", "'two' is no number"),
        (HEAD + "up\n", "has no channel"),
        (HEAD + "1,2:3,4:up\n1,2:up\n", "Line 7 of .* has 1 channels"),
        (HEAD.replace("@data", "@dimensions 3\n@data") + "1:2:up\n", "has 2 channels"),
        (HEAD.replace("Stamps false", "Stamps true") + "(1,2):up\n", "has time stamps"),
    ],
)
def test_what_is_broken_is_named(written: Write, content: str | bytes, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read_series(written(content))


def test_a_file_that_is_absent_is_named_with_the_nearest(written: Write) -> None:
    path = written(HEAD + "1:up\n", "waves.ts")
    with pytest.raises(DataError, match=r"waves\.ts"):
        read_series(path.with_name("wave.ts"))
