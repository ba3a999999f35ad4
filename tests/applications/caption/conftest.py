"""A captioner that knows its pictures, and one that does not."""

from __future__ import annotations

import pytest
from made_scenes import QUICK, TINY, places

from recurra.applications.caption import Captioner


@pytest.fixture(scope="session")
def captioner() -> Captioner:
    """Fitted on 144 of 160 pictures."""
    return Captioner(**QUICK).fit(*places(160))


@pytest.fixture(scope="session")
def poor() -> Captioner:
    """Fitted in a second: it runs, and knows nothing."""
    return Captioner(**TINY).fit(*places(30))
