"""Plans of passes over time: on small graphs by hand, and what must hold of every cell's."""

import pytest

from recurra import cells
from recurra.kernels.cpu.arrays import Array, Bundle
from recurra.kernels.cpu.joined import Joined
from recurra.kernels.cpu.panel import WIDEST
from recurra.kernels.cpu.passes import passes
from recurra.kernels.cpu.plan import plan
from recurra.language import schedule, trace
from recurra.language.expression import Leaf, Linear, Pointwise, Random, Spread, Total, Vector

X, H, C = Leaf("x", "input", "I"), Leaf("h", "state"), Leaf("c", "state")
PLACES = {X: Array("x", "I"), H: Array("before h", "H"), C: Array("before c", "H")}
AFTER, OUTPUT = Array("after h", "H"), Array("output", "H")


def _product(matrix, operand):
    return Linear(matrix, operand)


def _sum(*terms):
    total = terms[0]
    for term in terms[1:]:
        total = Pointwise("add", (total, term))
    return total


def _tanh(node):
    return Pointwise("tanh", (node,))


def _planned(*results, places=PLACES, steady=(X,), **options):
    arrays = [AFTER, OUTPUT, *(Array(f"more {n}", "H") for n in range(len(results)))]
    stores = [*zip(results, arrays, strict=False)]
    return plan(places, stores, steady=[places[leaf] for leaf in steady], **options)


def _products(group):
    """The names of the matrices of each column."""
    return [[one.parameter for one in column.products] for column in group.columns]


def _names(operand):
    return [array.name for array in operand.arrays], operand.matrices


# Levels


def test_a_step_without_products_is_one_loop():
    made = _planned(_tanh(Pointwise("multiply", (H, C))))
    (sweep,) = made.sweeps
    assert not sweep.groups
    assert [array for _, array in sweep.stores] == [AFTER]
    assert sweep.read == {H, C}
    assert not made.scratch


def test_a_product_of_what_is_known_before_the_step_needs_no_loop_of_its_own():
    made = _planned(_tanh(_sum(_product("U", H), Vector("b"))))
    (sweep,) = made.sweeps
    assert [_products(group) for group in sweep.groups] == [[["U"]]]


def test_a_product_waits_until_all_units_of_its_operand_are_known():
    inner = _tanh(_product("U", H))
    made = _planned(_tanh(_product("V", inner)))
    first, second = made.sweeps
    (scratch,) = made.scratch
    assert [array for _, array in first.stores] == [scratch]
    assert [array for _, array in second.stores] == [AFTER]
    (group,) = second.groups
    assert group.operands[0].arrays == (scratch,)


def test_a_sum_over_units_is_waited_for_too():
    total = Total(Pointwise("multiply", (H, C)))
    made = _planned(Pointwise("multiply", (H, Spread(total, "H"))))
    first, second = made.sweeps
    assert [array for _, array in first.totals] == [*made.scratch]
    assert [array for _, array in second.stores] == [AFTER]
    assert not made.divides_units


def test_what_is_dear_and_needed_by_a_later_loop_is_computed_once_and_read_there():
    dear = _tanh(_product("U", H))
    made = _planned(Pointwise("multiply", (dear, _product("V", dear))))
    first, second = made.sweeps
    stored = {node for node, _ in first.stores}
    assert second.read & stored
    computed = [node for node in second.nodes if node not in second.read]
    assert not any(isinstance(n, Pointwise) and n.primitive == "tanh" for n in computed)


def test_numbers_of_each_width_have_a_loop_of_their_own():
    narrow = Linear("N", H, False, 3)
    made = plan(PLACES, [(_tanh(_product("U", H)), AFTER), (narrow, Array("n", 3))])
    assert [sweep.width for sweep in made.sweeps] == [3, "H"]


# Products


def test_products_with_one_vector_stand_side_by_side():
    gates = [_tanh(_product(name, H)) for name in "ABC"]
    (sweep,) = _planned(*gates).sweeps
    (group,) = sweep.groups
    assert _products(group) == [["A"], ["B"], ["C"]]
    assert _names(group.operands[0]) == (["before h"], ((*((n, False) for n in "ABC"),),))
    assert sweep.blocks == WIDEST // 3


def test_no_more_of_them_than_a_tile_is_wide():
    (sweep,) = _planned(*[_tanh(_product(name, H)) for name in "ABCDE"]).sweeps
    assert [len(group.columns) for group in sweep.groups] == [WIDEST, 1]


def test_products_that_are_added_up_are_one_product_of_several_vectors():
    (sweep,) = _planned(_tanh(_sum(_product("U", H), _product("V", C)))).sweeps
    (group,) = sweep.groups
    assert _products(group) == [["U", "V"]]
    assert [_names(operand)[0] for operand in group.operands] == [["before h"], ["before c"]]


def test_a_product_whose_value_is_wanted_for_itself_is_not_joined():
    wanted = _product("U", H)
    made = _planned(_tanh(_sum(wanted, _product("V", C))), wanted)
    (sweep,) = made.sweeps
    assert sorted(_products(group) for group in sweep.groups) == [[["U"]], [["V"]]]


def test_a_product_that_is_used_twice_is_computed_once():
    shared = _product("U", H)
    made = _planned(_tanh(_sum(shared, _product("V", C))), _tanh(_sum(shared, Vector("b"))))
    columns = [column for _, group in made.groups for column in _products(group)]
    assert sorted(columns) == [["U"], ["V"]]


