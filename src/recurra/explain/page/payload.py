"""What the page is made of: words and figures as JSON, gates and states as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from torch import Tensor

from recurra.diagnose.bounds import bounds
from recurra.explain.examining import Layer, Seen
from recurra.explain.explanation import Explanation
from recurra.explain.page.equations import typeset
from recurra.explain.page.quantised import quantised
from recurra.explain.tracing import at_every_step

MOST = 1_500_000
"""Numbers at most that stand in equations beside gates and states; of more, none."""


@dataclass
class Payload:
    """What the page carries.

    Attributes:
        about: Plain data.
        arrays: By their number, uint16 in base64; those shown first come first.
    """

    about: dict[str, Any] = field(default_factory=dict)
    arrays: list[str] = field(default_factory=list)

    def kept(
        self, key: str, kind: str, values: Tensor, ends: tuple[float, float]
    ) -> dict[str, Any]:
        """A lane of values (T, units), its numbers put among the arrays."""
        found = quantised(values.cpu().numpy())
        self.arrays.append(found.text)
        low, high = ends
        bounded = np.isfinite(low) and np.isfinite(high)
        return {
            "key": key,
            "kind": kind,
            "units": values.shape[1],
            "low": found.low,
            "high": found.high,
            "ends": [low, high] if bounded else None,
            "array": len(self.arrays) - 1,
        }


def payload(explanation: Explanation) -> Payload:
    """All that the page shows."""
    found = Payload()
    words = explanation.words
    found.about = {
        "title": explanation.title,
        "answer": words.answer,
        "nothing": words.nothing,
        "labels": [*words.labels],
        "between": " " if words.between is None else words.between,
        "notes": [*explanation.notes],
        "values": None if explanation.values is None else _numbers(explanation.values),
        "models": [
            _model(found, seen, _forecast(explanation, place))
            for place, seen in enumerate(explanation.seen)
        ],
    }
    return found


def _forecast(explanation: Explanation, place: int) -> list[float | None] | None:
    if place >= len(explanation.forecasts):
        return None
    return _numbers(explanation.forecasts[place])


def _numbers(values: Iterable[float]) -> list[float | None]:
    return [float(f"{value:.7g}") if np.isfinite(value) else None for value in values]


def _model(found: Payload, seen: Seen, forecast: list[float | None] | None) -> dict[str, Any]:
    return {
        "name": seen.name,
        "answer": _number(seen.answer),
        "baseline": _number(seen.gradients.baseline),
        "forecast": forecast,
        "settled": seen.gradients.settled,
        "gradients": _numbers(seen.gradients.by_step),
        "hidden": _numbers(seen.hidden.by_step),
        "effects": [
            {"gate": one.gate, "value": one.value, "answer": _number(one.answer)}
            for one in seen.effects
        ],
        "layers": [_layer(found, layer) for layer in seen.layers],
    }


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _layer(found: Payload, layer: Layer) -> dict[str, Any]:
    trace = layer.trace
    graph, strand = trace.strand.graph, trace.strand
    lanes = [
        *(
            found.kept(name, "gate", values[:, 0], bounds(graph.gates[name]))
            for name, values in trace.gates.items()
        ),
        *(
            found.kept(name, "state", values[:, 0], bounds(node))
            for (name, values), node in zip(trace.states.items(), graph.updates, strict=True)
        ),
    ]
    return {
        "name": trace.name,
        "cell": trace.cell,
        "steps": len(trace.output),
        "first": layer.first,
        "each": layer.each,
        "back": strand.layer.dilation[strand.number] * (-1 if _backwards(layer) else 1),
        "memory": layer.memory.lengths.tolist(),
        "whole": layer.memory.whole,
        "start": {name: _numbers(first[0]) for name, first in _firsts(layer).items()},
        "lanes": lanes,
        **_equations(found, layer),
    }


def _backwards(layer: Layer) -> bool:
    return layer.trace.strand.direction == "backwards"


def _firsts(layer: Layer) -> Mapping[str, np.ndarray[Any, Any]]:
    """What each state was before the first step that the layer read, (1, units)."""
    strand = layer.trace.strand
    return {
        name: part[:1].cpu().numpy()
        for name, part in zip(strand.graph.states, strand.task.state, strict=True)
    }


def _equations(found: Payload, layer: Layer) -> dict[str, Any]:
    """The cell's equations, and the numbers that stand in them."""
    strand = layer.trace.strand
    written = typeset(strand.graph)
    kept = {f"kept:{state}": keep.node for state, keep in layer.trace.keeps.items()}
    nodes = {**written.values, **kept}
    values = at_every_step(strand, tuple(nodes.values()), strand.before())
    size = sum(value[:, 0].numel() for value in values)
    if size > MOST:
        nodes, values = kept, values[len(values) - len(kept) :]
    parts = [
        found.kept(ref, "part", strand.in_time(value)[:, 0], (-np.inf, np.inf))
        for ref, value in zip(nodes, values, strict=True)
    ]
    return {
        "equations": list(written.lines),
        "parts": parts,
        "complete": size <= MOST,
        "keeps": {state: keep.name for state, keep in layer.trace.keeps.items()},
    }
