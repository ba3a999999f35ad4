"""scikit-learn's own checks and pipelines, on a forecaster."""

from __future__ import annotations

import copy
import subprocess
import sys
from typing import Any

import numpy as np
import polars as pl
import pytest

from recurra import Forecaster
from recurra.errors import DataError, OptionError

base = pytest.importorskip("sklearn.base")
checks = pytest.importorskip("sklearn.utils.estimator_checks")
exceptions = pytest.importorskip("sklearn.exceptions")
selection = pytest.importorskip("sklearn.model_selection")
pipeline = pytest.importorskip("sklearn.pipeline")
preprocessing = pytest.importorskip("sklearn.preprocessing")
validation = pytest.importorskip("sklearn.utils.validation")

APPLY = (
    "check_estimator_cloneable",
    "check_estimator_tags_renamed",
    "check_valid_tag_types",
    "check_estimator_repr",
    "check_no_attributes_set_in_init",
    "check_parameters_default_constructible",
    "check_get_params_invariance",
    "check_set_params",
    "check_do_not_raise_errors_in_init_or_set_params",
    "check_mixin_order",
    "check_estimators_unfitted",
)
"""Those that need no data, or only an estimator that was not fitted."""

CANNOT_APPLY = {
    "check_param_validation": "needs the private _parameter_constraints of scikit-learn's own",
    "check_estimators_pickle": "no pickle is ever loaded: a model is a file of safetensors",
    "check_fit2d_1sample": "an array of features; a forecaster reads a long frame, by column names",
    "check_fit2d_predict1d": "likewise",
    "check_n_features_in": "likewise: there is no number of features",
    "check_methods_sample_order_invariance": "the order of time is the data",
    "check_methods_subset_invariance": "likewise",
    "check_fit_score_takes_y": "there is no score: errors are those of held-out time, evaluation_",
}
"""Why others are not run. The ones on data of the list below are done on a long frame instead."""

ON_FRAMES = (
    "check_dict_unchanged",
    "check_dont_overwrite_parameters",
    "check_estimators_overwrite_params",
    "check_estimators_fit_returns_self",
    "check_fit_check_is_fitted",
    "check_pipeline_consistency",
    "check_dataframe_column_names_consistency",
)


def test_the_lists_name_checks_that_there_are():
    assert all(hasattr(checks, name) for name in (*APPLY, *CANNOT_APPLY, *ON_FRAMES))


@pytest.mark.parametrize("name", APPLY)
def test_it_passes(name):
    check = getattr(checks, name)

    check("Forecaster", Forecaster())


# The same on long frames -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def panel(frame, wave) -> pl.DataFrame:
    return frame(a=wave(), b=wave(seed=1))


def test_fit_returns_itself_and_leaves_options_as_they_were(small, panel):
    forecaster = small(hidden_size=[4, 3])
    before = copy.deepcopy(forecaster.get_params())
    given = vars(forecaster).copy()
    assert forecaster.fit(panel, None) is forecaster
    assert forecaster.get_params() == before
    fresh = [name for name in vars(forecaster) if name not in given]
    # Public attributes that fit adds end in an underscore.
    assert all(name.endswith("_") or name.startswith("_") for name in fresh), fresh
    assert all(vars(forecaster)[name] is given[name] for name in given)


def test_predicting_changes_nothing_but_what_is_said(fitted, wave, frame):
    """notes_ alone: what was repaired in a newer history is never silent."""
    before = {name: one for name, one in vars(fitted).items() if name != "notes_"}
    notes = fitted.notes_
    fitted.predict(frame(a=wave(80)))
    fitted.predict()
    after = {name: one for name, one in vars(fitted).items() if name != "notes_"}
    assert [*after] == [*before]
    assert all(after[name] is before[name] for name in before)
    fitted.notes_ = notes


