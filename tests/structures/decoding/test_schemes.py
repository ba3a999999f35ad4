import itertools

import pytest
import torch

from recurra.errors import OptionError, ShapeError
from recurra.structures.decoding import BIOES, BMES, IOB1, IOB2, TagConstraints

TYPED, BARE = ("X", "Y"), ("",)


def chunkings(length, types):
    """All ways to lay typed chunks into so many steps, as lists of (first, behind, type)."""
    if length == 0:
        yield []
    for size in range(1, length + 1):
        for rest in chunkings(length - size, types):
            for kind in types:
                yield [(0, size, kind), *((a + size, b + size, k) for a, b, k in rest)]
    if length:
        for rest in chunkings(length - 1, types):
            yield [(a + 1, b + 1, k) for a, b, k in rest]


def written(chunks, length, scheme):
    """The tags of chunks, by the words of each scheme."""
    tags = ["O"] * length
    for first, behind, kind in chunks:
        for t in range(first, behind):
            if scheme is IOB1:
                right_behind = any(b == first and k == kind for _, b, k in chunks)
                prefix = "B" if t == first and right_behind else "I"
            elif scheme is IOB2:
                prefix = "B" if t == first else "I"
            else:
                inner = "I" if scheme is BIOES else "M"
                prefix = "B" if t == first else "E" if t == behind - 1 else inner
                prefix = "S" if behind - first == 1 else prefix
            tags[t] = tag(prefix, kind)
    return tuple(tags)


def tag(prefix, kind):
    return prefix if prefix == "O" or not kind else f"{prefix}-{kind}"


def all_tags(scheme, types):
    return sorted({tag(prefix, kind) for prefix in scheme.prefixes for kind in types})


def is_legal(constraints, sequence):
    found = [constraints.tags.index(tag) for tag in sequence]
    return bool(
        constraints.starts[found[0]]
        and constraints.ends[found[-1]]
        and all(constraints.follows[a, b] for a, b in itertools.pairwise(found))
    )


@pytest.mark.parametrize("scheme", [IOB1, IOB2, BIOES, BMES], ids=lambda s: s.name)
@pytest.mark.parametrize("types", [TYPED, BARE])
@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_legal_is_exactly_what_some_chunks_are_written_as(scheme, types, length):
    constraints = scheme.constraints(all_tags(scheme, types))
    expected = {written(chunks, length, scheme) for chunks in chunkings(length, types)}
    found = {
        sequence
        for sequence in itertools.product(constraints.tags, repeat=length)
        if is_legal(constraints, sequence)
    }
    assert found == expected


def test_words_are_segmented_by_bare_prefixes():
    constraints = BMES.constraints(["B", "M", "E", "S"])
    legal = [
        "".join(tags) for tags in itertools.product("BMES", repeat=3) if is_legal(constraints, tags)
    ]
    assert sorted(legal) == ["BES", "BME", "SBE", "SSS"]


def test_tags_may_stand_in_any_order():
    one = IOB2.constraints(["O", "B-X", "I-X"])
    other = IOB2.constraints(["I-X", "O", "B-X"])
    order = [1, 2, 0]
    assert torch.equal(other.follows[order][:, order], one.follows)
    assert torch.equal(other.starts[order], one.starts)


@pytest.mark.parametrize(
    ("scheme", "wrong"),
    [
        (IOB2, "S-X"),
        (IOB1, "E-X"),
        (BIOES, "M-X"),
        (BMES, "I-X"),
        (IOB2, "X"),
        (IOB2, "B_X"),
        (IOB2, "B-"),
        (IOB2, "O-X"),
        (IOB2, ""),
        (IOB2, "BI-X"),
        (IOB2, "b-X"),
    ],
)
def test_a_tag_outside_the_scheme_is_refused(scheme, wrong):
    with pytest.raises(OptionError) as caught:
        scheme.constraints(["O", wrong])
    assert repr(wrong) in caught.value.given
    assert scheme.name in caught.value.expected


@pytest.mark.parametrize("tags", [[], "BIO", [0, 1], ["O", "B-X", "O"]])
def test_what_is_no_list_of_distinct_tags_is_refused(tags):
    with pytest.raises(OptionError, match="tags"):
        IOB2.constraints(tags)


def test_types_may_have_dashes():
    assert IOB2.constraints(["O", "B-a-b", "I-a-b"]).follows[1].tolist() == [True, True, True]


@pytest.mark.parametrize(
    ("scheme", "tags", "unusable"),
    [
        (IOB2, ["O", "I-X", "B-Y", "I-Y"], "I-X"),
        (BIOES, ["O", "B-X", "I-X", "S-X"], "B-X, I-X"),
        (BIOES, ["O", "E-X"], "E-X"),
        (IOB1, ["O", "B-X"], "B-X"),
    ],
)
def test_tags_that_stand_in_no_legal_sequence_are_warned_of(scheme, tags, unusable):
    with pytest.warns(UserWarning, match=f"{scheme.name} .* others: {unusable}$"):
        scheme.constraints(tags)


@pytest.mark.parametrize("name", ["starts", "ends", "follows"])
def test_constraints_of_another_shape_or_type_are_refused(name):
    right = {
        "starts": torch.ones(3).bool(),
        "ends": torch.ones(3).bool(),
        "follows": torch.ones(3, 3).bool(),
    }
    TagConstraints("abc", **right)
    for wrong in (right[name][:2], right[name].float()):
        with pytest.raises(ShapeError, match=name):
            TagConstraints("abc", **(right | {name: wrong}))
