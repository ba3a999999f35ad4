"""A pass over time as a Triton kernel.

A program holds a block of rows and loops over time. Within a step it does the loops of the plan one
after another, each over its share of the blocks of units. What another program has written is read
only after all programs of the block of rows have met.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from recurra.kernels.cpu.arrays import Array, Bundle
from recurra.kernels.cpu.plan import Plan, Sweep
from recurra.kernels.gpu.functions import FUNCTIONS
from recurra.kernels.gpu.places import PARTS, Slot, address, called, is_given, slot, stored_as
from recurra.language.expression import (
    Constant,
    Expression,
    Pointwise,
    Spread,
    Total,
    Vector,
)
from recurra.language.widths import ONE, Width

NAME = "sweep"
"""What the kernel is called in its source."""

PAST = 'cache_modifier=".cg"'
"""What is added to a load of what other programs may have written."""

_Term: TypeAlias = "tuple[Array, tuple[tuple[str, bool], ...]]"
"""A vector, and the matrix that multiplies it in each column: a name, and whether transposed."""

SETTINGS = ("PRECISION", "STAGES", "BM", "BN", "BK")
"""What it is compiled for: how exact products are, how many loads are under way, and the rows,
units and terms of a block."""


@dataclass(frozen=True, eq=False)
class Emitted:
    """A kernel's source and its arguments, in order.

    ``T``, ``B`` and the counter at which programs meet come first.

    Attributes:
        source: The function's text.
        slots: The arrays. For each its memory; for one that is given how far one step lies from the
            next and one row from the next; for one with an edge what it holds there.
        parts: Arrays whose numbers are sums over units: the sums of each block of units.
        sums: What is added up over rows and steps: (blocks of rows, width).
        matrices: By name, and whether transposed: (width of the operand, width of the result).
        vectors: By name.
        widths: The numbers that widths stand for.
        loops: How many vectors and how many matrices each loop over terms loads.
        same: Arrays that are not written since another holds the same numbers.
    """

    source: str
    slots: tuple[Slot, ...]
    parts: tuple[Array, ...]
    sums: tuple[Array, ...]
    matrices: tuple[tuple[str, bool], ...]
    vectors: tuple[str, ...]
    widths: tuple[Width, ...]
    loops: tuple[tuple[int, int], ...]
    same: Mapping[Array, Array]


def emit(plan: Plan, bundles: Sequence[Bundle] = (), *, backwards: bool) -> Emitted:
    """The kernel of a pass.

    Args:
        plan: What it does.
        bundles: Arrays that lie side by side.
        backwards: Whether from the last step to the first.
    """
    return _Emitter(plan, bundles, backwards=backwards).emitted()


class _Emitter:
    def __init__(self, plan: Plan, bundles: Sequence[Bundle], *, backwards: bool) -> None:
        self.plan, self.backwards = plan, backwards
        self.beside = {one: len(bundle.members) for bundle in bundles for one in bundle.members}
        self.lines: list[str] = []
        self.depth = 1
        self.arrays: dict[str, Array] = {}
        self.parts: dict[str, Array] = {}
        self.sums: dict[str, Array] = {}
        self.matrices: dict[tuple[str, bool], str] = {}
        self.vectors: dict[str, str] = {}
        self.widths: dict[Width, str] = {}
        self.loops: list[tuple[int, int]] = []
        self.count = 0
        self.same = _same(plan)

    def emitted(self) -> Emitted:
        self._body()
        return Emitted(
            "\n".join([*self._head(), *self.lines, ""]),
            tuple(slot(array, self.plan.scratch) for array in self.arrays.values()),
            tuple(self.parts.values()),
            tuple(self.sums.values()),
            tuple(self.matrices),
            tuple(self.vectors),
            tuple(self.widths),
            tuple(self.loops),
            self.same,
        )

    def _head(self) -> Iterator[str]:
        yield f"def {NAME}("
        yield "    T, B, counter,"
        for array in self.arrays.values():
            name = called(array.name)
            apart = f" {name}_t, {name}_r," if is_given(array) else ""
            edge = f" {name}_edge," if array.shift else ""
            yield f"    {name},{apart}{edge}"
        for name in self.parts:
            yield f"    {called(name)}_parts,"
        for name in self.sums:
            yield f"    {called(name)},"
        for name in (*self.matrices.values(), *self.vectors.values(), *self.widths.values()):
            yield f"    {name},"
        yield "    " + ", ".join(f"{name}: tl.constexpr" for name in SETTINGS) + ","
        yield "):"

    def write(self, line: str) -> None:
        self.lines.append("    " * self.depth + line)

    def _body(self) -> None:
        self.write("rows = tl.program_id(0) * BM + tl.arange(0, BM)")
        self.write("rows = rows[:, None]")
        self.write("here = rows < B")
        self.write("counter += tl.program_id(0)")
        self.write("met = 0")
        self.write("step = tl.full((), 0, tl.int64)" + (" + T - 1" if self.backwards else ""))
        self.write("for _ in tl.range(0, T, num_stages=1):")
        self.depth += 1
        meetings = _meetings(self.plan)
        for sweep, meets in zip(self.plan.sweeps, meetings, strict=True):
            self._meet(meets=meets)
            _SweepWriter(self, sweep).write()
        self.write("step -= 1" if self.backwards else "step += 1")

    def _meet(self, *, meets: bool) -> None:
        if not meets:
            self.write("tl.debug_barrier()")
            return
        self.write("if tl.num_programs(1) > 1:")
        self.write("    met += tl.num_programs(1)")
        self.write("    meet(counter, met)")
        self.write("else:")
        self.write("    tl.debug_barrier()")

    def width(self, width: Width) -> str:
        if width == ONE:
            return "1"
        return self.widths.setdefault(width, f"width_{len(self.widths)}")

    def matrix(self, name: str, *, transposed: bool) -> str:
        return self.matrices.setdefault((name, transposed), f"matrix_{len(self.matrices)}")

    def array(self, array: Array) -> str:
        """The address of a step's numbers."""
        array = self.same.get(array, array)
        self.arrays.setdefault(array.name, array)
        return address(array, self._apart(array, "t"), self.plan.scratch)

    def rows(self, array: Array) -> str:
        """How far each row lies from the first."""
        return f"rows * {self._apart(array, 'r')}"

    def _apart(self, array: Array, what: str) -> str:
        """How far one step (t) or row (r) of an array lies from the next."""
        array = self.same.get(array, array)
        if is_given(array):
            return f"{called(array.name)}_{what}"
        row = f"({self.beside.get(array, 1)} * {self.width(array.width)})"
        return row if what == "r" else f"(B * {row})"


