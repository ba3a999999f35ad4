"""What is read of folders: of large pictures the middle, and that is said of no others."""

import numpy as np
import pytest

from recurra.applications.enhance.folders import LARGEST, Folders
from recurra.applications.pictures import encoded


@pytest.mark.parametrize(("width", "told"), [(LARGEST, False), (LARGEST + 8, True)])
def test_of_large_pictures_the_middle_is_read_and_that_is_said(tmp_path, width, told) -> None:
    image = np.random.default_rng(0).integers(0, 256, (20, width, 1), dtype=np.uint8)
    (tmp_path / "one.png").write_bytes(encoded(image))
    clean, given, notes = Folders.of(tmp_path).to_learn_from(seed=0)
    assert given is None
    beside = (width - LARGEST) // 2
    assert np.array_equal(clean[0], image[:, beside : beside + LARGEST])
    assert any("middle is read" in one for one in notes) == told
