"""From a picture of a character to the pen strokes that drew it, on Omniglot.

    python benchmarks/strokes/run.py PATH/omniglot_image_to_strokes

The folder holds images_background_small1.zip and strokes_background_small1.zip. A finished run is
kept under .bench/strokes and is not run again, so that the command can be stopped and given again.
Writes docs/results/strokes.md and docs/pictures/strokes-drawings.png; with other than the usual
passes and seeds, to .bench/smoke instead.
"""

from __future__ import annotations

import argparse
from itertools import product
from pathlib import Path

import page
import picture
import torch
from drawings import Drawing, read
from measures import Measures, measured, shown
from records import keep, kept
from sequences import Sequences, sequences, spread
from split import Split, split

from recurra.atomic import write
from training import Plan, Run, run

ROOT = Path(__file__).resolve().parents[2]
EPOCHS, SEEDS = 20, 3


def main() -> None:
    given = _arguments()
    torch.set_num_threads(1)
    parts = split(read(given.drawings))
    train, validation = _sequences(parts.train), _sequences(parts.validation)
    scale = spread(train)
    plans = [
        Plan(sees, seed, given.epochs, given.moved)
        for seed, sees in product(range(given.seeds), (True, False))
    ]
    runs = {plan: _run(plan, train, validation, scale) for plan in plans}
    _show(given, parts, runs, scale)


def _run(plan: Plan, train: Sequences, validation: Sequences, scale: float) -> Run:
    folder = ROOT / ".bench" / "strokes"
    found = kept(folder, plan)
    if found is None:
        found = run(plan, train, validation, scale)
        keep(folder, plan, found)
    return found


def _sequences(drawings: list[Drawing]) -> Sequences:
    return sequences([one.picture for one in drawings], [one.strokes for one in drawings])


def _show(given: argparse.Namespace, parts: Split, runs: dict[Plan, Run], scale: float) -> None:
    test = _sequences(parts.test)
    found: list[Measures] = []
    for plan, one in runs.items():
        found.append(measured(plan, one, parts.test, test, scale))
        print(found[-1].line, flush=True)
    usual = (given.epochs, given.seeds) == (EPOCHS, SEEDS)
    folder = ROOT / "docs" if usual else ROOT / ".bench" / "smoke"
    drawn = folder / "pictures" / "strokes-drawings.png"
    with_it, without = list(runs.items())[:2]
    picture.save(shown(with_it, without, parts.test, scale), drawn)
    text = page.page(parts, _sequences(parts.train), found, scale)
    write(folder / "results" / "strokes.md", text.encode("utf-8"))
    print(f"{folder / 'results' / 'strokes.md'}\n{drawn}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("drawings", type=Path, help="the folder of both archives")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many, from 0")
    parser.add_argument("--moved", action="store_true", help="turn and stretch training drawings")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit("interrupted: the runs that were finished are kept") from None
