"""Text in any pieces is cut into the same rows; what is no row is left out and said."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from recurra.errors import DataError
from recurra.forecasting.columns import Columns
from recurra.forecasting.streaming import TextRows
from recurra.forecasting.streaming import remarks as said
from recurra.forecasting.streaming.remarks import Remarks
from recurra.forecasting.streaming.text import LONGEST

COLUMNS = Columns("store", ("day",), "sold")
CSV = 'store;day;sold\r\n"a;1";2024-01-01;5\r\n\r\nb;2024-01-02;\n"ü";2024-01-03;7\n'
ROWS = [
    {"store": "a;1", "day": "2024-01-01", "sold": "5"},
    {"store": "b", "day": "2024-01-02", "sold": ""},
    {"store": "ü", "day": "2024-01-03", "sold": "7"},
]


def _read(*pieces: bytes) -> tuple[list[dict[str, object]], Remarks, TextRows]:
    remarks = Remarks()
    text = TextRows(COLUMNS, remarks)
    rows = [dict(row) for piece in pieces for row in text.feed(piece)]
    return [*rows, *map(dict, text.end())], remarks, text


@settings(max_examples=50, deadline=None)
@given(cuts=some.lists(some.integers(0, len(CSV.encode())), max_size=8))
def test_however_text_is_cut_the_rows_are_the_same(cuts):
    content, places = CSV.encode(), sorted({0, *cuts, len(CSV.encode())})
    pieces = [content[a:b] for a, b in pairwise(places)]
    rows, remarks, text = _read(*pieces)
    assert rows == ROWS
    assert not remarks.notes
    assert text.as_json is False


def test_json_lines_are_told_by_their_brace():
    lines = "".join(f"{json.dumps(row)}\n" for row in ROWS).encode()
    rows, remarks, text = _read(b"\n", lines)
    assert rows == ROWS
    assert text.as_json
    assert not remarks.notes


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"sep=,\n", b"\n\n"])
def test_what_spreadsheets_put_before_a_header_is_passed_over(mark):
    rows, _, _ = _read(mark + b"store,day,sold\na,2024-01-01,5\n")
    assert rows == [{"store": "a", "day": "2024-01-01", "sold": "5"}]


@pytest.mark.parametrize(
    ("line", "case"),
    [
        (b"a,2024-01-01", "a,2024-01-01"),
        (b"a,2024-01-01,5,6", "5,6"),
        (b'a,"2024-01-01,5', '"2024'),
        (b"store,day,sold", "store,day,sold"),
        (b"\xff\xfe,2024-01-01,5", "not UTF-8"),
    ],
)
def test_a_line_that_is_no_row_is_left_out_and_said_once(line, case):
    rows, remarks, _ = _read(b"store,day,sold\n" + (line + b"\n") * 2 + b"b,2024-01-02,6\n")
    assert [row["store"] for row in rows] == ["b"]
    assert len(remarks.notes) == 1
    assert case in remarks.notes[0]
    assert remarks.counts[said.NO_LINE] == 2


@pytest.mark.parametrize("line", [b"nope", b"[1]", b"{", b'"text"'])
def test_a_line_that_is_no_object_is_left_out(line):
    rows, remarks, _ = _read(b'{"store": 1}\n' + line + b'\n{"store": 2}\n')
    assert [row["store"] for row in rows] == [1, 2]
    assert remarks.counts[said.NO_LINE] == 1


def test_an_endless_line_does_not_fill_the_memory():
    remarks = Remarks()
    text = TextRows(COLUMNS, remarks)
    text.feed(b"store,day,sold\n")
    for _ in range(5):
        assert text.feed(b"x" * LONGEST) == []
        assert len(text._rest) <= LONGEST
    assert [dict(row)["store"] for row in text.feed(b"x\na,2024-01-01,5\n")] == ["a"]
    assert remarks.counts[said.NO_LINE] >= 1


def test_a_last_line_without_an_end_is_taken_and_said():
    rows, remarks, _ = _read(b"store,day,sold\na,2024-01-01,5")
    assert len(rows) == 1
    assert remarks.counts[said.NO_END] == 1
    torn, remarks, _ = _read(b"store,day,sold\na,2024-0")
    assert torn == []
    assert remarks.counts[said.NO_LINE] == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"shop,day,sold\n", "no column 'store'"),
        (b"store,day,sold,sold\n", "more than one column named 'sold'"),
        (b"a,2024-01-01,5\n", "no column 'store'"),
    ],
)
def test_a_header_that_cannot_be_used_is_an_error(content, words, assert_helpful):
    with pytest.raises(DataError) as caught:
        _read(content)
    assert_helpful(caught.value, words)
