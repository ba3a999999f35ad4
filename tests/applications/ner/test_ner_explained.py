"""What is explained of a word is what the tagger says of it, and the words that carry that."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_sentences import sentences

from explained import refused, says_the_same
from recurra.applications.ner.inside import chances
from recurra.applications.ner.network import batch, tags_of
from recurra.errors import DataError, OptionError


@pytest.fixture(scope="module")
def text(tagger) -> str:
    """A sentence in which an entity is found."""
    every = [" ".join(one) for one in sentences(40)[0]]
    return next(one for one in every if len(tagger.cutter_.sentences(one)) == 1
                and tagger.predict([one])[0])  # fmt: skip


def test_the_first_word_of_an_entity_is_explained_by_what_the_network_holds_likely(
    tagger, text
) -> None:
    (sentence,) = tagger.cutter_.sentences(text)
    tokens = [word.text for word in sentence]
    first = tagger.chunk([tokens])[0][0]
    found = tagger.explain(text)
    kind = first.kind
    assert found.words.answer == f'the probability that "{tokens[first.start]}" is {kind}'
    assert found.words.labels == tokens
    given = tagger.glossary_.read([tokens])
    sides = batch(given, tagger.glossary_, [*given.read.texts])
    own = chances(tagger.networks_[0], sides)[first.start]
    wanted = sum(float(own[n]) for n, tag in enumerate(tags_of(tagger.kinds_))
                 if tag.endswith(f"-{kind}"))  # fmt: skip
    (seen,) = found.seen
    assert seen.answer == pytest.approx(wanted, abs=1e-5)
    assert abs(seen.gradients.missing) < 1e-2
    assert len(seen.gradients.parts) == len(tokens)


def test_any_word_can_be_asked_about(tagger, text) -> None:
    (sentence,) = tagger.cutter_.sentences(text)
    last = tagger.explain(text, at=len(sentence))
    assert last.words.answer == f'the probability that "{sentence[-1].text}" is in no entity'
    assert 0 <= last.seen[0].answer <= 1
    for wrong in (0, len(sentence) + 1):
        with pytest.raises(OptionError, match="at="):
            tagger.explain(text, at=wrong)


def test_of_a_text_of_several_sentences_one_is_shown(tagger, text) -> None:
    found = tagger.explain(f"{text}\n{text}", row=2)
    assert found.notes[-1] == "of the 2 sentences of the text, number 2 is shown"
    with pytest.raises(OptionError, match="from 1 to 2"):
        tagger.explain(f"{text}\n{text}", row=3)
    with pytest.raises(OptionError, match="network=99"):
        tagger.explain(text, network=99)
    with pytest.raises(DataError, match="without a word"):
        tagger.explain(" \n")


def test_a_fresh_process_says_the_same_of_a_file(tagger, text, tmp_path: Path) -> None:
    tagger.save(tmp_path / "model.safetensors")
    (tmp_path / "text.txt").write_text(f"{text}\n{text}\n")
    found = tagger.explain(f"{text}\n{text}\n", row=2, at=2)
    says_the_same(found, tmp_path, "model.safetensors", "text.txt", "--row", 2, "--at", 2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "neither a text nor DATA"),
        (["--text", "a b", "--row", "x"], "the number of a sentence"),
        (["--text", "a b", "--at", "9"], "from 1 to 2"),
        (["--text", "a b", "--network", "9"], "network=9"),
    ],
)
def test_what_cannot_be_done_is_said(tagger, tmp_path: Path, monkeypatch, arguments, said) -> None:
    monkeypatch.chdir(tmp_path)
    tagger.save("model.safetensors")
    refused(said, "model.safetensors", *arguments)
