import pytest

from recurra.forecasting.metrics import Scores
from recurra.forecasting.verdict import Rival, verdict
from recurra.significance.diebold_mariano import DieboldMariano

WHERE = "the last 8 points"


def scores(mae: float | None, mase: float | None = None) -> Scores:
    return Scores(mae, mae, mae, mae, mase)


SURE = DieboldMariano(-1.0, -9.0, 1e-6, 12)
CHANCE = DieboldMariano(-1.0, -0.5, 0.4, 12)
UNTESTED = DieboldMariano(-1.0, None, None, 1, "fewer than 5 origins")


def of(own: Scores, naive: Scores, seasonal: Scores, test: DieboldMariano = SURE) -> str:
    rivals = [Rival("naive", naive, test), Rival("seasonal naive", seasonal, test)]
    return verdict(own, rivals, WHERE)


@pytest.mark.parametrize("own", [scores(1, 0.5), scores(4, 2)])
def test_a_difference_that_chance_explains_is_none(own):
    text = of(own, scores(2, 1), scores(4, 2), CHANCE)
    assert text.startswith("Recurra's forecasts are no better than a simple rule, naive")
    assert "chance explains the difference (Diebold-Mariano, p = 0.4, 12 origins)" in text


def test_too_few_origins_to_test_are_said():
    text = of(scores(1, 0.5), scores(2, 1), scores(4, 2), UNTESTED)
    assert text.startswith("Recurra's forecasts are 50% closer")
    assert text.endswith("whether that is chance was not tested (fewer than 5 origins).")


def test_better_than_the_best_rule():
    text = of(scores(1, 0.5), scores(4, 2), scores(2, 1))
    assert text.startswith("Recurra's forecasts are 50% closer to the truth than the best simple")
    assert "rule, seasonal naive" in text
    assert "MASE 0.5 against 1 over the last 8 points" in text


def test_worse_than_a_rule_is_said_first():
    text = of(scores(4, 2), scores(1, 0.5), scores(2, 1))
    assert text.startswith("Do not rely on this model: a simple rule, naive, is 75% closer to")
    assert "MASE 2 against 0.5 over the last 8 points" in text


@pytest.mark.parametrize("mase", [0.985, 1.0, 1.015])
def test_a_tie_is_no_success(mase):
    text = of(scores(mase, mase), scores(1, 1), scores(2, 2))
    assert text.startswith("Recurra's forecasts are no better than a simple rule, naive")
    assert f"MASE {mase:.3g} against 1 over" in text


def test_just_outside_a_tie_is_a_difference():
    assert of(scores(0.97, 0.97), scores(1, 1), scores(2, 2)).startswith(
        "Recurra's forecasts are 3%"
    )
    assert of(scores(1.03, 1.03), scores(1, 1), scores(2, 2)).startswith("Do not rely")


def test_without_mase_the_mean_absolute_error_decides():
    assert "mean absolute error 1 against 4 over" in of(scores(1), scores(4, 2), scores(5, 3))


def test_series_of_different_units_are_weighed_by_mase_as_the_figures_say():
    # A large series lost a little, a small one gained much.
    text = of(scores(1010, 0.6), scores(1000, 1), scores(5000, 5))
    assert text.startswith("Recurra's forecasts are 40% closer")
    assert "MASE 0.6 against 1 over" in text


def test_a_rule_without_error_cannot_be_beaten():
    assert of(scores(0.25, 1), scores(0, 0), scores(1, 4)) == (
        "A simple rule, naive, forecasts the last 8 points without any error; Recurra is off by "
        "0.25 on average."
    )


def test_both_without_error():
    assert of(scores(0), scores(1), scores(0)) == (
        "Recurra and seasonal naive both forecast the last 8 points without error."
    )


def test_nothing_observed():
    assert of(scores(None), scores(None), scores(None)) == (
        "Nothing was observed in the test part, so the forecasts could not be judged."
    )