def test_it_is_known_to_be_fitted_only_when_it_is(small, panel):
    forecaster = small()
    with pytest.raises(exceptions.NotFittedError):
        validation.check_is_fitted(forecaster)
    validation.check_is_fitted(forecaster.fit(panel))


@pytest.mark.parametrize("call", ["predict", "stream"])
def test_what_was_not_fitted_is_an_error_of_both(call):
    with pytest.raises(exceptions.NotFittedError) as caught:
        getattr(Forecaster(), call)()
    assert isinstance(caught.value, OptionError)
    assert "call fit(df) first" in str(caught.value)


def test_without_scikit_learn_the_same_error_is_ours_alone():
    code = (
        "import sys; from recurra import Forecaster\n"
        "from recurra.errors import OptionError\n"
        "try: Forecaster().predict()\n"
        "except OptionError as error: print(type(error).__name__, 'sklearn' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["OptionError", "False"]


class _Rounded(base.TransformerMixin, base.BaseEstimator):  # type: ignore[misc]
    """A step before a forecaster: a frame in, a frame out."""

    def fit(self, X: pl.DataFrame, y: None = None) -> _Rounded:
        return self

    def transform(self, X: pl.DataFrame) -> pl.DataFrame:
        return X.with_columns(pl.col("y").round(1))

    def __sklearn_is_fitted__(self) -> bool:
        return True


def test_in_a_pipeline_it_learns_and_forecasts_on_from_what_it_is_given(small, panel, frame, wave):
    whole = pipeline.Pipeline([("round", _Rounded()), ("forecast", small())])
    whole.fit(panel)
    rounded = panel.with_columns(pl.col("y").round(1))
    alone = small().fit(rounded)
    assert whole.predict(panel).equals(alone.predict())
    newer = frame(a=wave(80), b=wave(90, seed=1))
    expected = alone.update(newer.with_columns(pl.col("y").round(1))).predict()
    assert whole.predict(newer).equals(expected)
    # And it is where it was.
    assert whole.predict(panel).equals(small().fit(rounded).predict())


def test_alone_in_a_pipeline_none_is_the_end_of_the_fit(small, panel):
    whole = pipeline.make_pipeline(small()).fit(panel)
    assert whole.predict(None).equals(whole[-1].predict())


def test_a_pipeline_hands_on_what_fit_asks_for(small, panel):
    renamed = panel.rename({"y": "sold"}).with_columns(other=pl.lit(1.5))
    whole = pipeline.Pipeline([("forecast", small())])
    whole.fit(renamed, forecast__target="sold", forecast__id="unique_id")
    assert whole[-1].clock_.columns.target == "sold"


def test_settings_of_a_grid_are_taken_one_after_the_other(small, panel):
    whole = pipeline.Pipeline([("forecast", small(epochs=1))])
    grid = {"forecast__hidden_size": [3, 5], "forecast__lookback": [4, 6]}
    found = []
    for settings in selection.ParameterGrid(grid):
        fresh = base.clone(whole).set_params(**settings).fit(panel)
        sizes = fresh[-1].network_.recurrent.hidden_sizes
        found.append((tuple(sizes), fresh[-1].plan_.lookback))
    assert sorted(found) == [((3,), 4), ((3,), 6), ((5,), 4), ((5,), 6)]
    assert whole[-1].hidden_size == small().hidden_size


def test_a_target_beside_the_table_is_refused(panel):
    with pytest.raises(OptionError, match="y, a ndarray") as caught:
        Forecaster().fit(panel, np.zeros(len(panel)))
    assert "target=" in caught.value.do


def test_an_array_is_no_history(fitted):
    with pytest.raises(DataError, match="ndarray"):
        fitted.predict(np.zeros((60, 2)))


def test_the_columns_stay_named(panel):
    """By position only the table and y: a column's name can never be taken for another."""
    fit: Any = Forecaster().fit
    with pytest.raises(TypeError):
        fit(panel, None, "unique_id")
