"""The space of a search: around the default, within the data, and never what the user set."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.forecasting.segments import rules
from recurra.forecasting.segments.batch import Batch
from recurra.forecasting.segments.search.candidate import Candidate
from recurra.forecasting.segments.search.space import Space

FACTS = st.builds(
    lambda horizon, season, seasonal, length, points, positive: rules.Facts(
        horizon, season, season if seasonal and 3 * season <= length else 1, length, points,
        positive=positive, series=10,
    ),
    st.integers(1, 60),
    st.sampled_from([1, 2, 5, 7, 12, 24, 52, 168]),
    st.booleans(),
    st.integers(4, 3000),
    st.integers(4, 10**7),
    st.booleans(),
)  # fmt: skip


def space_of(facts, given_names=frozenset()) -> Space:
    wanted = rules.lookback(facts.season, facts.length, facts.horizon)
    return Space.of(Candidate(rules.choose(facts, wanted), "gru"), facts, frozenset(given_names))


@settings(max_examples=200, deadline=None)
@given(FACTS)
def test_the_default_choice_is_what_the_rules_chose(facts) -> None:
    space = space_of(facts)
    assert space.candidate(space.default) == space.start
    assert space.changes(space.start) == []


@settings(max_examples=60, deadline=None)
@given(FACTS, st.data())
def test_every_choice_can_be_built_and_forecasts(facts, data) -> None:
    space = space_of(facts)
    choice = {knob.name: data.draw(st.sampled_from(knob.values)) for knob in space.knobs}
    found = space.candidate({**choice, "hidden_size": 8}).settings
    sizes = found.sizes
    assert sizes.lookback % sizes.segment == 0
    assert max(sizes.lag, *sizes.queries, 1) <= sizes.lookback
    assert sizes.written * sizes.ahead >= facts.horizon
    assert found.shares == space.start.settings.shares
    past = torch.rand(2, sizes.lookback) + (1 if facts.positive else -0.5)
    nothing = torch.zeros(2, sizes.horizon)
    batch = Batch(past, torch.ones_like(past), nothing, nothing, torch.ones(2))
    assert found.build("gru")(batch).isfinite().all()


@settings(max_examples=100, deadline=None)
@given(FACTS)
def test_windows_are_as_long_as_the_data_allow(facts) -> None:
    space = space_of(facts)
    usual = space.start.settings.sizes.lookback
    for knob in space.knobs:
        if knob.name in {"lookback", "lag"}:
            assert max(knob.values) <= max(usual, 2 * facts.length // 3)
            assert min(knob.values) >= 1


def test_frames_that_need_values_above_0_are_kept_from_others() -> None:
    facts = rules.Facts(7, 7, 7, 100, 1000, positive=False, series=10)
    (frames,) = [knob.values for knob in space_of(facts).knobs if knob.name == "frame"]
    assert set(frames) == {"last", "volatility"}


def test_what_the_user_set_is_no_choice() -> None:
    facts = rules.Facts(7, 7, 7, 100, 1000, positive=True, series=10)
    free = {knob.name for knob in space_of(facts).knobs}
    fixed = {"lookback", "hidden_size", "layers", "decoder", "cell", "learning_rate", "steps"}
    assert fixed | {"batch_size"} <= free
    left = {knob.name for knob in space_of(facts, fixed | {"batch_size"}).knobs}
    assert left == free - fixed - {"batch_size"}


def test_the_first_changes_are_of_one_thing_each() -> None:
    space = space_of(rules.Facts(7, 7, 7, 100, 1000, positive=True, series=10))
    changed = [*space.one_change_each(8)]
    assert len(changed) == 8
    for choice in changed:
        assert sum(choice[name] != value for name, value in space.default.items()) == 1
    assert len({str(one) for one in changed}) == 8


def test_changes_are_told_in_words() -> None:
    space = space_of(rules.Facts(7, 7, 7, 100, 1000, positive=True, series=10))
    choice = {**space.default, "frame": "level, season divided out", "layers": 2, "dropout": 0.2}
    assert space.changes(space.candidate(choice)) == [
        "windows in the frame 'level, season divided out'",
        "units 32 and 32",
        "dropout 0.2",
    ]
