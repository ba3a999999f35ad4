"""No test is timed: a busy machine would fail it."""

import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """SIGINT acts, here and in child processes; of tests in the background it would not."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)
