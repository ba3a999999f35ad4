"""Tables of prices: what is found, mended, left out, and said."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from made_prices import quotes, table

from recurra.applications.prices import Names, Quotes, read_prices
from recurra.applications.prices.splits import without_splits
from recurra.applications.prices.times import read_times
from recurra.errors import DataError

HEAD = "date,open,high,low,close\n"


def market(place: Path, text: str, name: str = "p.csv", **names: str):
    (place / name).write_text(text)
    return read_prices(place / name, Names(**names))


def days(*rows: str) -> str:
    """A table of days from the first of January on, where no row says when it is."""
    return HEAD + "".join(f"2024-01-{n:02},{row}\n" for n, row in enumerate(rows, start=1))


def test_tickers_are_told_apart_wherever_their_rows_stand(tmp_path: Path) -> None:
    first, second = quotes("A", days=30), quotes("B", days=20, seed=1)
    head, *rows = table(first, second).splitlines()
    order = np.random.default_rng(0).permutation(len(rows))
    found = market(tmp_path, "\n".join([head, *(rows[n] for n in order)]))
    assert {one.name: len(one) for one in found.quotes} == {"A": 30, "B": 20}
    for one in found.quotes:
        whole = first if one.name == "A" else second
        assert np.array_equal(one.times, whole.times)
        assert one.prices == pytest.approx(whole.prices)
    assert "2 tickers did not stand in the order of their times: sorted" in found.notes


@pytest.mark.parametrize(
    "head",
    [
        "Date,Open,High,Low,Close,Volume",
        "<DATE>;<OPEN>;<HIGH>;<LOW>;<CLOSE>;<VOL>",
        "timestamp,1. open,2. high,3. low,4. close,5. volume",
        "日期,开盘,最高,最低,收盘,成交量",
        "t,o,h,l,c,v",
    ],
)
def test_columns_are_found_by_their_names(tmp_path: Path, head: str) -> None:
    mark = ";" if ";" in head else ","
    rows = [mark.join(["2024-01-02", "10", "12", "9", "11", "100"])]
    text = "\n".join([head, *rows])
    if head.startswith("t,"):
        with pytest.raises(DataError, match="none of them for date"):
            market(tmp_path, text)
        found = market(tmp_path, text, date="t")
    else:
        found = market(tmp_path, text)
    (one,) = found.quotes
    assert one.prices.tolist() == [[10, 12, 9, 11]]
    assert one.volume.tolist() == [100]
    assert one.name == "p"


@pytest.mark.parametrize(
    ("cells", "wanted", "notes"),
    [
        (["2024-03-01", "2024-03-04"], ["2024-03-01", "2024-03-04"], 0),
        (["03/01/2024", "03/14/2024"], ["2024-03-01", "2024-03-14"], 0),
        (["01/03/2024", "14/03/2024"], ["2024-03-01", "2024-03-14"], 0),
        (["03/01/2024", "03/04/2024"], ["2024-03-01", "2024-03-04"], 1),
        (["20240301", ""], ["2024-03-01", "NaT"], 0),
        (["Mar 01, 2024"], ["2024-03-01"], 0),
        (["01.03.2024 09:30"], ["2024-03-01T09:30"], 0),
        (["2024-03-01 00:00:00-05:00"], ["2024-03-01"], 0),
        (["2024-03-01T09:30:00.000Z"], ["2024-03-01T09:30"], 0),
        (["2024-03-01 093000"], ["2024-03-01T09:30"], 0),
        (["03/04/24", "03/14/24"], ["2024-03-04", "2024-03-14"], 0),
        (["03/04/24 16:00", ""], ["2024-03-04T16:00", "NaT"], 1),
        (["946684800", ""], ["2000-01-01", "NaT"], 1),
        (["1709285400"], ["2024-03-01T09:30"], 1),
        (["1709285400000"], ["2024-03-01T09:30"], 1),
    ],
)
def test_times_are_read_as_they_are_usually_written(cells, wanted, notes) -> None:
    found = read_times(cells, Path("p.csv"))
    assert np.array_equal(found.times, np.array(wanted, "datetime64[s]"), equal_nan=True)
    assert len(found.notes) == notes


@pytest.mark.parametrize(
    "cells", [["2024-03-01", "01.03.2024"], ["soon"], ["", ""], ["2024-02-30"]]
)
def test_times_that_are_not_written_in_one_way_are_refused(cells: list[str]) -> None:
    with pytest.raises(DataError, match="date"):
        read_times(cells, Path("p.csv"))


def test_a_date_and_a_time_in_columns_of_their_own_are_one(tmp_path: Path) -> None:
    text = "Date,Time,Open,High,Low,Close\n2024.01.02,09:30,1,1,1,1\n2024.01.02,09:35,1,1,1,1\n"
    (one,) = market(tmp_path, text).quotes
    assert one.times.astype(str).tolist() == ["2024-01-02T09:30:00", "2024-01-02T09:35:00"]
    assert one.intraday


@pytest.mark.parametrize(
    ("row", "said", "left"),
    [
        ("10,12,9,", "1 rows lack a time or a price", 2),
        ("10,12,0,11", "1 rows have a price that is not above 0", 2),
        ("10,12,-9,11", "1 rows have a price that is not above 0", 2),
        ("10,9,12,11", "1 rows have a high below", 3),
        ("10,10.5,9,11", "1 rows have a high below", 3),
    ],
)
def test_rows_are_mended_or_left_out_and_counted(tmp_path, row, said, left) -> None:
    found = market(tmp_path, days("10,12,9,11", row, "10,12,9,11"))
    (one,) = found.quotes
    assert len(one) == left
    assert any(note.startswith(said) for note in found.notes)
    opened, high, low, close = one.prices.T
    assert (high >= np.maximum(opened, close)).all()
    assert (low <= np.minimum(opened, close)).all()


def test_a_day_that_stands_there_twice_counts_once(tmp_path: Path) -> None:
    text = days("10,12,9,11", "10,12,9,11") + "2024-01-02,10,12,9,11\n2024-01-01,20,22,19,21\n"
    found = market(tmp_path, text)
    (one,) = found.quotes
    assert one.prices[:, 3].tolist() == [21, 11], "the last of those that differ"
    assert "1 rows stand there twice: one is kept" in found.notes
    assert any(note.startswith("1 rows have the time of another") for note in found.notes)


def test_a_long_gap_is_said(tmp_path: Path) -> None:
    rows = "".join(f"2024-0{m}-{d:02},1,1,1,1\n" for m in (1, 3) for d in range(1, 9))
    notes = market(tmp_path, HEAD + rows).notes
    assert "1 gaps are longer than usual by far: passed over: 'p' after 2024-01-08" in notes


def test_nights_and_weekends_are_no_gaps_between_hours(tmp_path: Path) -> None:
    days = np.datetime64("2024-01-05T14:30") + np.array([0, 3, 4, 20]).astype("timedelta64[D]")
    hours = np.concatenate([day + np.arange(7).astype("timedelta64[h]") for day in days])
    text = HEAD + "".join(f"{one},1,1,1,1\n".replace("T", " ") for one in hours)
    found = market(tmp_path, text)
    assert found.quotes[0].intraday
    assert found.notes[-1].endswith("far: passed over: 'p' after 2024-01-09")
    assert found.notes[-1].startswith("1 gaps")


@pytest.mark.parametrize("factor", [2.0, 7.0, 1.5, 0.1])
def test_a_split_is_taken_out_and_said(tmp_path: Path, factor: float) -> None:
    whole = quotes(days=60)
    split = whole.prices.copy()
    split[:30] *= factor
    traded = Quotes("A", whole.times, split, whole.volume)
    found, jumps = without_splits(traded)
    assert found.prices == pytest.approx(whole.prices)
    assert found.volume[:30] == pytest.approx(whole.volume[:30] * factor)
    assert [(str(when)[:10], by) for when, by in jumps.splits] == [
        (str(whole.times[30])[:10], pytest.approx(factor))
    ]
    (tmp_path / "p.csv").write_text(table(traded))
    said = f"by {factor:g}:1" if factor > 1 else "by 1:10"
    assert any(said in note for note in read_prices(tmp_path / "p.csv").notes)


def test_a_crash_that_is_no_split_is_left_and_said(tmp_path: Path) -> None:
    whole = quotes(days=60)
    crashed = whole.prices.copy()
    crashed[30:] *= 0.58
    found, jumps = without_splits(Quotes("A", whole.times, crashed, whole.volume))
    assert np.array_equal(found.prices, crashed)
    assert not jumps.splits
    assert len(jumps.others) == 1
    usual, none = without_splits(whole)
    assert np.array_equal(usual.prices, whole.prices)
    assert not none.splits
    assert not none.others


def test_an_adjusted_close_gives_the_measure_of_all_prices(tmp_path: Path) -> None:
    text = (
        "date,open,high,low,close,adj close,volume\n"
        "2024-01-02,200,220,180,210,105,50\n2024-01-03,100,110,90,105,105,100\n"
    )
    found = market(tmp_path, text)
    (one,) = found.quotes
    assert one.prices.tolist() == [[100, 110, 90, 105]] * 2
    assert one.volume.tolist() == [100, 100]
    assert "all prices are brought to the measure of the adjusted close" in found.notes


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        (["$1,010.50", "$1,020.00", "$990", "$1,000"], [1010.5, 1020, 990, 1000]),
        (["10,5", "12,25", "9", "11"], [10.5, 12.25, 9, 11]),
        (["10,5", "12,125", "9,000", "11"], [10.5, 12.125, 9, 11]),
        (["0,125", "0,250", "0,100", "0,125"], [0.125, 0.25, 0.1, 0.125]),
        (["1.010,50 €", "1.020,00 €", "990,00 €", "1.000,00 €"], [1010.5, 1020, 990, 1000]),
        (["1,010", "1,020", "1,000", "1,005"], [1010, 1020, 1000, 1005]),
        (["1,010,000", "1,020,000", "1e6", "1,005,000"], [1.01e6, 1.02e6, 1e6, 1.005e6]),
    ],
)
def test_currencies_and_marks_in_numbers_are_read(tmp_path: Path, cells, wanted) -> None:
    text = "Date;Open;High;Low;Close/Last\n14.01.2024;" + ";".join(cells) + "\n"
    (one,) = market(tmp_path, text).quotes
    assert one.prices.tolist() == [wanted]


def test_a_table_may_be_compressed(tmp_path: Path) -> None:
    (tmp_path / "p.csv.gz").write_bytes(gzip.compress(table(quotes(days=25)).encode()))
    assert len(read_prices(tmp_path / "p.csv.gz").quotes[0]) == 25


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        (HEAD, "nothing below"),
        ("date,close\n2024-01-02,1\n", "none of them for open, high, low"),
        ("open,high,low,close\n1,1,1,1\n", "none of them for date"),
        (days("1,1,1,ten"), "Row 2 of .*'ten' where a number belongs"),
        (days("1,1,1,1", "0,0,0,0", "0,0,0,0"), "only 1 can be used"),
        ("date;open;high;low;close\n2024-01-02;10,5;12.5;9;11\n", "'12.5' where a number"),
        ("date;open;high;low;close\n2024-01-02;1,00,0;1;1;1\n", "'1,00,0' where a number"),
        (HEAD + "2024-01-02,1,1,1\n", "cell"),
    ],
)
def test_what_is_no_table_of_prices_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        market(tmp_path, text)
    with pytest.raises(DataError, match="no column 'when'"):
        market(tmp_path, days("1,1,1,1"), date="when")
