"""A backtest that was cut short goes on where it stopped, and only with the same settings."""

import json

import numpy as np
import polars as pl
import pytest

from recurra import Forecaster
from recurra.errors import OptionError, OutputError
from recurra.forecasting.backtest import backtest
from recurra.forecasting.backtest.kept import Kept, fingerprint
from recurra.training import Callback

OPTIONS = {"n_windows": 4, "horizon": 3, "season": 1, "level": [80, 97.5]}


class Stop(Exception):  # noqa: N818 - what ends a run that is to be gone on with
    pass


def stop_after(windows):
    def watch(done, total):
        assert total == 4
        if done == windows:
            raise Stop

    return watch


@pytest.mark.parametrize("refit", [False, True, 2])
@pytest.mark.parametrize("after", [1, 2, 3])
def test_it_goes_on_and_gives_the_same_as_without_a_stop(
    last_season, numbered, tmp_path, refit, after
):
    frame = numbered(a=40, b=30)
    whole = backtest(last_season(bias=0.5), frame, refit=refit, **OPTIONS)
    with pytest.raises(Stop):
        backtest(last_season(bias=0.5), frame, refit=refit, folder=tmp_path,
                 watch=stop_after(after), **OPTIONS)  # fmt: skip
    assert len([*tmp_path.glob("window-*")]) == after
    last_season.seen.clear()
    rest = backtest(last_season(bias=0.5), frame, refit=refit, folder=tmp_path, **OPTIONS)
    assert rest.frame().equals(whole.frame())
    assert rest.verdict == whole.verdict
    # Only what is left is forecast, after one fit that it may need.
    assert len(last_season.seen) <= 4 - after + 1
    windows = "1 window" if after == 1 else f"{after} windows"
    assert f"{windows} finished earlier taken from {tmp_path}" in rest.notes


def test_a_finished_one_fits_nothing(last_season, numbered, tmp_path):
    arguments = (last_season(), numbered(a=40))
    backtest(*arguments, folder=tmp_path, **OPTIONS)
    last_season.seen.clear()
    backtest(*arguments, folder=tmp_path, **OPTIONS)
    assert not last_season.seen


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"refit": True}, "refit_every"), ({"n_windows": 3}, "n_windows"), ({"level": None}, "level"),
     ({"step_size": 2}, "step_size"), ({"horizon": 2}, "horizon")],
)  # fmt: skip
def test_other_settings_are_refused_by_name(last_season, numbered, tmp_path, changed, said):
    arguments = (last_season(), numbered(a=40))
    backtest(*arguments, folder=tmp_path, **OPTIONS)
    with pytest.raises(OptionError, match=said) as error:
        backtest(*arguments, folder=tmp_path, **(OPTIONS | changed))
    assert "delete" in error.value.do


def test_another_forecaster_or_table_is_refused(last_season, numbered, tmp_path):
    backtest(last_season(), numbered(a=40), folder=tmp_path, **OPTIONS)
    with pytest.raises(OptionError, match=r"bias was 0.0 and is 1.0"):
        backtest(last_season(bias=1.0), numbered(a=40), folder=tmp_path, **OPTIONS)
    with pytest.raises(OptionError, match="data was"):
        backtest(last_season(), numbered(a=41), folder=tmp_path, **OPTIONS)


def test_what_only_judges_may_change(last_season, numbered, tmp_path):
    backtest(last_season(), numbered(a=40), folder=tmp_path, **OPTIONS)
    other = OPTIONS | {"season": 4, "baselines": ["naive"]}
    assert backtest(last_season(), numbered(a=40), folder=tmp_path, **other).season == 4


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 cut"])
def test_a_damaged_window_is_made_anew_and_it_is_said(last_season, numbered, tmp_path, content):
    arguments = (last_season(), numbered(a=40))
    whole = backtest(*arguments, folder=tmp_path, **OPTIONS).frame()
    (tmp_path / "window-0002.npz").write_bytes(content)
    again = backtest(*arguments, folder=tmp_path, **OPTIONS)
    assert again.frame().equals(whole)
    assert f"1 window in {tmp_path} could not be read and made anew" in again.notes


@pytest.mark.parametrize("content", ["", "[1]", "{"])
def test_windows_without_their_settings_are_not_guessed_at(
    last_season, numbered, tmp_path, content
):
    backtest(last_season(), numbered(a=40), folder=tmp_path, **OPTIONS)
    (tmp_path / "settings.json").write_text(content)
    with pytest.raises(OptionError, match="cannot be read"):
        backtest(last_season(), numbered(a=40), folder=tmp_path, **OPTIONS)


