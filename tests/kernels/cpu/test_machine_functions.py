"""The vector functions, against float64 and against 40 digits."""

import ctypes

import mpmath
import numpy as np
import pytest
import torch
from llvmlite import ir

from recurra.kernels.cpu.builder import INDEX, POINTER, Builder
from recurra.kernels.cpu.code import compiled
from recurra.kernels.cpu.functions import FUNCTIONS
from recurra.kernels.cpu.target import kind

EXACT = {
    "exp": mpmath.exp,
    "tanh": mpmath.tanh,
    "sigmoid": lambda a: 1 / (1 + mpmath.exp(-a)),
    "log": mpmath.log,
    "softplus": lambda a: mpmath.log1p(mpmath.exp(a)),
    "log_sigmoid": lambda a: -mpmath.log1p(mpmath.exp(-a)),
    "sin": mpmath.sin,
    "cos": mpmath.cos,
}
ULP = {
    "exp": 1.5,
    "tanh": 4.0,
    "sigmoid": 4.0,
    "log": 2.0,
    "softplus": 4.0,
    "log_sigmoid": 4.0,
    "sin": 2.0,
    "cos": 2.0,
}
SPREADS = (1e-6, 1e-3, 0.1, 1.0, 5.0, 20.0)


@pytest.fixture(scope="module", params=["float32", "float64"])
def functions(request):
    made = kind(request.param)
    module = ir.Module("functions")
    for name in EXACT:
        shape = ir.FunctionType(ir.VoidType(), [POINTER, POINTER, INDEX])
        b = Builder(module, ir.Function(module, shape, name), made)
        x, y, count = b.function.args

        def body(place, _, b=b, name=name, x=x, y=y):
            b.store(FUNCTIONS[name](b, b.load(b.address(x, place))), b.address(y, place))

        b.loop(b.index(0), count, body, step=made.lanes)
        b.ir.ret_void()
    code = compiled(str(module))

    def call(name, x):
        function = code.function(name, [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64])
        y = torch.empty_like(x)
        function(x.data_ptr(), y.data_ptr(), len(x))
        return y

    return call, getattr(torch, request.param)


def _arguments(name, dtype, count):
    generator = torch.Generator().manual_seed(1)
    x = torch.cat([torch.randn(count, generator=generator) * spread for spread in SPREADS])
    return (x.abs() + 1e-30 if name == "log" else x).to(dtype)


@pytest.mark.parametrize("name", EXACT)
def test_errors_are_within_the_stated_units_of_the_last_place(functions, name):
    call, dtype = functions
    x = _arguments(name, dtype, 320)
    mpmath.mp.dps = 40
    for argument, found in zip(x.tolist(), call(name, x).tolist(), strict=True):
        exact = EXACT[name](mpmath.mpf(argument))
        unit = np.spacing(np.abs(np.array(float(exact), dtype=str(dtype).removeprefix("torch."))))
        assert abs(float((mpmath.mpf(found) - exact) / mpmath.mpf(float(unit)))) <= ULP[name]


@pytest.mark.parametrize("name", EXACT)
def test_what_is_no_number_stays_so_and_ends_are_reached(functions, name):
    call, dtype = functions
    special = [torch.nan, torch.inf, -torch.inf, 0.0, -0.0, 1e4, -1e4, 1.0]
    x = torch.tensor(special * 4, dtype=dtype)
    found = call(name, x)[:8]
    wanted = {
        "exp": torch.exp,
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "log": torch.log,
        "softplus": lambda a: torch.logaddexp(a, torch.zeros_like(a)),
        "log_sigmoid": lambda a: -torch.logaddexp(-a, torch.zeros_like(a)),
        "sin": torch.sin,
        "cos": torch.cos,
    }[name](x[:8].double())
    least = torch.finfo(dtype).tiny
    torch.testing.assert_close(found.double(), wanted, rtol=1e-6, atol=2 * least, equal_nan=True)
    assert torch.equal(found[3:5].signbit(), wanted[3:5].signbit())


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "exp"])
def test_they_never_fall(functions, name):
    call, dtype = functions
    x = torch.linspace(-30, 30, 16 * 4000, dtype=dtype)
    found = call(name, x)
    # Rounding may step back by its own size, not by more.
    assert (found.diff() >= -2 * torch.finfo(dtype).eps * found[1:].abs()).all()
