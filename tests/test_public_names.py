import importlib
import pkgutil
import subprocess
import sys

import pytest

import recurra


@pytest.mark.parametrize("name", recurra.__all__)
def test_every_public_name_can_be_had_and_is_listed(name):
    assert getattr(recurra, name) is not None
    assert name in dir(recurra)


def test_the_list_of_public_names_is_sorted_and_complete():
    assert sorted(recurra.__all__) == dir(recurra)
    assert set(recurra.__all__) == {*recurra._HOMES, "cells", "tasks"}


def test_a_name_that_is_not_there_is_missed_by_name():
    with pytest.raises(AttributeError, match="'LTSM'"):
        recurra.LTSM  # noqa: B018


def _packages():
    found = pkgutil.walk_packages(recurra.__path__, "recurra.")
    return [module.name for module in found if module.ispkg]


@pytest.mark.parametrize("package", _packages())
def test_every_name_that_a_package_lists_is_there(package):
    module = importlib.import_module(package)
    for name in getattr(module, "__all__", []):
        assert hasattr(module, name)


@pytest.mark.parametrize(
    "module", ["recurra", "recurra.errors", "recurra.language", "recurra.cells.lstm"]
)
def test_importing_it_does_not_import_torch_or_numpy(module):
    program = f"import sys, {module}; print('torch' in sys.modules, 'numpy' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == ["False", "False"]
