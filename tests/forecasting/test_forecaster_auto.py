"""A forecaster that searches for its settings."""

import numpy as np
import polars as pl
import pytest

from recurra import Forecaster
from recurra.errors import OptionError
from recurra.forecasting import SearchWatch
from recurra.forecasting.report import render
from recurra.forecasting.results import Seconds, metrics
from recurra.forecasting.segments.model import SegmentModel
from recurra.training import Callback


def panel(count: int = 3, length: int = 70, seed: int = 0) -> pl.DataFrame:
    generator = np.random.default_rng(seed)
    shape = 1 + 0.5 * np.sin(np.arange(7) * 2 * np.pi / 7)
    parts = []
    for number in range(count):
        noise = np.exp(generator.normal(0, 0.05, length))
        values = 10.0**number * shape[np.arange(length) % 7] * noise
        days = np.datetime64("2024-01-01") + np.arange(length)
        parts.append(pl.DataFrame({"unique_id": f"s{number}", "ds": days, "y": values}))
    return pl.concat(parts)


def small(**options) -> Forecaster:
    usual = {"hidden_size": 6, "steps": 24, "ensemble": 2, "horizon": 7, "auto": "4 trials"}
    return Forecaster(**{**usual, **options})


@pytest.fixture(scope="module")
def fitted() -> Forecaster:
    return small().fit(panel())


@pytest.fixture(scope="module")
def plain() -> Forecaster:
    """The same without a search."""
    return small(auto=None, strategy="sequence-to-sequence").fit(panel())


def test_it_says_what_it_did(fitted) -> None:
    notes = " ".join(fitted.notes_)
    assert "searched within 4 trials: 4 trials by TPE" in notes
    assert "of the seasonal naive forecast's" in notes
    assert "come from the test part, which the search did not see" in notes
    told = fitted.inferred_
    assert (told["search budget"], told["search trials"]) == ("4 trials", 4)
    assert told["validation error"] <= told["validation error of the rules"]
    assert told["lookback"] == fitted.model_.reach == fitted.plan_.lookback


def test_what_the_user_set_stays(fitted) -> None:
    assert isinstance(fitted.model_, SegmentModel)
    settings = fitted.judged_.settings
    assert (settings.hidden_size, settings.steps, settings.ensemble) == (6, 24, 2)
    assert len(fitted.model_.modules()) == 2
    chosen = small(auto="12 trials", strategy="direct", cell="lstm", lookback=14).fit(panel())
    assert chosen.judged_.settings.decoder == "parallel"
    assert chosen.model_.cell.name == chosen.judged_.cell.name == "lstm"
    assert chosen.model_.reach <= 14 + 7


def test_the_same_number_of_trials_and_seed_give_the_same_bits(fitted) -> None:
    again = small().fit(panel())
    assert again.predict(level=[80]).equals(fitted.predict(level=[80]))
    assert again.notes_ == fitted.notes_


def test_nothing_is_chosen_by_the_test_part(fitted) -> None:
    table = panel()
    first = 70 - fitted.plan_.test
    later = pl.int_range(pl.len()).over("unique_id") >= first
    changed = small().fit(table.with_columns(y=pl.when(later).then(pl.col("y") * 3).otherwise("y")))
    assert changed.inferred_["search chose"] == fitted.inferred_["search chose"]
    assert changed.inferred_["validation error"] == fitted.inferred_["validation error"]
    for one, two in zip(fitted.judged_.modules(), changed.judged_.modules(), strict=True):
        for name, weight in one.state_dict().items():
            assert weight.equal(two.state_dict()[name]), name
    assert changed.evaluation_.multi_step != fitted.evaluation_.multi_step


def test_intervals_come_from_the_test_part(fitted, plain) -> None:
    assert plain.calibration_.errors.shape[1] == 3 * plain.plan_.validation
    assert fitted.calibration_.errors.shape[1] == 3 * fitted.plan_.test
    one = fitted.prepared_[0]
    origin = one.split.train + one.split.validation
    forecast = fitted.judged_.forecast(one.histories(np.array([origin]), fitted.judged_.reach), 7)
    error = np.abs(one.series.values[origin : origin + 7] - forecast[0]) / one.scale.deviation
    assert np.allclose(fitted.calibration_.errors[:, 0], error, rtol=1e-4, atol=1e-5)


def test_one_trial_is_what_the_rules_chose(plain) -> None:
    found = small(auto="1 trial").fit(panel())
    assert found.predict().equals(plain.predict())
    assert found.inferred_["search chose"] == "what the rules chose"


