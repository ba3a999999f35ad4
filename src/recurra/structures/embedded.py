"""From what users give a structure at each step to what its recurrent part reads."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from recurra.errors import ShapeError
from recurra.structures.lengths import Lengths, live_steps


def embedded(embedding: nn.Module | None, inputs: Tensor, lengths: Lengths | None) -> Tensor:
    """Symbols or vectors as the vectors that are read, whatever stands behind a row's end.

    Args:
        embedding: What makes symbols (B, T), or other vectors, into vectors; None if vectors are
            read as they are.
        inputs: (B, T, ...).
        lengths: The length of each row, (B,); T if None.

    Returns:
        (B, T, E).

    Raises:
        ShapeError: If the inputs or lengths do not fit.
    """
    return one_embedded(embedding, masked(inputs, lengths), 2)


def masked(inputs: Tensor, lengths: Lengths | None) -> Tensor:
    """The inputs (B, T, ...) with 0 behind a row's end.

    Raises:
        ShapeError: If the lengths do not fit.
    """
    if lengths is None or inputs.dim() < 2:
        return inputs
    live = live_steps(lengths, inputs)
    # Padding may be anything, -1 or NaN included, and must not touch the rest.
    return torch.where(live.view(*live.shape, *[1] * (inputs.dim() - 2)), inputs, 0)


def one_embedded(embedding: nn.Module | None, inputs: Tensor, leading: int = 1) -> Tensor:
    """The same for inputs of one step, (B,) or (B, D), or of any number of leading dimensions.

    Raises:
        ShapeError: If they do not fit.
    """
    if isinstance(embedding, nn.Embedding):
        _check_symbols(embedding, inputs, leading)
    elif embedding is None and inputs.dim() != leading + 1:
        raise ShapeError(
            f"inputs of shape {tuple(inputs.shape)} and type {inputs.dtype}",
            "vectors (B, T, D)" if leading == 2 else "vectors (B, D)",
            "give the structure embedding=torch.nn.Embedding(...) if these are symbols",
        )
    return inputs if embedding is None else embedding(inputs)


def _check_symbols(embedding: nn.Embedding, symbols: Tensor, leading: int) -> None:
    if symbols.dim() != leading or symbols.dtype not in {torch.int64, torch.int32}:
        raise ShapeError(
            f"symbols of shape {tuple(symbols.shape)} and type {symbols.dtype}",
            f"whole numbers {'(B, T)' if leading == 2 else '(B,)'}, from 0 to "
            f"{embedding.num_embeddings - 1}",
            "symbols.long(), a batch of one by symbols.unsqueeze(0)",
        )
