"""Bad input ends in a screen of words and another exit code, and leaves nothing behind."""

from __future__ import annotations

import datetime as dt
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import Result

from recurra import Forecaster

Run = Callable[..., Result]
QUICK = ("--layers", 4, "--epochs", 1, "--horizon", 4)
SEGMENTS = ("--layers", 4, "--steps", 3, "--ensemble", 1, "--horizon", 4)
BESIDE = ("--target", "y", "--static", "shop", "--future", "price")
N, K = 60, 4


def table() -> pl.DataFrame:
    """Two shops by day; the price of the next K days is known."""
    random = np.random.default_rng(0)
    days = [dt.date(2024, 1, 1) + dt.timedelta(days=day) for day in range(N + K)]
    parts = [
        pl.DataFrame(
            {
                "unique_id": [name] * (N + K),
                "ds": days,
                "y": [*random.normal(20, 2, N), *[None] * K],
                "price": random.uniform(1, 2, N + K),
                "shop": [name.upper()] * (N + K),
            }
        )
        for name in ("a", "b")
    ]
    return pl.concat(parts)


def here() -> list[str]:
    """What is in the folder."""
    return sorted(each.name for each in Path().iterdir())


def known(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("y").is_not_null())


def one(rows: pl.DataFrame) -> pl.DataFrame:
    """The first series alone."""
    return known(rows).filter(pl.col("unique_id") == "a").select("ds", "y")


def zoned(rows: pl.DataFrame) -> pl.DataFrame:
    text = pl.format("{}T00:30{}", "ds", pl.when(pl.int_range(pl.len()) % 2 == 0).then(
        pl.lit("+02:00")).otherwise(pl.lit("")))  # fmt: skip
    return one(rows).with_columns(ds=text)


TABLES: dict[str, tuple[Callable[[pl.DataFrame], pl.DataFrame], str]] = {
    "an early end": (
        lambda f: f.filter(pl.col("y").is_not_null() | (pl.col("ds") < dt.date(2024, 3, 2))),
        "The known-future column 'price' ends early",
    ),
    "a static column that changes": (
        lambda f: f.with_columns(shop=pl.when(pl.int_range(pl.len()) < 9).then(pl.lit("Z"))
                                 .otherwise("shop")),
        "The static column 'shop' changes within the series 'a'",
    ),
    "names with a blank": (
        lambda f: f.with_columns(pl.col("unique_id").replace({"b": "a "})),
        "'unique_id' holds 'a ' and 'a', which read as one name",
    ),
    "no names": (
        lambda f: f.with_columns(unique_id=pl.lit(None, pl.String)),
        "None of the 128 rows has both a time and a series",
    ),
    "words as numbers": (
        lambda f: f.with_columns(price=pl.when(pl.int_range(pl.len()) == 5).then(pl.lit("dear"))
                                 .otherwise(pl.col("price").cast(pl.String))),
        "Column 'price' holds 'dear' in row 6",
    ),
    "an empty column": (lambda f: f.with_columns(price=pl.lit(None, pl.Float64)), "'price'"),
    "a column less": (lambda f: f.drop("price"), "There is no column 'price'"),
}  # fmt: skip

PLAIN: dict[str, tuple[Callable[[pl.DataFrame], pl.DataFrame], str]] = {
    "some zones": (zoned, "without a time zone in row 2"),
    "no day of any year": (
        lambda f: one(f).with_columns(ds=pl.col("ds").cast(pl.String).replace(
            "2024-01-31", "2024-02-31")),
        "'2024-02-31' in row 31",
    ),
    "beyond all computing": (
        lambda f: one(f).with_columns(pl.col("y") * 1e200),
        "The series 'y' has the value",
    ),
    "infinite": (lambda f: one(f).with_columns(y=pl.lit(np.inf)), "no finite value"),
    "two rows": (lambda f: one(f).head(2), "2 points in its longest series"),
    "one row": (lambda f: one(f).head(1), "No step can be seen"),
    "too short": (lambda f: one(f).head(8), "a history of 8 points"),
    "a hole of years": (
        lambda f: pl.concat([one(f).head(30), one(f).tail(30).with_columns(
            pl.col("ds").dt.offset_by("9y"))]),
        "more than half of its grid is missing",
    ),
}  # fmt: skip


def assert_a_screen_of_words(result: Result, said: str, code: int = 1) -> None:
    assert result.exit_code == code, result.output
    assert isinstance(result.exception, SystemExit)
    assert said in result.stderr
    for words in ("Error: ", "\nExpected: ", "\nTry: "):
        assert words in result.stderr
    assert "Traceback" not in result.output
    assert len(result.stderr.splitlines()) < 24


# A backtest knows of its past what was ahead.
BY_COMMAND = [
    (command, name)
    for command in ("forecast", "backtest")
    for name in TABLES
    if (command, name) != ("backtest", "an early end")
]


@pytest.mark.parametrize(("command", "name"), BY_COMMAND)
def test_covariates_that_cannot_be_read_are_refused(run: Run, command: str, name: str) -> None:
    change, said = TABLES[name]
    change(table()).write_csv("rows.csv")
    assert_a_screen_of_words(run(command, "rows.csv", *BESIDE, *SEGMENTS), said)
    assert here() == ["rows.csv"]


