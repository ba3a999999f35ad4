"""Recordings in pieces say what they say whole, piece by piece."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra.applications.speech.network import Network
from recurra.applications.speech.pieces import LENGTHS, cut, rejoined
from recurra.applications.speech.rules import Sizes
from recurra.applications.speech.spectrum import BANDS


@given(
    st.lists(st.integers(1, 500), min_size=1, max_size=4),
    st.integers(1, 3),
    st.integers(0, 10_000),
)
def test_pieces_are_all_of_a_recording_in_order(frames: list[int], stack: int, seed: int) -> None:
    torch.manual_seed(seed)
    seen = [torch.rand(count, 2) for count in frames]
    pieces, counts = cut(seen, stack)
    assert sum(counts) == len(pieces)
    begin = 0
    for one, count in zip(seen, counts, strict=True):
        own = pieces[begin : begin + count]
        assert torch.equal(torch.cat(own), one)
        assert all(len(piece) % stack == 0 for piece in own[:-1])
        assert all(LENGTHS[0] - stack < len(piece) <= LENGTHS[1] for piece in own[:-1])
        begin += count


def test_each_piece_is_read_by_itself() -> None:
    torch.manual_seed(0)
    network = Network(Sizes(units=4, layers=1, stack=2), 3).eval()
    seen = [torch.rand(count, BANDS) for count in (333, 40)]
    pieces, counts = cut(seen, 2)
    found, lengths = rejoined(*network(pieces), counts)
    assert lengths.tolist() == [167, 20]
    alone = torch.cat([network([piece])[0][0] for piece in pieces[: counts[0]]])
    assert torch.allclose(found[0], alone, atol=1e-6)
    texts = [torch.tensor([1, 2]), torch.tensor([2])]
    assert torch.isfinite(network.loss(seen, texts, in_pieces=True))
