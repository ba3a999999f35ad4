"""Lets the tests here use the cells that the tests of the language make up."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "language"))
