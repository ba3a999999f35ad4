"""Pieces of work for processes, which must be able to import them."""

import os
import signal
import time
from pathlib import Path

from recurra.errors import DataError


def double(number):
    return 2 * number


def whoami(_=None):
    import torch  # noqa: PLC0415 - others have not to wait for it

    return os.getpid(), torch.get_num_threads()


def refuse(given):
    raise DataError(f"given {given}", "something else", "another")


class AwkwardError(Exception):
    """Packs, but does not unpack."""

    def __init__(self, one, two):
        super().__init__("both")


class Missing:
    """Packs; unpacked, it is sought in vain."""

    def __reduce__(self):
        return open, ("/nonexistent",)


def give_missing():
    return Missing()


def raise_awkward():
    raise AwkwardError(1, 2)


def unpicklable():
    return lambda: None


def die_until(folder, times):
    """Kills its process so many times; then says how often it was begun."""
    Path(folder, f"{time.time_ns()}").touch()
    begun = len(list(Path(folder).iterdir()))
    if begun <= times:
        os.kill(os.getpid(), signal.SIGKILL)
    return begun


def linger(folder, seconds=60):
    Path(folder, str(os.getpid())).touch()
    time.sleep(seconds)


def leave():
    os._exit(3)
