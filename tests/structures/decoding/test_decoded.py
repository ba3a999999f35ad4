import torch

from recurra.structures.decoding.decoded import Decoded, as_decoded


def test_sequences_are_cut_at_their_lengths():
    found = Decoded(torch.tensor([[3, 9, 9], [4, 5, 9]]), torch.tensor([1, 2]), torch.zeros(2))
    assert found.sequences() == [[3], [4, 5]]
    assert len(found) == 2


def test_a_row_has_ended_if_its_own_last_symbol_is_the_end():
    symbols = torch.tensor([[1, 0, 0], [1, 2, 3], [0, 0, 0], [2, 0, 1]])
    found = Decoded(symbols, torch.tensor([2, 3, 0, 3]), torch.zeros(4))
    assert found.ended(0).tolist() == [True, False, False, False]


def test_sequences_become_a_padded_batch_and_back():
    given = [((5, 6), -1.0), ((), 0.0), ((7,), -2.5)]
    found = as_decoded(given, 9, like=torch.zeros(0, dtype=torch.float64))
    assert found.symbols.tolist() == [[5, 6], [9, 9], [7, 9]]
    assert found.symbols.dtype == found.lengths.dtype == torch.int64
    assert found.sequences() == [[5, 6], [], [7]]
    assert found.scores.tolist() == [-1.0, 0.0, -2.5]
    assert found.scores.dtype == torch.float64


def test_no_sequences_are_an_empty_batch():
    assert as_decoded([], 0, like=torch.zeros(0)).symbols.shape == (0, 0)
    assert as_decoded([((), 0.0)], 0, like=torch.zeros(0)).symbols.shape == (1, 0)
