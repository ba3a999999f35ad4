"""LSTM, GRU and RNN beside torch.nn and beside JAX."""

from __future__ import annotations

from figures import Row
from tables.markdown import grouped, least, mean, ratio, shape, shown, table, threads, times_of

PEERS = ("torch", "jax")
TITLES = {"torch": "torch.nn", "jax": "JAX"}


def section(rows: list[Row]) -> str:
    """A summary of the ratios, then every figure."""
    parts = [_summary(rows)]
    for (count, mode), some in grouped(rows, "threads", "mode").items():
        parts.append(f"{str(mode).capitalize()}, {threads(count)}:\n\n{_figures(some)}")
    return "\n\n".join(parts)


def _summary(rows: list[Row]) -> str:
    header = ["times as fast as", "mean", "least", "mean of least times"]
    lines = []
    for (count, mode), some in grouped(rows, "threads", "mode").items():
        for peer in PEERS:
            found = [ratio(row, peer) for row in some]
            shortest = mean(ratio(row, peer, figure="minimum") for row in some)
            name = f"{TITLES[peer]}, {mode}, {threads(count)}"
            lines.append([name, f"**{shown(mean(found))}**", shown(least(found)), shown(shortest)])
    return table(header, lines)


def _figures(rows: list[Row]) -> str:
    header = ["(T, B, I, H)", "Recurra", "torch.nn", "ratio", "JAX", "ratio"]
    return table(
        header,
        (
            [shape(row), times_of(row, "recurra")]
            + [text for who in PEERS for text in (times_of(row, who), shown(ratio(row, who)))]
            for row in rows
        ),
    )
