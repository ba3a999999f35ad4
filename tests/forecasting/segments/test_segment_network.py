"""The network over segments: where it starts, and what it does not look at."""

import pytest
import torch

from recurra.cells import names
from recurra.forecasting.segments.base import repeated
from recurra.forecasting.segments.batch import Batch
from recurra.forecasting.segments.frames import FromLast, LogOfLevel
from recurra.forecasting.segments.network import SegmentNetwork, Sizes

SIZES = Sizes(lookback=12, horizon=5, segment=3, ahead=2, lag=4, queries=(4, 8))


def batch_of(rows: int = 3, seed: int = 0) -> Batch:
    generator = torch.Generator().manual_seed(seed)
    past = 1 + torch.rand(rows, 12, generator=generator)
    seen = (torch.rand(rows, 12, generator=generator) > 0.2).float()
    future = 1 + torch.rand(rows, 5, generator=generator)
    return Batch(past * seen, seen, future, torch.ones(rows, 5), torch.ones(rows))


@pytest.mark.parametrize("parallel", [False, True])
@pytest.mark.parametrize("frame", [FromLast(), LogOfLevel(4)], ids=["last", "level"])
def test_untrained_it_repeats_the_last_season(frame, parallel) -> None:
    batch = batch_of()
    network = SegmentNetwork(SIZES, frame, "gru", 7, parallel=parallel)
    framed = frame.framed(batch.past, batch.seen)
    wanted = frame.restored(repeated(framed.x, batch.seen, 4, 5), framed)
    torch.testing.assert_close(network(batch), wanted)


@pytest.mark.parametrize("cell", ["elman", "lstm", "gru", "lem", "clockwork", "mut1"])
@pytest.mark.parametrize("parallel", [False, True])
def test_any_cell_learns_in_it(cell, parallel) -> None:
    assert cell in names()
    torch.manual_seed(0)
    network = SegmentNetwork(SIZES, FromLast(), cell, (6, 6), parallel=parallel)
    batch = batch_of(16)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
    losses = []
    for _ in range(30):
        optimizer.zero_grad()
        loss = (network(batch) - batch.future).abs().mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.7 * losses[0]
    assert all(weight.grad is not None for weight in network.parameters())


@pytest.mark.parametrize("parallel", [False, True])
def test_the_future_is_not_looked_at(parallel) -> None:
    torch.manual_seed(0)
    network = SegmentNetwork(SIZES, FromLast(), "gru", 7, parallel=parallel)
    torch.nn.init.normal_(network.answer.weight)
    batch, other = batch_of(), batch_of()
    other = Batch(other.past, other.seen, other.future + 9, other.counts * 0, other.naive * 5)
    assert torch.equal(network(batch), network(other))


def test_in_parallel_a_segment_does_not_depend_on_those_before_it() -> None:
    torch.manual_seed(0)
    long = SegmentNetwork(SIZES, FromLast(), "lstm", 7, parallel=True)
    torch.nn.init.normal_(long.answer.weight)
    batch = batch_of()
    framed = long.frame.framed(batch.past, batch.seen)
    beside = long._beside(framed.x, batch)
    state = long.encoder(long._read(framed.x, batch, beside))[1]
    asked = long._asked(framed.x, batch, beside)
    alone = long.decoder(asked[:, 1:2], state)[0]
    torch.testing.assert_close(long._written(asked, state)[:, 1:2], alone)