def test_a_run_that_failed_before_its_first_window_leaves_nothing(last_season, numbered, tmp_path):
    class Failing(last_season):
        def fit(self, df, **columns):
            raise Stop

    with pytest.raises(Stop):
        backtest(Failing(), numbered(a=40), folder=tmp_path, **OPTIONS)
    assert not [*tmp_path.iterdir()]


def test_a_place_that_cannot_be_written_is_said(last_season, numbered, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        backtest(last_season(), numbered(a=40), folder=tmp_path / "file", **OPTIONS)


def test_settings_hold_no_address_in_memory(tmp_path, last_season, numbered):
    backtest(last_season(), numbered(a=40), folder=tmp_path, **OPTIONS)
    written = json.loads((tmp_path / "settings.json").read_text())
    assert {"bias", "forecaster", "data", "recurra", "horizon"} <= set(written)
    assert not any(" at 0x" in text for text in written.values())


def test_a_table_is_known_by_every_cell_name_and_type(numbered):
    frame = numbered(a=5).with_columns(word=pl.lit("w"))
    others = [
        frame.with_columns(y=frame["y"] + np.array([0, 0, 0, 0, 1e-12])),
        frame.rename({"word": "words"}), frame.with_columns(word=frame["word"].replace("w", "v")),
        frame.head(4), frame.with_columns(ds=frame["ds"] + 1),
    ]  # fmt: skip
    prints = {fingerprint(table) for table in (frame, *others)}
    assert len(prints) == 6
    assert fingerprint(frame.clone()) in prints


def test_an_empty_folder_binds_nobody(tmp_path):
    Kept(tmp_path, {"a": "1"})
    Kept(tmp_path, {"a": "2"})


# The fit at work ----------------------------------------------------------------------------------


class Dies(Callback):
    """Ends a backtest after so many steps of all its trainings."""

    def __init__(self, after):
        self.left = after

    def on_train_batch_end(self, trainer, step):
        self.left -= 1
        if self.left == 0:
            raise MemoryError


MANY = 10**9
LEARNS = {"n_windows": 3, "horizon": 3, "season": 1, "checkpoint_every": 1e-9}


def small():
    return Forecaster(hidden_size=4, steps=20, ensemble=1, horizon=3, lookback=6)


@pytest.mark.parametrize(("refit", "deaths"), [(False, (5, 25)), (True, (5, 60))])
def test_a_fit_that_died_is_gone_on_with_bit_for_bit(numbered, tmp_path, refit, deaths):
    frame, steps = numbered(a=60, b=50), Dies(MANY)
    whole = backtest(small(), frame, refit=refit, epochs=[steps], **LEARNS)
    made = {"folder": tmp_path, "refit": refit, **LEARNS}
    left = MANY - steps.left
    for after in deaths:
        with pytest.raises(MemoryError):
            backtest(small(), frame, epochs=[Dies(after)], **made)
        assert list(tmp_path.glob("fit-*/training-*"))
        left -= after - 1
    steps = Dies(MANY)
    rest = backtest(small(), frame, epochs=[steps], **made)
    assert MANY - steps.left == left, "what was learned is not learned again"
    assert rest.frame().equals(whole.frame())
    assert rest.verdict == whole.verdict
    assert not list(tmp_path.glob("fit-*")), "what is done leaves nothing of a fit"


def test_a_model_whose_windows_are_not_all_finished_is_kept(numbered, tmp_path):
    frame, made = numbered(a=60, b=50), {"folder": tmp_path, **LEARNS}

    def after_the_first(done, total):
        raise Stop

    with pytest.raises(Stop):
        backtest(small(), frame, watch=after_the_first, **made)
    assert [path.name for path in tmp_path.glob("window-*")] == ["window-0001.npz"]
    steps = Dies(MANY)
    backtest(small(), frame, epochs=[steps], **made)
    assert steps.left == MANY, "the model is read"


def test_what_a_kill_left_of_a_fit_that_nothing_needs_goes(numbered, tmp_path):
    frame, made = numbered(a=60), {"folder": tmp_path, **LEARNS}
    backtest(small(), frame, **made)
    (tmp_path / "fit-0001").mkdir()
    (tmp_path / "fit-0001" / "training-000.finished.safetensors").write_bytes(b"")
    backtest(small(), frame, **made)
    assert not list(tmp_path.glob("fit-*"))