# Products with what is known for all steps


def test_a_steady_product_joins_the_product_that_it_is_added_to():
    (sweep,) = _planned(_tanh(_sum(_product("W", X), _product("U", H), Vector("b")))).sweeps
    (group,) = sweep.groups
    assert [operand.steady for operand in group.operands] == [True, False]
    assert _products(group) == [["W", "U"]]
    assert group.steady


def test_a_steady_product_waits_for_the_last_of_a_sum():
    inner = _tanh(_product("V", H))
    made = _planned(_tanh(_sum(_product("W", X), _product("U", inner))))
    first, second = made.sweeps
    assert [_products(group) for group in first.groups] == [[["V"]]]
    assert [_products(group) for group in second.groups] == [[["W", "U"]]]


def test_a_steady_product_alone_is_computed_for_several_steps_at_once():
    (sweep,) = _planned(Pointwise("multiply", (_tanh(_product("W", X)), H))).sweeps
    (group,) = sweep.groups
    assert group.steady
    assert len(group.operands) == 1


def test_where_nothing_is_steady_no_product_is_taken_ahead():
    made = _planned(_tanh(_sum(_product("W", X), _product("U", H))), steady=())
    assert not any(group.steady for _, group in made.groups)


# Bundles


def test_vectors_side_by_side_are_multiplied_as_one():
    bundle = Bundle("both", (PLACES[H], PLACES[C]))
    (sweep,) = _planned(_sum(_product("U", H), _product("V", C)), bundles=[bundle]).sweeps
    ((operand,),) = [group.operands for group in sweep.groups]
    assert _names(operand) == (["before h", "before c"], ((("U", False),), (("V", False),)))


def test_their_order_in_memory_decides_not_that_of_the_sum():
    bundle = Bundle("both", (PLACES[C], PLACES[H]))
    (sweep,) = _planned(_sum(_product("U", H), _product("V", C)), bundles=[bundle]).sweeps
    ((operand,),) = [group.operands for group in sweep.groups]
    assert _names(operand) == (["before c", "before h"], ((("V", False),), (("U", False),)))


def test_vectors_that_others_lie_between_are_not_one():
    between = Array("between", "H")
    bundle = Bundle("three", (PLACES[H], between, PLACES[C]))
    (sweep,) = _planned(_sum(_product("U", H), _product("V", C)), bundles=[bundle]).sweeps
    ((first, second),) = [group.operands for group in sweep.groups]
    assert _names(first)[0] == ["before h"]
    assert _names(second)[0] == ["before c"]


# What threads may divide


def test_units_may_be_divided_unless_a_number_is_shared_or_drawn():
    assert _planned(_tanh(_product("U", H))).divides_units
    drawn = Random("chance", "input", "H")
    places = PLACES | {drawn: Array("chance", "H")}
    made = _planned(Pointwise("multiply", (H, drawn)), places=places)
    assert not made.divides_units
    assert [*made.draws.values()] == [drawn]


# Every cell


def _plans(cell, **options):
    made = passes(schedule(trace(cell)), **options)
    return made.inference, made.training, made.backward.plan


OPTIONS = [
    {"lengths": False, "reset": False, "cut": False, "every": False},
    {"lengths": True, "reset": True, "cut": True, "every": True},
]


@pytest.mark.parametrize("options", OPTIONS, ids=["plain", "all marks"])
@pytest.mark.parametrize("name", cells.names())
def test_everything_is_stored_before_it_is_read_in_every_cell(name, options):
    for made in _plans(cells.find(name)(), **options):
        there = {*made.sources.values()}
        for sweep in made.sweeps:
            for group in sweep.groups:
                assert there >= {array for operand in group.operands for array in operand.arrays}
            read = {made.sources.get(node) or made.places[node] for node in sweep.read}
            assert there >= read
            there |= {array for _, array in (*sweep.stores, *sweep.totals)}
        assert there >= {*made.scratch}


@pytest.mark.parametrize("options", OPTIONS, ids=["plain", "all marks"])
@pytest.mark.parametrize("name", cells.names())
def test_each_node_is_computed_after_its_operands_in_every_cell(name, options):
    for made in _plans(cells.find(name)(), **options):
        for sweep in made.sweeps:
            known = set()
            columns = {column for group in sweep.groups for column in group.columns}
            for node in sweep.nodes:
                if node not in sweep.read and not isinstance(node, Joined):
                    assert known >= {*node.operands}
                if isinstance(node, Joined):
                    assert node in columns or node in sweep.read
                known.add(node)
            assert known >= {n for n, _ in (*sweep.stores, *sweep.totals, *sweep.sums)}


@pytest.mark.parametrize("name", cells.names())
def test_each_matrix_is_multiplied_by_once_a_step_in_every_cell(name):
    inference, _, _ = _plans(cells.find(name)(), **OPTIONS[0])
    found = [
        matrix
        for _, group in inference.groups
        for operand in group.operands
        for vector in operand.matrices
        for matrix, _ in vector
    ]
    order = schedule(trace(cells.find(name)()))
    stages = (*order.hoisted, *order.stages)
    wanted = [m for stage in stages for product in stage.products for m in product.matrices]
    assert sorted(found) == sorted(wanted)
