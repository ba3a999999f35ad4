"""``caption`` beside torch.nn.LSTM: scenes of one to four shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import torch
from contest import OURS, PlainTraining, parameters
from torch import Tensor, nn

from recurra.applications.caption import Captioner
from recurra.applications.caption.demo import rendered, scenes, sentence
from recurra.applications.caption.learning import SHIFT, SMOOTHING, Numbered, shifted
from recurra.applications.caption.network import Network, Scaled
from recurra.applications.caption.rules import Plan
from recurra.applications.pictures import squares
from recurra.applications.words import START
from recurra.training import Callback

LEARNED, ASKED, PASSES = 320, 60, 3


class Caption:
    """The job, with the network of its defaults, and its peer."""

    tokens = "symbols"

    def __init__(self) -> None:
        made = scenes(LEARNED + ASKED, seed=0)
        pictures = [rendered(scene, number) for number, scene in enumerate(made)]
        self._data = pictures[:LEARNED], [sentence(scene) for scene in made[:LEARNED]]
        self._asked = pictures[LEARNED:]
        self._job = Captioner(epochs=PASSES, batch_size=32)
        self.peers: dict[str, PlainTraining] = {}

    def fit(self, watch: Sequence[Callback]) -> None:
        """A few passes."""
        self._job.fit(*self._data, watch=[_Begins(self), *watch])

    def begin(self) -> None:
        """Makes the peer, once the job knows its symbols."""
        plan, words = self._job.plan_, self._job.sentences_
        captions = [torch.tensor(words.numbers(one)) for one in self._data[1]]
        numbered = Numbered(
            squares(self._data[0], plan.side), captions, torch.arange(len(captions))
        )
        self._plain = Plain(plan, len(words))
        self.peers["torch.nn"] = PlainTraining(self._plain, _loss(self._plain, numbered, plan))

    @property
    def title(self) -> str:
        """The job, and how large the network is."""
        ours = parameters(self._job.network_)
        return (
            f"caption, sweeps of {self._job.plan_.sweep_units} and a writer of "
            f"{self._job.plan_.units} LSTM units, {ours:,} parameters (torch.nn "
            f"{parameters(self._plain):,})"
        )

    def predictions(self) -> Mapping[str, Mapping[str, Callable[[], int]]]:
        """Pictures captioned, one symbol at a time."""
        most = self._job.longest_ + 10
        asked = squares(self._asked, self._job.plan_.side)
        count = sum(
            len(self._job.sentences_.numbers(one)) for one in self._job.predict(self._asked, beam=1)
        )

        def ours() -> int:
            self._job.predict(self._asked, beam=1)
            return count

        def theirs() -> int:
            # As many steps as the job's longest caption.
            self._plain.eval().write(asked, most)
            return count

        return {"predict, greedy": {OURS: ours, "torch.nn": theirs}}


class _Begins(Callback):
    def __init__(self, contest: Caption) -> None:
        self.contest = contest

    def on_train_begin(self, trainer) -> None:  # type: ignore[no-untyped-def]
        """Makes the peer."""
        self.contest.begin()


class Plain(nn.Module):
    """The same network, its recurrent layers those of torch.nn.

    Args:
        plan: How large it is.
        symbols: V.
    """

    def __init__(self, plan: Plan, symbols: int) -> None:
        super().__init__()
        like = Network(plan, symbols)
        self.convolutions, self.where = like.places.convolutions, like.places.where
        self.evened, size, half = like.places.evened, like.places.size, plan.sweep_units
        self.columns = nn.LSTM(plan.maps, half, bidirectional=True, batch_first=True)
        self.rows = nn.LSTM(2 * half, half, bidirectional=True, batch_first=True)
        self.embedding, self.head = like.embedding, like.head
        self.first, self.attention = nn.Linear(2 * size, plan.units), Scaled(plan.units, size)
        self.writer = nn.LSTM(plan.units, plan.units, batch_first=True)
        self.joined = nn.Linear(size + plan.units, plan.units, bias=False)
        self.dropout = nn.Dropout(plan.dropout)

    def forward(self, pictures: Tensor, inputs: Tensor) -> Tensor:
        """The scores of each step, (B, T, V)."""
        seen, state = self.see(pictures)
        output = self.writer(self.dropout(self.embedding(inputs)), state)[0]
        return self.answer(output, seen)

    def see(self, pictures: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """All places, and where the writer begins."""
        found = self.convolutions(pictures.float() / 127.5 - 1) + self.where
        count, _, height, width = found.shape
        down = self.columns(found.permute(0, 3, 2, 1).flatten(0, 1))[0]
        across = down.reshape(count, width, height, -1).transpose(1, 2).flatten(0, 1)
        swept = self.rows(across)[0].reshape(count, height, width, -1)
        seen = self.evened(torch.cat([found.movedim(1, -1), swept], -1)).flatten(1, 2)
        whole = torch.cat([seen.mean(1), seen.amax(1)], 1)
        return seen, self.writer(self.first(whole).unsqueeze(1))[1]

    def answer(self, output: Tensor, seen: Tensor) -> Tensor:
        """What the writer says, having looked."""
        weights = self.attention(output, self.attention.keys(seen)).softmax(-1)
        features = torch.tanh(self.joined(torch.cat([weights @ seen, output], -1)))
        return self.head(self.dropout(features))  # type: ignore[no-any-return]

    @torch.no_grad()
    def write(self, pictures: Tensor, most: int) -> Tensor:
        """The likeliest symbol at each of so many steps: (B, T)."""
        seen, state = self.see(pictures)
        symbols, found = torch.full((len(pictures), 1), START), []
        for _ in range(most):
            output, state = self.writer(self.embedding(symbols), state)
            symbols = self.answer(output, seen).argmax(-1)
            found.append(symbols)
        return torch.cat(found, 1)


def _loss(plain: Plain, numbered: Numbered, plan: Plan) -> Callable[[], tuple[Tensor, int]]:
    batches = _batches(len(numbered), plan.batch_size)

    def loss() -> tuple[Tensor, int]:
        batch = numbered.batch(next(batches))
        scores = plain(shifted(batch.pictures, plan.side // SHIFT), batch.inputs)
        live = torch.arange(batch.targets.shape[1]) < batch.lengths.unsqueeze(1)
        found = nn.functional.cross_entropy(
            scores[live], batch.targets[live], label_smoothing=SMOOTHING
        )
        return found, int(batch.lengths.sum())

    return loss


def _batches(count: int, size: int) -> Iterator[Tensor]:
    while True:
        yield from torch.split(torch.randperm(count), size)
