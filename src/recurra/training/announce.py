"""One line for the person who waits."""

import contextlib
import sys


def announce(message: str) -> None:
    """Prints a line to stderr, above a progress display if one is running.

    A terminal that is gone costs the line and nothing else.
    """
    with contextlib.suppress(OSError):
        # Looked up at each call: a running display replaces sys.stderr by its own.
        sys.stderr.write(message + "\n")
