"""How networks over segments read covariates."""

import json
from dataclasses import asdict, replace

import pytest
import torch

from recurra.forecasting.covariates import Sizes as Names
from recurra.forecasting.covariates import WindowCovariates
from recurra.forecasting.segments.base import repeated
from recurra.forecasting.segments.batch import Batch
from recurra.forecasting.segments.beside import (
    LARGEST,
    CovariateReader,
    Role,
    Shape,
    dimension,
)
from recurra.forecasting.segments.frames import ByVolatility, FromLast, LogOfLevel
from recurra.forecasting.segments.network import SegmentNetwork, Sizes

L, K = 12, 5
SHAPE = Shape(Role(2, (1,), (4,)), Role(3, (), (3,)), Role(1, (0,), (5, 2)))
SIZES = Sizes(lookback=L, horizon=K, segment=3, ahead=2, lag=4, queries=(4, 8), beside=SHAPE)


def covariates_of(rows: int = 3, seed: int = 0) -> WindowCovariates:
    made = torch.Generator().manual_seed(seed)

    def numbers(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=made)

    def seen(*shape: int) -> torch.Tensor:
        return torch.rand(shape, generator=made) > 0.2

    def codes(size: int, *shape: int) -> torch.Tensor:
        return torch.randint(size, shape, generator=made)

    return WindowCovariates(
        numbers(rows, L, 2), seen(rows, L, 2), codes(4, rows, L, 1),
        numbers(rows, L + K, 3), seen(rows, L + K, 3), codes(3, rows, L + K, 1),
        numbers(rows, 1), seen(rows, 1), codes(2, rows, 2),
    )  # fmt: skip


def batch_of(rows: int = 3, seed: int = 0) -> Batch:
    made = torch.Generator().manual_seed(seed)
    past = 1 + torch.rand(rows, L, generator=made)
    seen = (torch.rand(rows, L, generator=made) > 0.2).float()
    future = 1 + torch.rand(rows, K, generator=made)
    beside = covariates_of(rows, seed)
    return Batch(past * seen, seen, future, torch.ones(rows, K), torch.ones(rows), beside)


def network_of(sizes: Sizes = SIZES, *, random: bool = True, parallel: bool = False):
    torch.manual_seed(0)
    network = SegmentNetwork(sizes, FromLast(), "gru", 7, parallel=parallel)
    if random:
        with torch.no_grad():
            for weight in network.parameters():
                weight.add_(0.1 * torch.randn_like(weight))
    return network


def test_sizes_are_those_of_the_columns_and_survive_json():
    names = Names(
        ("warm", "rain"), {"sky": 4}, ("price", "hour", "day"), {"promotion": 3},
        ("area",), {"kind": 5, "wet": 2}, frozenset({"rain", "area"}),
    )  # fmt: skip
    assert Shape.of(names) == SHAPE
    assert Shape.from_json(json.loads(json.dumps(asdict(SHAPE)))) == SHAPE
    nothing = Names((), {}, (), {}, (), {}, frozenset())
    assert Shape.of(nothing) is None


@pytest.mark.parametrize(("categories", "numbers"), [(1, 1), (2, 1), (3, 2), (9, 5), (500, 16)])
def test_a_category_becomes_half_as_many_numbers_as_there_are(categories, numbers):
    assert dimension(categories) == numbers


def test_numbers_masks_and_vectors_stand_side_by_side():
    reader, windows = CovariateReader(SHAPE), covariates_of()
    given = reader(windows)
    assert torch.equal(given.past[..., :2], windows.past)
    assert torch.equal(given.past[..., 2], windows.past_seen[..., 1].float())
    vectors = reader.past.vectors[0].weight
    assert torch.equal(given.past[..., 3:], vectors[windows.past_codes[..., 0]])
    assert given.known.shape == (3, L + K, 3 + 2)
    assert given.static.shape == (3, 1 + 1 + 3 + 1)


def test_a_category_that_was_not_seen_is_nothing_and_stays_so():
    reader, windows = CovariateReader(SHAPE), covariates_of()
    unseen = replace(windows, past_codes=torch.zeros_like(windows.past_codes))
    given = reader(unseen)
    assert not given.past[..., 3:].any()
    reader(windows).past.sum().backward()
    assert not reader.past.vectors[0].weight.grad[0].any()
    assert reader.past.vectors[0].weight.grad[1:].any()


