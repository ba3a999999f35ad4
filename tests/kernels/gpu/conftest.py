"""Lets the tests here use the tasks that all kernels are tried on, and the cells made up."""

import sys
from pathlib import Path

sys.path += [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "language")]
