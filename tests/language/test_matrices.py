import pytest
from written import refusal, written

from recurra.errors import CellError
from recurra.language import identity, tanh, trace
from recurra.language.matrices import (
    BlockDiagonal,
    BlockUpper,
    Scaled,
    Sum,
    Transposed,
    Whole,
    as_matrix,
)
from recurra.language.parameter import Parameter
from recurra.language.widths import Shape

U, V = Parameter("U"), Parameter("V")
SQUARE = Shape("H", "H")


@pytest.mark.parametrize(
    ("matrix", "formula"),
    [
        (as_matrix(U), "U"),
        (identity, "I"),
        (U.T, "U^T"),
        (U.T.T, "U^T^T"),
        (U - U.T, "(U - U^T)"),
        (U + V.T - 0.1 * identity, "((U + V^T) - 0.1 I)"),
        (-U.T, "-1.0 U^T"),
        (U.block_upper(4), "triu4(U)"),
        (U.block_diagonal(2).T, "diag2(U)^T"),
        (0.25 * (U.T + V), "0.25 (U^T + V)"),
    ],
    ids=range(10),
)
def test_a_matrix_goes_by_its_formula(matrix, formula):
    assert matrix.formula == formula


def test_matrices_that_differ_in_the_last_digit_have_names_that_differ():
    assert (0.1234567 * U.T).formula != (0.12345671 * U.T).formula


def test_equal_formulas_are_equal_matrices():
    assert U - U.T == U - U.T
    assert hash(U - U.T) == hash(U - U.T)
    assert U - U.T != U + U.T
    assert U.block_upper(2) != U.block_upper(3)


@pytest.mark.parametrize(
    ("matrix", "parameters"),
    [
        (as_matrix(U), {"U": SQUARE}),
        (U.T, {"U": SQUARE}),
        (U - U.T - 0.1 * identity, {"U": SQUARE}),
        (U.T + V, {"U": SQUARE, "V": SQUARE}),
        (U.block_upper(3), {"U": SQUARE}),
        (U.block_diagonal(4), {"U": Shape("H", "H/4")}),
        (U.block_diagonal(4).T - V, {"U": Shape("H", "H/4"), "V": SQUARE}),
        (U.block_diagonal(2).block_diagonal(1), {"U": Shape("H", "H/2")}),
        (identity, {}),
    ],
    ids=range(9),
)
def test_the_parameters_of_a_square_matrix_have_their_shapes(matrix, parameters):
    assert matrix.parameters(SQUARE) == parameters


def test_blocks_need_not_be_square():
    assert U.block_diagonal(4).parameters(Shape("H", "I")) == {"U": Shape("H", "I/4")}
    assert U.block_diagonal(2).parameters(Shape("H/2", "H/4")) == {"U": Shape("H/2", "H/8")}
    assert U.block_diagonal(2).parameters(Shape(6, 4)) == {"U": Shape(6, 2)}
    assert U.block_upper(2).parameters(Shape("H", "I")) == {"U": Shape("H", "I")}
    with pytest.raises(CellError, match="5 numbers divided into 2"):
        U.block_diagonal(2).parameters(Shape("H", 5))


def test_the_rows_are_those_that_any_part_declares():
    narrow = Parameter("N", "H/2")
    matrices = [
        narrow.T,
        narrow.block_upper(2),
        narrow.block_diagonal(2),
        2 * narrow.T,
        narrow - 0.1 * identity,
        identity - as_matrix(narrow),
    ]
    assert [matrix.rows for matrix in matrices] == ["H/2"] * 6
    assert [matrix.rows for matrix in (U.T, identity, U - identity)] == [None] * 3


@pytest.mark.parametrize("matrix", [U.T, U - U.T, U + 0.1 * identity, 2 * identity])
def test_what_only_square_matrices_have_is_refused_for_others(matrix):
    with pytest.raises(CellError, match="rows and"):
        matrix.parameters(Shape("H", "I"))


def test_one_parameter_has_one_shape_within_a_formula():
    with pytest.raises(CellError, match="parameter U is used with two shapes"):
        (U + U.block_diagonal(2)).parameters(SQUARE)


@pytest.mark.parametrize("blocks", [0, -1, 2.0, True, "2"])
def test_a_number_of_blocks_that_is_none_is_refused(blocks):
    for cut in (U.block_upper, U.block_diagonal, U.T.block_upper):
        with pytest.raises(CellError, match=f"cut into {blocks!r} blocks"):
            cut(blocks)


@pytest.mark.parametrize("other", [2.0, "V", None])
def test_a_matrix_is_combined_with_matrices_alone(other):
    with pytest.raises(CellError, match="a matrix combined with"):
        U.T + other
    with pytest.raises(CellError, match="a matrix combined with"):
        U.T - other


def test_the_building_blocks_say_what_they_are_made_of():
    difference = U - 0.5 * V.T
    assert difference == Sum(Whole("U"), Scaled(Transposed(Whole("V")), 0.5), -1)
    assert U.block_upper(2) == BlockUpper(Whole("U"), 2)
    assert U.block_diagonal(2) == BlockDiagonal(Whole("U"), 2)
    assert U.block_diagonal(1) == Whole("U")


def test_a_graph_knows_the_matrices_that_it_multiplies_by_and_no_others():
    def step(self, p, x, h):
        idle = p.X.T @ h
        assert idle.width == "H"
        mixed = (p.U - p.U.T) @ h + p.V.block_diagonal(2) @ h + p.Z.block_diagonal(1) @ h
        return tanh(p.W @ x + mixed)

    graph = trace(written(step))
    assert graph.derived == {"(U - U^T)": U - U.T, "diag2(V)": V.block_diagonal(2)}
    assert graph.parameters == {
        "W": Shape("H", "I"),
        "U": SQUARE,
        "V": Shape("H", "H/2"),
        "Z": SQUARE,
    }


def test_a_matrix_may_be_used_whole_and_within_a_formula():
    graph = trace(written(lambda self, p, x, h: tanh(p.W @ x + p.U @ (p.U.T @ h))))
    assert list(graph.parameters) == ["W", "U"]
    with pytest.raises(CellError, match="parameter W is used with two shapes"):
        trace(written(lambda self, p, x, h: tanh(p.W @ x + p.W.T @ h)))


def test_a_transpose_that_cannot_be_is_refused_with_the_cell():
    error = refusal(lambda self, p, x, h: tanh(p.W.T @ x + h))
    assert "the transpose of W" in error.given


def test_a_product_with_the_identity_alone_is_refused():
    error = refusal(lambda self, p, x, h: tanh(p.W @ x) + (0.1 * identity) @ h)
    assert "0.1 I @ ..." in error.given
    assert "0.1 * h" in error.do
