"""Names that there are not."""

from __future__ import annotations

from recurra.studies.unknown import unknown


def test_the_nearest_is_suggested_whatever_the_case() -> None:
    said = str(unknown("the task", "XMl", ["jsb", "xml"]))
    assert "the task 'XMl'" in said
    assert "one of jsb, xml" in said
    assert "did you mean 'xml'?" in said


def test_where_none_is_near_none_is_suggested() -> None:
    said = str(unknown("the study", "qqqq", ["jsb", "xml"], ", or a file"))
    assert "one of jsb, xml, or a file" in said
    assert "did you mean" not in said
