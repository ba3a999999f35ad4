import pytest
from written import written

from recurra.language import tanh, total, trace
from recurra.language.expression import Leaf, Pointwise
from recurra.language.matrices import Matrix, Sum, identity
from recurra.language.parameter import Parameter, Parameters, is_bias
from recurra.language.simplify import simplify
from recurra.language.widths import Shape

h = Leaf("h", "state")


def test_any_attribute_is_a_parameter_of_that_name_and_declared_width():
    p = Parameters({"v": 1, "W": "H/2"}, bias=True)
    assert [(p.v.name, p.v.width), (p.W.name, p.W.width)] == [("v", 1), ("W", "H/2")]
    assert (p.anything_at_all.name, p.anything_at_all.width) == ("anything_at_all", None)


def test_without_biases_they_are_zeros_as_wide_as_they_would_be_and_all_else_is_there():
    p = Parameters({"b_n": "H/2"}, bias=False)
    zeros = [p.b.as_vector("H"), p.b_n.as_vector("H"), p.b_x.as_vector("I")]
    assert [vector.width for vector in zeros] == ["H", "H/2", "I"]
    assert [vector.value for vector in simplify(zeros)] == [0, 0, 0]
    assert all(isinstance(each, Parameter) for each in (p.beta, p.W_b, p.B, p.bias))


@pytest.mark.parametrize("name", ["b", "b_i", "b_Un", "b_"])
def test_a_bias_is_known_by_its_name(name):
    assert is_bias(name)


@pytest.mark.parametrize("name", ["beta", "bias", "B", "W_b", "ab_c", ""])
def test_other_names_are_no_biases(name):
    assert not is_bias(name)


def test_a_parameter_adds_to_vectors_as_a_vector_and_to_matrices_as_a_matrix():
    p = Parameters({}, bias=True)
    assert isinstance(p.v + h, Pointwise)
    assert isinstance(p.v - p.w, Pointwise)
    assert isinstance(p.A + p.A.T, Sum)
    assert isinstance(p.A - 0.1 * identity, Sum)
    assert isinstance(p.A.T - p.A, Sum)
    for matrix in (p.A.T, p.A.block_upper(2), p.A.block_diagonal(2), p.A.block_diagonal(1)):
        assert isinstance(matrix, Matrix)


def test_a_parameter_is_a_matrix_in_a_product_and_a_vector_elsewhere():
    graph = trace(written(lambda self, p, x, h: tanh(p.W @ x + p.U @ h) * p.v + p.w * total(x)))
    assert graph.parameters == {
        "W": Shape("H", "I"),
        "U": Shape("H", "H"),
        "v": Shape("H"),
        "w": Shape("H"),
    }


def test_copying_and_other_ways_of_python_ask_for_no_parameter():
    p = Parameters({}, bias=True)
    assert not hasattr(p, "__copy__")
    assert not hasattr(p, "__deepcopy__")


def test_a_bias_left_out_changes_no_width():
    def step(self, p, x, h, *, t):
        return tanh(p.W @ x + p.U @ (p.b + t)) + p.V @ (p.b_x * x) + p.R @ (p.b_n - p.N @ h)

    cell = written(step, widths={"N": "H/2", "b_n": "H/2"})
    whole, bare = trace(cell).parameters, trace(cell, bias=False).parameters
    assert bare == {name: shape for name, shape in whole.items() if not is_bias(name)}
    assert whole["U"] == Shape("H", "H")
