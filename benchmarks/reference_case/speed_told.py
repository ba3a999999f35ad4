"""What a peer of the comparison of speed is asked, and tells as one line of JSON."""

import argparse
import json
import platform
from dataclasses import asdict, dataclass

import case

SCALE: case.ScaleName = "change"


@dataclass(frozen=True)
class Told:
    """What one process has done.

    Attributes:
        epoch_seconds: Of each epoch: its steps and its validation.
        test_mse: On the original scale, of the predictions that end the process.
        threads: How many it used by its own defaults, in words.
        versions: Of what it ran on.
    """

    epoch_seconds: list[float]
    test_mse: float
    threads: str
    versions: str


def epochs() -> int:
    """How many epochs to train, from the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=case.EPOCHS)
    return parser.parse_known_args()[0].epochs


def tell(told: Told) -> None:
    """Prints it; the clock of the one who started the process stops when this arrives."""
    print(json.dumps(asdict(told)), flush=True)


def python() -> str:
    """The version of Python."""
    return f"Python {platform.python_version()}"
