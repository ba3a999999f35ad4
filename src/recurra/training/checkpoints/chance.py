"""The random states of a process."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import torch


def state() -> dict[str, Any]:
    """Those of torch, of every GPU that is in use, of numpy's old generator and of Python."""
    kind, keys, *rest = np.random.get_state(legacy=True)
    in_use = torch.cuda.is_available() and torch.cuda.memory_reserved() > 0
    gpus = torch.cuda.get_rng_state_all() if in_use else []
    return {
        "torch": torch.get_rng_state(),
        "gpus": gpus,
        "numpy": (str(kind), np.asarray(keys).tolist(), *rest),
        "python": random.getstate(),
    }


def restore(found: dict[str, Any]) -> None:
    """Puts all of them back."""
    torch.set_rng_state(found["torch"])
    if found["gpus"]:
        torch.cuda.set_rng_state_all(found["gpus"])
    np.random.set_state(found["numpy"])
    random.setstate(found["python"])
