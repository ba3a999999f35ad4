"""What is said where a library is missing."""

from __future__ import annotations

import sys

import pytest
from made_pairs import TINY, columns

from recurra.applications.translate import Translator
from recurra.errors import OptionError


@pytest.mark.parametrize("name", ["tokenizers", "sacrebleu"])
def test_the_way_to_get_it_is_said_before_anything_is_learned(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(OptionError, match=rf"{name} is not installed(.|\n)*pip install"):
        Translator(**TINY).fit(*columns(10))
