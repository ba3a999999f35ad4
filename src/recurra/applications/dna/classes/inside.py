"""What is asked of a network about one sequence: why it is of its class."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from recurra.applications.dna.alphabet import to_letters
from recurra.applications.dna.classes.network import Network
from recurra.applications.inside import View, heading
from recurra.explain.wording import Words
from recurra.training.mode import in_mode


def view(network: Network, numbers: Tensor, label: tuple[int, str]) -> View:
    """The probability of a class, from what is seen around each base.

    Args:
        network: The network.
        numbers: Of the bases that are read, uint8 (T,).
        label: The number and the name of the class.
    """
    number, name = label
    with in_mode(network, training=False), torch.no_grad():
        x, baseline = network.windows(torch.stack([numbers, torch.zeros_like(numbers)]))
    length = torch.tensor([len(numbers)])

    def ask(one: nn.Module, batch: Tensor) -> Tensor:
        assert isinstance(one, Network)
        chances: Tensor = one.answers(batch, length.expand(len(batch))).exp()
        return chances[:, number]

    letters = to_letters(numbers)
    words = Words(
        f"the probability of {name}",
        [*letters],
        "with no base known",
        "bases",
        between="",
    )
    return View(heading(letters), words, x, baseline, ask)
