"""The page of all results."""

from __future__ import annotations

from parts.catalogue import PARTS
from records import Record

INTRODUCTION = """# Kernels, timed

`make bench` made this page; `python benchmarks/kernels/run.py --only PART` makes a part of it anew.

Times are medians in milliseconds, of contestants that have turns of several runs, as a training
loop makes them, the first of which does not count; a ratio above 1 means that
Recurra is faster. Training is forwards and backwards to inputs, initial states and weights, from a
dense gradient of the output; inference is without gradients; float32. In brackets is the share of
the fused multiply-adds that the processor was seen to do in a loop of nothing else, on as many
threads; 2 T B G H (I + H) operations are counted forwards for G gates, three times that in
training. Before a time is taken, outputs and gradients are compared."""


def page(records: dict[str, Record], picture: str) -> str:
    """The page as Markdown.

    Args:
        records: What was found, by part.
        picture: Where the picture of the ratios lies, as seen from the page; "" for none.
    """
    found = [INTRODUCTION, _machines(records)]
    found += [f"![Ratios of times]({picture})"] if picture else []
    for part in PARTS:
        if part.name in records:
            record = records[part.name]
            found += [f"## {part.title}", part.section(record.rows), _how(part.name, record)]
    return "\n\n".join(found) + "\n"


def _machines(records: dict[str, Record]) -> str:
    return "\n".join(dict.fromkeys(_machine(record) for record in records.values()))


def _machine(record: Record) -> str:
    machine = record.machine
    versions = ", ".join(f"{name} {number}" for name, number in record.versions.items())
    return (
        f"- {machine['processor']} ({machine['llvm']}), {machine['cores']} cores, vectors of "
        f"{machine['vector bits']} bits, {machine['system']}; {versions}"
    )


def _how(name: str, record: Record) -> str:
    peak, copied = (
        " / ".join(f"{value:g}" for value in record.machine[what].values())
        for what in ("peak GFLOP/s", "copied GB/s")
    )
    threads = " / ".join(record.machine["peak GFLOP/s"])
    return (
        f"`--only {name} --rounds {record.rounds}`; on {threads} threads the processor did {peak} "
        f"GFLOP/s and torch copied {copied} GB/s."
    )
