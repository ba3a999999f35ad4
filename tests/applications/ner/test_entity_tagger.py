"""The tagger: what it learns, what it says, what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from made_sentences import QUICK, sentences
from safetensors import safe_open
from safetensors.torch import save_file

from recurra.applications.ner import EntityTagger, learning
from recurra.applications.ner.chunks import Chunk
from recurra.applications.ner.notation import LEARNED, NOTATIONS
from recurra.errors import DataError, ModelFileError, OptionError
from recurra.training import Callback, Checkpoint

TEXT = "Carl lives in New York. Dee Ray went to Oslo\n\nBo Lin left Rome, today."


def test_it_learns_what_entities_are(tagger: EntityTagger) -> None:
    assert tagger.evaluate(*sentences(100, seed=1)).overall.f1 >= 0.95
    assert tagger.held_out_ is not None
    # Two networks hold out about a tenth each.
    assert 8 <= tagger.held_out_.sentences <= 60
    assert tagger.held_out_.overall.f1 >= 0.9
    assert tagger.kinds_ == ("LOC", "PER")
    assert "written in IOB2" in " ".join(tagger.notes_)


def test_entities_of_running_text_stand_where_they_say(tagger: EntityTagger) -> None:
    (found,) = tagger.predict([TEXT])
    assert [(one.text, one.kind, one.line) for one in found] == [
        ("Carl", "PER", 1),
        ("New York", "LOC", 1),
        ("Dee Ray", "PER", 1),
        ("Oslo", "LOC", 1),
        ("Bo Lin", "PER", 3),
        ("Rome", "LOC", 3),
    ]
    assert all(TEXT[one.start : one.end] == one.text for one in found)
    assert found[0].to_json() == {"kind": "PER", "text": "Carl", "start": 0, "end": 4, "line": 1}


def test_texts_together_are_read_as_one_by_one(tagger: EntityTagger) -> None:
    texts = [TEXT, "", "Carl left . " * 40, "\n", "quite unheard of", "Oslo"]
    assert tagger.predict(texts) == [tagger.predict([text])[0] for text in texts]
    assert tagger.predict([]) == []
    assert tagger.predict([""]) == [[]]
    with pytest.raises(DataError, match="a list of texts"):
        tagger.predict("Carl")


def test_tokens_are_tagged_in_the_scheme_of_the_training(tagger: EntityTagger) -> None:
    tokens = ["Carl", "lives", "in", "New", "York", "."]
    assert tagger.tag([tokens, []]) == [["B-PER", "O", "O", "B-LOC", "I-LOC", "O"], []]
    made, tags = sentences(100)
    made, tags = [*made, ["Rio", "de", "Oro"]], [*tags, ["B-LOC", "I-LOC", "I-LOC"]]
    bmes = [NOTATIONS["BMES"].tags(NOTATIONS["IOB2"].chunks(one)[0], len(one)) for one in tags]
    other = EntityTagger(**{**QUICK, "networks": 1}).fit(made, bmes)
    assert other.notation_.name == "BMES"
    assert other.tag([tokens]) == [["S-PER", "O", "O", "B-LOC", "E-LOC", "O"]]
    # Judged on tags of whatever scheme.
    assert other.evaluate(made, tags) == other.evaluate(made, bmes)


def test_no_answer_breaks_the_scheme(tagger: EntityTagger) -> None:
    torch.manual_seed(0)
    strange = EntityTagger(**{**QUICK, "epochs": 1, "networks": 1}).fit(*sentences(30))
    for weight in strange.networks_[0].parameters():
        weight.data.normal_(std=2.0)
    rows = [list("Carl Oslo") * 3, ["x"], ["Bo", "Lin", "left"]]
    for tokens, chunks in zip(rows, strange.chunk(rows), strict=True):
        assert LEARNED.chunks(LEARNED.tags(chunks, len(tokens))) == (chunks, 0)
    assert any(strange.chunk(rows))


def test_the_same_seed_gives_the_same_bits_and_leaves_chance_alone() -> None:
    state = torch.random.get_rng_state()
    quick = {**QUICK, "epochs": 2, "networks": 1}
    first, second = (EntityTagger(**quick).fit(*sentences(40)) for _ in range(2))
    assert torch.equal(torch.random.get_rng_state(), state)
    pairs = [(net.state_dict().values()) for net in (first.networks_[0], second.networks_[0])]
    assert all(torch.equal(one, other) for one, other in zip(*pairs, strict=True))
    third = EntityTagger(**quick, seed=1).fit(*sentences(40))
    assert not torch.equal(first.networks_[0].crf.start, third.networks_[0].crf.start)


def test_a_fresh_process_finds_what_was_found_before_saving(
    tagger: EntityTagger, tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    tagger.save(path)
    program = (
        "import sys, json; from recurra.applications.ner import EntityTagger as T\n"
        "print(json.dumps(T.load(sys.argv[1]).predict(sys.argv[2:])))"
    )
    texts = [TEXT, "Ana was never in Carl's Oslo", ""]
    ran = subprocess.run(
        [sys.executable, "-c", program, str(path), *texts], capture_output=True, check=True
    )
    found = [[list(one) for one in some] for some in tagger.predict(texts)]
    assert json.loads(ran.stdout) == found
    loaded = EntityTagger.load(path)
    assert loaded.get_params() == tagger.get_params()
    assert (loaded.notes_, loaded.kinds_) == (tagger.notes_, tagger.kinds_)
    assert loaded.held_out_ is None


def test_a_file_that_was_changed_does_not_hold_together(
    tagger: EntityTagger, tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    tagger.save(path)
    with safe_open(path, framework="pt") as file:
        header = {key: one for key, one in file.metadata().items() if key != "checksum"}
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    del arrays["0.vectors.words.weight"]
    save_file(arrays, path, metadata=header)
    with pytest.raises(ModelFileError, match="does not hold together"):
        EntityTagger.load(path)


def test_scripts_without_spaces_are_read_by_their_letters() -> None:
    names, places = (
        ("王明", "李白", "张三", "赵云", "刘备"),
        ("罗马", "上海", "北京", "广州", "东京"),
    )
    whole = [
        f"{who}{did}{where}。" for who in names for did in ("住在", "去了") for where in places
    ]
    tags = ["B-PER", "E-PER", "O", "O", "B-LOC", "E-LOC", "O"]
    rows = list(map(list, whole))
    found = EntityTagger(**{**QUICK, "networks": 1, "batch_size": 8}).fit(rows, [tags] * len(rows))
    assert found.plan_.sizes.pairs
    assert "letters of a script without spaces" in " ".join(found.notes_)
    (entities,) = found.predict(["李白去了上海。王明住在罗马。"])
    assert [(one.text, one.kind, one.start) for one in entities] == [
        ("李白", "PER", 0),
        ("上海", "LOC", 4),
        ("王明", "PER", 7),
        ("罗马", "LOC", 11),
    ]


def test_broken_tags_empty_and_repeated_sentences_are_counted_in_the_notes() -> None:
    made, tags = sentences(40)
    found = EntityTagger(**{**QUICK, "networks": 1}).fit(
        [*made, [], ["in", "Oslo"], made[0]], [*tags, [], ["O", "I-LOC"], tags[0]]
    )
    notes = " ".join(found.notes_)
    assert "1 of the sentences is empty and left out" in notes
    assert "1 tag breaks the rules of IOB2 in 1 of the sentences: repaired" in notes
    assert "repeat another" in notes


def test_a_kind_with_one_entity_is_kept_in_training_and_said() -> None:
    made, tags = sentences(40)
    found = EntityTagger(**QUICK).fit([*made, ["a", "walrus"]], [*tags, ["O", "B-ODD"]])
    assert "there is one entity of the kind 'ODD'" in " ".join(found.notes_)
    assert found.kinds_ == ("LOC", "ODD", "PER")


def test_a_sentence_of_a_hundred_thousand_tokens_is_learned_from_and_answered(
    tagger: EntityTagger,
) -> None:
    made, tags = sentences(40)
    long = ["Carl", "left", "Oslo", "and"] * 300
    own = ["B-PER", "O", "B-LOC", "O"] * 300
    found = EntityTagger(**{**QUICK, "networks": 1, "epochs": 1}).fit([*made, long], [*tags, own])
    assert "1 sentence is longer than 200 tokens: cut into pieces" in " ".join(found.notes_)
    row = ["Carl", "left", "New", "York", "and"] * 20_000
    (chunks,) = tagger.chunk([row])
    assert (
        sum(one == Chunk("LOC", n * 5 + 2, n * 5 + 4) for n, one in enumerate(chunks[1::2]))
        > 19_990
    )
    assert len(chunks) == 40_000


def test_windows_answer_as_reading_the_whole_does(
    tagger: EntityTagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ["Dee", "Ray", "went", "to", "Oslo", "in", "19", "days", "."] * 60
    in_windows = set(tagger.chunk([row])[0])
    monkeypatch.setattr(learning, "LONGEST", 10_000)
    whole = set(tagger.chunk([row])[0])
    assert len(whole) >= 100
    assert len(in_windows & whole) >= 0.95 * len(in_windows | whole)


@pytest.mark.parametrize(
    ("rows", "tags", "said"),
    [
        ([["a"], ["b"]], [["O"]], "2 sentences and tags of 1"),
        (["ab"], [["O", "O"]], "2 tokens and 2 tags in number 0"),
        ([["a", "b"]], [["O"]], "2 tokens and 1 tags in number 0"),
        ([["a", ""]], [["O", "O"]], "'' in number 0"),
        ([["a", None]], [["O", "O"]], "None in number 0"),
        ([], [], "none with a token"),
        ([[]], [[]], "none with a token"),
        ([["a"]], [["O"]], "all tags are O"),
        ([["a"]], [["PER"]], "the tag 'PER'"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(rows, tags, said: str) -> None:
    with pytest.raises(DataError, match=said):
        EntityTagger(**QUICK).fit(rows, tags)


@pytest.mark.parametrize("option", [{"units": 0}, {"networks": 1.5}, {"learning_rate": -1.0}])
def test_options_out_of_range_are_refused(option: dict) -> None:
    with pytest.raises(OptionError):
        EntityTagger(**option).fit(*sentences(30))


def test_validation_sentences_choose_and_may_hold_no_new_kind() -> None:
    quick = {**QUICK, "networks": 1}
    found = EntityTagger(**quick).fit(*sentences(40), validation=sentences(30, seed=2))
    assert found.held_out_ is not None
    assert found.held_out_.sentences == 30
    best = min(found.histories_[0].history["val_loss"])
    assert found.held_out_.overall.f1 == pytest.approx(1 - best)
    with pytest.raises(DataError, match="entities of the kind 'ODD'"):
        EntityTagger(**quick).fit(*sentences(40), validation=([["a"]], [["B-ODD"]]))


def test_few_sentences_are_learned_from_and_nothing_is_claimed() -> None:
    found = EntityTagger(**{**QUICK, "networks": 1}).fit(*sentences(5))
    assert found.held_out_ is None
    assert "too few to hold any out" in " ".join(found.notes_)


def test_kinds_that_it_does_not_know_count_as_missed_and_are_said(tagger: EntityTagger) -> None:
    rows, tags = [["Carl", "left", "Oslo"]], [["B-PER", "O", "B-ODD"]]
    judged = tagger.judge(rows, tags)
    assert judged.scores.kinds["ODD"] == (1, 0, 0)
    assert "1 of the kind 'ODD', which the model does not know" in " ".join(judged.notes)
    with pytest.raises(DataError, match="none with a token"):
        tagger.evaluate([], [])


class _Stopping(Callback):
    def __init__(self, epoch: int) -> None:
        self.epoch, self.begun, self.ended = epoch, 0, 0

    def on_train_begin(self, trainer) -> None:
        self.begun += 1

    def on_epoch_begin(self, trainer, epoch) -> None:
        if epoch == self.epoch:
            raise KeyboardInterrupt

    def on_train_end(self, trainer) -> None:
        self.ended += 1


def test_an_interrupt_keeps_the_networks_that_were_trained() -> None:
    watch = _Stopping(QUICK["epochs"] + 1)
    found = EntityTagger(**QUICK).fit(*sentences(40), watch=[watch])
    assert len(found.networks_) == 1
    assert "interrupted: 1 of 2" in " ".join(found.notes_)
    assert (watch.begun, watch.ended) == (1, 1)
    assert found.predict([TEXT])
    with pytest.raises(KeyboardInterrupt):
        EntityTagger(**QUICK).fit(*sentences(40), watch=[_Stopping(0)])


def test_a_fit_that_was_stopped_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    quick = {**QUICK, "epochs": 3}
    whole = EntityTagger(**quick).fit(*sentences(40))
    kept = Checkpoint(tmp_path / "run", every=1e-9, verbose=0)
    EntityTagger(**quick).fit(*sentences(40), watch=[_Stopping(4)], checkpoint=kept)
    assert kept.exists
    again = EntityTagger(**quick).fit(
        *sentences(40), checkpoint=Checkpoint(tmp_path / "run", verbose=0)
    )
    for one, other in zip(whole.networks_, again.networks_, strict=True):
        for name, weight in one.state_dict().items():
            assert torch.equal(weight, other.state_dict()[name]), name
    assert not Checkpoint(tmp_path / "run").exists


def test_it_keeps_to_the_rules_of_an_estimator() -> None:
    found = EntityTagger(units=5)
    assert found.get_params()["units"] == 5
    assert repr(found.set_params(seed=3)) == "EntityTagger(units=5, seed=3)"
