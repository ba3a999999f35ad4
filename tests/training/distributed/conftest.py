import pytest
from group import Group


@pytest.fixture(scope="session")
def two(tmp_path_factory):
    """Two processes that share trainings."""
    group = Group(2, tmp_path_factory.mktemp("group") / "store")
    yield group
    group.end()
