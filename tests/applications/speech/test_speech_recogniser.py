"""The recogniser: what it learns, what it says, what it refuses."""

from __future__ import annotations

import subprocess
import sys
from html import unescape
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from made_speech import TINY, string, tone, words
from safetensors import safe_open
from safetensors.torch import save_file

from recurra.applications.speech import Sound, SpeechRecogniser, report
from recurra.applications.speech.demo import RATE
from recurra.applications.speech.rules import Amount, Wishes, plan, rate_for
from recurra.applications.speech.seen import picture
from recurra.errors import DataError, ModelFileError, OptionError
from recurra.training import Callback


def test_it_reads_words_that_it_has_never_heard(recogniser: SpeechRecogniser) -> None:
    sounds, texts = words(60, seed=1)
    strange = [n for n, text in enumerate(texts) if text not in recogniser.words_]
    assert len(strange) >= 15
    some = [sounds[n] for n in strange], [texts[n] for n in strange]
    assert recogniser.evaluate(*some).cer <= 0.08
    held = recogniser.held_out_
    assert held is not None
    assert held.recordings == 16
    assert held.cer <= 0.1


def test_strings_are_read_of_words_that_were_heard_alone(recogniser: SpeechRecogniser) -> None:
    wrong = 0
    for seed in range(10, 16):
        sound, text = string(3, seed)
        (heard,) = recogniser.predict([sound], lexicon=text.split())
        wrong += heard != text
    assert wrong <= 2


def test_a_batch_of_any_lengths_is_heard_as_one_by_one(recogniser: SpeechRecogniser) -> None:
    sounds = [*words(7, seed=2)[0], string(3, 1)[0], Sound(np.ones(1, np.float32), RATE)]
    together = recogniser.predict(sounds)
    assert together == [recogniser.predict([one])[0] for one in sounds]
    assert recogniser.predict([]) == []


def test_the_same_seed_gives_the_same_bits_and_leaves_chance_alone() -> None:
    state = torch.random.get_rng_state()
    first, second, other = (
        SpeechRecogniser(**TINY, seed=seed).fit(*words(24)).network_.state_dict()
        for seed in (0, 0, 1)
    )
    assert torch.equal(torch.random.get_rng_state(), state)
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not all(torch.equal(first[name], other[name]) for name in first)


def test_a_fresh_process_hears_what_was_heard_before_saving(
    recogniser: SpeechRecogniser, tmp_path: Path
) -> None:
    path, sounds = tmp_path / "model.safetensors", words(5, seed=3)[0]
    recogniser.save(path)
    for number, one in enumerate(sounds):
        soundfile.write(tmp_path / f"{number}.wav", one.samples, RATE, subtype="FLOAT")
    program = (
        "import sys; from recurra.applications.speech import SpeechRecogniser as S\n"
        "s = S.load(sys.argv[1]); print(*s.predict(sys.argv[2:]), sep='\\n')\n"
        "print(*s.predict(sys.argv[2:], lexicon=s.words_), sep='\\n')"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, path, *sorted(tmp_path.glob("*.wav"))],
        capture_output=True,
        check=True,
        text=True,
    )
    expected = recogniser.predict(sounds), recogniser.predict(sounds, lexicon=recogniser.words_)
    assert ran.stdout.split("\n")[:10] == [*expected[0], *expected[1]]
    loaded = SpeechRecogniser.load(path)
    assert loaded.get_params() == recogniser.get_params()
    assert (loaded.notes_, loaded.words_) == (recogniser.notes_, recogniser.words_)
    assert loaded.held_out_ is None


