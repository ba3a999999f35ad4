import pytest
from hypothesis import given, settings
from made_cells import cells as made_cells

from recurra import cells
from recurra.language import Cell, schedule, sigmoid, tanh, trace
from recurra.language.expression import Constant, Leaf, Vector


class ResetBefore(Cell):
    """Cho et al. 2014, arXiv:1406.1078, eq. 5 to 8: the reset gate acts before the product."""

    states = ("h",)

    def step(self, p, x, h):
        r = sigmoid(p.W_r @ x + p.U_r @ h + p.b_r)
        z = sigmoid(p.W_z @ x + p.U_z @ h + p.b_z)
        n = tanh(p.W_n @ x + p.U_n @ (r * h) + p.b_n)
        return z * h + (1 - z) * n


class DeepInput(Cell):
    states = ("h",)

    def step(self, p, x, h):
        return tanh(p.V @ tanh(p.W @ tanh(x) + p.b) + p.U @ h)


class InputOnly(Cell):
    states = ("h",)

    def step(self, p, x, h):
        return tanh(p.W @ x)


def _plan(cell, **options):
    return schedule(trace(cell, **options))


def _addends(product):
    return dict(zip(product.matrices, product.addends, strict=True))


def _results(product):
    return dict(zip(product.matrices, product.results, strict=True))


def test_lstm_is_one_product_for_all_steps_and_one_in_each():
    plan = _plan(cells.LSTM())
    (before,) = plan.hoisted
    (hoisted,) = before.products
    assert hoisted.operand is plan.x
    biases = {matrix: bias.parameter for matrix, bias in _addends(hoisted).items()}
    assert biases == {"W_i": "b_i", "W_f": "b_f", "W_g": "b_g", "W_o": "b_o"}
    assert before.pointwise == ()
    (stage,) = plan.stages
    (product,) = stage.products
    assert product.operand is plan.states["h"]
    assert sorted(product.matrices) == ["U_f", "U_g", "U_i", "U_o"]
    assert [m[1:] for m in product.matrices] == [m[1:] for m in hoisted.matrices]
    assert product.addends == hoisted.results
    assert len(stage.pointwise) == 9


def test_lstm_without_bias_adds_nothing_to_its_hoisted_product():
    (before,) = _plan(cells.LSTM(), bias=False).hoisted
    assert before.products[0].addends == (None,) * 4


def test_gru_is_one_stage_whose_candidate_adds_its_own_bias():
    plan = _plan(cells.GRU())
    (hoisted,) = plan.hoisted[0].products
    assert sorted(hoisted.matrices) == ["W_n", "W_r", "W_z"]
    (stage,) = plan.stages
    (product,) = stage.products
    added = _addends(product)
    assert added["U_r"] is _results(hoisted)["W_r"]
    assert added["U_z"] is _results(hoisted)["W_z"]
    assert added["U_n"].parameter == "b_Un"


def test_a_reset_before_the_product_makes_a_second_stage():
    plan = _plan(ResetBefore())
    first, second = plan.stages
    assert [sorted(product.matrices) for product in first.products] == [["U_r", "U_z"]]
    assert [product.matrices for product in second.products] == [("U_n",)]
    assert second.products[0].operand in first.pointwise
    (hoisted,) = plan.hoisted[0].products
    assert second.products[0].addends == (_results(hoisted)["W_n"],)


def test_layers_of_products_on_the_input_are_all_hoisted():
    plan = _plan(DeepInput())
    assert [[p.matrices for p in stage.products] for stage in plan.hoisted] == [
        [],
        [("W",)],
        [("V",)],
    ]
    (stage,) = plan.stages
    assert [product.matrices for product in stage.products] == [("U",)]


def test_a_cell_without_memory_leaves_nothing_to_the_loop():
    plan = _plan(InputOnly())
    assert plan.stages == ()
    assert plan.updates == plan.hoisted[0].pointwise


def test_equal_products_are_taken_once():
    class Repeated(Cell):
        states = ("h",)

        def step(self, p, x, h):
            return tanh(p.W @ x + p.U @ h) * sigmoid(p.W @ x + p.U @ h)

    plan = _plan(Repeated())
    assert [p.matrices for p in plan.hoisted[0].products] == [("W",)]
    assert [p.matrices for p in plan.stages[0].products] == [("U",)]


def _assert_in_order(plan):
    """Every value is there when it is used, each is made once, and none is made for nothing."""
    known = {plan.x}
    made = []
    for inside, stages in ((False, plan.hoisted), (True, plan.stages)):
        if inside:
            known |= set(plan.states.values())
        for stage in stages:
            assert stage.products or stage.pointwise
            for product in stage.products:
                addends = [a for a in product.addends if a is not None]
                for node in (product.operand, *addends):
                    assert node in known or isinstance(node, Constant | Vector)
                made += product.results
            known |= {result for product in stage.products for result in product.results}
            for node in stage.pointwise:
                assert all(a in known or isinstance(a, Constant | Vector) for a in node.arguments)
                known.add(node)
                made.append(node)
    assert len(made) == len(set(made))
    leaves = {node for node in plan.updates if isinstance(node, Leaf)}
    assert set(plan.updates) <= set(made) | leaves


class ProductAsState(Cell):
    states = ("h", "c")

    def step(self, p, x, h, c):
        product = p.U @ h
        return product + p.W @ x, product


def test_a_product_that_is_also_a_state_is_computed_by_itself():
    plan = _plan(ProductAsState())
    _assert_in_order(plan)
    assert plan.stages[0].products[0].results == plan.updates[1:]


@pytest.mark.parametrize("name", cells.names())
def test_every_cell_is_computed_in_order(name):
    _assert_in_order(_plan(cells.find(name)()))


@settings(deadline=None)
@given(made_cells)
def test_any_cell_is_computed_in_order(cell):
    _assert_in_order(_plan(cell))


@settings(deadline=None)
@given(made_cells)
def test_only_what_a_state_takes_part_in_is_left_to_the_loop(cell):
    plan = _plan(cell)
    moved = set(plan.states.values())
    for stage in plan.stages:
        for product in stage.products:
            assert product.operand in moved
            moved |= set(product.results)
        for node in stage.pointwise:
            assert moved & set(node.arguments)
            moved.add(node)
