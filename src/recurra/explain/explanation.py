"""What a model did with one input, for people and for programs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from recurra import atomic
from recurra.errors import OptionError, ShapeError
from recurra.explain.examining import Asked, Layer, Seen, examine
from recurra.explain.watching import layers_of
from recurra.explain.wording import Words, sentences

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Explanation:
    """What one or two models did with one input.

    Attributes:
        title: What the input is: a series' name, say.
        words: How it is spoken of.
        seen: The model at work; a second one beside it where two are compared.
        values: The input as people know it, (P,), NaN where there is none; None for text.
        forecasts: Of each model for the positions behind the input, (P,), NaN elsewhere.
        notes: What was chosen or left out, a sentence each.
    """

    title: str
    words: Words
    seen: tuple[Seen, ...]
    values: Array | None = None
    forecasts: tuple[Array, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def sentences(self) -> list[str]:
        """What was seen; of two models each sentence begins with the model's name."""
        if len(self.seen) == 1:
            return sentences(self.seen[0], self.words)
        return [f"{one.name}: {said}" for one in self.seen for said in sentences(one, self.words)]

    def __str__(self) -> str:
        return "\n".join([self.title, *self.sentences, *(f"- {note}" for note in self.notes)])

    def beside(self, other: Explanation) -> Explanation:
        """Two models at work on the same input.

        Args:
            other: An explanation of the other model.

        Raises:
            OptionError: If it is of another input.
        """
        if [*other.words.labels] != [*self.words.labels] or other.title != self.title:
            raise OptionError(
                f"explanations of {self.title!r} and {other.title!r}, {len(self.words.labels)} and "
                f"{len(other.words.labels)} {self.words.step}",
                "two of the same input, over the same steps",
                "fit both models with one lookback and horizon, or explain both with one steps=",
            )
        if len(self.seen) + len(other.seen) > 2:
            raise OptionError("more than two models side by side", "one or two")
        both = (*self.seen, *other.seen)
        names = [one.name for one in both]
        if names[0] == names[1]:
            both = tuple(replace(s, name=f"{s.name} {n}") for n, s in enumerate(both, 1))
        return replace(
            self,
            seen=both,
            forecasts=(*self.forecasts, *other.forecasts),
            notes=tuple(dict.fromkeys((*self.notes, *other.notes))),
        )

    def as_dict(self) -> dict[str, Any]:
        """Figures as plain data that JSON can hold; gates and states are on the page."""
        return {
            "title": self.title,
            "sentences": self.sentences,
            "notes": [*self.notes],
            "labels": [*self.words.labels],
            "models": [_model(one) for one in self.seen],
        }

    def html(self) -> str:
        """The page: one file that needs no other and no network."""
        from recurra.explain.page import page  # noqa: PLC0415 - only who wants it waits for it

        return page(self)

    def save(self, path: str | Path) -> None:
        """Writes the page, whole or not at all.

        Raises:
            OutputError: If it cannot be written.
        """
        atomic.write(Path(path), self.html().encode())


def _model(seen: Seen) -> dict[str, Any]:
    return {
        "name": seen.name,
        "answer": _finite(seen.answer),
        "baseline": _finite(seen.gradients.baseline),
        "gradients_add_up": seen.gradients.settled,
        "integrated_gradients": [_finite(v) for v in seen.gradients.by_step],
        "occlusion": [_finite(v) for v in seen.hidden.by_step],
        "effects": [
            {"gate": one.gate, "value": one.value, "answer": _finite(one.answer)}
            for one in seen.effects
        ],
        "layers": [_layer(one) for one in seen.layers],
    }


def _layer(layer: Layer) -> dict[str, Any]:
    return {
        "name": layer.trace.name,
        "cell": layer.trace.cell,
        "first": layer.first,
        "positions_a_step": layer.each,
        "memory": layer.memory.lengths.tolist(),
        "gates": {name: _means(value) for name, value in layer.trace.gates.items()},
    }


def _means(values: Tensor) -> list[float | None]:
    """The mean over the units at every step."""
    return [_finite(value) for value in values[:, 0].double().mean(1).tolist()]


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def explain(
    model: nn.Module,
    x: Tensor,
    *,
    answer: Callable[[Any], Tensor] | None = None,
    baseline: Tensor | None = None,
    labels: Sequence[str] | None = None,
    title: str = "",
) -> Explanation:
    """Looks at a model at work on one sequence: gates, states, memory, and what carries its answer.

    The model is seen in evaluation and left as it was.

    Args:
        model: A recurrent layer, or a module that contains one or more, that takes (B, T, I), or
            (T, B, I) if it is a recurrent layer that does.
        x: The sequence, (T, I) of floating-point numbers.
        answer: From what the model gives for a batch to one number a row, (B,), the one to be
            explained; None for the last of the largest: of an output (B, O) or (B, T, O), after the
            last step, the number that is largest for ``x``.
        baseline: What stands for an input that says nothing, (T, I); the mean of ``x`` over time if
            None.
        labels: The name of each step, T of them; their numbers if None.
        title: What the sequence is.

    Raises:
        OptionError: If the model has no recurrent layer.
        ShapeError: If ``x`` or the answer has another shape.
    """
    model = getattr(model, "_orig_mod", model)
    if not isinstance(x, Tensor) or x.dim() != 2 or not x.is_floating_point():
        raise ShapeError(
            f"an input of shape {tuple(getattr(x, 'shape', ()))}",
            "one sequence of floating-point numbers, (T, I)",
            "take one row of a batch: x[0]",
        )
    resting = x.mean(0, keepdim=True).expand_as(x) if baseline is None else baseline
    named = [str(step) for step in range(len(x))] if labels is None else [*labels]
    if len(named) != len(x):
        raise ShapeError(f"{len(named)} labels for {len(x)} steps", "one for each step")
    time_first = not getattr(model, "batch_first", True)

    def run(one: nn.Module, batch: Tensor) -> Any:
        given = one(batch.transpose(0, 1) if time_first else batch)
        return given[0] if isinstance(given, tuple) else given

    cell = next(iter(layers_of(model).values())).cell.name
    pick = answer or _largest(run(model, x.unsqueeze(0).detach()), time_first=time_first)
    asked = Asked(model, x, resting, lambda one, batch: pick(run(one, batch)))
    words = Words("the answer", named, "with every input at its mean")
    first = x[:, 0].double().cpu().numpy() if x.shape[1] == 1 else None
    return Explanation(title or type(model).__name__, words, (examine(asked, cell),), first)


def _largest(given: Tensor, *, time_first: bool) -> Callable[[Tensor], Tensor]:
    """Picks the number that is largest after the last step, whatever the input then is."""

    def last(output: Tensor) -> Tensor:
        return output if output.dim() == 2 else output[-1] if time_first else output[:, -1]

    with torch.no_grad():
        place = int(last(given)[0].argmax())
    return lambda output: last(output)[:, place]