class _SweepWriter:
    """Writes one loop over blocks of units."""

    def __init__(self, emitter: _Emitter, sweep: Sweep) -> None:
        self.emitter, self.sweep = emitter, sweep
        self.values: dict[Expression, str] = {}
        self.is_wide = sweep.width != ONE

    def write(self) -> None:
        write = self.emitter.write
        if self.is_wide:
            width = self.emitter.width(self.sweep.width)
            write(
                f"for tile in tl.range(tl.program_id(1), tl.cdiv({width}, BN), "
                "tl.num_programs(1), num_stages=1):"
            )
            self.emitter.depth += 1
            write("units = tile * BN + tl.arange(0, BN)[None, :]")
            write(f"inside = units < {width}")
            write("mask = here & inside")
        else:
            # One number a row: the same for all programs, so that one computes it.
            write("if tl.program_id(1) == 0:")
            self.emitter.depth += 1
        self._groups()
        for node in self.sweep.nodes:
            self.values.setdefault(node, self._node(node))
        self._results()
        self.emitter.depth -= 1

    def _new(self, text: str) -> str:
        self.emitter.count += 1
        name = f"v{self.emitter.count}"
        self.emitter.write(f"{name} = {text}")
        return name

    def _groups(self) -> None:
        for group in self.sweep.groups:
            shape = "(BM, BN)" if self.is_wide else "(BM, 1)"
            names = [self._new(f"tl.zeros({shape}, tl.float32)") for _ in group.columns]
            by_width: dict[Width, list[_Term]] = {}
            for operand in group.operands:
                for array, matrices in zip(operand.arrays, operand.matrices, strict=True):
                    by_width.setdefault(array.width, []).append((array, matrices))
            for width, terms in by_width.items():
                self._products(width, terms, names)
            self.values.update(zip(group.columns, names, strict=True))

    def _products(self, width: Width, terms: Sequence[_Term], names: Sequence[str]) -> None:
        """Products with vectors of one width, added to those that the names stand for."""
        write = self.emitter.write
        self.emitter.loops.append((len(terms), sum(len(matrices) for _, matrices in terms)))
        bases = [self._new(self.emitter.array(array)) for array, _ in terms]
        many = self.emitter.width(width)
        write(f"for begin in tl.range(0, {many}, BK, num_stages=STAGES):")
        self.emitter.depth += 1
        write("terms = begin + tl.arange(0, BK)")
        write(f"known = terms < {many}")
        for (array, matrices), base in zip(terms, bases, strict=True):
            at = f"{base} + {self.emitter.rows(array)} + terms[None, :]"
            # Past the first cache, in which what other programs wrote is not seen.
            write(f"part = tl.load({at}, mask=here & known[None, :], other=0.0, {PAST})")
            for name, (matrix, transposed) in zip(names, matrices, strict=True):
                self._add_product(name, self.emitter.matrix(matrix, transposed=transposed))
        self.emitter.depth -= 1

    def _add_product(self, name: str, matrix: str) -> None:
        write = self.emitter.write
        if self.is_wide:
            width = self.emitter.width(self.sweep.width)
            write(
                f"weights = tl.load({matrix} + terms[:, None] * {width} + units, "
                "mask=known[:, None] & inside, other=0.0)"
            )
            write(f"{name} = tl.dot(part, weights, {name}, input_precision=PRECISION)")
        else:
            write(f"weights = tl.load({matrix} + terms, mask=known, other=0.0)")
            write(f"{name} += tl.sum(part * weights[None, :], 1)[:, None]")

    def _node(self, node: Expression) -> str:
        if node in self.values:
            return self.values[node]
        if node in self.sweep.read:
            return self._read(node)
        operands = [self.values[operand] for operand in node.operands]
        match node:
            case Constant(value):
                return f"({value!r})"
            case Vector(name, width):
                return self._vector(name, width)
            case Spread():
                return operands[0]
            case Pointwise(primitive):
                return self._new(FUNCTIONS[primitive].format(*operands))
        raise AssertionError(node)

    def _vector(self, name: str, width: Width) -> str:
        vectors = self.emitter.vectors
        place = vectors.setdefault(name, f"vector_{len(vectors)}")
        if width == ONE:
            return self._new(f"tl.load({place})")
        return self._new(f"tl.load({place} + units, mask=inside, other=0.0)")

    def _read(self, node: Expression) -> str:
        plan = self.emitter.plan
        if node not in plan.sources and isinstance(node, Total):
            return self._total(node, plan.places[node])
        array = plan.sources.get(node) or plan.places[node]
        at = f"{self.emitter.array(array)} + {self.emitter.rows(array)}"
        if array.width == ONE:
            return self._new(f"tl.load({at}, mask=here, other=0.0, {PAST})")
        return self._new(f"tl.load({at} + units, mask=mask, other=0.0)")

    def _total(self, node: Total, array: Array) -> str:
        """The sum over units from the sums of blocks."""
        write = self.emitter.write
        total = self._new("tl.zeros((BM, 1), tl.float32)")
        tiles = f"tl.cdiv({self.emitter.width(node.operand.width)}, BN)"
        parts = self._new(self._parts(array, tiles))
        write(f"for other in tl.range(0, {tiles}, num_stages=1):")
        write(f"    {total} += tl.load({parts} + other * B + rows, mask=here, other=0.0, {PAST})")
        return total

    def _parts(self, array: Array, tiles: str) -> str:
        self.emitter.parts.setdefault(array.name, array)
        return f"{called(array.name)}_parts + step % {PARTS} * {tiles} * B"

    def _results(self) -> None:
        write = self.emitter.write
        for node, array in self.sweep.totals:
            self._block_total(node, array)
        for node, array in self.sweep.stores:
            if array not in self.emitter.same:
                at = f"{self.emitter.array(array)} + {self.emitter.rows(array)}"
                at += " + units" if self.is_wide else ""
                mask = "mask" if self.is_wide else "here"
                write(f"tl.store({at}, {self.values[node]}, mask={mask})")
        for node, array in self.sweep.sums:
            self._sum(node, array)

    def _block_total(self, node: Expression, array: Array) -> None:
        """The sum over the units of a block."""
        tiles = f"tl.cdiv({self.emitter.width(self.sweep.width)}, BN)"
        at, total = f"{self._parts(array, tiles)} + rows", self.values[node]
        if self.is_wide:
            at += " + tile * B"
            total = f"tl.sum(tl.where(mask, {total}, 0.0), 1)[:, None]"
        self.emitter.write(f"tl.store({at}, {total}, mask=here)")

    def _sum(self, node: Expression, array: Array) -> None:
        """Adds up over rows and steps: a program's own numbers, a row for each block of rows."""
        write = self.emitter.write
        self.emitter.sums.setdefault(array.name, array)
        name = called(array.name)
        if self.is_wide:
            width = self.emitter.width(self.sweep.width)
            at, inside = f"{name} + tl.program_id(0) * {width} + units", "inside"
            value = f"tl.where(mask, {self.values[node]}, 0.0)"
        else:
            at, inside = f"{name} + tl.program_id(0) + tl.arange(0, 1)[None, :]", "None"
            value = f"tl.where(here, {self.values[node]}, 0.0)"
        write(f"former = tl.load({at}, mask={inside})")
        write(f"tl.store({at}, former + tl.sum({value}, 0)[None, :], mask={inside})")