def test_a_number_out_of_all_measure_is_bounded():
    windows = covariates_of()
    given = CovariateReader(SHAPE)(replace(windows, past=windows.past * 0 + 3e38))
    assert (given.past[..., :2] == LARGEST).all()


@pytest.mark.parametrize("parallel", [False, True])
@pytest.mark.parametrize("frame", [FromLast(), LogOfLevel(4), ByVolatility()], ids=str)
def test_untrained_it_repeats_the_last_season_whatever_stands_beside(frame, parallel):
    batch = batch_of()
    network = SegmentNetwork(SIZES, frame, "gru", 7, parallel=parallel)
    framed = frame.framed(batch.past, batch.seen)
    wanted = frame.restored(repeated(framed.x, batch.seen, 4, K), framed)
    torch.testing.assert_close(network(batch), wanted)


def test_an_effect_of_a_step_is_taken_from_the_season_before_and_put_on_the_forecast():
    """By hand: the forecast repeats what the season before would have been without it."""
    sizes = replace(SIZES, beside=Shape(Role(), Role(1), Role()))
    network = network_of(sizes, random=False)
    torch.nn.init.constant_(network.effect.straight.weight, 10.0)
    past = torch.full((1, L), 50.0)
    event = torch.zeros(1, L + K, 1)
    event[0, [L - 4, L + 1], 0] = 1.0  # The step that the first of the future repeats.
    past[0, L - 4] += 10
    nothing = torch.zeros(1, L, 0)
    beside = WindowCovariates(
        nothing, nothing.bool(), nothing.long(),
        event, event.bool(), torch.zeros(1, L + K, 0).long(),
        torch.zeros(1, 0), torch.zeros(1, 0).bool(), torch.zeros(1, 0).long(),
    )  # fmt: skip
    batch = Batch(past, torch.ones(1, L), torch.zeros(1, K), torch.ones(1, K), torch.ones(1))
    forecast = network(replace(batch, beside=beside))
    torch.testing.assert_close(forecast, torch.tensor([[50.0, 60.0, 50.0, 50.0, 50.0]]))


@pytest.mark.parametrize("role", ["past", "future", "static"])
@pytest.mark.parametrize("kind", ["", "_codes"])
def test_all_of_them_are_read(role, kind):
    network, batch = network_of(), batch_of()
    name = f"{role}{kind}"
    value = getattr(batch.beside, name)
    other = (value + 1) % 2 if kind else value + 1
    changed = replace(batch, beside=replace(batch.beside, **{name: other}))
    assert not torch.isclose(network(batch), network(changed)).all(1).any()


@pytest.mark.parametrize("parallel", [False, True])
def test_what_is_known_of_a_later_segment_changes_nothing_before_it(parallel):
    network, batch = network_of(parallel=parallel), batch_of()
    future = batch.beside.future.clone()
    future[:, L + 2 :] += 1  # Segments are of 2 steps.
    changed = network(replace(batch, beside=replace(batch.beside, future=future)))
    assert torch.equal(network(batch)[:, :2], changed[:, :2])
    assert not torch.isclose(network(batch)[:, 2:], changed[:, 2:]).any()


def test_masks_are_read_only_where_training_had_gaps():
    network, batch = network_of(), batch_of()

    def turned(column):
        seen = batch.beside.past_seen.clone()
        seen[..., column] = ~seen[..., column]
        return network(replace(batch, beside=replace(batch.beside, past_seen=seen)))

    assert torch.equal(turned(0), network(batch))
    assert not torch.equal(turned(1), network(batch))


def test_every_weight_learns():
    network, batch = network_of(), batch_of(16)
    (network(batch) - batch.future).abs().mean().backward()
    assert all(weight.grad.abs().sum() > 0 for weight in network.parameters())


def test_without_covariates_it_has_no_weights_for_them_and_begins_as_it_did():
    plain = network_of(replace(SIZES, beside=None), random=False)
    assert {name.split(".")[0] for name, _ in plain.named_parameters()} == {
        "encoder", "decoder", "answer", "skip"
    }  # fmt: skip
