import pytest
from hypothesis import given, settings
from made_cells import cells as made_cells
from made_cells import options
from written import written

from recurra import cells
from recurra.language import identity, match, previous, schedule, sigmoid, tanh, total, trace
from recurra.language.expression import Leaf, Spread, topological, varies


def reset_before(self, p, x, h):
    """Cho et al. 2014, arXiv:1406.1078, eq. 5 to 8: the reset gate acts before the product."""
    r = sigmoid(p.W_r @ x + p.U_r @ h + p.b_r)
    z = sigmoid(p.W_z @ x + p.U_z @ h + p.b_z)
    n = tanh(p.W_n @ x + p.U_n @ (r * h) + p.b_n)
    return z * h + (1 - z) * n


def deep_input(self, p, x, h):
    return tanh(p.V @ tanh(p.W @ tanh(x) + p.b) + p.U @ h)


def input_only(self, p, x, h):
    return tanh(p.W @ x)


def _plan(cell, **ways):
    return schedule(trace(cell, **ways))


def _addends(product):
    return dict(zip(product.matrices, product.addends, strict=True))


def _results(product):
    return dict(zip(product.matrices, product.results, strict=True))


def test_lstm_is_one_product_for_all_steps_and_one_in_each():
    plan = _plan(cells.LSTM())
    (before,) = plan.hoisted
    (hoisted,) = before.products
    assert hoisted.operand is plan.inputs["x"]
    biases = {matrix: bias.parameter for matrix, bias in _addends(hoisted).items()}
    assert biases == {"W_i": "b_i", "W_f": "b_f", "W_g": "b_g", "W_o": "b_o"}
    assert before.others == ()
    (stage,) = plan.stages
    (product,) = stage.products
    assert product.operand is plan.states["h"]
    assert sorted(product.matrices) == ["U_f", "U_g", "U_i", "U_o"]
    assert [m[1:] for m in product.matrices] == [m[1:] for m in hoisted.matrices]
    assert product.addends == hoisted.results
    assert len(stage.others) == 9


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
    plan = _plan(written(reset_before))
    first, second = plan.stages
    assert [sorted(product.matrices) for product in first.products] == [["U_r", "U_z"]]
    assert [product.matrices for product in second.products] == [("U_n",)]
    assert second.products[0].operand in first.others
    (hoisted,) = plan.hoisted[0].products
    assert second.products[0].addends == (_results(hoisted)["W_n"],)


def test_layers_of_products_on_the_input_are_all_hoisted():
    plan = _plan(written(deep_input))
    assert [[p.matrices for p in stage.products] for stage in plan.hoisted] == [
        [],
        [("W",)],
        [("V",)],
    ]
    (stage,) = plan.stages
    assert [product.matrices for product in stage.products] == [("U",)]


def test_a_cell_without_memory_leaves_nothing_to_the_loop():
    plan = _plan(written(input_only))
    assert plan.stages == ()
    assert plan.updates == plan.hoisted[0].others


def test_equal_products_are_taken_once():
    def step(self, p, x, h):
        return tanh(p.W @ x + p.U @ h) * sigmoid(p.W @ x + p.U @ h)

    plan = _plan(written(step))
    assert [p.matrices for p in plan.hoisted[0].products] == [("W",)]
    assert [p.matrices for p in plan.stages[0].products] == [("U",)]


def test_a_biass_sum_comes_free_with_its_product_and_a_scalars_does_not():
    def step(self, p, x, h):
        return tanh(p.W @ x + p.v + p.a) + tanh(p.V @ x + p.a) + h

    plan = _plan(written(step, widths={"a": 1}))
    added = _addends(plan.hoisted[0].products[0])
    assert added["W"].parameter == "v"
    assert added["V"] is None


def test_products_of_other_widths_are_stacked_apart():
    def step(self, p, x, h):
        thin = p.A @ (p.B @ h) + p.C @ (p.D @ h)
        return tanh(p.W @ x + thin + p.E @ (p.F @ h) + p.U @ h)

    plan = _plan(written(step, widths={"B": 2, "D": 2, "F": "H/2"}))
    first, second = plan.stages
    assert sorted(product.matrices for product in first.products) == [("B", "D"), ("F",), ("U",)]
    assert sorted(product.matrices for product in second.products) == [("A",), ("C",), ("E",)]


def test_earlier_inputs_and_their_products_are_hoisted():
    def step(self, p, x, h):
        return tanh(p.W @ x + p.V @ previous(x) + p.Q @ previous(x, 2) + p.U @ h)

    plan = _plan(written(step))
    assert list(plan.inputs) == ["x", "x_1", "x_2"]
    assert [product.matrices for product in plan.hoisted[0].products] == [("W",), ("V",), ("Q",)]
    assert [product.matrices for product in plan.stages[0].products] == [("U",)]


def test_a_derived_matrix_is_one_of_the_stacked():
    def step(self, p, x, h):
        return tanh(p.W @ x + (p.U - p.U.T - 0.1 * identity) @ h) + p.V @ h

    (stage,) = _plan(written(step)).stages
    (product,) = stage.products
    assert sorted(product.matrices) == ["((U - U^T) - 0.1 I)", "V"]


