"""All layers of a stack as one network, where nothing comes between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from recurra.kernels import choose
from recurra.kernels.cpu.kernel import parameters_of
from recurra.kernels.derived import evaluate
from recurra.kernels.network import Given, Line, Network, Outcome, Piece
from recurra.kernels.order import following, mirror, running
from recurra.kernels.philox import Seed, Stream
from recurra.language import Graph, Schedule, schedule
from recurra.layers.clock import at_end, count
from recurra.layers.passage import Passed
from recurra.layers.sequences import Sequences
from recurra.layers.state import Packed, State

if TYPE_CHECKING:
    from recurra.layers.recurrent import Recurrent

KEPT = "_whole_stacks"
"""Where a layer keeps its networks; they are made again for a copy of it."""


class Kept(dict[Any, Any]):
    """The networks of a layer: a copy of the layer, by whatever way, starts with none."""

    def __reduce_ex__(self, protocol: Any) -> tuple[type[Kept], tuple[()]]:
        return Kept, ()


Source = tuple[nn.Module, str, int]
"""A parameter's module, its name there, and the row from which on it is meant."""


Started = list[dict[str, Tensor]]
"""What each line starts from: its states by name, and ``"t"``, the number of its next step."""


class WholeStack:
    """Layers upon each other as one network.

    Args:
        layer: The stack.
        numbers: Which of its layers.
        every: Whether the states after every step are wanted.
    """

    def __init__(self, layer: Recurrent, numbers: range, *, every: bool) -> None:
        owner, _, name = next(name for name, _ in layer.named_parameters()).rpartition(".")
        self.first: Source = (layer.get_submodule(owner), name, 0)
        graphs = [layer.graph(number, training=layer.training) for number in numbers]
        self.numbers = numbers
        self.carries_count = layer.graph().counts
        self.draws = any(graph.randoms for graph in graphs)
        self.counts = self.carries_count or self.draws or any(graph.counts for graph in graphs)
        self.sources: list[Source] = []
        self.derived: list[tuple[Graph, str, dict[str, Source]]] = []
        self.others: dict[tuple[str, int, int], int] = {}
        lines = [
            tuple(self._line(layer, number, direction) for direction in layer.directions)
            for number in numbers
        ]
        self.schedules: tuple[Schedule, ...] = tuple(
            dict.fromkeys(line.schedule for both in lines for line in both)
        )
        self._known = [(module._parameters, name) for module, name, _ in self.sources]
        self._place_derived(lines)
        self.network = Network(
            tuple(lines),
            (
                *(tuple(map(int, self._tensor(one).shape)) for one in self.sources),
                *self._derived_shapes,
            ),
            separate=layer.merge == "separate",
            truncate=layer.truncate,
            every=every,
        )

    _derived_shapes: tuple[tuple[int, ...], ...] = ()

    def _place_derived(self, lines: Sequence[Sequence[Line]]) -> None:
        """A matrix derived from parameters is another tensor behind those."""
        places = iter(range(len(self.sources), len(self.sources) + len(self.derived)))
        for both in lines:
            for line in both:
                missing = [n for n in parameters_of(line.schedule) if n not in line.parameters]
                line.parameters.update((name, (Piece(next(places)),)) for name in missing)

    def _line(self, layer: Recurrent, number: int, direction: str) -> Line:
        graph, sizes = layer.graph(number, training=layer.training), layer.sizes(number)
        order = schedule(graph)
        known = layer.sources(number, direction)
        backwards = direction == "backwards"
        parameters: dict[str, tuple[Piece, ...]] = {}
        for name in parameters_of(order):
            if name not in graph.derived:
                parameters[name] = tuple(self._piece(source) for source in known[name])
        line = Line(
            order,
            sizes,
            backwards,
            parameters,
            {name: self._other(name, number, backwards) for name in order.inputs if name != "x"},
            number * 2 + backwards,
        )
        for name in parameters_of(order):
            if name in graph.derived:
                self.derived.append((graph, name, {n: s[0] for n, s in known.items()}))
                self._derived_shapes = (*self._derived_shapes, line.shapes[name])
        return line

    def _piece(self, source: Source) -> Piece:
        module, name, row = source
        for place, (other, called, _) in enumerate(self.sources):
            if other is module and called == name:
                return Piece(place, row)
        self.sources.append((module, name, 0))
        return Piece(len(self.sources) - 1, row)

    def _other(self, name: str, number: int, backwards: bool) -> int:
        """The number of a further input: each line's own, since it may ask for a gradient."""
        key = (name, int(backwards), number)
        return self.others.setdefault(key, len(self.others))

    @staticmethod
    def _tensor(source: Source) -> Tensor:
        found: Tensor = getattr(source[0], source[1])
        return found

    @property
    def like(self) -> Tensor:
        """One of its parameters."""
        module, name, _ = self.first
        found = module._parameters.get(name)
        return self._tensor(self.first) if found is None else found

    def runs(self, x: Tensor) -> bool:
        """Whether compiled code runs all of it on such an input."""
        return choose.are_compiled(self.schedules, x.device, x.dtype)

    def run(
        self,
        sequences: Sequences,
        before: Started | None,
        chance: tuple[Seed, Tensor] | None,
    ) -> tuple[Outcome, tuple[Tensor, ...] | None]:
        """What came of a batch, and the number of each step if it is carried on.

        Args:
            sequences: The batch.
            before: What each line starts from; None for zeros.
            chance: The seed and the number of each row, for chance; None if there is none.
        """
        steps = self._steps(sequences, before) if self.counts else None
        states = () if before is None else self._together(before)
        return self._run(sequences, states, steps, chance)

    def as_it_is(self, state: State | None, x: Tensor) -> tuple[Tensor, ...] | None:
        """What users gave, if the network can start from it without more ado.

        That is from nothing, or from states alone in tensors such as it returns.

        Args:
            state: As users give it.
            x: The input, (T, B, I).
        """
        if state is None:
            return ()
        # A cell's only state comes bare.
        found = (state,) if len(self.network.states) == 1 else state
        slots, rows = self.network.slots, x.shape[1]
        if self.counts or type(found) is not tuple or len(found) != len(slots):
            return None
        starting: list[Tensor] = []
        for slot, one in zip(slots, found, strict=True):
            if not isinstance(one, Tensor) or one.shape != (slot.count, rows, slot.width):
                return None
            if one.dtype != x.dtype or one.device != x.device:
                return None
            starting.append(one)
        return tuple(starting)

    def started(
        self,
        sequences: Sequences,
        states: tuple[Tensor, ...],
        chance: tuple[Seed, Tensor] | None,
    ) -> tuple[Outcome, tuple[Tensor, ...] | None]:
        """The same as :meth:`run`, from what :meth:`as_it_is` gave."""
        steps = self._steps(sequences, None) if self.counts else None
        return self._run(sequences, states, steps, chance)

    def _run(
        self,
        sequences: Sequences,
        states: tuple[Tensor, ...],
        steps: tuple[Tensor, ...] | None,
        chance: tuple[Seed, Tensor] | None,
    ) -> tuple[Outcome, tuple[Tensor, ...] | None]:
        given = Given(
            sequences.x,
            self.parameters(),
            tuple([self._input(*key, sequences, steps) for key in self.others]),
            states,
            sequences.lengths,
            None if sequences.reset is None else self._resets(sequences),
            None if steps is None or chance is None else _streams(steps, *chance),
        )
        outcome = choose.run_network(self.network, given)
        return outcome, steps if self.carries_count else None

    def _together(self, before: Started) -> tuple[Tensor, ...]:
        return tuple(
            torch.stack([one[slot.state] for one in before[slot.first : slot.first + slot.count]])
            for slot in self.network.slots
        )

    def passed(
        self,
        sequences: Sequences,
        before: Started,
        chance: tuple[Seed, Tensor],
    ) -> tuple[Tensor, list[Passed]]:
        """The output of a layer, both directions side by side, and what each carries on."""
        outcome, steps = self.run(sequences, before, chance)
        states: list[dict[str, Tensor]] = [{} for _ in self.network.lines]
        every: list[dict[str, Tensor]] = [{} for _ in self.network.lines]
        for place, slot in enumerate(self.network.slots):
            for number in range(slot.count):
                line = slot.first + number
                states[line][slot.state] = outcome.last[place][number]
                if outcome.every is not None:
                    kept = ended(outcome.every[place][number : number + 1], sequences.lengths)
                    every[line][slot.state] = kept[0]
        if steps is not None:
            numbers = self._numbers(steps, sequences.lengths, every=False)
            for line, own in enumerate(states):
                own["t"] = numbers[line]
        if steps is not None and outcome.every is not None:
            numbers = self._numbers(steps, sequences.lengths, every=True)
            for line, own in enumerate(every):
                own["t"] = numbers[line]
        pairs = zip(states, every, strict=True)
        return outcome.output, [Passed(outcome.output, own, all_) for own, all_ in pairs]

    def state(
        self,
        outcome: Outcome,
        steps: tuple[Tensor, ...] | None,
        lengths: Tensor | None,
        *,
        single: bool,
    ) -> State:
        """What is carried on, as users get it."""
        parts = outcome.last
        if outcome.every is not None:
            parts = tuple(ended(part, lengths) for part in outcome.every)
        if single:
            parts = tuple(part.squeeze(-2) for part in parts)
        pairs = [*zip(self.network.slots, parts, strict=True)]
        found: list[Packed] = []
        for name in self.network.states:
            own = [part for slot, part in pairs if slot.state == name]
            found.append(own[0] if len(own) == 1 else tuple(part[0] for part in own))
        if steps is not None:
            numbers = self._numbers(steps, lengths, every=outcome.every is not None)
            found.append(numbers.squeeze(-2) if single else numbers)
        return tuple(found) if len(found) > 1 else found[0]

    def _numbers(self, steps: tuple[Tensor, ...], lengths: Tensor | None, *, every: bool) -> Tensor:
        """The number of the next step, (lines, B, 1), or after every step (lines, T, B, 1)."""
        by_line = [steps[int(line.backwards)] for line in self.network.lines]
        if every:
            return ended(torch.stack([numbers + 1 for numbers in by_line]).unsqueeze(-1), lengths)
        found = []
        for line, numbers in zip(self.network.lines, by_line, strict=True):
            read = mirror(numbers, lengths) if line.backwards else numbers
            after = (read + 1).unsqueeze(-1)
            found.append(at_end(after, read[0].unsqueeze(-1), lengths))
        return torch.stack(found)

    def parameters(self) -> tuple[Tensor, ...]:
        """All tensors that lines take their parameters from, as they are now."""
        found: list[Any]
        try:
            # Several times as quick as asking the module.
            found = [known[name] for known, name in self._known]
        except KeyError:
            found = [getattr(module, name) for module, name, _ in self.sources]
        for graph, name, sources in self.derived:
            values = {key: self._tensor(source) for key, source in sources.items()}
            found.append(evaluate(graph.derived[name], values))
        return tuple(found)

    # What each direction is told of each step, in the order of time

    def _steps(self, sequences: Sequences, before: Started | None) -> tuple[Tensor, ...]:
        """The number of each row's own step, (T, B), for both directions."""
        found = []
        for place in (0, 1):
            start = self._start(sequences, before, place)
            reset = self._reset(sequences, place)
            if place:
                reset = None if reset is None else mirror(reset, sequences.lengths)
                counted = count(start, reset, sequences.steps)
                found.append(mirror(counted.expand(-1, sequences.rows), sequences.lengths))
            else:
                found.append(count(start, reset, sequences.steps))
        return tuple(numbers.expand(sequences.steps, sequences.rows) for numbers in found)

    def _start(self, sequences: Sequences, before: Started | None, place: int) -> Tensor:
        """The number of the first step, (B,)."""
        for line, one in zip(self.network.lines, before or (), strict=False):
            if line.backwards == bool(place) and "t" in one:
                return one["t"].squeeze(-1)
        return sequences.x.new_zeros(sequences.rows, dtype=torch.int64)

    @staticmethod
    def _reset(sequences: Sequences, place: int) -> Tensor | None:
        """Where a row starts afresh before a step is read."""
        if sequences.reset is None or not place:
            return sequences.reset
        return following(sequences.reset, sequences.lengths)

    def _resets(self, sequences: Sequences) -> tuple[Tensor, ...]:
        found = (self._reset(sequences, place) for place in (0, 1))
        return tuple(reset for reset in found if reset is not None)

    def _input(
        self,
        name: str,
        place: int,
        number: int,
        sequences: Sequences,
        steps: Sequence[Tensor] | None,
    ) -> Tensor:
        """A further input, (T, B, width)."""
        x, shape = sequences.x, (sequences.steps, sequences.rows)
        if name == "t":
            assert steps is not None
            return steps[place].unsqueeze(-1).to(x.dtype)
        if name == "missing":
            if sequences.missing is not None and number == 0:
                return sequences.missing
            # What a layer gives to the next is never missing.
            line = self.network.layers[number - self.numbers.start][0]
            return x.new_zeros(*shape, line.sizes["I"])
        if sequences.dt is None:
            return x.new_ones(*shape, 1)
        times = sequences.dt
        if place:
            if sequences.reset is not None:
                # No time lies between two sequences: the first step of each comes after none.
                times = torch.where(sequences.reset.unsqueeze(-1), 0.0, times)
            times = following(times, sequences.lengths)
        return times.expand(*shape, 1)


