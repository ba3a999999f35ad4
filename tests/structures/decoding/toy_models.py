"""Stepwise models small enough to try all sequences of."""

import itertools
import math

import torch
from torch import nn

from recurra.layers import Recurrent

_PLACES = 97


class Table:
    """What may follow depends on all that was read, by a table of random distributions.

    The state is a number of what was read, which no two short histories share.
    """

    def __init__(self, size, *, seed=0, impossible=0.0):
        generator = torch.Generator().manual_seed(seed)
        scores = 2 * torch.randn(_PLACES, size, generator=generator, dtype=torch.float64)
        gone = torch.rand(_PLACES, size, generator=generator) < impossible
        gone[:, -1] = False
        self.table = scores.masked_fill(gone, -torch.inf).log_softmax(-1)
        self.size = size

    def begin(self, rows):
        return torch.zeros(rows, dtype=torch.int64), 1000 + 7 * torch.arange(rows)

    def step(self, symbols, state):
        state = (state * (self.size + 1) + symbols + 1) % 1_000_003
        return self.table[state % _PLACES], state

    def select(self, state, rows):
        return state[rows]


class Looking(Table):
    """The same with attention, of which the last steps of odd rows' sources are padding."""

    def __init__(self, size, *, source=4, seed=0):
        super().__init__(size, seed=seed)
        generator = torch.Generator().manual_seed(seed + 1)
        looks = 3 * torch.randn(_PLACES, source, generator=generator, dtype=torch.float64)
        self.looks, self.source = looks, source

    def begin(self, rows):
        start, state = super().begin(rows)
        return start, torch.stack([state, torch.arange(rows)], dim=1)

    def step(self, symbols, state):
        log_probs, after = super().step(symbols, state[:, 0])
        return log_probs, torch.stack([after, state[:, 1]], dim=1)

    def attention(self, state):
        there = torch.arange(self.source) < self.source - state[:, 1:] % 2
        scores = self.looks[state[:, 0] % _PLACES].masked_fill(~there, -torch.inf)
        return scores.softmax(-1), there


class Network(nn.Module):
    """A language model of a recurrent layer, in float64."""

    def __init__(self, size, cell="lstm", *, seed=0):
        super().__init__()
        torch.manual_seed(seed)
        self.embedding = nn.Embedding(size, 3, dtype=torch.float64)
        self.recurrent = Recurrent(cell, 3, 5, num_layers=2, batch_first=True, dtype=torch.float64)
        self.head = nn.Linear(5, size, dtype=torch.float64)
        with torch.no_grad():
            # So that it has opinions.
            for parameter in self.parameters():
                parameter.mul_(3)
        self.size = size

    def begin(self, rows):
        _, state = self.recurrent(torch.zeros(rows, 1, 3, dtype=torch.float64))
        tell_apart = torch.arange(rows).unsqueeze(1) * 0.3
        return torch.zeros(rows, dtype=torch.int64), tuple(part + tell_apart for part in state)

    def step(self, symbols, state):
        output, after = self.recurrent(self.embedding(symbols).unsqueeze(1), state)
        return self.head(output[:, 0]).log_softmax(-1), after

    def select(self, state, rows):
        return tuple(part[:, rows] for part in state)


def one_row(model, rows, row):
    """Where a row of a batch starts, alone."""
    start, state = model.begin(rows)
    place = torch.tensor([row])
    return start[place], model.select(state, place)


def all_sequences(size, end, max_length):
    """Every finished sequence, and every unfinished one of the full length."""
    going = [s for s in range(size) if s != end]
    for length in range(max_length):
        if end is not None:
            for head in itertools.product(going, repeat=length):
                yield (*head, end)
    yield from itertools.product(going, repeat=max_length)


@torch.no_grad()
def scored(model, start, state, sequence):
    """The log-probability of a sequence from one row, and the attention paid (L, T)."""
    total, looks, symbol = 0.0, [], start
    for wanted in sequence:
        log_probs, state = model.step(symbol, state)
        total += float(log_probs[0, wanted])
        if hasattr(model, "attention"):
            looks.append(model.attention(state)[0][0])
        symbol = torch.tensor([wanted])
    return total, looks


def eq_14(log_prob, length, alpha, *, beta=0.0, looks=(), there=()):
    """The score of Wu et al. 2016 in plain Python."""
    covered = 0.0
    if beta:
        covered = sum(
            math.log(min(sum(float(look[i]) for look in looks), 1.0))
            for i in range(len(there))
            if there[i]
        )
    return log_prob / ((5 + length) ** alpha / 6**alpha) + beta * covered
