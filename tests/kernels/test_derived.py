import numpy as np
import pytest
import torch

from recurra.kernels.derived import evaluate, with_derived
from recurra.language import identity
from recurra.language.parameter import Parameter

U, V, N = Parameter("U"), Parameter("V"), Parameter("N")
draw = np.random.default_rng(5)
A, B = (torch.tensor(draw.normal(size=(6, 6))) for _ in range(2))
PARAMETERS = {"U": A, "V": B, "N": torch.tensor(draw.normal(size=(6, 2)))}
EYE = torch.eye(6, dtype=torch.float64)

FORMULAS = {
    "whole": (U.block_diagonal(1), A),
    "transposed": (U.T, A.T),
    "twice transposed": (U.T.T, A),
    "sum": (U + V.T, A + B.T),
    "difference": (U.T - V, A.T - B),
    "antisymmetric": (U - U.T, A - A.T),
    "scaled": (0.25 * U.T, A.T / 4),
    "negative": (-U.T, -A.T),
    "with friction": (U - U.T - 0.01 * identity, A - A.T - 0.01 * EYE),
    "identity first": (identity - 2 * U.T, EYE - 2 * A.T),
    "identities": (identity + identity + U.T, A.T + 2 * EYE),
    "scaled identity": (U - -(0.5 * identity), A + 0.5 * EYE),
    "identity deep down": (2 * (0.5 * (V.T - 3 * identity) + U), B.T - 3 * EYE + 2 * A),
    "upper": (U.block_upper(6), A.triu()),
    "upper whole": (U.block_upper(1), A),
    "upper of a transpose": (U.T.block_upper(6), A.T.triu()),
    "strictly lower": (U.T - U.block_upper(6), A.T - A.triu()),
}


@pytest.mark.parametrize(("matrix", "wanted"), FORMULAS.values(), ids=FORMULAS)
def test_a_formula_has_the_value_that_it_says(matrix, wanted):
    torch.testing.assert_close(evaluate(matrix, PARAMETERS), wanted, rtol=1e-15, atol=1e-15)


@pytest.mark.parametrize("blocks", [1, 2, 3, 6])
def test_blocks_below_the_diagonal_are_zero(blocks):
    mask = torch.ones(blocks, blocks).triu().kron(torch.ones(6 // blocks, 6 // blocks))
    found = evaluate(U.block_upper(blocks), PARAMETERS)
    assert torch.equal(found, A * mask.double())


def test_blocks_of_a_matrix_that_is_not_square_are_not_square():
    wide = torch.tensor(draw.normal(size=(4, 6)))
    found = evaluate(U.block_upper(2), {"U": wide})
    assert torch.equal(found[:2], wide[:2])
    assert torch.equal(found[2:, 3:], wide[2:, 3:])
    assert not found[2:, :3].any()


@pytest.mark.parametrize("blocks", [2, 3, 6])
def test_blocks_on_the_diagonal_lie_one_upon_another(blocks):
    stored = A[:, : 6 // blocks]
    found = evaluate(U.block_diagonal(blocks), {"U": stored})
    assert torch.equal(found, torch.block_diag(*stored.chunk(blocks)))


def test_blocks_on_the_diagonal_need_not_be_square():
    found = evaluate(N.block_diagonal(3), PARAMETERS)
    assert torch.equal(found, torch.block_diag(*PARAMETERS["N"].chunk(3)))
    assert found.shape == (6, 6)
    tall = evaluate(N.block_diagonal(2), PARAMETERS)
    assert torch.equal(tall, torch.block_diag(*PARAMETERS["N"].chunk(2)))
    assert tall.shape == (6, 4)


def test_infinite_values_outside_of_the_blocks_stay_outside():
    spoilt = A.clone()
    spoilt[5, 0] = torch.inf
    assert evaluate(U.block_upper(2), {"U": spoilt}).isfinite().all()
    assert evaluate(N.block_diagonal(2), {"N": A}).isfinite().all()


GIVEN = (*FORMULAS.values(), (N.block_diagonal(3).T - 0.5 * (identity - N.block_diagonal(3)), None))


@pytest.mark.parametrize("matrix", [matrix for matrix, _ in GIVEN], ids=range(len(GIVEN)))
def test_a_formula_is_differentiable_any_number_of_times(matrix):
    values = {name: value.clone().requires_grad_() for name, value in PARAMETERS.items()}

    def run(*given):
        return evaluate(matrix, dict(zip(values, given, strict=True))) ** 2

    assert torch.autograd.gradcheck(run, tuple(values.values()))
    assert torch.autograd.gradgradcheck(run, tuple(values.values()), atol=1e-4)


def test_derived_matrices_stand_beside_the_parameters_by_their_formulas():
    found = with_derived(PARAMETERS, {"U^T": U.T, "diag3(N)": N.block_diagonal(3)})
    assert list(found) == ["U", "V", "N", "U^T", "diag3(N)"]
    assert found["U"] is A
    assert torch.equal(found["U^T"], A.T)
    assert with_derived(PARAMETERS, {}) == PARAMETERS


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32])
def test_the_type_is_that_of_the_parameters(dtype):
    values = {name: value.to(dtype) for name, value in PARAMETERS.items()}
    for matrix, _ in FORMULAS.values():
        assert evaluate(matrix, values).dtype == dtype
