"""The language model: what it learns, what it writes, what it refuses."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from recurra.applications.text import LanguageModel, report
from recurra.applications.text.demo import verses
from recurra.applications.text.network import Writer
from recurra.errors import DataError, OptionError
from recurra.training import Callback

QUICK = {"units": 32, "layers": 1, "epochs": 2, "learning_rate": 2e-2}


def test_what_it_learned_surprises_it_less(model: LanguageModel) -> None:
    found = model.evaluate([verses(5, seed=9)])
    assert found.nats_per_character < 0.5 * found.frequency / found.characters
    assert model.held_out_ is not None
    assert model.held_out_.characters == model.plan_.held_out
    assert model.evaluate(["qzxqzx qqq"]).nats_per_character > 2 * found.nats_per_character


def test_surprise_is_the_product_of_what_follows_each_step(model: LanguageModel) -> None:
    text = "the fox sang to the moon"
    structure, state = model.reader_.structure, None
    nats, before = 0.0, model.alphabet_.encode("\n")
    for number in model.alphabet_.encode(text):
        with torch.no_grad():
            chances, state = structure.step(torch.tensor(before), state)
        nats -= float(chances[0, number])
        before = [number]
    found = model.evaluate([text])
    assert found.nats == pytest.approx(nats, abs=1e-3)
    assert found.bits_per_character == pytest.approx(nats / len(text) / math.log(2), abs=1e-4)
    shown = model.surprises(text)
    assert "".join(one for one, _ in shown) == text
    assert sum(one for _, one in shown) == pytest.approx(nats, abs=1e-3)
    # Texts are read each from its beginning; together they are as surprising as one by one.
    assert model.evaluate([text, text]).nats == pytest.approx(2 * nats, abs=1e-2)


def test_each_prompt_is_written_on_as_if_it_were_alone(model: LanguageModel) -> None:
    prompts = ["the fox", "", "an old miller waited for", "qq@"]
    together = model.predict(prompts, length=40, samples=2, seed=3)
    alone = [one for p in prompts for one in model.predict([p], length=40, samples=2, seed=3)]
    assert together == alone
    assert {len(one) for one in together} == {40}
    assert together[0] != together[1]
    assert model.predict([]) == []
    assert model.predict(["x"], length=0) == [""]


def test_a_writer_says_what_the_network_says_but_for_what_is_never_written(
    model: LanguageModel,
) -> None:
    structure = model.reader_.structure
    symbols = torch.tensor([[3, 5, 1], [2, 2, 4]])
    state = structure.start(symbols)
    rows = torch.tensor([1, 1])
    free, bound = (Writer(structure, 2, state, never) for never in (None, 2))
    for some in (symbols[:, 0], symbols[:, 1]):
        with torch.no_grad():
            expected, state = structure.step(some, state)
            found, hidden = free.step(some, None)[0], bound.step(some, None)[0]
        assert torch.allclose(found, expected, atol=1e-5)
        assert torch.equal(hidden[:, 2], torch.full((2,), -torch.inf))
        assert torch.allclose(hidden.exp().sum(1), torch.ones(2))
    # Of other rows.
    free.select(None, rows)
    with torch.no_grad():
        expected, _ = structure.step(symbols[:, 2], structure.select(state, rows))
        assert torch.allclose(free.step(symbols[:, 2], None)[0], expected, atol=1e-5)


def test_an_unknown_character_is_read_and_never_written(model: LanguageModel) -> None:
    written = "".join(model.predict(["§§§"], length=200, temperature=3.0, samples=3))
    assert "\ufffd" not in written
    assert model.evaluate(["the §"]).unknown == 1


def test_a_fresh_process_writes_and_judges_as_before_saving(
    model: LanguageModel, tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    model.save(path)
    program = (
        "import json, sys; from recurra.applications.text import LanguageModel\n"
        "m = LanguageModel.load(sys.argv[1])\n"
        "print(json.dumps([m.predict(['the fox'], length=50), m.evaluate(['the fox']).nats]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, check=True
    )
    assert json.loads(ran.stdout) == [
        model.predict(["the fox"], length=50),
        model.evaluate(["the fox"]).nats,
    ]


def test_subwords_are_learned_kept_and_counted_by_character(tmp_path: Path) -> None:
    pytest.importorskip("tokenizers")
    text = verses(40, seed=0)
    found = LanguageModel(symbols="subwords", vocabulary_size=300, **QUICK).fit([text])
    assert found.held_out_ is not None
    assert found.held_out_.symbols < found.held_out_.characters
    found.save(tmp_path / "m.safetensors")
    loaded = LanguageModel.load(tmp_path / "m.safetensors")
    assert loaded.predict(["the"], length=9) == found.predict(["the"], length=9)
    assert loaded.evaluate(["the fox 房"]).nats == found.evaluate(["the fox 房"]).nats


def test_the_end_is_held_out_and_nothing_of_it_is_learned() -> None:
    text = verses(40, seed=0)
    first = LanguageModel(**QUICK).fit([text])
    assert first.held_out_text_ == text[-first.plan_.held_out :]
    # Other characters at the end change neither the alphabet nor the frequencies.
    changed = text[: -first.plan_.held_out] + "§" * first.plan_.held_out
    second = LanguageModel(**QUICK).fit([changed])
    assert len(second.alphabet_) == len(first.alphabet_)
    assert torch.equal(second.frequency_, first.frequency_)


def test_several_texts_are_held_out_from_the_last_on() -> None:
    texts = [verses(10, seed=0), "", verses(10, seed=1), "short end"]
    found = LanguageModel(**QUICK).fit(texts)
    assert found.held_out_text_.endswith("short end")
    assert texts[2].endswith(found.held_out_text_.removesuffix("short end"))
    assert "1 empty texts are left out" in found.notes_


def test_the_same_seed_gives_the_same_bits_and_leaves_chance_alone() -> None:
    state = torch.random.get_rng_state()
    texts = [verses(10, seed=0)]
    first, second = (LanguageModel(**QUICK).fit(texts) for _ in range(2))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert first.evaluate(texts).nats == second.evaluate(texts).nats
    assert first.evaluate(texts).nats != LanguageModel(**QUICK, seed=1).fit(texts).evaluate(texts)


@pytest.mark.parametrize("texts", [[], [""], ["too short"]])
def test_too_little_text_is_refused(texts: list[str]) -> None:
    with pytest.raises(DataError, match="at least 200"):
        LanguageModel(**QUICK).fit(texts)


def test_a_text_in_place_of_a_list_is_refused(model: LanguageModel) -> None:
    for call in (model.fit, model.predict, model.evaluate):
        with pytest.raises(DataError, match="a list of texts"):
            call("a text")
    with pytest.raises(DataError, match="at least one character"):
        model.evaluate([""])


@pytest.mark.parametrize(
    "option", [{"symbols": "words"}, {"units": 0}, {"epochs": 1.5}, {"learning_rate": 0.0}]
)
def test_options_out_of_range_are_refused(option: dict) -> None:
    with pytest.raises(OptionError):
        LanguageModel(**option).fit([verses(10, seed=0)])


class _Interrupt(Callback):
    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def on_epoch_begin(self, trainer, epoch) -> None:
        if epoch == self.epoch:
            raise KeyboardInterrupt


def test_an_interrupt_keeps_the_best_so_far() -> None:
    found = LanguageModel(**QUICK).fit([verses(40, seed=0)], watch=[_Interrupt(3)])
    assert "interrupted after 3" in found.notes_[-1]
    with pytest.raises(KeyboardInterrupt):
        LanguageModel(**QUICK).fit([verses(40, seed=0)], watch=[_Interrupt(0)])


def test_the_page_shows_samples_and_what_surprised(model: LanguageModel) -> None:
    page = report.page(model, name="<b>", command="recurra fit text x")
    assert report.verdict(model.held_out_) in page
    assert 'class="against"' in page
    assert "&lt;b&gt;" in page
    for outside in ("http://", "https://", "<b>"):
        assert outside not in page
    assert report.draw(model).startswith(b"\x89PNG")
    assert json.dumps(report.figures(model), allow_nan=False)