def test_what_is_known_of_all_steps_is_computed_before_the_first():
    def step(self, p, x, h, *, t, dt, missing, below):
        fade = tanh(p.v * dt) * total(missing) * (t % 2)
        return fade * h + tanh(p.W @ x) + below.h * p.w

    plan = _plan(written(step), lowest=False)
    inside = {node for stage in plan.stages for node in stage.others}
    assert len(inside) == 2
    assert plan.stages[0].products == ()
    assert set(plan.inputs) == {"x", "t", "dt", "missing", "below.h"}


def test_numbers_drawn_are_known_before_the_first_step():
    plan = _plan(cells.Zoneout(cells.Elman(), 0.1), training=True)
    (drawn,) = plan.randoms.values()
    assert drawn.name == "zoneout h"
    comparisons = [n for stage in plan.hoisted for n in stage.others if drawn in n.operands]
    assert [node.primitive for node in comparisons] == ["greater"]


def test_an_input_as_wide_as_the_state_needs_no_product():
    plan = _plan(written(lambda self, p, x, h: tanh(p.W @ x) + match(p.V, x) * h), square=True)
    assert [product.matrices for product in plan.hoisted[0].products] == [("W",)]


def test_a_result_that_came_to_one_number_is_as_wide_as_it_was():
    def step(self, p, x, h, c, *, t):
        return tanh(p.W @ x), p.b_c * h + t

    plan = _plan(written(step, ("h", "c")), bias=False)
    wide = plan.updates[1]
    assert isinstance(wide, Spread)
    assert (wide.width, wide.operand) == ("H", plan.inputs["t"])
    (zero,) = _plan(written(lambda self, p, x, h: p.b * (p.W @ x)), bias=False).updates
    assert (zero.width, zero.operand.value) == ("H", 0)


def test_the_output_is_computed_beside_the_states():
    plan = _plan(cells.Elman())
    assert plan.output is plan.updates[0]
    plan = _plan(written(lambda self, p, x, h: (p.Y @ h, tanh(p.W @ x)), output="y"))
    assert plan.results == (*plan.updates, plan.output)
    assert [product.results for product in plan.stages[0].products] == [(plan.output,)]


def _assert_in_order(plan):
    """Every value is there when it is used, each is made once, and none is made for nothing."""
    order = topological(plan.results)
    states = set(plan.states.values())
    known = {node for node in order if not node.operands} - states
    assert {n.name for n in known if type(n) is Leaf} <= set(plan.inputs)
    made = []
    for inside, stages in ((False, plan.hoisted), (True, plan.stages)):
        if inside:
            known |= states
        for stage in stages:
            assert stage.products or stage.others
            for product in stage.products:
                addends = [a for a in product.addends if a is not None]
                assert {product.operand, *addends} <= known
                made += product.results
            known |= {result for product in stage.products for result in product.results}
            for node in stage.others:
                assert set(node.operands) <= known
                known.add(node)
                made.append(node)
    assert len(made) == len(set(made))
    assert set(plan.results) <= known
    # Fused products are part of their sums.
    assert set(made) <= set(order)


def _assert_only_states_in_the_loop(plan):
    """Only what a state takes part in is left to the loop."""
    moved = set(plan.states.values())
    for stage in plan.stages:
        for product in stage.products:
            assert product.operand in moved
            moved |= set(product.results)
        for node in stage.others:
            assert moved & set(node.operands)
            moved.add(node)
    before = {node for stage in plan.hoisted for node in stage.others}
    assert not before & moved


def _assert_stacked(plan):
    """All matrices that multiply one vector and have as many rows are one product."""
    for stage in (*plan.hoisted, *plan.stages):
        widths = [
            (product.operand, {result.width for result in product.results})
            for product in stage.products
        ]
        assert all(len(found) == 1 for _, found in widths)
        keys = [(operand, *found) for operand, found in widths]
        assert len(keys) == len(set(keys))


WAYS = [{}, {"bias": False}, {"lowest": False}, {"square": True}, {"training": True}]


@pytest.mark.parametrize("name", cells.names())
def test_every_cell_is_computed_in_order(name):
    for way in WAYS:
        plan = _plan(cells.find(name)(), **way)
        _assert_in_order(plan)
        _assert_only_states_in_the_loop(plan)
        _assert_stacked(plan)


@settings(deadline=None)
@given(made_cells, options)
def test_any_cell_is_computed_in_order(cell, ways):
    plan = _plan(cell, **ways)
    _assert_in_order(plan)
    _assert_only_states_in_the_loop(plan)
    _assert_stacked(plan)


def test_a_product_that_is_also_a_state_is_computed_by_itself():
    def step(self, p, x, h, c):
        product = p.U @ h
        return product + p.W @ x, product

    plan = _plan(written(step, ("h", "c")))
    _assert_in_order(plan)
    assert plan.stages[0].products[0].results == plan.updates[1:]


def test_what_does_not_vary_is_hoisted_with_what_does():
    def step(self, p, x, h):
        return tanh(p.W @ x) + sigmoid(p.v) * h

    plan = _plan(written(step))
    (rate,) = [n for stage in plan.hoisted for n in stage.others if not varies(n)]
    assert rate.primitive == "sigmoid"


def test_equal_graphs_have_one_schedule():
    graph = trace(cells.LSTM())
    assert schedule(graph) is schedule(graph)
