"""No test is timed: a busy machine would fail it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from process_group import Group

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """SIGINT acts, here and in child processes; of tests in the background it would not."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


@pytest.fixture(scope="session")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Group]:
    """Two processes that share trainings."""
    from process_group import Group  # noqa: PLC0415 - most tests need no torch for it

    group = Group(2, tmp_path_factory.mktemp("group") / "store")
    yield group
    group.end()
