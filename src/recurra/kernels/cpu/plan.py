"""In which order a pass over time computes its nodes, and which of them lie in memory.

A step is cut into levels: a product or a sum over units must wait until all units of its operand
are known. Within a level, everything of one width is computed in one loop over blocks of units and
rows, in registers, and only what a later level, another step or the caller needs is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from recurra.kernels.cpu.arrays import Array, Bundle
from recurra.kernels.cpu.functions import SAVED
from recurra.kernels.cpu.joined import Joined, join
from recurra.kernels.cpu.panel import WIDEST
from recurra.language.expression import (
    Constant,
    Expression,
    Linear,
    PerUnit,
    Pointwise,
    Random,
    Size,
    Total,
    Vector,
)
from recurra.language.widths import ONE, Width


@dataclass(frozen=True, eq=False)
class Operand:
    """What a group of products multiplies.

    Attributes:
        arrays: One vector, or several that lie side by side and are taken as one.
        matrices: For each of them the matrix of each column: a name, and whether it is transposed.
        steady: Whether it is known for all steps, so that several are multiplied at once.
    """

    arrays: tuple[Array, ...]
    matrices: tuple[tuple[tuple[str, bool], ...], ...]
    steady: bool


@dataclass(frozen=True, eq=False)
class Group:
    """Products of one level whose results lie side by side.

    Attributes:
        operands: What is multiplied, what is known for all steps first.
        columns: The nodes that are computed.
    """

    operands: tuple[Operand, ...]
    columns: tuple[Joined, ...]

    @property
    def steady(self) -> bool:
        """Whether part of it is computed for several steps at once."""
        return self.operands[0].steady


@dataclass(eq=False)
class Sweep:
    """One loop over blocks of units and rows.

    Attributes:
        width: The numbers in a row.
        groups: The products that are computed for each block first.
        nodes: What is computed or read, each after its operands.
        read: Those of the nodes that earlier loops have left in memory.
        stores: What is stored, and where.
        totals: What is added up over all units, and where.
        sums: What is added up over all rows and steps, and where.
    """

    width: Width
    groups: list[Group] = field(default_factory=list)
    nodes: list[Expression] = field(default_factory=list)
    read: set[Expression] = field(default_factory=set)
    stores: list[tuple[Expression, Array]] = field(default_factory=list)
    totals: list[tuple[Expression, Array]] = field(default_factory=list)
    sums: list[tuple[Expression, Array]] = field(default_factory=list)

    @property
    def blocks(self) -> int:
        """How many blocks of units are computed at once."""
        widest = max((len(group.columns) for group in self.groups), default=WIDEST)
        return max(1, WIDEST // widest)


@dataclass(frozen=True, eq=False)
class Plan:
    """A pass over time.

    Attributes:
        sources: Where each node lies that is known before a step.
        scratch: Arrays that are used within a step.
        sweeps: The loops, in order.
        places: Where each node lies that is stored.
    """

    sources: Mapping[Expression, Array]
    scratch: tuple[Array, ...]
    sweeps: tuple[Sweep, ...]
    places: Mapping[Expression, Array]

    @property
    def draws(self) -> dict[Array, Random]:
        """The random numbers that are drawn, by where they lie."""
        return {a: leaf for leaf, a in self.sources.items() if isinstance(leaf, Random)}

    @property
    def divides_units(self) -> bool:
        """Whether threads can divide the units of a step: no number is shared by all of them."""
        return not self.draws and not any(sweep.totals for sweep in self.sweeps)

    @property
    def arrays(self) -> tuple[Array, ...]:
        """All arrays, in the order in which the code expects them."""
        found: dict[Array, None] = dict.fromkeys(self.sources.values())
        for sweep in self.sweeps:
            found |= dict.fromkeys(array for _, array in sweep.stores)
            found |= dict.fromkeys(array for _, array in sweep.totals)
            found |= dict.fromkeys(array for _, array in sweep.sums)
        found |= dict.fromkeys(self.scratch)
        return tuple(found)

    @property
    def groups(self) -> tuple[tuple[Sweep, Group], ...]:
        """All groups of products, each with its sweep."""
        return tuple((sweep, group) for sweep in self.sweeps for group in sweep.groups)


def plan(
    sources: Mapping[Expression, Array],
    stores: Sequence[tuple[Expression, Array]],
    sums: Sequence[tuple[Expression, Array]] = (),
    steady: Iterable[Array] = (),
    bundles: Sequence[Bundle] = (),
) -> Plan:
    """The order in which to compute some nodes.

    Args:
        sources: Where each node lies that is known before a step.
        stores: What shall be stored, and where.
        sums: What shall be added up over rows and steps, and where.
        steady: The arrays that are known for all steps.
        bundles: Arrays that lie side by side.
    """
    known, steady = {*sources}, {*steady}
    waiting = {node for node, array in sources.items() if array in steady}
    wanted = [node for node, _ in (*stores, *sums)]
    levels = _levels(wanted, known)
    made = join(wanted, levels, {*wanted}, known, waiting)
    planner = _Planner(sources, [(made[n], a) for n, a in stores], [(made[n], a) for n, a in sums])
    planner.steady, planner.bundles = steady, bundles
    return planner.plan()


def _levels(results: Iterable[Expression], known: set[Expression]) -> dict[Expression, int]:
    """How many products or sums over units lie one upon another in each node."""
    levels: dict[Expression, int] = {}

    def visit(node: Expression) -> int:
        if node not in levels:
            below = 0
            if node not in known:
                below = max((visit(o) + _is_brought(o, known) for o in node.operands), default=0)
                below += _waits(node)
            levels[node] = below
        return levels[node]

    for result in results:
        visit(result)
    return levels


def _waits(node: Expression) -> bool:
    """Whether all units of its operands must be known first."""
    return isinstance(node, Joined | Linear | Total)


def _is_brought(node: Expression, known: set[Expression]) -> bool:
    """Whether a node always comes from memory: a product of one number has a loop of its own."""
    return isinstance(node, Joined | Linear) and node.width == ONE and node not in known


class _Planner:
    steady: set[Array]
    bundles: Sequence[Bundle]

    def __init__(
        self,
        sources: Mapping[Expression, Array],
        stores: list[tuple[Expression, Array]],
        sums: list[tuple[Expression, Array]],
    ) -> None:
        self.sources = dict(sources)
        self.stores = stores
        self.sums = sums
        self.known = {*sources}
        self.levels = _levels([node for node, _ in (*stores, *sums)], self.known)
        self.places: dict[Expression, Array] = {}
        for node, array in stores:
            if node not in self.sources:
                self.places.setdefault(node, array)
        self.scratch: list[Array] = []
        self.sweeps: dict[tuple[int, Width], Sweep] = {}

    def plan(self) -> Plan:
        for node in self._order():
            self._place_operands(node)
        for node in self._order():
            self._schedule(node)
        for node, array in self.stores:
            self._sweep(node, array.width).stores.append((node, array))
        for node, array in self.sums:
            self._sweep(node, array.width).sums.append((node, array))
        for node, array in self.places.items():
            if array in self.scratch and not isinstance(node, Total):
                self._sweep(node, array.width).stores.append((node, array))
        for sweep in self.sweeps.values():
            sweep.nodes = self._needed(sweep)
        ordered = tuple(self.sweeps[key] for key in sorted(self.sweeps, key=_first_by_level))
        return Plan(self.sources, tuple(self.scratch), ordered, self.places)

    def _order(self) -> list[Expression]:
        return [node for node in self.levels if node not in self.known and node.operands]

    def _place_operands(self, node: Expression) -> None:
        """Gives a place to what must lie in memory before the node can be computed."""
        for operand in node.operands:
            later = self.levels[node] > self.levels[operand]
            brought = later and not isinstance(node, Total) and not self._is_quick(operand)
            if isinstance(node, Joined):
                self._place_itself(operand)
            elif brought:
                self._place(operand)
        if isinstance(node, Total):
            self._place(node)

    def _is_quick(self, node: Expression) -> bool:
        """Whether computing it again from what lies in memory takes no longer than bringing it."""
        if not isinstance(node, Pointwise) or node.primitive in SAVED:
            return False
        return all(
            operand in self.sources or isinstance(operand, Constant | Vector | Size | PerUnit)
            for operand in node.operands
        )

    def _place(self, node: Expression) -> None:
        if (
            node in self.sources
            or node in self.places
            or isinstance(node, Constant | Vector | Size | PerUnit)
        ):
            return
        # A number of a row is computed again where it is needed, unless it was added up.
        if node.width == ONE and not isinstance(node, Joined | Total):
            for operand in node.operands:
                self._place(operand)
            return
        self._place_itself(node)

    def _place_itself(self, node: Expression) -> None:
        """Gives a place to a node even if it is one number: a product reads what it multiplies."""
        if node not in self.sources and node not in self.places:
            array = Array(f"scratch {len(self.scratch)}", node.width)
            self.scratch.append(array)
            self.places[node] = array

    def _schedule(self, node: Expression) -> None:
        """Notes products and sums over units in the loop that computes them."""
        if isinstance(node, Total):
            operand = node.operand
            sweep = self._at(self.levels[operand], operand.width)
            sweep.totals.append((operand, self.places[node]))
        elif isinstance(node, Joined):
            self._add_product(self._at(self.levels[node], node.width), node)

    def _add_product(self, sweep: Sweep, node: Joined) -> None:
        operands = self._operands(node)
        for place, group in enumerate(sweep.groups):
            there = [operand.arrays for operand in group.operands]
            same = there == [operand.arrays for operand in operands]
            if same and len(group.columns) < WIDEST:
                pairs = zip(group.operands, operands, strict=True)
                beside = tuple(_beside(first, second) for first, second in pairs)
                sweep.groups[place] = Group(beside, (*group.columns, node))
                return
        sweep.groups.append(Group(operands, (node,)))

    def _operands(self, node: Joined) -> tuple[Operand, ...]:
        """What a node multiplies, in the order in which it lies in memory."""
        pairs = [(self._array(one.operand), one) for one in node.products]
        order = {
            array: (number, place)
            for number, bundle in enumerate(self.bundles)
            for place, array in enumerate(bundle.members)
        }
        pairs.sort(key=lambda pair: order.get(pair[0], (-1, 0)))
        found: list[Operand] = []
        for array, one in pairs:
            new = Operand((array,), (((one.parameter, one.transposed),),), array in self.steady)
            last = found[-1] if found else None
            if last and any(b.follows(last.arrays[-1], array) for b in self.bundles):
                found[-1] = Operand(
                    (*last.arrays, array), (*last.matrices, *new.matrices), steady=False
                )
            else:
                found.append(new)
        return tuple(found)

    def _array(self, node: Expression) -> Array:
        return self.sources.get(node) or self.places[node]

    def _sweep(self, node: Expression, width: Width) -> Sweep:
        """The loop in which a node is stored."""
        return self._at(self.levels[node], width)

    def _at(self, level: int, width: Width) -> Sweep:
        return self.sweeps.setdefault((level, width), Sweep(width))

    def _needed(self, sweep: Sweep) -> list[Expression]:
        """What a loop computes, each node after its operands."""
        level = next(key[0] for key, value in self.sweeps.items() if value is sweep)
        order: dict[Expression, None] = {}

        def visit(node: Expression) -> None:
            if node in order:
                return
            known = node in self.sources or isinstance(node, Total)
            if known or (node in self.places and self.levels[node] < level):
                sweep.read.add(node)
            elif not isinstance(node, Joined):
                for operand in node.operands:
                    visit(operand)
            order[node] = None

        for node, _ in (*sweep.stores, *sweep.totals, *sweep.sums):
            visit(node)
        return list(order)


def _beside(first: Operand, second: Operand) -> Operand:
    """One operand with the columns of both."""
    pairs = zip(first.matrices, second.matrices, strict=True)
    return Operand(first.arrays, tuple((*a, *b) for a, b in pairs), first.steady)


def _first_by_level(key: tuple[int, Width]) -> tuple[int, str]:
    return key[0], str(key[1])
