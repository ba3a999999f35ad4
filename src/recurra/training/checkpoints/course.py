"""A training on its way, seen from its checkpoint."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from recurra.training.checkpoints import chance
from recurra.training.checkpoints.checkpoint import Checkpoint, check_alike
from recurra.training.checkpoints.resumable import Training
from recurra.training.checkpoints.signals import StopSignals
from recurra.training.distributed.ranks import Ranks, ranks
from recurra.training.position import Position


class Course:
    """What a trainer tells a checkpoint, and is told by it; without one it does nothing.

    A trainer enters it, and is done if the training is ``finished``. Otherwise it lets its
    callbacks begin, calls :meth:`resume`, then :meth:`passed` after every step and epoch, and
    :meth:`finish` once it came to its end.

    Args:
        checkpoint: Where the run is kept, or None.
        training: The trainer.
        facts: What must be the same when it goes on.

    Attributes:
        finished: Whether the training had come to its end before; it is then in that state.
    """

    def __init__(
        self, checkpoint: Checkpoint | None, training: Training, facts: Mapping[str, Any]
    ) -> None:
        self.finished = False
        self._checkpoint = checkpoint
        self._training = training
        self._facts = dict(facts)
        self._number = 0
        self._found: dict[str, Any] | None = None
        self._done = False
        self._ranks = ranks()
        self._signals = None if checkpoint is None else checkpoint.signals

    def _hold(self) -> None:
        """Of several processes none may leave its training at another step than the others."""
        if self._ranks is not None:
            self._signals = StopSignals(lambda: None)
            self._signals.busy = True
            self._signals.catch()

    def __enter__(self) -> Self:
        if self._checkpoint is not None and self._checkpoint.closed:
            self._checkpoint = self._signals = None
        if self._checkpoint is None:
            self._hold()
            return self
        self._checkpoint.__enter__()
        try:
            self._find(self._checkpoint)
        except BaseException:
            self._checkpoint.__exit__(*sys.exc_info())
            raise
        self._checkpoint.signals.busy = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        checkpoint = self._checkpoint
        if checkpoint is None:
            if self._signals is not None:
                self._signals.busy = False
                self._signals.pass_on()
                self._signals.release()
            return
        checkpoint.signals.busy = False
        if not self._done and (kind is None or issubclass(kind, KeyboardInterrupt)):
            checkpoint.stopped = True
        try:
            if not self._done or checkpoint.signals.waiting is not None:
                checkpoint.keep()
            checkpoint.signals.pass_on()
        finally:
            checkpoint.__exit__(kind, error, trace)

    def resume(self) -> None:
        """Brings the trainer to where the training was."""
        if self._found is not None:
            self._load(self._found)
            self._found = None

    def passed(self) -> None:
        """Writes a state if it is time, and lets a stop signal through."""
        checkpoint, signals = self._checkpoint, self._signals
        if signals is None:
            return
        due, stop = checkpoint is not None and checkpoint.journal.due, signals.waiting or 0
        if self._ranks is not None:
            # A signal that comes while they agree waits for the next time: no other knows of it.
            any_due, stop = self._ranks.most([due, stop])
            due = bool(any_due)
        if checkpoint is not None and (due or stop):
            checkpoint.journal.write(self._number, self._content())
        if stop:
            signals.waiting = stop
            signals.pass_on()

    def finish(self) -> bool:
        """Keeps the end; whether Ctrl-C had come by then: no reason to lose what is done."""
        self._done = True
        if self._checkpoint is None:
            return False
        self._checkpoint.journal.end(self._number, self._content())
        if self._checkpoint.signals.waiting is None:
            return False
        self._checkpoint.keep()
        try:
            self._checkpoint.signals.pass_on()
        except KeyboardInterrupt:
            self._checkpoint.stopped = True
            return True
        return False

    def _find(self, checkpoint: Checkpoint) -> None:
        self._number = checkpoint.journal.next()
        ended = checkpoint.journal.finished(self._number)
        found = ended or checkpoint.journal.state(self._number)
        if found is None:
            return
        checkpoint.check_same(found)
        check_alike(f"{checkpoint.path}, training {self._number}", found["facts"], self._facts)
        if ended is not None:
            self._load(ended)
            self.finished = self._done = True
            checkpoint.say(f"Resumed: training {self._number + 1} had come to its end.")
            return
        self._found = found
        # Those who show how far it is want to know before it goes on.
        at = self._training.position = Position.of(found["training"]["position"])
        checkpoint.say(
            f"Resumed: training {self._number + 1} goes on in epoch {at.epoch + 1}, "
            f"after step {at.step:,}."
        )

    def _content(self) -> dict[str, Any]:
        return {
            "facts": self._facts,
            "training": self._training.state_dict(),
            # Of several processes each has its own.
            "random": _of_all(self._ranks, chance.state()),
        }

    def _load(self, content: dict[str, Any]) -> None:
        self._training.load_state_dict(content["training"])
        own = content["random"]
        chance.restore(own if self._ranks is None else own[self._ranks.rank])


def _of_all(ranks: Ranks | None, own: Any) -> Any:
    return own if ranks is None else ranks.gather(own)
