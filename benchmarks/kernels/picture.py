"""The ratios to torch.nn and JAX as a picture."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from figures import Row
from records import Record
from tables.markdown import grouped, ratio, shape, threads

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

LAYERS = {"lstm": "#1f6f8b", "gru": "#d9822b", "rnn": "#6a994e"}
PEERS = {"torch": ("torch.nn", "o"), "jax": ("JAX", "D")}
APART = 0.22


def draw(records: dict[str, Record], path: Path) -> bool:
    """Draws what there is of the three layers; whether there is any."""
    rows = {name: records[name].rows for name in LAYERS if name in records}
    if not rows:
        return False
    panels = list(grouped((row for some in rows.values() for row in some), "mode", "threads"))
    figure, axes = plt.subplots(
        1, len(panels), figsize=(4 * len(panels), 5), sharex=True, sharey=True, squeeze=False
    )
    for (mode, count), panel in zip(panels, axes[0], strict=True):
        for place, (name, some) in enumerate(rows.items()):
            here = [row for row in some if (row["mode"], row["threads"]) == (mode, count)]
            _points(panel, name, here, (place - (len(rows) - 1) / 2) * APART)
        _frame(panel, f"{mode}, {threads(count)}")
    axes[0][0].invert_yaxis()
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncols=len(labels), frameon=False)
    figure.tight_layout(rect=(0, 0.07, 1, 1))
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)
    plt.close(figure)
    return True


def _points(panel: Axes, name: str, rows: list[Row], shift: float) -> None:
    for peer, (title, marker) in PEERS.items():
        found = [(ratio(row, peer), place) for place, row in enumerate(rows)]
        known = [(value, place) for value, place in found if value is not None]
        panel.scatter(
            [value for value, _ in known],
            [place + shift for _, place in known],
            marker=marker,
            facecolors=LAYERS[name] if peer == "torch" else "none",
            edgecolors=LAYERS[name],
            label=f"{name.upper()}, {title}",
        )
    panel.set_yticks(range(len(rows)), [shape(row) for row in rows])


def _frame(panel: Axes, title: str) -> None:
    panel.axvline(1, color="black", linewidth=1)
    panel.set_xscale("log", base=2)
    panel.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    panel.grid(axis="x", color="#dddddd")
    panel.set_axisbelow(True)
    panel.set_title(title, fontsize=10)
    panel.set_xlabel("their time / Recurra's", fontsize=9)
    panel.tick_params(labelsize=8)
