"""Short fits of the jobs: what the tests stop and kill."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from torch import nn

from recurra.applications.action.videos import VideoClassifier
from recurra.applications.caption import Captioner
from recurra.applications.caption.demo import rendered, scenes, sentence
from recurra.applications.caption.strokes import Drawer
from recurra.applications.enhance import Enhancer
from recurra.applications.enhance.demo import landscapes
from recurra.applications.music import MusicModel
from recurra.applications.music.demo import pieces
from recurra.applications.prices import PriceModel, Quotes
from recurra.applications.sentiment import SentimentClassifier
from recurra.applications.series_class import SeriesClassifier
from recurra.applications.speech import Sound, SpeechRecogniser
from recurra.applications.speech.demo import spoken, word
from recurra.applications.text import LanguageModel
from recurra.applications.text.demo import verses
from recurra.applications.translate import Translator
from recurra.training import Callback, Checkpoint, History

OFTEN, NEVER = 1e-9, 1e9
GOOD, BAD = "the tea was lovely", "the cake was rude"


class Dies(Callback):
    """Ends a process after so many steps."""

    def __init__(self, after: int, how: Callable[[], None]) -> None:
        self.left, self.how = after, how

    def on_train_batch_end(self, trainer, step) -> None:
        self.left -= 1
        if self.left == 0:
            self.how()


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def failed() -> None:
    raise MemoryError


def sentiment(checkpoint: Checkpoint | None, *watch: Callback, seed: int = 0) -> str:
    """Two networks, of 2 batches an epoch and 4 epochs each."""
    found = SentimentClassifier(networks=2, units=3, embedding=4, epochs=4, seed=seed)
    texts = [f"{(GOOD, BAD)[n % 2]} {'today ' * (n % 3)}{n}" for n in range(40)]
    found.fit(texts, ["good", "bad"] * 20, watch=watch, checkpoint=checkpoint)
    assert found.held_out_ is not None
    return _digest(found.networks_, found.histories_) + repr(found.held_out_.accuracy)


def speech(checkpoint: Checkpoint | None, *watch: Callback, seed: int = 0) -> str:
    """3 batches a pass, 5 passes, recordings joined in some of them."""
    found = SpeechRecogniser(units=3, layers=2, epochs=5, batch_size=8, seed=seed)
    chance = np.random.default_rng(0)
    texts = [word(chance) for _ in range(24)]
    sounds = [Sound(spoken(one, chance)[:4000], 8000) for one in texts]
    found.fit(sounds, texts, watch=watch, checkpoint=checkpoint)
    assert found.held_out_ is not None
    return _digest([found.network_], [found.history_]) + repr(found.held_out_.cer)


def text(checkpoint: Checkpoint | None, *watch: Callback, seed: int = 0) -> str:
    """3 chunks a pass, with the state carried on, 5 passes."""
    model = LanguageModel(units=3, layers=2, epochs=5, seed=seed)
    model.fit([verses(8, seed=0)], watch=watch, checkpoint=checkpoint)
    assert model.held_out_ is not None
    return _digest([model.reader_], [model.history_]) + repr(model.held_out_.nats)


def translate(checkpoint: Checkpoint | None, *watch: Callback, seed: int = 0) -> str:
    """3 batches a pass, 5 passes."""
    translator = Translator(units=3, epochs=5, vocabulary_size=260, batch_size=150, seed=seed)
    numbers = [f"{n:b}".replace("", " ") for n in range(60)]
    translator.fit(numbers, [one[::-1] for one in numbers], watch=watch, checkpoint=checkpoint)
    assert translator.held_out_ is not None
    return _digest([translator.network_], [translator.history_]) + repr(translator.held_out_.chrf)


def music(checkpoint: Checkpoint | None, *watch: Callback, seed: int = 0) -> str:
    """3 batches a pass, 5 passes."""
    model = MusicModel(units=3, epochs=5, batch_size=3, seed=seed)
    model.fit(pieces(9, seed=0), watch=watch, checkpoint=checkpoint)
    assert model.held_out_ is not None
    return _digest([model.composer_], [model.history_]) + repr(model.held_out_.nats)


def prices(checkpoint: Checkpoint | None, *watch: Callback, seed: int = 0) -> str:
    """Two networks, of 3 steps a pass and 3 passes each."""
    found = PriceModel(networks=2, units=3, epochs=3, lookback=10, batch_size=6, seed=seed)
    close = 50 + np.arange(130) % 7
    rows = np.stack([close - 0.5, close + 1, close - 1, close], axis=1)
    times = np.datetime64("2024-01-01T00:00:00") + 86_400 * np.arange(130)
    found.fit([Quotes("A", times, rows, close * 10.0)], watch=watch, checkpoint=checkpoint)
    assert found.held_out_ is not None
    return _digest(found.networks_, found.histories_) + repr(found.held_out_.errors["path"].own)


def series_class(checkpoint: Checkpoint | None, *watch: Callback, seed: int = 0) -> str:
    """Two networks that are judged and one that learns from all, of 2 steps a pass, 2 passes."""
    found = SeriesClassifier(networks=1, units=3, epochs=2, batch_size=8, seed=seed)
    series = [[(n % 2) * t + n / 9 for t in range(9)] for n in range(20)]
    groups = [n // 2 % 2 for n in range(20)]
    found.fit(series, ["up", "down"] * 10, groups=groups, watch=watch, checkpoint=checkpoint)
    assert found.held_out_ is not None
    members = found.members_
    whole = _digest([one.network for one in members], [one.history for one in members])
    return whole + repr(found.held_out_.confusion.tolist())


def caption(checkpoint: Checkpoint | None, *watch: Callback, seed: int = 0) -> str:
    """4 batches a pass, 4 passes."""
    found = Captioner(units=3, epochs=4, side=16, batch_size=6, seed=seed)
    made = scenes(24, seed=0)
    pictures = [rendered(scene, 0) for scene in made]
    found.fit(pictures, list(map(sentence, made)), watch=watch, checkpoint=checkpoint)
    assert found.held_out_ is not None
    return _digest([found.network_], [found.history_]) + repr(found.held_out_.bleu)


def strokes(checkpoint: Checkpoint | None, *watch: Callback, seed: int = 0) -> str:
    """At least 4 batches a pass, 4 passes."""
    found = Drawer(units=3, epochs=4, side=16, batch_size=6, seed=seed)
    pictures = [np.full((16, 20), 10 * n, np.uint8) for n in range(24)]
    for n, picture in enumerate(pictures):
        picture[8, 2 : 6 + n // 3] = 255
    found.fit(
        pictures,
        [f"M 2 8 L {6 + n // 3} 8" for n in range(24)],
        watch=watch,
        checkpoint=checkpoint,
    )
    assert found.held_out_ is not None
    return _digest([found.network_], [found.history_]) + repr(found.held_out_)


def enhance(checkpoint: Checkpoint | None, *watch: Callback, seed: int = 0) -> str:
    """16 steps, judged behind each."""
    found = Enhancer(units=2, layers=1, steps=16, batch_size=2, seed=seed)
    found.fit(landscapes(9, seed=0), watch=watch, checkpoint=checkpoint)
    assert found.held_out_ is not None
    held = repr(found.held_out_.mean("enhanced", "psnr"))
    return _digest([found.network_], [found.history_]) + held


def video(checkpoint: Checkpoint | None, *watch: Callback, seed: int = 0) -> str:
    """A network that is judged and one that learns from all, of 3 steps a pass, 3 passes."""
    found = VideoClassifier(units=2, epochs=3, batch_size=4, frames=3, seed=seed)
    clips = [np.full((4, 8, 8, 3), n, np.uint8) for n in range(12)]
    found.fit(clips, ["dark", "bright"] * 6, watch=watch, checkpoint=checkpoint)
    assert found.held_out_ is not None
    members = found.members_
    whole = _digest([one.network for one in members], [one.history for one in members])
    return whole + repr(found.held_out_.confusion.tolist())


def _digest(networks: Iterable[nn.Module], histories: Iterable[History]) -> str:
    """Of every bit of the weights, and of what was measured."""
    found = hashlib.sha256()
    for network in networks:
        for name, value in network.state_dict().items():
            found.update(name.encode() + value.numpy().tobytes())
    for one in histories:
        found.update(repr((one.epoch, one.history, one.stopped)).encode())
    return found.hexdigest()


FITS = {
    "music": music,
    "caption": caption,
    "enhance": enhance,
    "prices": prices,
    "sentiment": sentiment,
    "series-class": series_class,
    "speech": speech,
    "strokes": strokes,
    "text": text,
    "translate": translate,
    "video": video,
}


def die_without_warning(job: str, folder: str, steps: int) -> None:
    """Fits with a checkpoint that is written at every step, and kills its process after some."""
    FITS[job](Checkpoint(Path(folder), every=OFTEN, verbose=0), Dies(steps, killed))
