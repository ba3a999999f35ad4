"""Results as a frame of the kind that came in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw
import polars as pl


def to_frame(columns: Mapping[str, Any], backend: Any) -> Any:
    """A frame of columns by name.

    Args:
        columns: Arrays or lists, or columns of polars, which other libraries get cell by cell, so
            that they choose the type themselves.
        backend: The library, as narwhals names it.
    """
    if backend is nw.Implementation.POLARS:
        return pl.DataFrame(dict(columns))
    cells = {
        name: one.to_list() if isinstance(one, pl.Series) else one for name, one in columns.items()
    }
    return nw.from_dict(cells, backend=backend).to_native()
