"""Short fits of the jobs: what the tests stop and kill.

As a program: ``job_program.py JOB FOLDER STEPS`` fits with a checkpoint in the folder that is
written at every step, and kills itself, without warning, after so many steps.
"""

from __future__ import annotations

import hashlib
import os
import signal
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from torch import nn

from recurra.applications.action.videos import VideoClassifier
from recurra.applications.caption import Captioner
from recurra.applications.caption.demo import rendered, scenes, sentence
from recurra.applications.enhance import Enhancer
from recurra.applications.enhance.demo import landscapes
from recurra.applications.sentiment import SentimentClassifier
from recurra.applications.series_class import SeriesClassifier
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
    "caption": caption,
    "enhance": enhance,
    "sentiment": sentiment,
    "series-class": series_class,
    "text": text,
    "translate": translate,
    "video": video,
}

if __name__ == "__main__":
    job, folder, steps = sys.argv[1:]
    kept = Checkpoint(Path(folder), every=OFTEN, verbose=0)
    FITS[job](kept, Dies(int(steps), killed))
