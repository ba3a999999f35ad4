"""All parts: what each is called, what it measures, and what the page shows of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from figures import Row
from parts import (
    accuracy,
    compile_time,
    drop_in,
    every_cell,
    lengths,
    memory,
    own,
    regularisers,
    streaming,
)
from settings import Settings

from tables import accuracy as accuracy_table
from tables import budgeted as budgeted_table
from tables import compile_time as compile_time_table
from tables import drop_in as drop_in_table
from tables import lengths as lengths_table
from tables import memory as memory_table
from tables import regularisers as regularisers_table
from tables import streaming as streaming_table


@dataclass(frozen=True)
class Part:
    """A part of the benchmark.

    Attributes:
        name: What ``--only`` calls it.
        title: What the page does.
        measure: Finds its rows.
        section: Shows them.
    """

    name: str
    title: str
    measure: Callable[[Settings], list[Row]]
    section: Callable[[list[Row]], str]


PARTS = (
    Part("lstm", "LSTM", partial(drop_in.rows, "LSTM"), drop_in_table.section),
    Part("gru", "GRU", partial(drop_in.rows, "GRU"), drop_in_table.section),
    Part("rnn", "RNN", partial(drop_in.rows, "RNN"), drop_in_table.section),
    Part("cells", "Every other cell", every_cell.rows, budgeted_table.section),
    Part("own", "A cell of one's own", own.rows, budgeted_table.section),
    Part("regularisers", "Regularisers", regularisers.rows, regularisers_table.section),
    Part("lengths", "Rows of different lengths", lengths.rows, lengths_table.section),
    Part("streaming", "One step at a time", streaming.rows, streaming_table.section),
    Part("compile", "The first use of a cell", compile_time.rows, compile_time_table.section),
    Part("accuracy", "Accuracy", accuracy.rows, accuracy_table.section),
    Part("memory", "Memory", memory.rows, memory_table.section),
)
