"""Products that are only ever added up are one product, of everything side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recurra.language.expression import Expression, Linear, Pointwise
from recurra.language.widths import Width


@dataclass(frozen=True, eq=False)
class Joined(Expression):
    """The sum of products with vectors that become known at the same time."""

    products: tuple[Linear, ...]

    @property
    def operands(self) -> tuple[Expression, ...]:
        """The vectors."""
        return tuple(product.operand for product in self.products)

    @property
    def width(self) -> Width:
        """That of each product."""
        return self.products[0].width

    def rebuilt(self, operands: Sequence[Expression]) -> Joined:
        """The same with other vectors."""
        pairs = zip(self.products, operands, strict=True)
        return Joined(tuple(product.rebuilt([operand]) for product, operand in pairs))


def join(
    results: Sequence[Expression],
    levels: Mapping[Expression, int],
    apart: set[Expression],
    known: set[Expression],
    steady: set[Expression],
) -> dict[Expression, Expression]:
    """What each node becomes when its sums of products are joined.

    Args:
        results: What is to be computed.
        levels: When each node becomes known.
        apart: Nodes whose own value is wanted.
        known: Nodes that need not be computed.
        steady: Those of them that are known for all steps: a product with one can wait for the
            others of its sum.
    """
    order = _order(results, known)
    uses = Counter(o for node in order if node not in known for o in node.operands)
    made: dict[Expression, Expression] = {}
    for node in order:
        if node in known:
            made[node] = node
        elif isinstance(node, Linear):
            made[node] = Joined(
                (Linear(node.parameter, made[node.operand], node.transposed, node.width),)
            )
        elif isinstance(node, Pointwise) and node.primitive == "add":
            terms = _terms(node, uses, apart)
            made[node] = _sum(terms, made, levels, uses, apart | known, steady)
        else:
            made[node] = node.rebuilt([made[operand] for operand in node.operands])
    return made


def _order(results: Sequence[Expression], known: set[Expression]) -> list[Expression]:
    """All nodes to be computed and the known ones that they need, each after its operands."""
    order: dict[Expression, None] = {}

    def visit(node: Expression) -> None:
        if node in order:
            return
        if node not in known:
            for operand in node.operands:
                visit(operand)
        order[node] = None

    for result in results:
        visit(result)
    return list(order)


def _terms(
    total: Pointwise, uses: Mapping[Expression, int], apart: set[Expression]
) -> list[Expression]:
    """The terms of a sum, through the sums inside it that nothing else uses."""
    found: list[Expression] = []
    for term in total.arguments:
        inner = isinstance(term, Pointwise) and term.primitive == "add"
        if inner and uses[term] == 1 and term not in apart and isinstance(term, Pointwise):
            found += _terms(term, uses, apart)
        else:
            found.append(term)
    return found


def _sum(
    terms: Sequence[Expression],
    made: Mapping[Expression, Expression],
    levels: Mapping[Expression, int],
    uses: Mapping[Expression, int],
    apart: set[Expression],
    steady: set[Expression],
) -> Expression:
    """A sum with the products of each level in one."""
    products: list[Linear] = []
    rest: list[Expression] = []
    for term in terms:
        if isinstance(term, Linear) and uses[term] == 1 and term not in apart:
            products.append(term)
        else:
            rest.append(made[term])
    rest += [
        Joined(tuple(one.rebuilt([made[one.operand]]) for one in group))
        for group in _grouped(products, levels, steady)
    ]
    total = rest[0]
    for term in rest[1:]:
        total = Pointwise("add", (total, term))
    return total


def _grouped(
    products: Sequence[Linear], levels: Mapping[Expression, int], steady: set[Expression]
) -> list[list[Linear]]:
    """The products that are taken together, those with what is known for all steps first."""
    groups: dict[tuple[int, Width], list[Linear]] = {}
    waiting = [one for one in products if one.operand in steady]
    for one in products:
        if one not in waiting:
            groups.setdefault((levels[one], one.width), []).append(one)
    for one in waiting:
        there = [key for key in groups if key[1] == one.width]
        groups.setdefault(max(there, default=(levels[one], one.width)), []).append(one)
    return [sorted(group, key=lambda one: one not in waiting) for group in groups.values()]
