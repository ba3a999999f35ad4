"""Keys drawn together: as many as follow, each by its odds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from recurra.applications.music.roll import KEYS
from recurra.applications.music.voices import DRAWS, MOST, Voices

NEVER = -30.0


def odds_of(some: dict[int, float]) -> torch.Tensor:
    found = torch.full((KEYS,), NEVER)
    for key, odds in some.items():
        found[key] = odds
    return found


def drawn_by(
    voices: Voices, odds: torch.Tensor, before: torch.Tensor, chance: torch.Tensor
) -> torch.Tensor:
    found = voices.drawn(odds.double().numpy(), before.numpy(), chance.double().numpy())
    return torch.from_numpy(found)


def test_a_set_of_keys_is_drawn_as_often_as_its_odds_and_the_number_say() -> None:
    odds = {3: 0.5, 40: -1.0, 41: 1.5, 87: 0.0}
    table = torch.tensor([[0.1, 0.2, 0.3, 0.4], [0.0, 0.5, 0.5, 0.0], *[[0.25] * 4] * 2])
    before = torch.zeros(KEYS)
    before[9] = 1
    wanted = {}
    for size in range(4):
        for keys in itertools.combinations(odds, size):
            wanted[keys] = float(table[1, size]) * np.exp(sum(odds[key] for key in keys))
    total = sum(wanted.values())
    rows = 20_000
    chance = torch.rand(rows, DRAWS, generator=torch.Generator().manual_seed(0))
    drawn = drawn_by(Voices(table), odds_of(odds).repeat(rows, 1), before.repeat(rows, 1), chance)
    found = dict.fromkeys(wanted, 0)
    for row in drawn:
        found[tuple(row.nonzero().flatten().tolist())] += 1
    for keys, count in found.items():
        share = wanted[keys] / total
        # Five standard deviations: of a right sampler once in a million.
        assert abs(count / rows - share) <= 5 * (share * (1 - share) / rows) ** 0.5


def test_where_four_always_follow_four_there_are_four_however_odd_the_odds() -> None:
    piece = torch.zeros(50, KEYS, dtype=torch.uint8)
    piece[:, [30, 40, 50, 60]] = 1
    voices = Voices.of([piece])
    before = piece[:1].float().repeat(500, 1)
    odds = torch.randn(500, KEYS, generator=torch.Generator().manual_seed(1)) - 3
    chance = torch.rand(500, DRAWS, generator=torch.Generator().manual_seed(2))
    assert drawn_by(voices, odds, before, chance).sum(1).eq(4).float().mean() > 0.95


def test_numbers_are_counted_from_silence_on() -> None:
    piece = torch.zeros(4, KEYS, dtype=torch.uint8)
    piece[0, :2] = 1
    piece[2, 5] = 1
    table = Voices.of([piece]).table
    assert table.sum(1).tolist() == pytest.approx([1.0] * 3)
    # 0 -> 2 -> 0 -> 1 -> 0, each counted once and 0.01 for all that may be.
    assert table[0].tolist() == pytest.approx([0.01 / 2.03, 1.01 / 2.03, 1.01 / 2.03])
    assert table[2].tolist() == pytest.approx([1.01 / 1.03, 0.01 / 1.03, 0.01 / 1.03])


def test_a_step_of_all_keys_and_odds_of_certainty_overflow_nothing() -> None:
    voices = Voices.of([torch.ones(3, KEYS, dtype=torch.uint8)])
    assert len(voices.table) == MOST + 1
    sure = torch.full((2, KEYS), 1e30)
    sure[1] *= -1
    found = drawn_by(voices, sure, torch.ones(2, KEYS), torch.rand(2, DRAWS))
    assert found[0].sum() == MOST
    assert set(found.flatten().tolist()) <= {0.0, 1.0}


def test_rows_are_drawn_as_they_are_alone_however_many_keys_the_others_have() -> None:
    generator = torch.Generator().manual_seed(3)
    voices = Voices(torch.full((9, 9), 1 / 9))
    odds = torch.randn(40, KEYS, generator=generator) - 3
    before = (torch.rand(40, KEYS, generator=generator) < 0.05).float()
    chance = torch.rand(40, DRAWS, generator=generator)
    together = drawn_by(voices, odds, before, chance)
    assert together.sum(1).unique().numel() > 4
    for row in range(40):
        one = slice(row, row + 1)
        assert drawn_by(voices, odds[one], before[one], chance[one]).equal(together[one])


def test_chance_of_nothing_takes_no_key_and_the_most_the_highest() -> None:
    voices, even = Voices(torch.tensor([[0.5, 0.5]] * 2)), torch.zeros(1, KEYS)
    before = torch.zeros(1, KEYS)
    chance = torch.zeros(1, DRAWS)
    assert drawn_by(voices, even, before, chance).sum() == 0
    chance[:] = 1 - 2**-24
    assert drawn_by(voices, even, before, chance).nonzero().tolist() == [[0, KEYS - 1]]
    chance[:, 1] = 0
    assert drawn_by(voices, even, before, chance).nonzero().tolist() == [[0, 0]]
