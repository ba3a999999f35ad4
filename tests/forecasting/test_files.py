import codecs
import gzip
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from recurra.errors import DataError
from recurra.forecasting.files import read_table

Check = Callable[..., None]
TABLE = "ds,y\n2024-01-01,1\n2024-01-02,2\n"


def written(folder: Path, content: str | bytes, name: str = "sales.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refused(path: Path) -> DataError:
    with pytest.raises(DataError) as caught:
        read_table(path)
    return caught.value


def test_cells_of_a_text_file_stay_text_and_null_words_become_null(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n 007 ,NA\n1.50,-\nnull, x \n")
    assert read_table(path).to_dict(as_series=False) == {
        "a": ["007", "1.50", None],
        "b": [None, None, "x"],
    }


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiter_and_line_ends_are_found(tmp_path: Path, mark: str, end: str) -> None:
    path = written(tmp_path, TABLE.replace(",", mark).replace("\n", end))
    assert read_table(path).to_dict(as_series=False) == {
        "ds": ["2024-01-01", "2024-01-02"],
        "y": ["1", "2"],
    }


def test_semicolons_win_over_the_commas_of_decimals_and_of_a_name(tmp_path: Path) -> None:
    path = written(tmp_path, "ds;sales, net\n2024-01-01;1,5\n2024-01-02;20\n")
    assert read_table(path)["sales, net"].to_list() == ["1,5", "20"]


def test_quoted_cells_may_hold_the_delimiter_and_line_ends(tmp_path: Path) -> None:
    path = written(tmp_path, 'ds,y\n"1 May, 2024","a\nb"\n')
    assert read_table(path).rows() == [("1 May, 2024", "a\nb")]


def test_gzip_byte_order_mark_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    content = codecs.BOM_UTF8 + b"\n" + TABLE.replace("\n", "\n\n").encode()
    path = written(tmp_path, gzip.compress(content, mtime=0), "sales.CSV.gz")
    assert read_table(path).columns == ["ds", "y"]
    assert len(read_table(path)) == 2


def test_a_column_without_a_name_is_numbered(tmp_path: Path) -> None:
    assert read_table(written(tmp_path, ",ds,y\n0,2024-01-01,1\n")).columns == [
        "column 1",
        "ds",
        "y",
    ]


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    frame = pl.DataFrame({"ds": [1, 2], "y": [1.5, None]})
    frame.write_parquet(tmp_path / "sales.parquet")
    assert read_table(tmp_path / "sales.parquet").equals(frame)


def test_no_such_file_names_the_nearest(tmp_path: Path, assert_helpful: Check) -> None:
    written(tmp_path, TABLE, "sales.csv")
    assert_helpful(refused(tmp_path / "sale.csv"), "no file", "sale.csv", "did you mean", "sales")
    assert_helpful(refused(tmp_path / "absent" / "a.csv"), "no folder", "absent")


def test_folder(tmp_path: Path, assert_helpful: Check) -> None:
    assert_helpful(refused(tmp_path), str(tmp_path), "is a folder")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        (" \n \n", "is empty"),
        (codecs.BOM_UTF8, "is empty"),
        ("ds,y\n", "has a header and nothing else"),
        (b"\x7fELF\x02\x01\x00\x00" * 9, "is not text"),
        (b"PK\x03\x04\x00", "Excel"),
        (b"PAR1\x00", "Parquet"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0), "add .gz to its name"),
        (TABLE.encode("utf-16"), "iconv -f UTF-16"),
        (TABLE.encode("utf-16-le"), "iconv -f UTF-16LE"),
        (TABLE.encode("utf-32"), "iconv -f UTF-32"),
        ("ds,température\n1,2\n".encode("latin-1"), "iconv -f CP1252"),
        ("ds,y\n1,2\n3,4,5\n", "Line 3"),
        ('ds,y\n"a\nb",2\n\n3,4,5\n', "Line 5"),
        (b"ds,y\n1,\x002\n", "NUL"),
        (TABLE.encode("utf-16-be"), "iconv -f UTF-16BE"),
        (TABLE.encode("utf-32-le"), "iconv -f UTF-32LE"),
        (b"ds,y\n1,2\n\xb5,3\n", "line 3 holds the byte 0xb5"),
        ("2024-01-01,1\n2024-01-02,2\n", "holds data, not names"),
        ("y,y\n1,2\n", "more than one column named 'y'"),
        ('ds,y\n"1,2\n', "quotation marks"),
    ],
)
def test_text_that_is_no_table_is_refused(
    tmp_path: Path, assert_helpful: Check, content: str | bytes, said: str
) -> None:
    assert_helpful(refused(written(tmp_path, content)), "sales.csv", said)