def test_a_file_that_was_changed_does_not_hold_together(
    recogniser: SpeechRecogniser, tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    recogniser.save(path)
    with safe_open(path, framework="pt") as file:
        header = {key: one for key, one in file.metadata().items() if key != "checksum"}
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    del arrays["mean"]
    save_file(arrays, path, metadata=header)
    with pytest.raises(ModelFileError, match="does not hold together"):
        SpeechRecogniser.load(path)


def test_words_are_said_with_their_times(recogniser: SpeechRecogniser) -> None:
    sound, _ = string(2, seed=10)
    (found,) = recogniser.transcribe([sound])
    assert found.words
    times = [time for one in found.words for time in (one.begin, one.end)]
    assert times == sorted(times)
    assert times[0] >= 0.1
    assert times[-1] <= sound.seconds + 0.1
    assert all(0 < one.probability <= 1 for one in found.words)


def test_what_cannot_be_used_is_left_out_and_said(tmp_path: Path) -> None:
    sounds, texts = words(22)
    soundfile.write(tmp_path / "torn.wav", sounds[0].samples, RATE)
    (tmp_path / "torn.wav").write_bytes((tmp_path / "torn.wav").read_bytes()[:30])
    bad = [tmp_path / "torn.wav", Sound(np.zeros(800, np.float32), RATE), sounds[0]]
    # So many letters do not fit into a tenth of a second.
    short = Sound(tone(300, 0.1, RATE), RATE)
    found = SpeechRecogniser(**TINY, joins=0).fit(
        [*sounds, *bad, short, sounds[1].at(16_000)],
        [*texts, "torn", "silent", " ?! ", "too many letters for it", f"{texts[1].upper()}!"],
    )
    told = "\n".join(found.notes_)
    for said in (
        "1 of 26 recordings cannot be read: left out",
        "1 of 26 recordings are silent: left out",
        "24 of 8,000, 1 of 16,000; all are heard at 8,000",
        "1 of 27 texts of the recordings are blank: left out",
        "2 of 27 texts have capitals or marks",
        "1 of 24 recordings are too short for their texts, as one of 0.11 s for 'too many",
        "23 recordings of",
        "7 letters: 'aimostu'",
    ):
        assert said in told, told


def test_validation_with_strange_letters_is_judged_and_said() -> None:
    sounds, texts = words(24)
    found = SpeechRecogniser(**TINY).fit(sounds, texts, validation=(sounds[:2], [texts[0], "xyz"]))
    assert found.held_out_ is not None
    assert found.held_out_.recordings == 2
    assert "1 of 2 texts to judge by have letters that were not learned ('xyz')" in str(
        found.notes_
    )


def test_few_recordings_are_learned_from_and_nothing_is_claimed() -> None:
    found = SpeechRecogniser(**TINY).fit(*words(5))
    assert found.held_out_ is None
    assert "too few to hold any out" in " ".join(found.notes_)
    assert report.draw(found).startswith(b"\x89PNG")
    assert "nothing says how good it is" in report.page(found, name="few", command="c")


def test_what_is_no_data_is_refused(recogniser: SpeechRecogniser) -> None:
    sounds, texts = words(3)
    for given, said in (
        ((sounds, texts[:2]), "3 recordings and 2 texts"),
        ((sounds, "abc"), "3 texts"),
        ((sounds, [1, 2, 3]), "1 among the texts"),
        ((sounds, ["", "!", " "]), "none with a text"),
        (([], []), "0 recordings"),
        (([Sound(np.zeros(99, np.float32), RATE)], ["a"]), "nothing|silent"),
        (([Sound(tone(300, 0.02, RATE), RATE)], ["too long"]), "too short for their texts"),
    ):
        with pytest.raises(DataError, match=said):
            SpeechRecogniser(**TINY).fit(*given)
    with pytest.raises(DataError, match="write \\[recording\\]"):
        recogniser.predict("a.wav")
    with pytest.raises(DataError, match="There is no"):
        recogniser.predict(["gone.wav"])
    with pytest.raises(DataError, match="none of them in the letters"):
        recogniser.predict(sounds, lexicon=["xyz"])
    assert recogniser.predict([Sound(np.zeros(800, np.float32), RATE)]) == [""]


@pytest.mark.parametrize(
    "options", [{"units": 0}, {"joins": 2}, {"rate": 100}, {"learning_rate": 0}, {"epochs": 1.5}]
)
def test_options_out_of_range_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(OptionError, match=next(iter(options))):
        SpeechRecogniser(**options).fit(*words(2))


def test_without_jiwer_it_is_said_before_anything_is_learned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "jiwer", None)
    with pytest.raises(OptionError, match=r"jiwer is not installed(.|\n)*pip install"):
        SpeechRecogniser(**TINY).fit(*words(2))


def test_rules_follow_the_recordings() -> None:
    few, many = plan(Amount(31, 8.0, [40.0]), Wishes()), plan(Amount(2500, 1.0, [8.0]), Wishes())
    assert (few.joins, many.joins) == (0.0, 0.5)
    assert few.batch_size < many.batch_size
    assert few.epochs > many.epochs
    assert (few.sizes.stack, many.sizes.stack) == (3, 2)
    # Half speak fast; a few speak faster than can be told at two frames a step.
    for room, stack in (([5.9] * 9, 1), ([9.0] * 95 + [1.9] * 5, 1), ([9.0] * 199 + [0.5], 3)):
        assert plan(Amount(9, 1.0, room), Wishes()).sizes.stack == stack
    assert plan(Amount(9, 1.0, [9.0]), Wishes(units=7, epochs=3, joins=0.25)).joins == 0.25
    assert (rate_for([16_000] * 10), rate_for([44_100] * 9 + [8000])) == (16_000, 8000)
    assert rate_for([48_000] * 10 + [8000]) == 16_000


def test_interrupted_it_keeps_the_best_so_far_and_says_so() -> None:
    class Stops(Callback):
        def __init__(self, after: int) -> None:
            self.left = after

        def on_train_batch_end(self, trainer, step) -> None:
            self.left -= 1
            if not self.left:
                raise KeyboardInterrupt

    found = SpeechRecogniser(**{**TINY, "epochs": 5}).fit(*words(24), watch=[Stops(8)])
    assert "interrupted after pass 2 of 5" in found.notes_
    assert found.held_out_ is not None
    with pytest.raises(KeyboardInterrupt):
        SpeechRecogniser(**TINY).fit(*words(24), watch=[Stops(1)])


def test_the_report_shows_what_was_heard(recogniser: SpeechRecogniser) -> None:
    figures = report.figures(recogniser)
    shown = unescape(report.page(recogniser, name="words", command="recurra fit"))
    assert figures["verdict"] in shown
    assert f"{recogniser.held_out_.wer:.2%}" in shown
    assert recogniser.samples_[0].said in shown
    assert figures["held_out"]["recordings"] == 16
    seen = recogniser.look(string(2, 1)[0], "two words")
    assert picture(seen).startswith(b"\x89PNG")
    assert torch.allclose(seen.log_probs.exp().sum(1), torch.ones(len(seen.log_probs)), atol=1e-4)


def test_the_worst_is_shown_first_and_words_where_they_recur() -> None:
    sounds = [Sound(tone(f, 0.3, RATE), RATE) for f in (300, 900)] * 20
    found = SpeechRecogniser(**TINY).fit(sounds, ["low", "high"] * 20)
    # The same recordings are held out together or not at all: there are two.
    assert found.held_out_ is None or found.held_out_.recordings in {0, 20}
    assert report.draw(found).startswith(b"\x89PNG")