@pytest.mark.parametrize("command", ["forecast", "backtest"])
@pytest.mark.parametrize("name", PLAIN)
def test_series_that_cannot_be_read_are_refused(run: Run, command: str, name: str) -> None:
    change, said = PLAIN[name]
    change(table()).write_csv("rows.csv")
    if command == "backtest" and name == "too short":
        said = "a longest series of 8 points"
    assert_a_screen_of_words(run(command, "rows.csv", *QUICK), said)
    assert here() == ["rows.csv"]


@pytest.fixture
def model(run: Run) -> Path:
    """Fitted to the shops."""
    table().write_csv("rows.csv")
    result = run("forecast", "rows.csv", *BESIDE, *SEGMENTS, "--out", "out")
    assert result.exit_code == 0, result.output
    return Path("out/model.safetensors")


@pytest.mark.parametrize("name", TABLES)
def test_a_model_refuses_them_too(run: Run, model: Path, name: str) -> None:
    change, said = TABLES[name]
    change(table()).write_csv("newer.csv")
    if name == "an empty column":
        said = "ends early"
    if name == "words as numbers":
        said = "The covariate 'price' holds 'dear' in row 6"
    before = here()
    result = run("predict", model, "newer.csv", "--out", "next.csv")
    assert_a_screen_of_words(result, said)
    assert here() == before


def test_a_category_that_was_never_seen_is_read_as_such_and_said(run: Run, model: Path) -> None:
    table().with_columns(shop=pl.lit("NEW")).write_csv("newer.csv")
    result = run("predict", model, "newer.csv")
    assert result.exit_code == 0, result.output
    assert "shop is 'NEW' in row 1" in result.stderr
    assert "read as unseen" in result.stderr


def test_values_that_no_network_can_read_are_refused_and_not_forecast_as_nothing(
    run: Run, model: Path
) -> None:
    table().with_columns(pl.col("y") * 1e60).write_csv("newer.csv")
    assert_a_screen_of_words(run("predict", model, "newer.csv"), "The series 'a' has the value")


def test_a_model_in_which_a_bit_has_flipped_is_refused(run: Run, model: Path) -> None:
    content = model.read_bytes()
    place = len(content) - 200
    model.write_bytes(content[:place] + bytes([content[place] ^ 64]) + content[place + 1 :])
    assert_a_screen_of_words(run("predict", model, "rows.csv"), "is damaged")


def test_a_folder_in_place_of_its_model_says_which_file_is_meant(run: Run, model: Path) -> None:
    assert_a_screen_of_words(run("predict", "out", "rows.csv"), "name the file in it")


@pytest.mark.parametrize("rows", [1, 2])
def test_inspect_says_that_a_row_or_two_are_too_few(run: Run, rows: int) -> None:
    known(table()).head(rows).drop("unique_id", "shop").write_csv("rows.csv")
    result = run("inspect", "rows.csv", "--target", "y")
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "Too short to forecast" in result.stdout


# The disk ----------------------------------------------------------------------------------------


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow beyond 2 KiB, as on a disk with no more room."""
    import signal  # noqa: PLC0415

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    former = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, former)


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are POSIX'")
# Where nothing was compiled before, that is not kept either, and said.
@pytest.mark.filterwarnings("ignore:compiled code is not kept")
@pytest.mark.parametrize("command", ["forecast", "backtest", "inspect"])
def test_on_a_full_disk_nothing_half_written_stays(run: Run, command: str) -> None:
    one(table()).head(40).write_csv("rows.csv")
    options = () if command == "inspect" else QUICK
    with full_disk():
        result = run(command, "rows.csv", *options, "--out", "out")
    assert_a_screen_of_words(result, "cannot be written")
    left = [path for path in Path().rglob("*") if path.is_file() and path.name != "rows.csv"]
    assert not [path for path in left if path.parent.name != "windows"]


def test_a_model_that_finds_no_room_leaves_the_former_one(tmp_path: Path) -> None:
    from recurra.errors import OutputError  # noqa: PLC0415

    path = tmp_path / "m"
    path.write_bytes(b"former")
    fitted = Forecaster(hidden_size=4, epochs=1).fit(one(table()))
    with full_disk(), pytest.raises(OutputError) as caught:
        fitted.save(path)
    assert caught.value.do
    assert path.read_bytes() == b"former"
    assert [each.name for each in tmp_path.iterdir()] == ["m"]


# Options -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "options", "said"),
    [
        ("forecast", ("--level", "0"), "--level 0"),
        ("forecast", ("--level", "100"), "at least 1 and below 100"),
        ("forecast", ("--level", "nan"), "--level nan"),
        ("backtest", ("--level", "80,200"), "--level 80,200"),
        ("backtest", ("--refit-every", "0"), "--refit-every 0"),
        ("forecast", ("--layers", "100000000"), "a network that cannot be made"),
    ],
)
def test_absurd_options_are_known_before_any_work(
    run: Run, command: str, options: tuple[str, ...], said: str
) -> None:
    one(table()).write_csv("rows.csv")
    assert_a_screen_of_words(run(command, "rows.csv", *options), said, code=2)
    assert here() == ["rows.csv"]
