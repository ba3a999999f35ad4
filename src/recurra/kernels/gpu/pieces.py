"""Functions that every emitted kernel may call, in Triton. Imported only when a kernel is made."""

from __future__ import annotations

import triton
import triton.language as tl


@triton.jit
def sigmoid(a):  # type: ignore[no-untyped-def]
    """1 / (1 + exp(-a)); both ends are reached without a NaN."""
    return 1.0 / (1.0 + tl.exp(-a))


@triton.jit
def tanh(a):  # type: ignore[no-untyped-def]
    """The hyperbolic tangent: a series near 0, where the quotient would cancel."""
    s = a * a
    # Taylor's; the first term left out is below 2e-9 of the value.
    series = -0.05396825396825397 + s * (0.021869488536155203 - s * 0.008863235529902197)
    near = a * (1.0 + s * (-0.3333333333333333 + s * (0.13333333333333333 + s * series)))
    e = tl.exp(-2.0 * tl.abs(a))
    far = (1.0 - e) / (1.0 + e)
    return tl.where(tl.abs(a) < 0.3, near, tl.where(a < 0.0, -far, far))


@triton.jit
def softplus(a):  # type: ignore[no-untyped-def]
    """ln(1 + exp(a)), without overflow."""
    e = tl.exp(-tl.abs(a))
    # ln(1 + e) loses e's digits where e is small; a series keeps them.
    series = 0.3333333333333333 - e * (0.25 - e * 0.2)
    near = e * (1.0 - e * (0.5 - e * series))
    return tl.maximum(a, 0.0) + tl.where(e < 0.05, near, tl.log(1.0 + e))


@triton.jit
def sign(a):  # type: ignore[no-untyped-def]
    """-1, 0 or 1."""
    return tl.where(a > 0.0, 1.0, tl.where(a < 0.0, -1.0, 0.0))


@triton.jit
def remainder(a, b):  # type: ignore[no-untyped-def]
    """As Python's: with the sign of the divisor. The quotient of whole numbers is exact."""
    return a - tl.floor(tl.div_rn(a, b)) * b


@triton.jit
def meet(counter, goal):  # type: ignore[no-untyped-def]
    """All programs of a block of rows wait for each other.

    What each has stored before is seen by all after.
    """
    tl.debug_barrier()
    tl.atomic_add(counter, 1, sem="release", scope="gpu")
    while tl.atomic_add(counter, 0, sem="acquire", scope="gpu") < goal:
        pass
    tl.debug_barrier()
