"""Times as rows of the results hold them."""

from __future__ import annotations

from typing import Any

from peak import peak
from timing import Times

Row = dict[str, Any]


def figures(times: Times) -> Row:
    """Milliseconds, with as many digits as mean something."""
    return {
        "median": round(times.median, 5),
        "minimum": round(times.minimum, 5),
        "runs": times.runs,
    }


def with_share(times: Times, flops: float, threads: int) -> Row:
    """The same, and the share of the peak that the products' operations have at the median."""
    share = flops / (times.median / 1000) / peak(threads)
    return figures(times) | {"share": round(share, 4)}
