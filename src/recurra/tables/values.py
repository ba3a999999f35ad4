"""The cells of one column as text or as numbers, whoever made the frame."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.tables.repeats import kinds

NULL_WORDS = ("", "na", "n/a", "nan", "null", "none", "-", "?")
"""What stands for a missing value, in any mixture of capitals."""

THOUSANDS = r"^[+-]?(?:[1-9]\d{0,2}(?:,\d{3})+|\d{1,3})(?:\.\d+)?$"
DECIMAL_COMMA = r"^[+-]?\d+(?:,\d+)?$"
DECIMAL_COMMA_AND_POINTS = r"^[+-]?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d{1,3})(?:,\d+)?$"
NOT_PLAIN = r",|\..*\."
"""What no number such as 1234.5 holds: a comma, or more than one point."""
POINTS_OR_DECIMALS = r"^[+-]?(?:0|[1-9]\d{0,2}(?:\.\d{3})?)$"
"""What is a number with points between thousands and a decimal number alike; never 0.125."""
SIGNS_AROUND = re.compile(
    r"(?:[^\w+(-]|[A-Z]{3})*([+-]?\d[\d.,]*(?:\s\d{3})*(?:[.,]\d+)?)(?:[^\w)]*|\s?[A-Za-z]{1,6})"
)
"""A number in signs of currency and unit, maybe with spaces between thousands."""
ACCOUNTING = re.compile(r"\([^\w+(-]*(\d[\d.,\s]*)[^\w)]*\)")
"""A number in brackets, as bookkeepers write one below zero."""
MOSTLY = 0.8
"""Share of the cells that must be numbers before a column counts as one of numbers."""


@dataclass(frozen=True)
class NumberStyle:
    """A way of writing numbers other than 1234.5.

    Attributes:
        pattern: The regular expression that every number of the column matches.
        plain: Rewrites the column as plain numbers.
        words: What to tell the user about it.
    """

    pattern: str
    plain: Callable[[pl.Series], pl.Series]
    words: str


def _without_commas(text: pl.Series) -> pl.Series:
    return text.str.replace_all(",", "", literal=True)


def _comma_to_point(text: pl.Series) -> pl.Series:
    return text.str.replace(",", ".", literal=True)


def _points_then_comma(text: pl.Series) -> pl.Series:
    return _comma_to_point(text.str.replace_all(".", "", literal=True))


NUMBER_STYLES = (
    NumberStyle(THOUSANDS, _without_commas, "a comma between thousands (1,234 is 1234)"),
    NumberStyle(DECIMAL_COMMA, _comma_to_point, "a decimal comma (1,5 is 1.5)"),
    NumberStyle(
        DECIMAL_COMMA_AND_POINTS,
        _points_then_comma,
        "a decimal comma and points between thousands (1.234,5 is 1234.5)",
    ),
)


def to_polars(column: nw.Series[Any]) -> pl.Series:
    """One column as a polars series; text is stripped, and null words become null.

    Args:
        column: (N,) from pandas, polars, Arrow or anything else that narwhals reads. A time with
            a zone keeps it.

    Returns:
        (N,) of the same kind of values. No pyarrow is needed for a pandas column.
    """
    native, name = column.to_native(), str(column.name)
    if isinstance(native, pl.Series):
        return _tidy(native)
    if isinstance(column.dtype, nw.Datetime) and column.dtype.time_zone is not None:
        zone = column.dtype.time_zone
        utc = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        plain = pl.Series(name, utc.to_numpy().astype("datetime64[us]"))
        return plain.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    if isinstance(column.dtype, nw.Datetime):
        # Polars takes no datetimes of whole seconds, which pandas makes.
        return pl.Series(name, column.to_numpy().astype("datetime64[us]"))
    # Whole numbers with gaps would become 1.0, which is another name of a series than 1.
    if column.dtype.is_float() or (column.dtype.is_integer() and not column.null_count()):
        return pl.Series(name, column.to_numpy())
    return _tidy(_from_objects(name, column.to_list()))


def _from_objects(name: str, cells: list[Any]) -> pl.Series:
    present = [None if _is_missing(cell) else cell for cell in cells]
    try:
        column = pl.Series(name, present, strict=True)
    except (TypeError, pl.exceptions.PolarsError):
        column = pl.Series(name, present, dtype=pl.Object)
    if column.dtype != pl.Object:
        return column
    return pl.Series(name, [None if cell is None else str(cell) for cell in present])


def _is_missing(cell: Any) -> bool:
    """Whether a cell is None, NaN, NaT or pandas' NA: none of these is surely equal to itself."""
    try:
        return cell is None or not bool(cell == cell)  # noqa: PLR0124
    except (TypeError, ValueError):
        return True


