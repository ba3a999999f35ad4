"""What there is to say of a cell, read from the cell itself: for the command line and for pages."""

from recurra.catalogue.checked import checked_against
from recurra.catalogue.described import Option
from recurra.catalogue.entry import Entry, entries
from recurra.catalogue.formula import count, formula
from recurra.catalogue.regulariser import Regulariser, regularisers
from recurra.catalogue.start import start

__all__ = [
    "Entry",
    "Option",
    "Regulariser",
    "checked_against",
    "count",
    "entries",
    "formula",
    "regularisers",
    "start",
]