def test_a_time_that_is_too_short_is_told_and_the_rules_choice_is_trained(plain) -> None:
    found = small(auto=0.01).fit(panel())
    assert "nothing was searched for: what the rules chose needs about" in " ".join(found.notes_)
    assert found.predict().equals(plain.predict())


def test_where_nothing_can_be_told_from_chance_nothing_is_tried() -> None:
    found = small(auto="50 trials").fit(panel(1, 60))
    assert "2 stretches of a horizon, and of fewer than 5" in " ".join(found.notes_)
    assert found.predict().equals(small(auto=None).fit(panel(1, 60)).predict())


def test_a_file_holds_what_was_chosen(fitted, tmp_path) -> None:
    fitted.save(tmp_path / "model.safetensors")
    loaded = Forecaster.load(tmp_path / "model.safetensors")
    assert loaded.model_.settings == fitted.model_.settings
    assert loaded.get_params()["auto"] == "4 trials"
    assert loaded.inferred_ == fitted.inferred_
    assert loaded.predict(level=[80]).equals(fitted.predict(level=[80]))


def test_the_page_and_the_figures_name_what_was_chosen(fitted) -> None:
    figures = metrics(fitted, Seconds(1.0, 1.0))
    assert figures["inferred"]["search trials"] == 4
    page = render(
        fitted, figures, title="y", predicted=fitted.predict(), picture=b"", command="", version="1"
    )
    assert "<dt>search chose</dt>" in page
    assert "searched within 4 trials" in page


def test_covariates_are_read_while_searching() -> None:
    table = panel().with_columns(price=pl.int_range(pl.len()) % 5)
    found = small(past=["price"], auto="2 trials").fit(table)
    assert found.judged_.settings.sizes.beside is not None
    assert found.predict()["recurra"].is_finite().all()


class Interrupting(SearchWatch):
    """Presses Ctrl-C in a trial, and counts the networks that learn after it."""

    def __init__(self, trial: int) -> None:
        self.trial, self.trained = trial, 0

    def on_search_step(self, standing) -> None:
        if standing.trial == self.trial:
            raise KeyboardInterrupt

    def on_train_begin(self, trainer) -> None:
        self.trained += 1


def test_an_interrupt_ends_the_search_and_the_best_so_far_is_trained() -> None:
    watch = Interrupting(trial=3)
    found = small(auto="1h").fit(panel(), watch=[watch])
    assert watch.trained == 2 * 2
    assert not found.history_.interrupted
    assert found.evaluation_ is not None
    assert "the search ended early: it was interrupted" in " ".join(found.notes_)


def test_an_interrupt_of_the_first_trial_ends_the_fit() -> None:
    with pytest.raises(KeyboardInterrupt):
        small().fit(panel(), watch=[Interrupting(trial=1)])


@pytest.mark.parametrize("strategy", ["recursive", "one-step"])
def test_there_is_nothing_to_search_for_step_by_step(strategy, assert_helpful) -> None:
    forecaster = Forecaster(auto="10m", strategy=strategy)
    with pytest.raises(OptionError) as caught:
        forecaster.fit(None)
    assert_helpful(caught.value, f"auto= with strategy {strategy!r}", "leave the strategy out")


@pytest.mark.parametrize("bad", ["", "-3m", "0 trials", "abc", float("nan"), True, [1]])
def test_bad_budgets_are_refused_before_the_table_is_read(bad, assert_helpful) -> None:
    with pytest.raises(OptionError) as caught:
        Forecaster(auto=bad).fit(None)
    assert_helpful(caught.value, "auto=")


def test_options_of_the_other_form_clash(assert_helpful) -> None:
    with pytest.raises(OptionError) as caught:
        Forecaster(auto="10m", epochs=3).fit(None)
    assert_helpful(caught.value, "epochs=3")


def test_callbacks_of_ones_own_steer_the_networks_that_are_kept_alone() -> None:
    class Counting(Callback):
        trained = 0

        def on_train_begin(self, trainer) -> None:
            self.trained += 1

    counting = Counting()
    small(callbacks=[counting], auto="2 trials").fit(panel())
    assert counting.trained == 2 * 2


@pytest.mark.parametrize("values", ["negative", "constant", "gaps"])
def test_awkward_series_are_searched_on(values) -> None:
    row = pl.int_range(pl.len()).over("unique_id")
    changes = {
        "negative": pl.col("y") - pl.col("y").mean().over("unique_id"),
        "constant": pl.lit(5.0),
        "gaps": pl.when(row % 5 == 2).then(None).otherwise("y"),
    }
    found = small(auto="3 trials", steps=12).fit(panel(2, 50).with_columns(y=changes[values]))
    assert found.predict(level=[80])["recurra"].is_finite().all()
