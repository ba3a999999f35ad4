"""Tag schemes: found, read as conlleval reads them, and written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.applications.ner.chunks import Chunk
from recurra.applications.ner.notation import LEARNED, NOTATIONS, find
from recurra.errors import DataError

KINDS = ("PER", "LOC", "")


@st.composite
def marked(draw: st.DrawFn) -> tuple[list[Chunk], int]:
    """Entities of a sentence, touching or not, and its length."""
    place, chunks = 0, []
    for gap, size, kind in draw(
        st.lists(
            st.tuples(st.integers(0, 2), st.integers(1, 4), st.sampled_from(KINDS)), max_size=6
        )
    ):
        chunks.append(Chunk(kind, place + gap, place + gap + size))
        place = chunks[-1].end
    return chunks, place + draw(st.integers(0, 2))


@pytest.mark.parametrize("name", NOTATIONS)
@given(sentence=marked())
def test_what_is_written_is_read_back_and_breaks_no_rule(
    name: str, sentence: tuple[list[Chunk], int]
) -> None:
    chunks, length = sentence
    tags = NOTATIONS[name].tags(chunks, length)
    assert len(tags) == length
    assert NOTATIONS[name].chunks(tags) == (chunks, 0)


@pytest.mark.parametrize(
    ("name", "tags"),
    [
        ("IOB1", "I-A I-A B-A O I-B I-A"),
        ("IOB2", "B-A I-A B-A O B-B B-A"),
        ("BIOES", "B-A E-A S-A O S-B S-A"),
        ("BMES", "B-A E-A S-A O S-B S-A"),
        ("BILOU", "B-A L-A U-A O U-B U-A"),
    ],
)
def test_each_scheme_writes_the_same_entities_in_its_own_way(name: str, tags: str) -> None:
    chunks = [Chunk("A", 0, 2), Chunk("A", 2, 3), Chunk("B", 4, 5), Chunk("A", 5, 6)]
    assert NOTATIONS[name].chunks(tags.split()) == (chunks, 0)
    assert NOTATIONS[name].tags(chunks, 6) == tags.split()


@pytest.mark.parametrize("name", NOTATIONS)
def test_a_scheme_is_told_by_its_tags(name: str) -> None:
    chunks = [Chunk("A", 0, 1), Chunk("A", 1, 4), Chunk("B", 5, 8)]
    assert find([["O"], NOTATIONS[name].tags(chunks, 9)]) is NOTATIONS[name]


def test_a_few_broken_tags_do_not_hide_the_scheme() -> None:
    right = ["O", "B-A", "I-A"]
    assert find([right, right, ["O", "I-A"]]).name == "IOB2"
    assert find([["O", "I-A"], ["O", "I-A"], right]).name == "IOB1"


def by_force(tags: list[str]) -> set[Chunk]:
    """Chunks by conlleval's own two questions, asked of every pair of tags (its Perl, in words)."""
    parts = [tag.partition("-")[::2] for tag in ["O", *tags, "O"]]
    found, begun = set(), None
    for place in range(1, len(parts)):
        (last, last_kind), (now, kind) = parts[place - 1], parts[place]
        other = last_kind != kind
        ends = last != "O" and (last in "ES" or now in "BSO" or other)
        if begun is not None and ends:
            found.add(Chunk(last_kind, begun, place - 1))
            begun = None
        starts = now != "O" and (now in "BS" or last in "ESO" or other)
        if starts:
            begun = place - 1
    return found


TAGS = st.sampled_from(["O", *(f"{letter}-{kind}" for letter in "BIES" for kind in "XY")])


@given(st.lists(TAGS, max_size=12))
def test_whatever_is_broken_is_read_as_conlleval_and_seqeval_read_it(tags: list[str]) -> None:
    found, _ = LEARNED.chunks(tags)
    assert set(found) == by_force(tags)
    entities = pytest.importorskip("seqeval.metrics.sequence_labeling").get_entities
    assert {(kind, start, end + 1) for kind, start, end in entities(tags)} == set(found)


@given(st.lists(TAGS, max_size=12))
def test_tags_are_broken_if_and_only_if_writing_them_again_changes_them(tags: list[str]) -> None:
    found, broken = LEARNED.chunks(tags)
    assert (broken > 0) == (LEARNED.tags(found, len(tags)) != tags)


@pytest.mark.parametrize("name", ["IOB1", "IOB2"])
@given(tags=st.lists(st.sampled_from(["O", "B-X", "I-X", "B-Y", "I-Y"]), max_size=10))
def test_likewise_in_iob(name: str, tags: list[str]) -> None:
    found, broken = NOTATIONS[name].chunks(tags)
    assert (broken > 0) == (NOTATIONS[name].tags(found, len(tags)) != tags)


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        (["PER"], "the tag 'PER'"),
        (["B-"], "the tag 'B-'"),
        (["O-PER"], "the tag 'O-PER'"),
        (["b-PER"], "the tag 'b-PER'"),
        (["B-A", "M-A", "I-A"], "the prefixes B, I, M"),
    ],
)
def test_what_is_in_no_scheme_is_refused(tags: list[str], said: str) -> None:
    with pytest.raises(DataError, match=said):
        find([tags])
