"""The model of prices: what it learns, foretells, admits and refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from made_prices import DAYS, quotes

from recurra.applications.prices import PriceModel, Quotes, read_prices, report
from recurra.applications.prices.demo import table
from recurra.applications.prices.features import seen
from recurra.applications.prices.learning import foretold, stretches
from recurra.applications.prices.model import LEVELS
from recurra.applications.prices.parting import WARM, between, parted
from recurra.applications.prices.rules import Wishes, plan
from recurra.errors import DataError, ModelFileError, OptionError
from recurra.training import Callback

LONG = seen(quotes("A", days=330))
QUICK = {"networks": 1, "units": 4, "epochs": 2, "lookback": 10}


def test_it_finds_what_can_be_foretold_and_claims_nothing_else(model: PriceModel) -> None:
    turning = [quotes(name, days=500, seed=n, turn=0.6) for n, name in enumerate("AB")]
    options = {"networks": 1, "units": 8, "epochs": 30, "lookback": 20, "learning_rate": 1e-2}
    found = PriceModel(**options).fit(turning).held_out_
    assert found is not None
    assert found.errors["close"].better
    assert found.direction.beyond_chance
    assert "beyond chance" in report.verdict(found)
    # Of a walk at chance it says that it does not know.
    blind = model.held_out_
    assert blind is not None
    assert not blind.errors["close"].better
    assert "no better than by the close before" in report.verdict(blind)


def test_a_path_encloses_its_ends_and_intervals_its_close(model: PriceModel) -> None:
    for one in model.predict([quotes("A", seed=5), quotes("new", seed=6, days=30)]):
        opened, high, low, close = one.prices
        assert high >= max(opened, close)
        assert low <= min(opened, close)
        bounds = [one.intervals[level] for level in LEVELS]
        lows, highs = zip(*bounds, strict=True)
        assert sorted(lows, reverse=True) == list(lows)
        assert sorted(highs) == list(highs)
        assert lows[0] < close < highs[0]
        assert close == pytest.approx(one.last, rel=0.1)


def test_tickers_are_foretold_one_by_one_as_together_and_in_any_currency(model: PriceModel) -> None:
    some = [quotes("A", seed=5), quotes("B", seed=6, days=35)]
    together = model.predict(some)
    for one, found in zip(some, together, strict=True):
        (alone,) = model.predict([one])
        assert alone.prices == pytest.approx(found.prices, rel=1e-6)
        (dear,) = model.predict([Quotes(one.name, one.times, 100 * one.prices, one.volume)])
        assert dear.prices == pytest.approx([100 * price for price in found.prices], rel=1e-5)


def test_the_last_n_periods_decide_and_the_judge_asks_as_predict_does(model: PriceModel) -> None:
    one = quotes("A", seed=5)
    (whole,) = model.predict([one])
    seen_whole = seen(one)
    for place in (WARM, 25, DAYS - 2):
        (path,) = foretold(model.networks_, [seen_whole], [np.array([place])], 20)
        begun = max(0, place - 19)
        features = torch.from_numpy(seen_whole.features[begun : place + 1]).float()
        with torch.no_grad():
            (network,) = model.networks_
            alone = network(features[None], torch.tensor([len(features)]))[0]
        assert path[0] == pytest.approx(alone.numpy(), abs=1e-5)
    cut = Quotes("A", one.times[:-1], one.prices[:-1], one.volume[:-1])
    assert model.predict([cut])[0].prices != whole.prices


def test_time_is_cut_at_the_same_moments_for_all() -> None:
    tickers = [seen(quotes("A")), seen(quotes("B", days=180))]
    parts = parted(tickers)
    assert parts.times == (DAYS - 2 * 39, 39, 39)
    for one, learned, chosen, judged in zip(
        tickers, parts.learned, parts.chosen_by, parts.judged, strict=True
    ):
        assert (one.times[learned + 1] < parts.chosen_from).all()
        assert (one.times[chosen + 1] >= parts.chosen_from).all()
        assert (one.times[chosen + 1] < parts.judged_from).all()
        assert (one.times[judged + 1] >= parts.judged_from).all()
        every = np.concatenate([learned, chosen, judged])
        assert every.tolist() == list(range(WARM, len(one) - 1))


def test_nothing_after_the_cuts_changes_what_was_learned() -> None:
    one = quotes("A")
    other = one.prices.copy()
    judged = round(0.15 * DAYS)
    other[-judged:] *= np.exp(np.random.default_rng(3).normal(0, 0.1, (judged, 1)))
    first = PriceModel(**QUICK).fit([one])
    second = PriceModel(**QUICK).fit([Quotes("A", one.times, other, one.volume)])
    for a, b in zip(first.networks_[0].parameters(), second.networks_[0].parameters(), strict=True):
        assert torch.equal(a, b)
    assert first.radii_ == second.radii_
    assert first.held_out_ != second.held_out_


@given(st.integers(1, 300), st.integers(1, 80))
def test_stretches_hold_every_period_and_pair_it_with_the_next(count: int, lookback: int) -> None:
    one = LONG
    places = np.arange(20, 20 + min(count, 305))
    found = stretches([one], [places], lookback)
    assert all(0 < len(part) <= lookback for part in found.features)
    rows = {tuple(row) for part in found.features for row in part.tolist()}
    wanted = {tuple(row) for row in one.features[places].astype(np.float32).tolist()}
    assert rows == wanted
    assert sum(map(len, found.features)) <= 3 * len(places) + lookback
    assert not any(bool(torch.isnan(part).any()) for part in found.targets)


def test_only_later_periods_are_judged_unless_all_are_asked_for(model: PriceModel) -> None:
    some = [quotes("A", seed=0), quotes("B", seed=1)]
    assert model.evaluate(some) == model.held_out_
    everything = model.evaluate(some, everything=True)
    assert everything.periods == DAYS - WARM - 1
    old = quotes("A", days=100)
    with pytest.raises(DataError, match="that can be judged from"):
        model.evaluate([old])


def test_intervals_cover_what_they_say_where_time_does_not_change() -> None:
    found = PriceModel(**QUICK).fit(
        [quotes(name, days=900, seed=n) for n, name in enumerate("ABC")]
    )
    assert found.held_out_ is not None
    for level, share in found.held_out_.covered.items():
        assert share == pytest.approx(level / 100, abs=0.08)


def test_a_fresh_process_foretells_and_judges_as_before_saving(
    model: PriceModel, tmp_path: Path
) -> None:
    (tmp_path / "p.csv").write_text(table(seed=1))
    model.save(tmp_path / "m.safetensors")
    program = (
        "import json, sys; from recurra.applications.prices import PriceModel, read_prices\n"
        "m = PriceModel.load(sys.argv[1]); q = read_prices(sys.argv[2]).quotes\n"
        "print(json.dumps([[p.prices for p in m.predict(q)], m.evaluate(q).to_json()]))"
    )
    paths = [str(tmp_path / name) for name in ("m.safetensors", "p.csv")]
    ran = subprocess.run([sys.executable, "-c", program, *paths], capture_output=True, check=True)
    read = read_prices(tmp_path / "p.csv").quotes
    here = [[list(p.prices) for p in model.predict(read)], model.evaluate(read).to_json()]
    assert json.loads(ran.stdout) == json.loads(json.dumps(here))


def test_a_damaged_file_is_refused(model: PriceModel, tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    model.save(path)
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match="damaged"):
        PriceModel.load(path)


def test_the_same_seed_gives_the_same_bits_and_leaves_chance_alone() -> None:
    state = torch.random.get_rng_state()
    some = [quotes("A")]
    first, second = (PriceModel(**QUICK).fit(some) for _ in range(2))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert first.predict(some) == second.predict(some)
    assert first.predict(some) != PriceModel(**QUICK, seed=1).fit(some).predict(some)


@pytest.mark.parametrize(
    ("some", "said"),
    [([], "no prices"), ([quotes(days=119)], "at least 120"), (["A"], "no prices")],
)
def test_too_few_prices_are_refused(some, said) -> None:
    with pytest.raises(DataError, match=said):
        PriceModel(**QUICK).fit(some)


def test_too_short_a_past_is_refused(model: PriceModel) -> None:
    with pytest.raises(DataError, match="at least 21"):
        model.predict([quotes(days=20)])
    with pytest.raises(DataError, match="can be judged"):
        model.evaluate([quotes(days=20)], everything=True)


@pytest.mark.parametrize(
    "option",
    [{"units": 0}, {"networks": 0}, {"epochs": 1.5}, {"learning_rate": 0.0}, {"lookback": 0}],
)
def test_options_out_of_range_are_refused(option: dict) -> None:
    with pytest.raises(OptionError):
        PriceModel(**option).fit([quotes()])


@given(st.integers(1, 10**7))
def test_any_amount_of_prices_can_be_learned_from(periods: int) -> None:
    found = plan(periods, Wishes())
    assert 3 <= found.passes <= 60
    assert 3 <= found.patience <= max(3, found.looks) <= 20


class _Interrupt(Callback):
    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def on_epoch_begin(self, trainer, epoch) -> None:
        if epoch == self.epoch:
            raise KeyboardInterrupt


def test_an_interrupt_keeps_the_best_so_far() -> None:
    options = {**QUICK, "networks": 2, "epochs": 4}
    found = PriceModel(**options).fit([quotes()], watch=[_Interrupt(5)])
    assert "interrupted: 1 of 2 networks" in found.notes_[-1]
    assert found.held_out_ is not None
    with pytest.raises(KeyboardInterrupt):
        PriceModel(**options).fit([quotes()], watch=[_Interrupt(0)])


def test_the_page_shows_figures_and_says_what_it_is(model: PriceModel) -> None:
    page = report.page(model, name="<b>", command="recurra fit prices x")
    assert report.verdict(model.held_out_) in page.replace("&#39;", "'")
    assert "&lt;b&gt;" in page
    for outside in ("http://", "https://", "<b>"):
        assert outside not in page
    assert json.dumps(report.figures(model), allow_nan=False)


def test_periods_of_a_ticker_before_its_scale_is_known_are_not_foretold() -> None:
    assert between(seen(quotes(days=30)), None, None).tolist() == list(range(WARM, 29))
