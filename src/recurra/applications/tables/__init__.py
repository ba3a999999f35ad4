"""Tables of text: rows of cells, and which column is which."""

from recurra.applications.tables.labelled import Labelled, read_labelled, read_texts
from recurra.applications.tables.rows import read_rows

__all__ = ["Labelled", "read_labelled", "read_rows", "read_texts"]