_KINDS = ("left ", "partial ", "after ", "saved ")
"""Arrays of which one may stand for another, those first that must lie where they are."""


def _same(plan: Plan) -> dict[Array, Array]:
    """Of arrays that would hold the same numbers of each step, which one holds them for all."""
    found: dict[Array, Array] = {}
    for sweep in plan.sweeps:
        by_node: dict[Expression, list[Array]] = {}
        for node, array in sweep.stores:
            if array.name.startswith(_KINDS):
                by_node.setdefault(node, []).append(array)
        for arrays in by_node.values():
            first, *others = sorted(arrays, key=_rank)
            kept = {array for array in others if array.name.startswith(_KINDS[::2])}
            found.update((array, first) for array in others if array not in kept)
    return found


def _rank(array: Array) -> int:
    return next(place for place, kind in enumerate(_KINDS) if array.name.startswith(kind))


def _meetings(plan: Plan) -> list[bool]:
    """Before which loops programs must meet, since they read what others may have written."""
    unseen = {name for sweep in plan.sweeps for name in _writes(sweep)}
    found: list[bool] = []
    # The second time round it is as in every step.
    for _ in range(2):
        found = []
        for sweep in plan.sweeps:
            meets = not unseen.isdisjoint(_reads_of_others(plan, sweep))
            if meets:
                unseen.clear()
            found.append(meets)
            unseen.update(_writes(sweep))
    return found


def _writes(sweep: Sweep) -> Iterator[str]:
    for _, array in (*sweep.stores, *sweep.totals):
        yield array.name


def _reads_of_others(plan: Plan, sweep: Sweep) -> Iterator[str]:
    """The arrays of which a loop reads more than its own block of units."""
    for group in sweep.groups:
        for operand in group.operands:
            yield from (stored_as(array) for array in operand.arrays)
    for node in sweep.read:
        array = plan.sources.get(node) or plan.places[node]
        if array.width == ONE:
            yield stored_as(array)
