"""One line for the person who waits."""

import sys

from recurra.training.distributed.ranks import is_first


def announce(message: str) -> None:
    """Prints a line to stderr, above a progress display if one is running.

    Of several processes that share a training the first alone does.
    """
    if not is_first():
        return
    # Looked up at each call: a running display replaces sys.stderr by its own.
    sys.stderr.write(message + "\n")
