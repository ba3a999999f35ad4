"""The network of a trial: recurrent layers of a cell, and a head for the task's answer."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.cells import find
from recurra.language import Filled
from recurra.layers import Recurrent
from recurra.structures import EachToEach, ManyToOne
from recurra.structures.heads import BernoulliVector, Categorical
from recurra.structures.heads.dense import dense
from recurra.structures.lengths import live_steps
from recurra.studies.declaration import Contender
from recurra.studies.knobs import Settings
from recurra.studies.material import UNASKED, Material


class Network(nn.Module):
    """Reads sequences and answers as the task asks.

    Args:
        contender: The cell.
        material: The task.
        settings: The trial's; ``hidden_size`` is given.
    """

    def __init__(self, contender: Contender, material: Material, settings: Settings) -> None:
        super().__init__()
        reader = layers(contender, material.input_size, settings)
        head = _head(material, reader.output_size)
        self.structure = (
            EachToEach(reader, head) if material.each_step else ManyToOne.with_head(reader, head)
        )
        self.answer = material.answer
        self.dropout = nn.Dropout(settings.dropout)
        self.noise = settings.input_noise

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Features of each step (B, T, F), or of each sequence (B, F)."""
        if self.training and self.noise:
            x = x + self.noise * torch.randn_like(x)
        found: Tensor = self.dropout(self.structure.features(x, lengths))
        return found

    def judged(self, x: Tensor, y: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """The loss of each answer and whether it is wrong, each (N,), of all in the batch.

        Args:
            x: (B, T, I).
            y: Answers, padded as ``x`` is where there is one at each step.
            lengths: (B,).
        """
        features = self(x, lengths)
        if features.dim() == 3:
            live = live_steps(lengths, features)
            if self.answer == "symbols":
                live = live & (y != UNASKED)
            features, y = features[live], y[live]
        head = self.structure.head
        if self.answer == "keys":
            return head.nll(features, y), torch.zeros(())
        if self.answer == "number":
            return (head(features) - y).square().mean(-1), torch.zeros(())
        scores = head.scores(features)
        wrong = scores.detach().argmax(-1) != y
        return functional.cross_entropy(scores, y, reduction="none"), wrong

    @property
    def parameters_of_layers(self) -> int:
        """Of the recurrent layers."""
        return sum(one.numel() for one in self.structure.recurrent.parameters())

    @property
    def flops(self) -> float:
        """Floating-point operations of a step of one sequence, forwards and backwards.

        Two for each number of a matrix forwards, and twice that backwards: to the vector and to
        the matrix. What is done unit by unit is left out.
        """
        return 6.0 * sum(one.numel() for one in self.parameters() if one.dim() == 2)


def layers(
    contender: Contender, input_size: int, settings: Settings, device: str | None = None
) -> Recurrent:
    """The recurrent layers; ``hidden_size`` is given.

    Raises:
        CellError: If the cell cannot have so many units.
        OptionError: If it has no parameter of a name that its ``init`` names.
    """
    units = settings.hidden_size
    assert units is not None
    return Recurrent(
        find(contender.cell)(),
        input_size,
        units,
        num_layers=settings.layers,
        dropout=settings.dropout if settings.layers > 1 else 0.0,
        batch_first=True,
        init={name: Filled(value) for name, value in contender.init.items()} or "cell",
        device=device,
    )


def _head(material: Material, features: int) -> Any:
    match material.answer:
        case "keys":
            return BernoulliVector(features, material.output_size)
        case "number":
            return dense(features, material.output_size)
        case _:
            return Categorical(features, material.output_size)
