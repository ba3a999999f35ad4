"""Translation with the defaults: Multi30k from German, and short sentences into Chinese.

    python benchmarks/applications/translate.py PATH/mt [--set multi30k|tatoeba]

PATH/mt holds ``multi30k/{train,val,test_2016_flickr}.{de,en}.gz`` and
``tatoeba_en_zh/pairs.tsv.gz`` (English, a tab, Chinese). Multi30k has a validation part, which
keeps the best weights, and a test part of its own. The English sentences of the other set, once
shuffled by seed 0, give a test part of 1,000, each with the first of its translations; all their
pairs are kept from training. The test parts are read once, at the end; nothing is chosen on them.
Each set writes its figures under .bench; when both are there, docs/results/translate.md is written.
A run that was stopped goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from recurra import Progress
from recurra.applications.translate import Pairs, Scores, Translator, read_pairs
from recurra.training import Checkpoint

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".bench"
SAMPLES = 8
TESTED = 1000


def multi30k(folder: Path) -> tuple[Pairs, Pairs | None, Pairs]:
    def part(name: str) -> Pairs:
        return read_pairs(*(folder / "multi30k" / f"{name}.{end}.gz" for end in ("de", "en")))

    return part("train"), part("val"), part("test_2016_flickr")


def tatoeba(folder: Path) -> tuple[Pairs, Pairs | None, Pairs]:
    whole = read_pairs(folder / "tatoeba_en_zh" / "pairs.tsv.gz")
    first: dict[str, str] = {}
    for source, target in zip(whole.sources, whole.targets, strict=True):
        first.setdefault(source, target)
    order = sorted(first)
    random.Random(0).shuffle(order)
    tested = order[:TESTED]
    known = set(tested)
    pairs = zip(whole.sources, whole.targets, strict=True)
    rest = [(source, target) for source, target in pairs if source not in known]
    train = Pairs([source for source, _ in rest], [target for _, target in rest])
    return train, None, Pairs(tested, [first[one] for one in tested])


SETS = {
    "multi30k": (
        "Multi30k, German to English, test 2016 (flickr)",
        multi30k,
        "GRU 20.6, with attention 28.3 (tokenised); attentive GRU about 33 to 38",
    ),
    "tatoeba": ("Tatoeba, short sentences, English to Chinese", tatoeba, ""),
}


def measured(key: str, folder: Path, seed: int) -> dict[str, Any]:
    train, beside, test = SETS[key][1](folder)
    translator = Translator(seed=seed)
    clocks = time.perf_counter(), time.process_time()
    translator.fit(
        train.sources,
        train.targets,
        validation=None if beside is None else (beside.sources, beside.targets),
        watch=[Progress()],
        checkpoint=Checkpoint(KEPT / f"translate-{key}.checkpoint"),
    )
    wall, processor = time.perf_counter() - clocks[0], time.process_time() - clocks[1]
    for note in translator.notes_:
        print(f"- {note}")
    translator.save(KEPT / f"translate-{key}.safetensors")
    held = translator.held_out_
    assert held is not None
    print(f"held out BLEU {held.bleu:.2f}, {wall / 60:.1f} minutes, {processor / 60:.1f} of them")
    return {
        "pairs": len(train.sources),
        "minutes": wall / 60,
        "processor": processor / 60,
        "held_out": held.to_json(),
        "notes": list(translator.notes_),
        "read": _read(translator, train),
        **tested(translator, test),
    }


def tested(translator: Translator, test: Pairs) -> dict[str, Any]:
    """The figures of the test part, and the first sentences of it."""
    started = time.perf_counter()
    found = translator.predict(test.sources)
    seconds = time.perf_counter() - started
    scores = Scores.of(found, test.targets)
    print(f"BLEU {scores.bleu:.2f}, chrF {scores.chrf:.2f}, {len(found) / seconds:.0f} a second")
    shown = zip(test.sources, found, test.targets, strict=True)
    return {
        "test": scores.to_json(),
        "greedy": translator.evaluate(test.sources, test.targets, beam=1).bleu,
        "a_second": len(found) / seconds,
        "samples": [list(one) for one, _ in zip(shown, range(SAMPLES), strict=False)],
    }


def _read(translator: Translator, train: Pairs) -> float:
    """Symbols of translations that were read a second of training."""
    each = sum(len(translator.languages_.written(one)) for one in train.targets)
    history = translator.history_
    passes = translator.plan_.passes * len(history.epoch) / max(1, round(translator.plan_.passes))
    return each * passes / history.seconds


def write(found: dict[str, dict[str, Any]], seed: int) -> None:
    rows = "\n".join(_row(key, one) for key, one in found.items())
    samples = "\n\n".join(_samples(key, one) for key, one in found.items())
    notes = "\n".join(f"- {SETS[key][0]}: {'; '.join(one['notes'])}." for key, one in found.items())
    threads = torch.get_num_threads()
    page = f"""# Translation

BLEU and chrF (sacrebleu, text as users read it) on test parts that were read once, at the end;
nothing was chosen on them. The defaults of `recurra fit translate`, learned from the pairs of each
set alone, translated by a beam of 5.

| set | pairs | tested on | BLEU | greedy | chrF | held out, BLEU | minutes | of a processor \
| published |
|---|--:|--:|--:|--:|--:|--:|--:|--:|---|
{rows}

{threads} thread{"" if threads == 1 else "s"} of {os.cpu_count()} cores ({platform.machine()}), \
seed {seed}; minutes by the clock on a machine that
did other work at the same time, and minutes of a processor that the fit took by itself.
Measured as {found["multi30k"]["test"]["bleu_signature"]} and, for Chinese,
{found["tatoeba"]["test"]["bleu_signature"]}.
Command: `python benchmarks/applications/translate.py PATH/mt`

What was said of the fits:

{notes}

{samples}
"""
    (ROOT / "docs" / "results" / "translate.md").write_text(page, encoding="utf-8")


def _row(key: str, one: dict[str, Any]) -> str:
    name, _, published = SETS[key]
    test = one["test"]
    return (
        f"| {name} | {one['pairs']:,} | {test['sentences']:,} | **{test['bleu']:.1f}** "
        f"| {one['greedy']:.1f} | {test['chrf']:.1f} | {one['held_out']['bleu']:.1f} "
        f"| {one['minutes']:.0f} | {one['processor']:.0f} | {published} |"
    )


def _samples(key: str, one: dict[str, Any]) -> str:
    rows = "\n".join(f"| {' | '.join(map(_cell, sample))} |" for sample in one["samples"])
    return f"""## {SETS[key][0]}: the first sentences of the test part

| read | written | a person wrote |
|---|---|---|
{rows}"""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--set", choices=list(SETS), action="append")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    KEPT.mkdir(exist_ok=True)
    for key in given.set or SETS:
        found = measured(key, given.folder, given.seed)
        (KEPT / f"translate-{key}.json").write_text(json.dumps(found), encoding="utf-8")
    files = {key: KEPT / f"translate-{key}.json" for key in SETS}
    if all(path.is_file() for path in files.values()):
        write({key: json.loads(path.read_text()) for key, path in files.items()}, given.seed)


if __name__ == "__main__":
    main()
