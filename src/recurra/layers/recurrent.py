"""The layer that runs any cell over sequences."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any, Literal, TypeAlias

import torch
from torch import Tensor, nn
from torch.compiler import is_dynamo_compiling
from torch.nn import functional
from torch.nn.utils.rnn import PackedSequence

from recurra.cells import Projected, find, names
from recurra.errors import CellError, OptionError
from recurra.kernels import choose as choose_kernel
from recurra.kernels.choose import Choice, choose
from recurra.kernels.philox import Seed, as_tensor
from recurra.kernels.tracing import holds, is_traced
from recurra.language import Cell, Graph, Initial, schedule, trace
from recurra.language.widths import resolve
from recurra.layers import in_graph, options, streaming
from recurra.layers.arguments import Form, arranged
from recurra.layers.initialise import initialise
from recurra.layers.leg import Leg, RunLeg
from recurra.layers.lengths import Lengths
from recurra.layers.passage import Layer, Passed, Way
from recurra.layers.sequences import Sequences
from recurra.layers.state import Shapes, State, pack, unpack
from recurra.layers.stepper import Stepper
from recurra.layers.whole_stack import Source, WholeStack, one_layer, whole_stack

RunLayer: TypeAlias = Callable[[int, list[Sequences]], tuple[list[Tensor], list[Passed]]]
"""Runs a layer, by its number, on what each direction sees: outputs, and what came of each."""

RunFrom: TypeAlias = Callable[
    [int, list[Sequences], list[dict[str, Tensor]]], tuple[list[Tensor], list[Passed]]
]
"""The same from the states that each direction starts from."""


class Recurrent(nn.Module):
    """A stack of recurrent layers, of any cell.

    It takes and gives what torch.nn.LSTM does, for every cell.

    Args:
        cell: A cell, or the name of one: ``"elman"``, ``"lstm"``, ``"gru"``; ``recurra cells``
            lists them.
        input_size: I, the numbers in each step of the input, at least 1.
        hidden_size: H, the units of each layer, at least 1; or one number a layer, as (50, 100).
        num_layers: How many layers lie on each other; as many as there are sizes if several are
            given.
        bidirectional: Whether each layer reads the sequence in both directions.
        batch_first: Whether input and output are (B, T, ...) instead of (T, B, ...).
        dropout: The share of each layer's outputs set to zero in training, from 0 up to but not 1,
            on all layers but the last.
        bias: Whether the cell's biases are there.
        proj_size: The numbers to which the output of each layer is projected before the cell uses
            it again (Sak et al. 2014, arXiv:1402.1128, section 2.1); 0 for none.
        residual: Whether each layer whose output is as wide as its input adds the two.
        dilation: How many steps apart the steps lie that a layer connects (Chang et al. 2017,
            arXiv:1710.02224, eq. 1), at least 1; one number or one a layer.
        merge: ``"concat"``: in two directions each layer sees both outputs of the layer below, side
            by side. ``"separate"``: each direction is a stack of its own, and they are put side by
            side at the top.
        reverse: Whether the one direction is from a sequence's end to its start.
        truncate: Every how many steps the gradient is cut (truncated backpropagation through time),
            at least 1; None for never. Values do not change. In a dilated layer rounded up to a
            multiple of its dilation.
        init: What the parameters start from: ``"cell"``, as the cell declares; ``"torch"``, all
            uniform within 1 / sqrt(H); ``"keras"``, Glorot-uniform, orthogonal, zero, and 1 for
            the forget gate's bias; or initial values by parameter or family, the rest as the cell
            declares: ``{"b_f": Chrono(100)}``.
        device: Where the parameters lie.
        dtype: Their type.

    Raises:
        CellError: If no cell has that name, its equations cannot be read, or it cannot carry an
            option.
        OptionError: If a size or option is out of range.
    """

    def __init__(
        self,
        cell: Cell | str,
        input_size: int,
        hidden_size: int | Sequence[int],
        num_layers: int = 1,
        *,
        bidirectional: bool = False,
        batch_first: bool = False,
        dropout: float = 0.0,
        bias: bool = True,
        proj_size: int = 0,
        residual: bool = False,
        dilation: int | Sequence[int] = 1,
        merge: Literal["concat", "separate"] = "concat",
        reverse: bool = False,
        truncate: int | None = None,
        init: Literal["cell", "torch", "keras"] | Mapping[str, Initial] = "cell",
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.cell = _cell(cell)
        self.input_size = options.positive("input_size", input_size)
        self.hidden_sizes = options.sizes(hidden_size, num_layers)
        self.bidirectional = bidirectional
        self.batch_first = batch_first
        self.dropout = options.share("dropout", dropout)
        self.bias = bias
        self.proj_size = options.positive("proj_size", proj_size) if proj_size else 0
        self.residual = residual
        self.dilation = options.dilations(dilation, self.num_layers)
        self.merge = options.one_of("merge", merge, "concat", "separate")
        self.reverse = reverse
        self.truncate = None if truncate is None else options.positive("truncate", truncate)
        self.init = init if isinstance(init, Mapping) else options.one_of("init", init, *_INITS)
        self._check_topology()
        self._make_parameters(device, dtype)
        self.cell = _same(self.cell)
        self.reset_parameters()

    def _check_topology(self) -> None:
        if self.reverse and self.bidirectional:
            raise OptionError(
                "reverse=True with bidirectional=True", "one of the two", "leave reverse out"
            )
        if self.residual and not any(self._has_residual(n) for n in range(self.num_layers)):
            raise OptionError(
                f"residual=True for layers of widths {self.input_size} -> {self.hidden_sizes}",
                "at least one layer whose output is as wide as its input",
                "give several layers the same hidden_size",
            )
        if "below" in self.cell.inputs and len(set(self.hidden_sizes)) > 1:
            raise OptionError(
                f"hidden_size={self.hidden_sizes} for the cell {self.cell.name}, in which each "
                "layer sees the states of the one beneath unit by unit",
                "layers of one size",
            )

    def _make_parameters(
        self, device: torch.device | str | None, dtype: torch.dtype | None
    ) -> None:
        """A child a layer, in it a child a direction, with the cell's own names."""
        self.layers = nn.ModuleList()
        for number in range(self.num_layers):
            layer = nn.Module()
            self.graph(number).check(self.sizes(number))
            for direction in self.directions:
                weights = nn.Module()
                for name, shape in self.graph(number).parameters.items():
                    size = shape.resolved(self.sizes(number))
                    tensor = torch.empty(size, device=device, dtype=dtype)
                    weights.register_parameter(name, nn.Parameter(tensor))
                layer.add_module(direction, weights)
            self.layers.append(layer)

    def weights(self, number: int, direction: str) -> dict[str, Tensor]:
        """The parameters of a layer in a direction, by the cell's own names."""
        module = self.layers[number].get_submodule(direction)
        return {name: getattr(module, name) for name in self.graph(number).parameters}

    def sources(self, number: int, direction: str) -> dict[str, tuple[Source, ...]]:
        """Where a layer's parameters lie, by the cell's own names: each the sum of several."""
        module = self.layers[number].get_submodule(direction)
        return {name: ((module, name, 0),) for name in self.graph(number).parameters}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)  # type: ignore[no-untyped-call]
        self.cell = _same(self.cell)

    def graph(self, number: int = 0, *, training: bool = True) -> Graph:
        """The equations of a layer as a graph, as they are in training or in evaluation."""
        return self._graph(number, self.sizes(number), training=training)

    def _graph(self, number: int, sizes: Mapping[str, int], *, training: bool = True) -> Graph:
        return trace(
            self._projected,
            bias=self.bias,
            training=training,
            lowest=number == 0,
            square=sizes["I"] == sizes["H"],
        )

    @property
    def _projected(self) -> Cell:
        return Projected(self.cell, self.proj_size) if self.proj_size else self.cell

    @property
    def directions(self) -> tuple[str, ...]:
        """The directions in which each layer reads."""
        if self.bidirectional:
            return ("forwards", "backwards")
        return ("backwards",) if self.reverse else ("forwards",)

    @property
    def num_layers(self) -> int:
        """How many layers lie on each other."""
        return len(self.hidden_sizes)

    @property
    def output_size(self) -> int:
        """The numbers in each step of the output."""
        return self._output_width(self.num_layers - 1) * len(self.directions)

    @property
    def layer_input_sizes(self) -> tuple[int, ...]:
        """The numbers in each step of each layer's input, in each direction."""
        return tuple(self.sizes(number)["I"] for number in range(self.num_layers))

    def sizes(self, number: int) -> dict[str, int]:
        """What the widths ``"H"`` and ``"I"`` are in a layer."""
        seen = len(self.directions) if self.merge == "concat" else 1
        found = {"H": self.hidden_sizes[0], "I": self.input_size}
        # From the bottom, since each layer asks how wide the one beneath it is.
        for below in range(number):
            width = resolve(self._graph(below, found).output.width, found)
            found = {"H": self.hidden_sizes[below + 1], "I": seen * width}
        return found

    def _output_width(self, number: int) -> int:
        """The numbers in each step of a layer's output in one direction."""
        sizes = self.sizes(number)
        return resolve(self._graph(number, sizes).output.width, sizes)

    def _has_residual(self, number: int) -> bool:
        seen = len(self.directions) if self.merge == "concat" else 1
        return self.residual and self.sizes(number)["I"] == seen * self._output_width(number)

    def kernels(self) -> list[Choice]:
        """Which kernel runs each layer as it is now, and why.

        In training or evaluation as the layer is; a call within torch.func, torch.export or
        torch.jit.trace and derivatives of derivatives go to the reference whatever this says.
        """
        like = next(self.parameters())
        return [
            choose(schedule(self.graph(n, training=self.training)), like.device, like.dtype)
            for n in range(self.num_layers)
        ]

    def kernel_report(self) -> str:
        """:meth:`kernels` as text: which, why, what a step takes and what options add to it."""
        lines: list[str] = []
        told: list[list[str]] = []
        for number, choice in enumerate(self.kernels()):
            lines.append(f"layer {number} ({self.cell.name}): {choice.kernel}, {choice.reason}")
            costs = choose_kernel.costs(schedule(self.graph(number, training=self.training)))
            # What is the same for several layers is said once.
            if costs not in told:
                told.append(costs)
                lines += [f"  {line}" for line in costs]
        return "\n".join(lines)

    def reset_parameters(self) -> None:
        """Draws all parameters anew from torch's random state."""
        for number in range(self.num_layers):
            for direction in self.directions:
                graph, weights = self.graph(number), self.weights(number, direction)
                initialise(self._projected, graph, weights, self.init, self.hidden_sizes[number])

    def forward(
        self,
        x: Tensor | PackedSequence,
        state: State | None = None,
        *,
        lengths: Lengths | None = None,
        reset: Tensor | None = None,
        dt: Tensor | None = None,
        missing: Tensor | None = None,
        states: Literal["last", "all"] = "last",
        seed: int | None = None,
        rows: Tensor | None = None,
    ) -> tuple[Tensor | PackedSequence, State]:
        """Runs the stack over a batch of sequences.

        Args:
            x: (T, B, I), or (B, T, I) if ``batch_first``, or (T, I) for a single sequence; T and B
                at least 1. Or a PackedSequence.
            state: What it starts from, as it was returned; zero if None.
            lengths: How many steps each row has, (B,), in any order, from 0 to T; T if None. What
                lies behind has no influence, and the output there is 0.
            reset: True where a row starts afresh before a step, with states of zero: (T, B) like x.
                In a backward direction the same two steps are parted.
            dt: The time since the step before, (T, B) like x, finite and at least 0; 1 throughout
                if None. Only for a cell that asks for it. In a backward direction the same two
                steps lie as far apart, and the first it reads comes after no time.
            missing: True where a number of the input is missing, (T, B, I) like x; nowhere if None.
                The number itself may be anything. Only for a cell that asks for it.
            states: ``"last"``, or ``"all"`` for the states after every step.
            seed: What chance in the cell's equations starts from, 0 or more; drawn from torch's
                random state if None. The same seed gives the same chances, however batch and
                sequences are split, if ``rows`` and states are passed on.
            rows: The number of each row, (B,), for chance; 0, 1, ... if None.

        Returns:
            The last layer's output at every step, (T, B, output_size) or as ``x`` was given, and
            the state of every layer and direction after its last step: for each of the cell's
            states a tensor (layers x directions, B, width), as torch.nn.LSTM gives it, or where
            the layers differ in width a tuple of (B, width). With ``states="all"`` (layers x
            directions, T, B, width). A cell that uses earlier inputs, the number of the step or
            chance carries those too, behind its states. In a dilated layer each state has its
            dilation as another dimension before B. A cell with one state gives it bare.

        Raises:
            OptionError: If something is given that the cell or layer cannot use.
            ShapeError: If a tensor does not fit, in its shape, type or range.
        """
        if is_dynamo_compiling():
            found: tuple[Tensor | PackedSequence, State] = in_graph.call(
                self,
                x,
                state,
                lengths=lengths,
                reset=reset,
                dt=dt,
                missing=missing,
                states=states,
                seed=seed,
                rows=rows,
            )
            return found
        every = states == "all"
        if not (states == "last" and dt is None and missing is None):
            self._check_call(dt, missing, states)
        stack = whole_stack(self, every=every)
        sequences, form = arranged(
            x,
            batch_first=self.batch_first,
            input_size=self.input_size,
            like=next(self.parameters()) if stack is None else stack.like,
            lengths=lengths,
            reset=reset,
            dt=dt,
            missing=missing,
        )
        if stack is not None and stack.runs(sequences.x):
            return self._whole(stack, sequences, state, form, seed=seed, rows=rows)
        before = self._started(self._before(state, sequences, form), sequences)
        way = self._way(sequences, seed, rows, every=every or "below" in self.cell.inputs)
        output, passed = self._stack(sequences, before, partial(self._layer, way=way))
        return form.given_back(output, sequences.lengths), self._state(passed, form, states)

    def leg_by_leg(
        self,
        run: RunLeg,
        x: Tensor | PackedSequence,
        state: State | None = None,
        *,
        lengths: Lengths | None = None,
        reset: Tensor | None = None,
        dt: Tensor | None = None,
        missing: Tensor | None = None,
        states: Literal["last", "all"] = "last",
        seed: int | None = None,
        rows: Tensor | None = None,
    ) -> tuple[Tensor | PackedSequence, State]:
        """What a call gives, each layer and direction run by someone who watches or changes it.

        Args:
            run: Called with each :class:`~recurra.layers.leg.Leg`, from the lowest layer on, in
                which the states after every step are wanted; gives what ``Leg.run`` gives.
            x: As for a call, and so all else.
            state: Likewise.
            lengths: Likewise.
            reset: Likewise.
            dt: Likewise.
            missing: Likewise.
            states: Likewise.
            seed: Likewise.
            rows: Likewise.

        Raises:
            OptionError: If something is given that the cell or layer cannot use.
            ShapeError: If a tensor does not fit, in its shape, type or range.
        """
        self._check_call(dt, missing, states)
        sequences, form = arranged(
            x,
            batch_first=self.batch_first,
            input_size=self.input_size,
            like=next(self.parameters()),
            lengths=lengths,
            reset=reset,
            dt=dt,
            missing=missing,
        )
        before = self._started(self._before(state, sequences, form), sequences)
        way = self._way(sequences, seed, rows, every=True)
        output, passed = self._stack(sequences, before, partial(self._legs, way=way, run=run))
        return form.given_back(output, sequences.lengths), self._state(passed, form, states)

    def _number_in_graphs(self, *settings: Hashable) -> int | None:
        """What the graphs of torch.compile call layers that are alike in their settings."""
        return in_graph.number_of(self, Recurrent.forward, (type(self), *settings))

    # torch runs it while it makes a graph. torch.compiler.assume_constant_result sets the same, but
    # would import torch's compiler for it.
    _number_in_graphs._dynamo_marked_constant = True  # type: ignore[attr-defined]

    def _before(
        self, state: State | None, sequences: Sequences, form: Form
    ) -> list[dict[str, Tensor]] | None:
        """What each layer and direction starts from; None for zeros."""
        if state is None:
            return None
        return unpack(state, self._shapes(sequences), sequences.x, single=form.single)

    def _started(
        self, before: list[dict[str, Tensor]] | None, sequences: Sequences
    ) -> list[dict[str, Tensor]]:
        if before is not None:
            return before
        return unpack(None, self._shapes(sequences), sequences.x, single=False)

    def _shapes(self, sequences: Sequences) -> list[Shapes]:
        """The shape of what each layer and direction carries."""
        return [
            self._carried(number, sequences.rows)
            for number in range(self.num_layers)
            for _ in self.directions
        ]

    def _whole(
        self,
        stack: WholeStack,
        sequences: Sequences,
        state: State | None,
        form: Form,
        *,
        seed: int | None,
        rows: Tensor | None,
    ) -> tuple[Tensor | PackedSequence, State]:
        """All layers in one go."""
        chance = None
        if stack.draws:
            chance = self._seed(seed), _row_numbers(rows, sequences)
        elif seed is not None or rows is not None:
            # What nothing asks for is checked all the same.
            self._seed(seed)
            _row_numbers(rows, sequences)
        starting = None if form.single else stack.as_it_is(state, sequences.x)
        if starting is not None:
            outcome, after = stack.started(sequences, starting, chance)
        else:
            outcome, after = stack.run(sequences, self._before(state, sequences, form), chance)
        carried = stack.state(outcome, after, sequences.lengths, single=form.single)
        return form.given_back(outcome.output, sequences.lengths), carried

    def _check_call(self, dt: Tensor | None, missing: Tensor | None, states: str) -> None:
        options.one_of("states", states, "last", "all")
        for name, given in (("dt", dt), ("missing", missing)):
            if given is not None and name not in self.cell.inputs:
                able = ", ".join(n for n in names() if name in find(n)().inputs)
                raise OptionError(
                    f"{name} for the cell {self.cell.name}, which does not use it",
                    f"a cell whose step asks for {name}: {able}",
                    f"leave {name} out, or make it part of the input",
                )
        if dt is not None and max(self.dilation) > 1:
            raise OptionError(f"dt with dilation={self.dilation}", "one of the two")

    def _carried(self, number: int, rows: int) -> Shapes:
        """The shape of what a layer carries in one direction, by name."""
        graph, sizes = self.graph(number), self.sizes(number)
        widths = {name: resolve(leaf.width, sizes) for name, leaf in graph.states.items()}
        widths |= {f"x_{back}": sizes["I"] for back in range(1, graph.earlier + 1)}
        dilation = self.dilation[number]
        lead = (dilation, rows) if dilation > 1 else (rows,)
        shapes = {name: (*lead, width) for name, width in widths.items()}
        return shapes | ({"t": (rows, 1)} if graph.counts else {})

    def _seed(self, seed: int | None) -> Seed:
        if seed is not None:
            if isinstance(seed, bool) or not 0 <= seed < 2**64:
                raise OptionError(f"seed={seed!r}", "a whole number from 0 to 2**64 - 1")
            return as_tensor(seed) if is_traced() else int(seed)
        if self.training and self.graph().randoms:
            drawn = torch.randint(2**63 - 1, ())
            return drawn if is_traced() else int(drawn.item())
        return 0

    def _way(
        self, sequences: Sequences, seed: int | None, rows: Tensor | None, *, every: bool
    ) -> Way:
        """How all legs are run; direction, dilation and place are each leg's own."""
        return Way(
            backwards=False,
            dilation=1,
            place=0,
            seed=self._seed(seed),
            row_numbers=_row_numbers(rows, sequences),
            truncate=self.truncate,
            every=every,
        )

    def _stack(
        self, sequences: Sequences, before: list[dict[str, Tensor]], layer: RunFrom
    ) -> tuple[Tensor, list[Passed]]:
        """All layers, one after another: the output and what came of each layer and direction."""
        ways = len(self.directions)
        passed: list[Passed] = []

        def run(number: int, seen: list[Sequences]) -> tuple[list[Tensor], list[Passed]]:
            outputs, here = layer(number, seen, before[number * ways : (number + 1) * ways])
            passed.extend(here)
            return outputs, here

        return self._climb(sequences, run), passed

    def _climb(self, sequences: Sequences, run: RunLayer) -> Tensor:
        """The output of the last layer, when each is run on what comes of the one below."""
        ways = len(self.directions)
        seen, outputs = [sequences] * ways, [sequences.x]
        for number in range(self.num_layers):
            outputs, here = run(number, seen)
            if self._has_residual(number):
                outputs = self._added(outputs, seen)
            if number + 1 < self.num_layers:
                outputs = [functional.dropout(o, self.dropout, self.training) for o in outputs]
            # Both directions read the one joined output, or each its own.
            below = [dict(one.every) if "below" in self.cell.inputs else {} for one in here]
            seen = [
                replace(
                    sequences, x=outputs[place % len(outputs)], missing=None, below=below[place]
                )
                for place in range(ways)
            ]
        return outputs[0]

    def _layer(
        self, number: int, seen: list[Sequences], before: list[dict[str, Tensor]], way: Way
    ) -> tuple[list[Tensor], list[Passed]]:
        """One layer in all its directions: what the layer above sees, and what is carried on."""
        one = one_layer(self, number, every=way.every)
        if one is not None and one.runs(seen[0].x):
            output, passed = one.passed(seen[0], before, (way.seed, way.row_numbers))
            return [output], passed
        return self._legs(number, seen, before, way, Leg.run)

    def _legs(
        self,
        number: int,
        seen: list[Sequences],
        before: list[dict[str, Tensor]],
        way: Way,
        run: RunLeg,
    ) -> tuple[list[Tensor], list[Passed]]:
        """The same, one direction after the other."""
        passed = [
            run(self._leg(number, place, seen[place], before[place], way))
            for place in range(len(self.directions))
        ]
        outputs = [one.output for one in passed]
        return self._joined(outputs, top=number + 1 == self.num_layers), passed

    def _joined(self, outputs: list[Tensor], *, top: bool) -> list[Tensor]:
        """The outputs of both directions side by side, unless each is a stack of its own."""
        apart = len(outputs) == 1 or (self.merge == "separate" and not top)
        return outputs if apart else [torch.cat(outputs, dim=-1)]

    def _added(self, outputs: list[Tensor], seen: list[Sequences]) -> list[Tensor]:
        """The outputs of a layer with its inputs added."""
        below = [one.x for one in seen]
        if len(outputs) == 1 and self.merge == "separate" and len(below) > 1:
            below = [torch.cat(below, dim=-1)]
        return [output + x for output, x in zip(outputs, below, strict=False)]

    def _leg(
        self, number: int, place: int, seen: Sequences, state: dict[str, Tensor], way: Way
    ) -> Leg:
        """One layer in one direction."""
        direction = self.directions[place]
        return Leg(
            number,
            direction,
            Layer(
                self.graph(number, training=self.training),
                self.weights(number, direction),
                self.sizes(number),
            ),
            seen,
            state,
            replace(
                way,
                backwards=direction == "backwards",
                dilation=self.dilation[number],
                place=number * 2 + (direction == "backwards"),
            ),
        )

    def _state(self, passed: list[Passed], form: Form, states: str) -> State:
        found = [one.every if states == "all" else one.state for one in passed]
        if form.single:
            found = [{name: part.squeeze(-2) for name, part in one.items()} for one in found]
        return pack(found)

    def stepper(self, batch_size: int = 1, *, head: nn.Linear | None = None) -> Stepper:
        """What runs the layer step by step, as a stream comes in, and keeps its states.

        On a CPU each step is one call of compiled code that allocates nothing. Where something
        comes between layers or steps (a residual connection, dilation, a cell that sees the layer
        beneath or earlier inputs), and where no kernel is compiled, each step calls the layer;
        that is said once, as a warning. The kernel is chosen here.

        Args:
            batch_size: B, the rows that are run side by side, at least 1.
            head: A dense layer on the output, whose answer each step gives instead.

        Raises:
            OptionError: If the layer reads sequences from their end, or the head does not fit.
        """
        shapes = [self._carried(number, batch_size) for number in range(self.num_layers)]
        return streaming.stepper(self, batch_size, head, shapes)

    def extra_repr(self) -> str:
        """What it was made of."""
        given = [self.cell.name, str(self.input_size), str(self.hidden_sizes)]
        switches = ("bidirectional", "batch_first", "residual", "reverse")
        given += [name for name in switches if getattr(self, name)]
        given += [f"proj_size={self.proj_size}"] * bool(self.proj_size)
        given += [f"dilation={self.dilation}"] * (max(self.dilation) > 1)
        given += ["merge='separate'"] * (self.merge == "separate")
        given += [f"truncate={self.truncate}"] * (self.truncate is not None)
        return ", ".join(given)


_INITS = ("cell", "torch", "keras")


def _row_numbers(rows: Tensor | None, sequences: Sequences) -> Tensor:
    if rows is None:
        return torch.arange(sequences.rows, device=sequences.x.device)
    found = torch.as_tensor(rows, device=sequences.x.device)
    whole = found.shape == (sequences.rows,) and not found.is_floating_point()
    if not whole or not holds(found >= 0, "rows of 0 or more"):
        raise OptionError(
            f"rows of shape {tuple(found.shape)} and type {found.dtype}",
            f"a whole number, 0 or more, for each of the {sequences.rows} rows",
        )
    return found.to(torch.int64)


def _cell(cell: object) -> Cell:
    if isinstance(cell, str):
        return find(cell)()
    if not isinstance(cell, Cell):
        raise CellError(
            f"cell={cell!r}",
            f"a cell, or the name of one: {', '.join(names())}",
            f"write {cell.__name__}()" if isinstance(cell, type) else 'write cell="lstm"',
        )
    return cell


@cache
def _same(cell: Cell) -> Cell:
    """One of all cells that are equal, by which torch.compile knows that layers are alike."""
    return cell
