import pytest
import torch

from recurra.errors import ShapeError
from recurra.layers import Recurrent
from recurra.layers.state import pack, unpack

X = torch.zeros(5, 3, 2)


def test_layers_of_one_width_are_stacked_and_others_stay_apart():
    equal = pack([{"h": torch.zeros(3, 4), "c": torch.ones(3, 4)}] * 2)
    assert [part.shape for part in equal] == [(2, 3, 4)] * 2
    ragged = pack([{"h": torch.zeros(3, 4)}, {"h": torch.zeros(3, 5)}])
    assert [part.shape for part in ragged] == [(3, 4), (3, 5)]


def test_a_single_state_comes_bare():
    assert isinstance(pack([{"h": torch.zeros(3, 4)}]), torch.Tensor)


@pytest.mark.parametrize("names", [("h",), ("h", "c")])
@pytest.mark.parametrize("widths", [[4], [4, 4], [4, 5]])
def test_unpacking_what_was_packed_gives_it_back(names, widths):
    after = [{name: torch.randn(3, H) for name in names} for H in widths]
    shapes = [dict.fromkeys(names, (3, H)) for H in widths]
    again = unpack(pack(after), shapes, X, single=False)
    assert [list(layer) for layer in again] == [list(names)] * len(widths)
    for found, wanted in zip(again, after, strict=True):
        assert all(torch.equal(found[name], wanted[name]) for name in names)


def test_no_state_is_zero_in_the_inputs_type_and_steps_are_counted_in_whole_numbers():
    shapes = [{"h": (3, 4), "t": (3, 1)}, {"h": (3, 5), "t": (3, 1)}]
    states = unpack(None, shapes, X.double(), single=False)
    assert [{k: p.shape for k, p in parts.items()} for parts in states] == shapes
    assert not any(p.any() for parts in states for p in parts.values())
    assert {p.dtype for parts in states for p in parts.values()} == {torch.float64, torch.int64}


@pytest.mark.parametrize(
    ("cell", "state"),
    [
        ("lstm", torch.zeros(2, 3, 4)),
        ("lstm", (torch.zeros(1, 3, 4),) * 2),
        ("lstm", (torch.zeros(2, 3, 4), torch.zeros(2, 3, 5))),
        ("lstm", (torch.zeros(2, 2, 4),) * 2),
        ("lstm", (torch.zeros(2, 3, 4),) * 3),
        ("gru", (torch.zeros(2, 3, 4),)),
        ("gru", torch.zeros(2, 4)),
    ],
)
def test_a_state_that_does_not_fit_is_refused_in_words(cell, state):
    with pytest.raises(ShapeError, match="a state of shapes") as caught:
        Recurrent(cell, 2, 4, 2)(X, state)
    assert "[(3, 4), (3, 4)]" in caught.value.expected
    assert "None" in caught.value.do


def test_the_state_of_a_single_sequence_is_refused_without_a_batch_in_the_words():
    with pytest.raises(ShapeError) as caught:
        Recurrent("gru", 2, 4)(X[:, 0], torch.zeros(1, 5))
    assert "[(5,)]" in caught.value.given
    assert "[(4,)]" in caught.value.expected
