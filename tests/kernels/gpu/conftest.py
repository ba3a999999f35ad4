"""Lets the tests here use the tasks that all kernels are tried on."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))
