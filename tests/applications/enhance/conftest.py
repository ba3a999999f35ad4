"""An enhancer that learned to take noise away, and one that learned nothing."""

from __future__ import annotations

import pytest
from made_pictures import QUICK, TINY, pictures

from recurra.applications.enhance import Enhancer


@pytest.fixture(scope="session")
def enhancer() -> Enhancer:
    """Fitted on 14 of 16 pictures."""
    return Enhancer(**QUICK).fit(pictures(16))


@pytest.fixture(scope="session")
def of_colours() -> Enhancer:
    """Fitted at once on grey and coloured ones: it runs, and knows little."""
    mixed = [one.repeat(3, 2) if n % 2 else one for n, one in enumerate(pictures(9))]
    return Enhancer(**TINY).fit(mixed)
