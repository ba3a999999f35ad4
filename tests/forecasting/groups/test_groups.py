"""A model a group: each learned by itself, all one forecaster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from recurra import Forecaster
from recurra.errors import DataError, OptionError, ShapeError
from recurra.forecasting.groups.model import GroupedModel
from recurra.forecasting.groups.reading import reader
from recurra.forecasting.streaming import remarks as said

SIZES: dict[str, Any] = {"lookback": 6, "horizon": 4, "validation": 8, "test": 8}
FORMS: dict[str, dict[str, Any]] = {
    "recursive": {"epochs": 2, "hidden_size": 5},
    "sequence-to-sequence": {"steps": 10, "hidden_size": 5, "ensemble": 2},
}
GROUPS = {"a": "north", "b": "south", "c": "north", "d": "south", "e": "south"}


def _made(strategy: str, **options: Any) -> Forecaster:
    return Forecaster(strategy=strategy, **{**SIZES, **FORMS[strategy], **options})


def _table(names: str = "abcd", first: int = 0, end: int = 60) -> pl.DataFrame:
    parts = []
    for name in names:
        noise = np.random.default_rng(ord(name)).normal(0, 1, 100)
        # One season, so that the plan of a group alone is that of all.
        wave = np.sin(np.arange(100) * 2 * np.pi / 9)
        values = 50 + 10 * (np.sign(wave) if GROUPS.get(name) == "south" else wave)
        steps = np.arange(first, end)
        parts.append(
            pl.DataFrame(
                {
                    "unique_id": [name] * len(steps),
                    "ds": steps,
                    "region": [GROUPS.get(name, "west")] * len(steps),
                    "y": (values + noise)[first:end],
                }
            )
        )
    return pl.concat(parts)


@pytest.fixture(scope="module", params=[*FORMS])
def strategy(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def grouped(strategy) -> Forecaster:
    """Fitted by region; not to be changed."""
    return _made(strategy, by="region").fit(_table())


def _of(predicted: pl.DataFrame, names: str) -> np.ndarray:
    kept = predicted.filter(pl.col("unique_id").is_in([*names])).sort("unique_id", "ds")
    return kept["recurra"].to_numpy()


def test_each_group_is_learned_as_if_it_were_alone(strategy, grouped):
    """The oracle: forecasters of the groups, each fitted to its rows."""
    found = grouped.predict()
    assert found["unique_id"].unique(maintain_order=True).to_list() == [*"abcd"]
    for names in ("ac", "bd"):
        alone = _made(strategy).fit(_table(names), target="y")
        assert (alone.season_, alone.plan_) == (grouped.season_, grouped.plan_)
        np.testing.assert_allclose(_of(found, names), _of(alone.predict(), names), rtol=1e-5)
    assert len({id(one) for one in grouped.model_.modules()}) == len(grouped.model_.modules())


def test_it_is_judged_as_one(grouped):
    assert grouped.evaluation_ is not None
    assert {*grouped.evaluation_.forecasts} == {*"abcd"}
    assert grouped.calibration_.errors.shape[1] == 4 * 8
    assert any("2 groups" in note for note in grouped.notes_)
    assert any(note.startswith("south: ") for note in grouped.notes_)
    assert {"recurra-lo-80"} <= {*grouped.predict(level=[80]).columns}


def test_it_is_kept_in_one_file(grouped, tmp_path: Path):
    path = tmp_path / "model.safetensors"
    grouped.save(path)
    loaded = Forecaster.load(path)
    assert loaded.by == "region"
    assert isinstance(loaded.model_, GroupedModel)
    assert loaded.predict().equals(grouped.predict())
    assert loaded.update(_table(end=70)).predict().equals(_moved(grouped, 70))
    # And once more, so that nothing of it is lost on the way.
    loaded.save(tmp_path / "again.safetensors")
    again = Forecaster.load(tmp_path / "again.safetensors")
    assert again.predict().equals(loaded.predict())


def _moved(forecaster: Forecaster, end: int) -> pl.DataFrame:
    predicted = forecaster.predict(_table(end=end))
    assert isinstance(predicted, pl.DataFrame)
    return predicted


@pytest.mark.parametrize(("sizes", "told"), [((5, 5), 5), ((5, 7), None)])
def test_sizes_that_differ_between_groups_are_no_option_of_a_loaded_one(grouped, sizes, told):
    left = [*sizes]

    def read(description: Any, arrays: Any, cell: Any) -> tuple[Any, dict[str, Any]]:
        return grouped.model_.models[0], {"cell": "gru", "hidden_size": left.pop(0)}

    form = grouped.model_.models[0].form
    _, options = reader({form: read})(grouped.model_.describe(), {}, None)
    assert options == {"cell": "gru", "hidden_size": told}


@pytest.mark.parametrize("change", [{"members": [[0, 0]]}, {"members": [[0, 0], [9, 0]]}])
def test_a_file_whose_series_do_not_fit_its_groups_is_refused(grouped, change):
    model = grouped.model_
    read = reader({model.models[0].form: lambda *_: (model.models[0], {"hidden_size": 1})})
    with pytest.raises(ShapeError, match="members of 2 groups"):
        read({**model.describe(), "series": ["a", "b"], **change}, {}, None)


def test_a_new_series_is_taken_up_by_the_model_of_its_group(strategy, grouped):
    newer = grouped.predict(_table("abe"))
    alone = _made(strategy).fit(_table("bd"), target="y")
    expected = alone.predict(_table("be"))
    np.testing.assert_allclose(_of(newer, "be"), _of(expected, "be"), rtol=1e-5)


def test_a_group_that_was_not_learned_is_refused_in_words(grouped, assert_helpful):
    before = grouped.predict()
    with pytest.raises(DataError) as caught:
        grouped.update(_table("ax"))
    assert_helpful(caught.value, "'x' is of the group 'west'", "north, south")
    assert grouped.predict().equals(before)


def test_a_series_that_changed_its_group_is_refused_in_words(grouped, assert_helpful):
    moved = _table("ab").with_columns(region=pl.lit("south"))
    with pytest.raises(DataError) as caught:
        grouped.update(moved)
    assert_helpful(caught.value, "'a' is in the group 'south'", "'north'")


def test_without_the_column_an_update_is_refused(grouped):
    with pytest.raises(DataError, match="no column 'region'"):
        grouped.update(_table().drop("region"))


def test_it_streams_as_one(strategy, grouped):
    rows = _table(first=60, end=66).sort("ds", "unique_id").to_dicts()
    stream = grouped.stream()
    # Known series need no group in their rows.
    bare = [{name: row[name] for name in ("unique_id", "ds", "y")} for row in rows]
    last = {one.unique_id: one.values for one in stream.extend(bare)}
    expected = _moved(grouped, 66)
    for name in "abcd":
        np.testing.assert_allclose(last[name], _of(expected, name), rtol=1e-5)


def test_a_stream_takes_up_a_series_of_a_known_group_and_says_why_not_of_another(grouped):
    count = grouped.model_.reach + 4
    rows = _table("ex", end=count + 2).sort("ds", "unique_id").to_dicts()
    stream = grouped.stream()
    found = stream.extend(rows)
    assert {one.unique_id for one in found} == {"e"}
    assert len(found) == 3
    assert any("'west'" in note for note in stream.notes if note.startswith(said.REFUSED))


def test_cross_validation_goes_by_group_too(strategy):
    table = _table()
    found = _made(strategy, by="region").cross_validation(table, n_windows=2, step_size=4)
    assert found["unique_id"].n_unique() == 4
    assert found["recurra"].is_finite().all()


def test_each_group_reads_its_own_covariates():
    """The oracle again: the groups alone, whose covariates have the same units and categories."""
    kinds = {"a": "x", "b": "x", "c": "y", "d": "y"}
    table = pl.concat([_table(), _table(first=60, end=64).with_columns(y=pl.lit(None, pl.Float64))])
    table = table.with_columns(
        kind=pl.col("unique_id").replace_strict(kinds), price=pl.col("ds") % 5 * 1.0
    )
    # Not in the order of the groups, nor of their series.
    table = pl.concat([table.filter(pl.col("unique_id") == name) for name in "dacb"])
    options = {"static": ["kind"], "future": ["price"], "steps": 40, "ensemble": 1, **SIZES}
    found = Forecaster(by="region", hidden_size=5, **options).fit(table, target="y").predict()
    for region, names in {"north": "ac", "south": "bd"}.items():
        kept = table.filter(pl.col("region") == region)
        alone = Forecaster(hidden_size=5, **options).fit(kept, target="y")
        np.testing.assert_allclose(_of(found, names), _of(alone.predict(), names), rtol=1e-5)


def test_a_column_may_be_a_group_and_a_covariate():
    options = {"steps": 2, "ensemble": 1, "hidden_size": 4, **SIZES}
    made = Forecaster(by="region", static=["region"], **options).fit(_table())
    assert made.predict(_table(end=70)).height == 4 * 4


def test_several_columns_make_the_groups(strategy):
    table = _table().with_columns(kind=pl.Series(["x", "y"] * 2).gather(np.arange(240) // 60))
    made = _made(strategy, by=["region", "kind"]).fit(table, target="y")
    assert made.model_.groups == (("north", "x"), ("south", "y"))  # type: ignore[attr-defined]


def test_a_group_of_one_series_is_said(strategy):
    made = _made(strategy, by="region").fit(_table("abc"))
    assert any("groups of a single series" in note and "south" in note for note in made.notes_)


def test_a_group_that_is_too_short_is_refused_before_anything_is_learned(strategy, assert_helpful):
    table = pl.concat([_table("abc"), _table("x", end=12)])
    made = _made(strategy, by="region")
    with pytest.raises(DataError) as caught:
        made.fit(table)
    assert_helpful(caught.value, "'west'", "12 points")
    assert not hasattr(made, "tails_")


def test_a_short_series_beside_a_long_one_is_as_in_other_models(strategy):
    table = pl.concat([_table("abc"), _table("d", end=12)])
    made = _made(strategy, by="region").fit(table)
    told = [note for note in made.notes_ if "1 series shorter than" in note]
    assert len(told) == 1
    fate = strategy == "sequence-to-sequence"
    assert ("d" in {*made.predict()["unique_id"]}) == fate


@pytest.mark.parametrize("by", ["", [], ["region", "region"], 3, [1]])
def test_what_names_no_columns_is_refused(by):
    with pytest.raises(OptionError, match="by="):
        Forecaster(by=by).fit(_table())


def test_the_column_of_the_series_is_no_group():
    with pytest.raises(OptionError, match="names the series"):
        Forecaster(by="unique_id").fit(_table(), id="unique_id")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (pl.when(pl.col("ds") > 30).then(pl.lit("x")).otherwise(pl.lit("y")), "changes within"),
        (pl.when(pl.col("unique_id") != "a").then(pl.col("region")), "has no 'region'"),
    ],
)
def test_a_group_must_be_one_for_the_whole_series(change, words):
    with pytest.raises(DataError, match=words):
        _made("recursive", by="region").fit(_table().with_columns(region=change))


def test_a_search_within_a_budget_is_for_one_model(assert_helpful):
    with pytest.raises(OptionError) as caught:
        Forecaster(by="region", auto="2 trials").fit(_table())
    assert_helpful(caught.value, "auto='2 trials'", "by='region'")
