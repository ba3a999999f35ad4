"""Which gradients of matrices are computed together, and where their sides lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from recurra.kernels.cpu import outer
from recurra.kernels.cpu.arrays import Array
from recurra.kernels.cpu.frame import Frame
from recurra.kernels.cpu.memory import Place
from recurra.kernels.cpu.passes import Outer
from recurra.kernels.network import Line

Run = list[Outer]
"""Outer products of one right side whose left sides lie side by side, and whose sums do."""

Group = list[Run]
"""Runs of the same left sides."""


class _Segment(NamedTuple):
    """A stretch of steps: the first, how many, and each right side there, None where it is zero."""

    first: int
    steps: int
    sides: list[Place | None]


class OuterSums:
    """The gradients of a line's matrices.

    Args:
        frame: Where everything lies.
        line: The line.
        left: Where a left side lies.
    """

    def __init__(self, frame: Frame, line: Line, left: Callable[[Array], Place]) -> None:
        self.frame, self.line, self.left = frame, line, left
        self.backward = frame.machine(line).passes.backward
        self.uses = Counter(one.matrix for one in self.backward.outers)

    def groups(self) -> Iterator[Group]:
        """All of them, by what is computed together."""
        waiting = [*self._runs()]
        while waiting:
            group = [waiting.pop(0)]
            lefts = [one.left for one in group[0]]
            for run in [*waiting]:
                # What is added to one matrix several times keeps its order.
                alone = all(self.uses[one.matrix] == 1 for one in run)
                same = [one.left for one in run] == lefts
                if same and alone and len(group) < outer.RIGHTS:
                    group.append(run)
                    waiting.remove(run)
            yield group

    def _runs(self) -> Iterator[Run]:
        run: Run = []
        for one in self.backward.outers:
            if run and not self._continues(run[-1], one):
                yield run
                run = []
            run.append(one)
        if run:
            yield run

    def _continues(self, first: Outer, second: Outer) -> bool:
        # What a matrix gains several times is of one height, so that each thread adds to rows that
        # it alone writes.
        if first.right is not second.right or {1} != {self.uses[o.matrix] for o in (first, second)}:
            return False
        if not any(one.follows(first.left, second.left) for one in self.backward.bundles):
            return False
        before, after = (self._gradient(one) for one in (first, second))
        size = self.line.width(first.left.width) * before.by_row * self.frame.size
        return before.moved(size) == after

    def _gradient(self, one: Outer) -> Place:
        return self.frame.gradient(self.line, one.matrix, 0)

    def values(self, group: Group) -> dict[object, int | Place]:
        """The arguments of the job that computes a group."""
        frame, left = self.frame, self.left(group[0][0].left)
        height = sum(self.line.width(one.left.width) for one in group[0])
        room = outer.room(frame.library.kind, height)
        segments = [*self._segments([run[0].right for run in group])]
        found: dict[object, int | Place] = {
            "height": height,
            "rows": frame.shape.rows,
            "segments": len(segments),
            "rights": len(group),
            "room": frame.scratch.take(frame.threads, room),
            "by part": room,
        }
        for number, segment in enumerate(segments):
            start = self._at(left, segment.first)
            found |= _named(outer.SEGMENT, (number,), start, segment.steps, *_apart(start))
            for right, side in enumerate(segment.sides):
                if side is not None:
                    found |= _named(outer.SIDE, (number, right), side, *_apart(side))
        for right, run in enumerate(group):
            there = [segment.sides[right] is not None for segment in segments]
            target, width = self._gradient(run[0]), self.line.width(run[0].right.width)
            setting = there.index(True) if self._is_first(run[0]) else -1
            found |= _named(outer.RIGHT, (right,), target, target.by_row, width, setting)
        return found

    def _is_first(self, one: Outer) -> bool:
        """Whether nothing was added to its matrix before."""
        before = self.backward.outers[: self.backward.outers.index(one)]
        return all(other.matrix != one.matrix for other in before)

    def _segments(self, rights: list[Array]) -> Iterator[_Segment]:
        """The stretches of steps in which all sides lie regularly."""
        steps = self.frame.shape.steps
        states = [self._state(right) for right in rights]
        if not any(states):
            yield _Segment(0, steps, [self._known(right) for right in rights])
            return
        # A state before a step is the one after the step read before it.
        first = steps - 1 if self.line.backwards else 0
        rest = 0 if self.line.backwards else 1
        begins = self.frame.shape.states or steps == 1
        edge: list[Place | None] = []
        inner: list[Place | None] = []
        for right, state in zip(rights, states, strict=True):
            if state is None:
                place = self._known(right)
                edge.append(self._at(place, first))
                inner.append(self._at(place, rest))
            else:
                history, _ = self.frame.histories[self.line][state]
                edge.append(self.frame.initial(self.line, state) if begins else None)
                inner.append(self._at(history, 1 - rest))
        if any(side is not None for side in edge):
            yield _Segment(first, 1, edge)
        if steps > 1:
            yield _Segment(rest, steps - 1, inner)

    @staticmethod
    def _state(right: Array) -> str | None:
        """Which state it is before each step, if it is one."""
        kind, _, name = right.name.partition(" ")
        return name if kind == "before" else None

    def _known(self, right: Array) -> Place:
        """Where a right side lies that is no state."""
        place = self.frame.saved[self.line].get(right) or self.frame.input(self.line, right.name)
        assert place is not None
        return place

    def _at(self, place: Place, step: int) -> Place:
        return place.moved(step * place.by_step * self.frame.size)


def _apart(place: Place) -> tuple[int, int]:
    return place.by_step, place.by_row


def _named(
    names: tuple[str, ...], key: tuple[int, ...], *values: int | Place
) -> dict[object, int | Place]:
    return {(name, *key): value for name, value in zip(names, values, strict=True)}
