"""Independent checks that a cell declares: what else, not derived from its equations, knows it.

All that Recurra does with a cell follows from its equations, so a wrong equation would be wrong
everywhere and no comparison within Recurra could tell. A cell therefore names a stranger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True)
class SameAsTorch:
    """The cell computes what a module of torch.nn does.

    Attributes:
        module: The class in torch.nn: ``"RNN"``, ``"LSTM"`` or ``"GRU"``.
        weight_ih: The cell's parameters in the order in which torch stacks ``weight_ih_l0``.
        weight_hh: Likewise for ``weight_hh_l0``.
        bias_ih: Likewise for ``bias_ih_l0``.
        bias_hh: Likewise for ``bias_hh_l0``; ``""`` where the cell has one bias for torch's two.
        options: What the module is made with, as pairs.
    """

    module: str
    weight_ih: tuple[str, ...]
    weight_hh: tuple[str, ...]
    bias_ih: tuple[str, ...]
    bias_hh: tuple[str, ...]
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class SameAsTorchrecurrent:
    """The cell computes what a layer of the library torchrecurrent does.

    Attributes:
        module: The class in torchrecurrent.
        packed: For each of its parameters (without the number of the layer), the cell's, in the
            order in which it stacks them; ``""`` for zeros as many as one part has.
        options: What the layer is made with.
    """

    module: str
    packed: Mapping[str, tuple[str, ...]]
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SameAsONNX:
    """The cell computes what an operator of ONNX does.

    Attributes:
        operator: ``"RNN"``, ``"LSTM"`` or ``"GRU"``.
        W: The cell's parameters in the order in which the operator stacks its W.
        R: Likewise for its R.
        B: Likewise for its B, both halves; ``""`` for zeros.
        P: Likewise for its peepholes.
        attributes: The operator's attributes.
    """

    operator: str
    W: tuple[str, ...]
    R: tuple[str, ...]
    B: tuple[str, ...]
    P: tuple[str, ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SameAsCell:
    """With some parameters held, the cell computes what another cell does.

    Attributes:
        cell: The other cell's name.
        parameters: For each of its parameters the cell's own, or a number that it has throughout;
            those left out go by the same name.
        held: The cell's parameters that are held, and at what.
        states: For each of its states the cell's own; those left out go by the same name.
        options: The cell's own options under which this is so.
    """

    cell: str
    parameters: Mapping[str, str | float] = field(default_factory=dict)
    held: Mapping[str, float] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class WorkedExample:
    """Numbers worked by hand from the paper's equations.

    Attributes:
        parameters: By name: rows of a matrix, or the numbers of a vector. Those left out are 0.
        x: The input, a row a step, (T, I).
        output: What must come out, a row a step, to 12 digits.
        hidden_size: H.
        state: The states before the first step; those left out are 0.
        options: The cell's options.
        dt: The time before each step, (T,).
        missing: 1 where the input is missing, (T, I).
    """

    parameters: Mapping[str, Sequence[Any]]
    x: Sequence[Sequence[float]]
    output: Sequence[Sequence[float]]
    hidden_size: int = 1
    state: Mapping[str, Sequence[float]] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    dt: Sequence[float] | None = None
    missing: Sequence[Sequence[float]] | None = None


Check: TypeAlias = "SameAsTorch | SameAsTorchrecurrent | SameAsONNX | SameAsCell | WorkedExample"
