"""What is trained on each collection: chosen on its validation part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """One training.

    Attributes:
        name: Of the collection, as the page calls it.
        file: The .mat file's name.
        published: Nats a step on the test part, by model: Bai et al. 2018 (arXiv:1803.01271),
            table 1.
        published_size: The parameters of each of their models, about.
        given: How many steps of a test piece are shown before the model goes on.
        cell: By its name.
        units: H.
        rows: The most pieces in a batch.
        rate: The learning rate at its highest.
        passes: How often the training part is read.
        looks: After every how many passes the validation part is read.
        state_dropout: The chance of a unit being left out of the recurrent products, the same units
            for a whole piece.
        output_dropout: The chance of a unit being left out before the head, anew at each step.
        decay: AdamW's weight decay.
        averaged: What the running mean of the weights keeps of itself at each update.
    """

    name: str
    file: str
    published: Mapping[str, float]
    published_size: str
    given: int
    cell: str
    units: int
    rows: int
    rate: float
    passes: int
    looks: int
    state_dropout: float
    output_dropout: float
    decay: float = 0.01
    averaged: float = 0.998


CHORALES = Settings(
    name="JSB chorales",
    file="JSB_Chorales.mat",
    published={"RNN": 8.91, "GRU": 8.43, "LSTM": 8.45, "TCN": 8.10},
    published_size="300K",
    given=24,
    cell="gru",
    units=256,
    rows=16,
    rate=0.006,
    passes=300,
    looks=10,
    state_dropout=0.5,
    output_dropout=0.5,
)
NOTTINGHAM = Settings(
    name="Nottingham",
    file="Nottingham.mat",
    published={"RNN": 4.05, "GRU": 3.46, "LSTM": 3.29, "TCN": 3.07},
    published_size="1M",
    given=64,
    cell="lstm",
    units=256,
    rows=4,
    rate=0.01,
    passes=40,
    looks=2,
    state_dropout=0.05,
    output_dropout=0.2,
)
