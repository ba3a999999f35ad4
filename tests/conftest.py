"""No test is timed: a busy machine would fail it. And a check of errors."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from recurra.errors import RecurraError

if TYPE_CHECKING:
    from process_group import Group

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """SIGINT and SIGHUP act, here and in child processes; in the background they would not."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    hung_up = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGINT, former)
    signal.signal(signal.SIGHUP, hung_up)


@pytest.fixture
def assert_helpful() -> Callable[..., None]:
    """Checks that an error says what was given, expected and to do, in no more than a screen."""

    def check(error: RecurraError, *said: str) -> None:
        text = str(error)
        assert error.given, text
        assert error.expected, text
        assert error.do, text
        assert len(text) < 1000
        assert text.count("\n") < 20
        for words in said:
            assert words in text, f"{words!r} is not in:\n{text}"

    return check


@pytest.fixture(scope="session")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Group]:
    """Two processes that share trainings."""
    from process_group import Group  # noqa: PLC0415 - most tests need no torch for it

    group = Group(2, tmp_path_factory.mktemp("group") / "store")
    yield group
    group.end()