def _tidy(column: pl.Series) -> pl.Series:
    if isinstance(column.dtype, pl.Categorical | pl.Enum):
        column = column.cast(pl.String)
    if column.dtype != pl.String:
        return column
    distinct = kinds(column)
    if 2 * len(distinct) > len(column):
        return _stripped(column)
    tidy = _stripped(distinct)
    return column if tidy.equals(distinct) else column.replace_strict(distinct, tidy)


def _stripped(text: pl.Series) -> pl.Series:
    text = text.str.strip_chars()
    return text.set(text.str.to_lowercase().is_in(NULL_WORDS), None)


def looks_numeric(column: pl.Series) -> bool:
    """Whether a column holds numbers, so that it could be forecast.

    Args:
        column: (N,) as ``to_polars`` gives it.

    Returns:
        True for a numeric type with a value in it, and for text most of whose cells are numbers.
    """
    if column.null_count() == len(column):
        return False
    if column.dtype != pl.String:
        return column.dtype.is_numeric()
    text = column.drop_nulls()
    read = _plain_numbers(text, _style_of(text))
    return len(text) - read.null_count() >= MOSTLY * len(text)


def _style_of(text: pl.Series) -> NumberStyle | None:
    """The first style of all cells, else that of most; None where plain numbers do as well."""
    if not text.str.contains(NOT_PLAIN).any():
        return None
    matches = {style: int(text.str.contains(style.pattern).sum()) for style in NUMBER_STYLES}
    best = max(NUMBER_STYLES, key=matches.__getitem__)
    return best if matches[best] >= MOSTLY * len(text) else None


def _plain_numbers(text: pl.Series, style: NumberStyle | None) -> pl.Series:
    """Float64, null where a cell is no number of this style."""
    if style is not None:
        text = style.plain(text.set(~text.str.contains(style.pattern), None))
    return text.cast(pl.Float64, strict=False)


def numbers(column: pl.Series) -> tuple[NDArray[np.float64], list[str]]:
    """Reads a column as numbers.

    Args:
        column: (N,) numbers, truth values, or text such as ``"1.5"``, ``"1,234"``, ``"1,5"``.

    Returns:
        (N,) float64, NaN where a cell is missing; and a sentence for each way of writing numbers
        that had to be recognised.

    Raises:
        DataError: A cell is neither a number nor a null word; its row and text are named.
    """
    if column.dtype == pl.String:
        return _numbers_from_text(column)
    if column.dtype.is_numeric() or column.dtype in (pl.Boolean, pl.Null):
        return _floats(column.cast(pl.Float64)), []
    raise DataError(
        f"Column {column.name!r} holds {_kind(column)}, not numbers.",
        "a column of numbers to forecast",
        "name another column with target=/--target",
    )


def _numbers_from_text(column: pl.Series) -> tuple[NDArray[np.float64], list[str]]:
    style = _style_of(column.drop_nulls())
    read = _plain_numbers(column, style)
    if style is None and _has_doubtful_points(column.drop_nulls()):
        return _floats(read), [_points_note(column)]
    bad = (read.is_null() & column.is_not_null()).arg_true()
    if len(bad):
        raise _not_a_number(column, bad[0], len(bad))
    notes = [f"Column {column.name!r} is read with {style.words}."] if style else []
    return _floats(read), notes