def test_gzip_cut_off_or_false(tmp_path: Path, assert_helpful: Check) -> None:
    whole = gzip.compress(TABLE.encode() * 100, mtime=0)
    cut = written(tmp_path, whole[: len(whole) // 2], "cut.csv.gz")
    assert_helpful(refused(cut), "cut.csv.gz", "cut off")
    plain = written(tmp_path, TABLE, "plain.csv.gz")
    assert_helpful(refused(plain), "plain.csv.gz", "take .gz off its name")
    broken = written(tmp_path, whole[:30] + b"\xff" * 30 + whole[60:], "broken.csv.gz")
    assert_helpful(refused(broken), "broken.csv.gz")


def test_parquet_that_is_none_or_empty(tmp_path: Path, assert_helpful: Check) -> None:
    assert_helpful(refused(written(tmp_path, TABLE, "a.parquet")), "cannot be read as Parquet")
    pl.DataFrame({"y": []}).write_parquet(tmp_path / "b.parquet")
    assert_helpful(refused(tmp_path / "b.parquet"), "has no rows")


def test_unknown_ending(tmp_path: Path, assert_helpful: Check) -> None:
    assert_helpful(refused(written(tmp_path, TABLE, "a.xlsx")), "'.xlsx'", "CSV")


@pytest.mark.parametrize("mark", ["", "NA", "n/a", "NaN", "null", "None", "-", "?", "  "])
def test_words_for_nothing_are_read_as_null(tmp_path: Path, mark: str) -> None:
    read = read_table(written(tmp_path, f"ds,y\n1,{mark}\n2,5\n"))
    assert read["y"].to_list() == [None, "5"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.txt", "A.CSV"])
def test_every_delimiter_is_found_under_every_name(
    tmp_path: Path, delimiter: str, name: str
) -> None:
    read = read_table(written(tmp_path, TABLE.replace(",", delimiter), name))
    assert read.to_dict(as_series=False) == {"ds": ["2024-01-01", "2024-01-02"], "y": ["1", "2"]}


def test_a_compressed_file_reads_as_the_plain_one(tmp_path: Path) -> None:
    packed = written(tmp_path, gzip.compress(TABLE.encode(), mtime=0), "data.csv.gz")
    assert read_table(packed).equals(read_table(written(tmp_path, TABLE)))


def test_a_declared_delimiter_is_obeyed_and_lines_keep_their_numbers(tmp_path: Path) -> None:
    path = written(tmp_path, "sep=;\r\nds;y\r\n2024-01-01;1,5\r\n")
    assert read_table(path).rows() == [("2024-01-01", "1,5")]
    assert "Line 3" in str(refused(written(tmp_path, "sep=;\nds;y\n1;2;3\n")))
    assert "is empty" in str(refused(written(tmp_path, "sep=;\n")))


@pytest.mark.parametrize(
    "content",
    [
        "Sales report 2023\ndate,sales\n2023-01-01,1\n",
        "Sales report 2023\n\ndate;sales\n2023-01-01;1,5\n",
        "Sales report 2023,\ndate,sales\n2023-01-01,1\n",
    ],
)
def test_a_title_above_the_header_is_named(
    tmp_path: Path, assert_helpful: Check, content: str
) -> None:
    error = refused(written(tmp_path, content))
    assert_helpful(error, "Line 1", "looks like a title", "date, sales", "delete line 1")


def test_one_column_is_no_title(tmp_path: Path) -> None:
    assert read_table(written(tmp_path, "y\n1.5\n2.5\n"))["y"].to_list() == ["1.5", "2.5"]
    assert "2 cells" in str(refused(written(tmp_path, "y\n1,5\n2,5\n")))
    assert "1 cell, as" in str(refused(written(tmp_path, "y\n1,5\n2,5\n")))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("日期,门店,销量\n2023-01-02,北京,5\n", "GB18030"),
        ("Straße,Größe,Höhe\n1,2,3\n", "CP1252"),
        ("Datum;Preis\n1;5 €\n", "CP1252"),
    ],
)
def test_the_likelier_encoding_is_advised(
    tmp_path: Path, assert_helpful: Check, text: str, encoding: str
) -> None:
    assert_helpful(refused(written(tmp_path, text.encode(encoding))), f"iconv -f {encoding} -t")
