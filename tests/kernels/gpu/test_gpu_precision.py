"""Products are as exact as torch's own, however torch is told so. No Triton is needed."""

import pytest
import torch

from recurra.kernels.gpu.memory import precision


@pytest.fixture(autouse=True)
def _as_before():
    yield
    torch.set_float32_matmul_precision("highest")


def test_they_are_exact_unless_told_otherwise():
    assert precision() == "ieee"


def test_torchs_one_word_counts():
    torch.set_float32_matmul_precision("high")
    assert precision() == "tf32"
    torch.set_float32_matmul_precision("highest")
    assert precision() == "ieee"


def test_so_does_the_word_for_products_on_a_gpu():
    torch.backends.cuda.matmul.allow_tf32 = True
    assert precision() == "tf32"


@pytest.mark.skipif(
    not hasattr(torch.backends.cuda.matmul, "fp32_precision"), reason="torch before 2.9"
)
def test_and_the_newer_one_which_must_not_be_mixed_with_others():
    torch.backends.cuda.matmul.fp32_precision = "tf32"
    assert precision() == "tf32"
    torch.backends.cuda.matmul.fp32_precision = "ieee"
    assert precision() == "ieee"
