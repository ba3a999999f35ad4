"""Two processes can share a fit of every job, and come to the same."""

import pytest
from short_fits import FITS


@pytest.mark.parametrize("job", FITS)
def test_two_processes_share_a_fit_and_agree(two, job):
    one, other = two.run(FITS[job], None)
    assert one == other