def _floats(column: pl.Series) -> NDArray[np.float64]:
    return column.fill_null(float("nan")).to_numpy().astype(np.float64)


def _kind(column: pl.Series) -> str:
    return "times" if column.dtype.is_temporal() else f"values of type {column.dtype}"


def place(row: int) -> str:
    """Where a row is, counted from 0 in the table, in words of its file."""
    return f"row {row + 1} (line {row + 2} of a file without blank lines)"


def more_like_it(count: int) -> str:
    """Tells that a cell is only the first of so many; nothing for one."""
    more = "1 more cell" if count == 2 else f"{count - 1:,} more cells"
    return f" (and {more} like it)" if count > 1 else ""


def _not_a_number(column: pl.Series, row: int, count: int) -> DataError:
    cell = column[row]
    plain = plainly(cell)
    return DataError(
        f"Column {column.name!r} holds {cell!r} in {place(row)}{more_like_it(count)}.",
        "numbers, or nothing (also NA, NaN, null, None, - or ?) where a value is missing",
        (f"write {cell!r} as {plain}, " if plain else "")
        + "correct or empty that cell, or name another column with target=/--target",
    )


def plainly(cell: str) -> str:
    """How to write a cell that is a number but for signs around or spaces in it; "" for others."""
    if within := ACCOUNTING.fullmatch(cell):
        number = re.sub(r"\s", "", within[1])
        return f"-{number} (in brackets it is often negative)"
    found = SIGNS_AROUND.fullmatch(cell)
    return re.sub(r"\s", "", found[1]) if found else ""


def looks_like_marked_numbers(column: pl.Series) -> bool:
    """Whether most cells of a text column would be numbers but for signs, as $1, 12% or 1 213."""
    if column.dtype != pl.String or looks_numeric(column):
        return False
    present = column.drop_nulls()
    return 0 < MOSTLY * len(present) <= sum(bool(plainly(cell)) for cell in present)


# Points that may stand between thousands ---------------------------------------------------------


def check_points(column: pl.Series) -> None:
    """Refuses a column in which 1.213 may be 1213, read where points between thousands are usual.

    Raises:
        DataError: Every number with a point has exactly three digits after it.
    """
    text = column.drop_nulls()
    if column.dtype == pl.String and _style_of(text) is None and _may_be_thousands(text):
        raise _doubt(column, text)


def _may_be_thousands(text: pl.Series) -> bool:
    """Whether all cells fit both readings, and at least one holds a point."""
    return bool(text.str.contains(POINTS_OR_DECIMALS).all()) and _with_points(text).any()


def _with_points(text: pl.Series) -> pl.Series:
    return text.str.contains(".", literal=True)


def _has_doubtful_points(text: pl.Series) -> bool:
    """Whether all cells have three decimals or are thousands.

    Raises:
        DataError: Some cells have points and some have none, as with points between thousands:
            a decimal number is rarely written with either three decimals or none.
    """
    if not _may_be_thousands(text):
        return False
    if not _with_points(text).all():
        raise _doubt(text, text)
    return True


def _points_note(column: pl.Series) -> str:
    cell = column.drop_nulls()[0]
    return (
        f"numbers in {column.name} are read with a decimal point: {cell} is a little more than "
        f"{cell.split('.')[0]}; if thousands are meant, write it as {cell.replace('.', '')}"
    )


def _doubt(column: pl.Series, text: pl.Series) -> DataError:
    cell = text.filter(_with_points(text))[0]
    whole = cell.replace(".", "")
    return DataError(
        f"The numbers in {column.name!r} can be read in two ways: {cell!r} could be {whole} or "
        f"a little more than {cell.split('.')[0]}.",
        "numbers whose points cannot be taken for marks between thousands",
        f"if thousands are meant, write them without points ({whole}) or with decimals "
        f"({cell},0); if not, with one decimal more ({cell}0)",
    )
