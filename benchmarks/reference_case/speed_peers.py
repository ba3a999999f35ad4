"""The peers of the comparison of speed: what each is run with, and where it keeps compiled code."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ENVIRONMENTS = Path(__file__).resolve().parents[2] / ".bench"


@dataclass(frozen=True)
class Peer:
    """A process to be timed.

    Attributes:
        name: What the page calls it.
        command: A script of this folder and its arguments.
        environment: The one of ``make bench-peers`` whose Python runs it; "" for our own.
        settings: What else its environment has.
        cache: The variable that says where it keeps compiled code; "" if it keeps none.
        state: Whether that place is empty at its start, or holds what an earlier run left.
    """

    name: str
    command: tuple[str, ...]
    environment: str = ""
    settings: tuple[tuple[str, str], ...] = ()
    cache: str = ""
    state: Literal["", "empty", "filled"] = ""

    @property
    def python(self) -> str:
        """The interpreter that runs it."""
        own = ENVIRONMENTS / self.environment / "bin" / "python"
        return str(own) if self.environment else sys.executable

    @property
    def label(self) -> str:
        """Its name and the state of its cache."""
        return f"{self.name}, {self.state} cache" if self.state else self.name


def _cached(name: str, command: tuple[str, ...], cache: str) -> list[Peer]:
    return [
        Peer(name, command, cache=cache, state="empty"),
        Peer(name, command, cache=cache, state="filled"),
    ]


RECURRA, INDUCTOR = "RECURRA_CACHE", "TORCHINDUCTOR_CACHE_DIR"
COMPILED = "compiled"
"""The kind of ``speed_torch.py`` that needs a C++ compiler."""

PEERS = (
    *_cached("Recurra, Forecaster", ("speed_forecaster.py",), RECURRA),
    *_cached("Recurra, Trainer", ("speed_trainer.py",), RECURRA),
    Peer("PyTorch", ("speed_torch.py",)),
    *_cached("torch.compile of torch.nn.LSTM", ("speed_torch.py", "--kind", "compiled"), INDUCTOR),
    Peer("JAX", ("speed_jax.py",), "jax"),
    Peer("Keras on JAX", ("speed_keras.py",), "keras-jax", (("KERAS_BACKEND", "jax"),)),
    Peer(
        "Keras on TensorFlow",
        ("speed_keras.py",),
        "keras-tensorflow",
        (("KERAS_BACKEND", "tensorflow"), ("TF_CPP_MIN_LOG_LEVEL", "3")),
    ),
)
