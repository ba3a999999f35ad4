import pytest
from written import refusal, written

from recurra.language import sigmoid, tanh, total, trace, units
from recurra.language.expression import Linear, topological
from recurra.language.widths import Shape


def _products(step, **declared):
    (update,) = trace(written(step, **declared)).updates
    return [node for node in topological([update]) if isinstance(node, Linear)]


def test_a_product_knows_which_matrix_and_which_vector():
    products = _products(lambda self, p, x, h: tanh(p.W @ x + p.U @ h))
    assert [(node.parameter, node.operand.name) for node in products] == [("W", "x"), ("U", "h")]
    assert not any(node.transposed for node in products)


def test_a_product_has_as_many_numbers_as_its_matrix_is_declared_to_have_rows():
    def step(self, p, x, h):
        return tanh(p.A @ (p.B @ x) + p.C @ (p.D @ h) + p.E @ total(x) + p.s @ h)

    products = _products(step, widths={"B": 2, "D": "H/2", "s": 1})
    assert [(node.parameter, node.width) for node in products] == [
        *(("B", 2), ("A", "H"), ("D", "H/2"), ("C", "H"), ("E", "H"), ("s", 1))
    ]
    assert trace(written(step, widths={"B": 2, "D": "H/2", "s": 1})).parameters == {
        "B": Shape(2, "I"),
        "A": Shape("H", 2),
        "D": Shape("H/2", "H"),
        "C": Shape("H", "H/2"),
        "E": Shape("H", 1),
        "s": Shape(1, "H"),
    }


@pytest.mark.parametrize(
    "step",
    [
        lambda self, p, x, h: tanh(p.W @ x) + p.U @ p.v,
        lambda self, p, x, h: tanh(p.W @ x) + p.U @ p.V @ h,
        lambda self, p, x, h: tanh(p.W @ x) + p.U @ 2.0,
        lambda self, p, x, h: tanh(p.W @ x) + p.U @ sigmoid(p.v),
        lambda self, p, x, h: tanh(p.W @ x) + p.U @ units((1.0, 2.0)),
        lambda self, p, x, h: tanh(p.W @ x) + p.U.T @ p.v,
    ],
    ids=["vector", "two matrices", "number", "function", "constants", "transposed"],
)
def test_a_matrix_times_what_is_the_same_at_every_step_is_refused(step):
    error = refusal(step)
    assert "@ ... with parameters and numbers alone" in error.given
    assert "one parameter" in error.do


@pytest.mark.parametrize(
    "step",
    [
        lambda self, p, x, h: tanh(p.W @ x) + h @ p.U,
        lambda self, p, x, h: tanh(p.W @ x) + (p.U - p.V) @ h,
        lambda self, p, x, h: tanh(p.W @ x) + (2 * p.U) @ h,
        lambda self, p, x, h: tanh(p.W @ x) + -p.U @ h,
        lambda self, p, x, h: tanh(p.W @ x) + x @ h,
    ],
    ids=["order", "difference", "multiple", "negative", "two vectors"],
)
def test_a_vector_before_the_sign_of_a_product_is_refused(step):
    error = refusal(step)
    assert "a vector before @" in error.given
    assert "p.A @ h - p.B @ h" in error.do


@pytest.mark.parametrize("other", [[1.0], "x", None])
def test_a_matrix_times_what_is_no_value_of_the_cell_is_refused(other):
    error = refusal(lambda self, p, x, h: tanh(p.W @ x) + p.U @ other)
    assert f"a {type(other).__name__} in the equations" in error.given
