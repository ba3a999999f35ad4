"""A character language model: nats a character on the last tenth of a text.

    python benchmarks/language/characters.py PATH/input.txt.gz

The first 90% of the characters are trained on, the last 10% are read once, at the end, the state
carried on throughout. Nothing is chosen on them: sizes, rates and the number of passes were fixed
before, by nets that learned the first 80% and were judged on the next 10%. Writes
docs/results/characters.md; with other than the usual passes, to .bench/smoke instead.
"""

from __future__ import annotations

import argparse
import gzip
import math
import os
import platform
import time
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from recurra import AdamW, EachToEach, Recurrent, sample
from recurra.structures.heads import Categorical
from recurra.training import StreamChunks, evaluate_truncated, fit_truncated

ROOT = Path(__file__).resolve().parents[2]
EPOCHS = 10
WEIGHT_DECAY = 0.1
PUBLISHED = 1.548
"""minGRU on this text and split, in its paper (Feng et al. 2024, arXiv:2410.01201)."""


class Reader(nn.Module):
    """The model as truncated back-propagation asks for it: scores at every step, and the state."""

    def __init__(self, model: EachToEach, dropout: float, input_dropout: float) -> None:
        super().__init__()
        self.model = model
        self.input_dropout, self.dropout = nn.Dropout(input_dropout), nn.Dropout(dropout)

    def forward(
        self, x: Tensor, state: Any, *, lengths: Tensor | None, reset: Tensor | None
    ) -> tuple[Tensor, Any]:
        """(B, T) to (B, T, V)."""
        assert self.model.embedding is not None
        seen = self.input_dropout(self.model.embedding(x))
        output, after = self.model.recurrent(seen, state, lengths=lengths, reset=reset)
        return self.model.head.scores(self.dropout(output)), after


def main() -> None:
    given = _arguments()
    if given.threads:
        torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)
    text = _read(given.text)
    letters = sorted(set(text))
    tape = torch.tensor([letters.index(one) for one in text])
    cut = len(tape) * 9 // 10
    train = StreamChunks(tape[: cut - 1], tape[1:cut], rows=given.rows, steps=given.steps)
    # The first of them is foretold from the last that was trained on.
    test = StreamChunks(tape[cut - 1 : -1], tape[cut:], rows=1, steps=1000)

    network = Recurrent(
        given.cell,
        given.embedding,
        given.units,
        num_layers=2,
        dropout=given.dropout,
        batch_first=True,
    )
    model = EachToEach(
        network,
        Categorical(given.units, len(letters)),
        embedding=nn.Embedding(len(letters), given.embedding),
    )
    reader = Reader(model, given.dropout, given.input_dropout)
    optimizer = AdamW(reader.parameters(), lr=given.rate, weight_decay=WEIGHT_DECAY)
    start = time.perf_counter()
    for epoch in range(given.epochs):
        for group in optimizer.param_groups:
            group["lr"] = given.rate * _share(epoch, given.epochs)
        loss = nn.functional.cross_entropy
        found = fit_truncated(reader, train, loss, optimizer, clip_norm=1.0)
        if found.interrupted:
            raise SystemExit("interrupted: nothing was written")
        minutes = (time.perf_counter() - start) / 60
        print(f"pass {epoch + 1}: {found.history['loss'][-1]:.4f}, {minutes:.1f} min", flush=True)
    minutes = (time.perf_counter() - start) / 60
    nats = evaluate_truncated(reader, test, nn.functional.cross_entropy)
    parameters = sum(weight.numel() for weight in reader.parameters())
    print(f"{nats:.4f} nats a character on the last tenth, {parameters:,} parameters")
    _write(given, nats, minutes, parameters, _written(model.eval(), letters))


def _read(path: Path) -> str:
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes()).decode("utf-8")
    return path.read_text(encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("text", type=Path)
    parser.add_argument("--cell", default="lstm")
    parser.add_argument("--units", type=int, default=384)
    parser.add_argument("--embedding", type=int, default=64)
    parser.add_argument("--dropout", type=float, default=0.3)
    parser.add_argument("--input-dropout", type=float, default=0.1)
    parser.add_argument("--rows", type=int, default=32)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def _share(epoch: int, epochs: int) -> float:
    """How much of the learning rate a pass has: half a cosine, from all of it to a fiftieth."""
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * epoch / epochs))


def _written(model: EachToEach, letters: list[str]) -> list[str]:
    """Three samples of 300 characters, each after a line's end."""
    begin = torch.full((3,), letters.index("\n"))
    generator = torch.Generator().manual_seed(1)
    found = sample(
        model,
        begin,
        model.start(),
        end=None,
        max_length=300,
        temperature=0.8,
        generator=generator,
    )
    return ["".join(letters[number] for number in row) for row in found.sequences()]


def _write(
    given: argparse.Namespace, nats: float, minutes: float, parameters: int, texts: list[str]
) -> None:
    usual = given.epochs == EPOCHS
    folder = ROOT / "docs" / "results" if usual else ROOT / ".bench" / "smoke"
    folder.mkdir(parents=True, exist_ok=True)
    samples = "\n\n".join(f"```text\n{text.strip()}\n```" for text in texts)
    threads = torch.get_num_threads()
    plural = "" if threads == 1 else "s"
    cores = f"{threads} thread{plural} of {os.cpu_count()} cores ({platform.machine()})"
    usual_way = f"{given.rows} rows in chunks of {given.steps} steps with the state carried on"
    ours = f"Recurra, 2 x {given.cell} of {given.units}, {parameters:,} parameters"
    page = f"""# A character language model

The first 90% of tinyshakespeare are trained on, the last 10% read once at the end, the state
carried on throughout. Nothing is chosen on them: sizes, rates and the number of passes were fixed
before, by nets that learned the first 80% and were judged on the next 10%.

| | nats a character | bits |
|---|--:|--:|
| {ours} | **{nats:.3f}** | {nats / math.log(2):.3f} |
| minGRU, as published (arXiv:2410.01201) | {PUBLISHED} | {PUBLISHED / math.log(2):.3f} |

Dropout {given.dropout} ({given.input_dropout} on what is read), {usual_way},
AdamW from {given.rate} down half a cosine, weight decay {WEIGHT_DECAY}, {given.epochs} passes
in {minutes:.1f} minutes on {cores}, seed {given.seed}.
Command: `python benchmarks/language/characters.py PATH/input.txt.gz`

What it writes, at a temperature of 0.8:

{samples}
"""
    (folder / "characters.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
