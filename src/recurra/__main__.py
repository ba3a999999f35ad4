"""``python -m recurra``."""

from recurra.cli.main import run

run()