def _streams(steps: Sequence[Tensor], seed: Seed, rows: Tensor) -> tuple[Stream, ...]:
    return tuple(Stream(seed, 0, rows.contiguous(), numbers.contiguous()) for numbers in steps)


def ended(part: Tensor, lengths: Tensor | None) -> Tensor:
    """What is known after every step, (lines, T, B, width), 0 after a row's end."""
    if lengths is None:
        return part
    return torch.where(running(lengths, part.shape[1]).unsqueeze(-1), part, 0)


def whole_stack(layer: Recurrent, *, every: bool) -> WholeStack | None:
    """The stack as one network as it is now; None if something comes between its layers."""
    dropped = layer.dropout > 0 and layer.training and layer.num_layers > 1
    if dropped or layer.residual:
        return None
    return _kept(layer, range(layer.num_layers), every=every)


def one_layer(layer: Recurrent, number: int, *, every: bool) -> WholeStack | None:
    """One layer as a network; None if it needs more than its input."""
    return (
        None if layer.merge == "separate" else _kept(layer, range(number, number + 1), every=every)
    )


def _kept(layer: Recurrent, numbers: range, *, every: bool) -> WholeStack | None:
    made: dict[Any, WholeStack | None] = layer.__dict__.setdefault(KEPT, Kept())
    key = (layer.training, every, layer.truncate, numbers.start, numbers.stop)
    if key not in made:
        able = _is_plain(layer, numbers)
        made[key] = WholeStack(layer, numbers, every=every) if able else None
    return made[key]


def _is_plain(layer: Recurrent, numbers: range) -> bool:
    if "below" in layer.cell.inputs or any(layer.dilation[number] > 1 for number in numbers):
        return False
    return not any(layer.graph(number).earlier for number in numbers)
