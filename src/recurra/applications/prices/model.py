"""From prices up to now to the path of the next period."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from recurra import atomic
from recurra.applications.kept import kept_run
from recurra.applications.members import learn_in_turn
from recurra.applications.prices import stored
from recurra.applications.prices.features import Seen, seen
from recurra.applications.prices.learning import foretold, learn, stretches
from recurra.applications.prices.naive import Naive, last_values, truth
from recurra.applications.prices.network import Network
from recurra.applications.prices.parting import WARM, Places, between, parted
from recurra.applications.prices.path import moves, to_prices
from recurra.applications.prices.quotes import CLOSE, Quotes
from recurra.applications.prices.rules import Plan, Wishes, plan
from recurra.applications.prices.scores import RIVALS, Foretold, PathScores, scores
from recurra.errors import DataError
from recurra.estimator import Estimator
from recurra.training import Callback, Checkpoint, History

LEVELS = (50, 80, 95)
"""Of the intervals of the close, in percent."""


@dataclass(frozen=True)
class NextPath:
    """The foretold path of a ticker's next period.

    Attributes:
        name: The ticker.
        after: The time of its last period, the one before.
        last: Its close.
        prices: Open, high, low and close; the high is no less and the low no more than the others.
        intervals: By level in percent, between which the close lies.
    """

    name: str
    after: np.datetime64
    last: float
    prices: tuple[float, float, float, float]
    intervals: dict[int, tuple[float, float]]


class PriceModel(Estimator):
    """Foretells open, high, low and close of the next period, and says honestly how well.

    Networks read the last N periods of a ticker and give the path of the next. All tickers are
    learned from together, in a measure free of any currency. The last 15% of time are judged once,
    beside the last period's values and beside the last close with a usual range.

    Args:
        lookback: N, at least 1; None for 60.
        cell: The name of a cell.
        units: H, of each layer, at least 1; None for 32 or 64, by the amount of prices.
        layers: How many, at least 1; None for 1.
        networks: How many are averaged, at least 1; None for 3.
        epochs: Passes over the prices, at most; None for as many as make about 1,500 steps.
        batch_size: Stretches of N periods a step, at least 1; None for 32.
        learning_rate: Its peak, above 0; None for 0.001.
        seed: Of all chance. The same seed gives the same model on the same machine.

    Attributes:
        plan_: The settings that were used.
        networks_: What was learned.
        histories_: Losses and learning rate of each.
        naive_: What needs no network.
        radii_: How far from its forecast the close is at each level, by the scale.
        judged_from_: The first time that nothing was learned from or chosen by.
        held_out_: How good it was from then on. None in a loaded model.
        held_out_paths_: What was foretold then, and what came. None in a loaded model.
        notes_: What was chosen or left out, a sentence each.
    """

    plan_: Plan
    networks_: list[Network]
    histories_: list[History]
    naive_: Naive
    radii_: dict[int, float]
    judged_from_: np.datetime64
    held_out_: PathScores | None
    held_out_paths_: Foretold | None
    notes_: tuple[str, ...]

    def __init__(
        self,
        *,
        lookback: int | None = None,
        cell: str = "gru",
        units: int | None = None,
        layers: int | None = None,
        networks: int | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        seed: int = 0,
    ) -> None:
        self.lookback = lookback
        self.cell = cell
        self.units = units
        self.layers = layers
        self.networks = networks
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.seed = seed

    def fit(
        self,
        quotes: Sequence[Quotes],
        *,
        watch: Sequence[Callback] = (),
        checkpoint: Checkpoint | str | Path | None = None,
    ) -> Self:
        """Learns from the first 70% of time, chooses by the next 15%, is judged by the last.

        Ctrl-C ends the training early with the best weights so far.

        Args:
            quotes: A ticker each, as :func:`recurra.applications.prices.read_prices` gives them.
            watch: Callbacks, such as ``recurra.Progress()``.
            checkpoint: A folder in which the fit is kept while it goes on, or a ``Checkpoint`` of
                one. The same call goes on from there if it was stopped, and ends in the same bits
                as if it never had been. Empty once the fit is done.

        Raises:
            DataError: If there are fewer than 120 periods.
            OptionError: If an option is out of range.
            KeyboardInterrupt: If nothing was learned yet.
            CheckpointError: If the checkpoint is of other prices, options or another version.
            OutputError: If it cannot be written.
        """
        wishes = Wishes(**{key: value for key, value in self.get_params().items() if key != "seed"})
        tickers = _seen(quotes)
        parts = parted(tickers)
        self.plan_ = plan(sum(map(len, parts.learned)), wishes)
        self.judged_from_ = parts.judged_from
        self.naive_ = Naive.of(tickers, parts.learned)
        learned = stretches(tickers, parts.learned, self.plan_.lookback)
        days = [str(one.astype("datetime64[D]")) for one in (parts.chosen_from, parts.judged_from)]
        self.notes_ = (
            f"learned from {parts.times[0]:,} periods, weights and intervals chosen by the "
            f"{parts.times[1]:,} from {days[0]} on, judged by the {parts.times[2]:,} from "
            f"{days[1]} on",
            *self.plan_.notes,
        )
        with kept_run(checkpoint, self.get_params(), _digests(quotes)) as run:

            def one(number: int, shown: Callback) -> tuple[Network, History]:
                return learn(
                    self.plan_,
                    learned,
                    tickers,
                    parts.chosen_by,
                    seed=self.seed + number,
                    callbacks=[shown],
                    checkpoint=run,
                )

            found = learn_in_turn(self.plan_.networks, one, watch)
        self.networks_, self.histories_ = found.networks, found.histories
        self.notes_ += found.notes
        chosen_by = self._foretold(quotes, tickers, parts.chosen_by)
        off = np.abs(chosen_by.own - chosen_by.came)[:, CLOSE]
        self.radii_ = {level: _radius(off, level) for level in LEVELS}
        self.held_out_paths_ = self._foretold(quotes, tickers, parts.judged)
        self.held_out_ = scores(self.held_out_paths_, self.radii_)
        return self

    def predict(self, quotes: Sequence[Quotes]) -> list[NextPath]:
        """The path of the period after the last one of each ticker.

        Args:
            quotes: Tickers, those that were learned from or others, of 21 periods or more each.

        Raises:
            DataError: If one has fewer.
        """
        tickers = _seen(quotes)
        for one in tickers:
            if len(one) <= WARM:
                raise DataError(
                    f"{len(one)} periods of {one.name!r}", f"at least {WARM + 1}", "give more"
                )
        last = [np.array([len(one) - 1]) for one in tickers]
        paths = foretold(self.networks_, tickers, last, self.plan_.lookback)
        return [self._next(one, path[0]) for one, path in zip(tickers, paths, strict=True)]

    def evaluate(self, quotes: Sequence[Quotes], *, everything: bool = False) -> PathScores:
        """How good foretold paths are, from the time on that nothing was learned from.

        Args:
            quotes: Tickers, those that were learned from or others.
            everything: Whether to judge all periods, those that were learned from too.

        Raises:
            DataError: If there is nothing to judge.
        """
        tickers = _seen(quotes)
        first = None if everything else self.judged_from_
        places = [between(one, first, None) for one in tickers]
        if not sum(map(len, places)):
            since = "" if everything else f" from {self.judged_from_.astype('datetime64[D]')} on"
            raise DataError(
                f"prices without a period that can be judged{since}",
                f"a ticker with at least {WARM + 2} periods, later ones than were learned from",
                "give later prices",
            )
        return scores(self._foretold(quotes, tickers, places), self.radii_)

    def save(self, path: str | Path) -> None:
        """Writes the model as one file; see :meth:`load`.

        Raises:
            OutputError: If it cannot be written there.
        """
        atomic.write(Path(path), stored.pack(self))

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Reads a model that :meth:`save` wrote; nothing in the file is run.

        Raises:
            ModelFileError: If it is none, or damaged.
        """
        return stored.load(cls, Path(path))

    def _foretold(
        self, quotes: Sequence[Quotes], tickers: Sequence[Seen], places: Places
    ) -> Foretold:
        paths = foretold(self.networks_, tickers, places, self.plan_.lookback)
        rows: dict[str, list[Any]] = {}
        for own, one, prices, some in zip(paths, tickers, quotes, places, strict=True):
            found = {
                "tickers": np.full(len(some), one.name, dtype=object),
                "times": one.times[some + 1],
                "before": one.close[some],
                "scale": one.scale[some],
                "own": moves(own),
                "last_values": last_values(one, np.log(prices.prices), some),
                "usual": self.naive_.usual(len(some)),
                "came": truth(one, some),
            }
            for key, value in found.items():
                rows.setdefault(key, []).append(value)
        whole = {key: np.concatenate(values) for key, values in rows.items()}
        rivals = {name: whole[name] for name in RIVALS}
        shared = {key: whole[key] for key in whole if key not in rivals}
        return Foretold(**shared, rivals=rivals)

    def _next(self, one: Seen, path: np.ndarray) -> NextPath:
        close, scale = one.close[-1], one.scale[-1]
        opened, high, low, closed = to_prices(path, np.asarray(close), np.asarray(scale)).tolist()
        reach = {level: math.exp(radius * scale) for level, radius in self.radii_.items()}
        intervals = {
            level: (closed / one_way, closed * one_way) for level, one_way in reach.items()
        }
        last = float(close)
        return NextPath(one.name, one.times[-1], last, (opened, high, low, closed), intervals)


def _seen(quotes: Sequence[Quotes]) -> list[Seen]:
    if not quotes or not all(isinstance(one, Quotes) and len(one) for one in quotes):
        raise DataError(
            "no prices", "a list of Quotes with a period each at least", "read_prices(path).quotes"
        )
    return [seen(one) for one in quotes]


def _radius(off: np.ndarray, level: int) -> float:
    """What so many percent of errors do not exceed, counted so that a new one keeps to it.

    Split conformal prediction: Lei et al. 2018 (arXiv:1604.04173), algorithm 2.
    """
    rank = math.ceil((len(off) + 1) * level / 100)
    return float(np.sort(off)[min(rank, len(off)) - 1])


def _digests(quotes: Sequence[Quotes]) -> list[str]:
    """Of all prices, by which a checkpoint of another run is told apart."""
    return [
        f"{one.name} {hashlib.blake2b(part.tobytes(), digest_size=16).hexdigest()}"
        for one in quotes
        for part in (one.times, one.prices, one.volume)
    ]
