"""Series of numbers from files, each with its class."""

from recurra.applications.series.checks import Given, as_values, checked, counts, missing
from recurra.applications.series.collection import Collection, Values, numbered
from recurra.applications.series.columns import Names
from recurra.applications.series.reading import read_series

__all__ = [
    "Collection",
    "Given",
    "Names",
    "Values",
    "as_values",
    "checked",
    "counts",
    "missing",
    "numbered",
    "read_series",
]
