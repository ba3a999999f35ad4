"""What the model files of all jobs share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from torch import Tensor, nn

from recurra.errors import ModelFileError, RecurraError


@contextmanager
def restoring(path: Path) -> Iterator[None]:
    """Says that a file does not hold together where making a model of it fails.

    Raises:
        ModelFileError: In place of whatever went wrong.
    """
    try:
        yield
    except ModelFileError as error:
        raise ModelFileError(f"{path}: {error.given}", error.expected, error.do) from error
    except RecurraError as error:
        # A library that is missing is no fault of the file, and the error says how to get it.
        if isinstance(error.__cause__, ImportError):
            raise
        raise _damaged(path, error) from error
    except (LookupError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> ModelFileError:
    return ModelFileError(
        f"{path} does not hold together: {error}",
        "a file as Recurra wrote it",
        "it may have been changed or damaged: fit again",
    )


def weights_of(networks: Sequence[nn.Module]) -> dict[str, Tensor]:
    """The weights of several networks by name, its number before each, as ``"0.head.weight"``."""
    return {
        f"{number}.{name}": tensor
        for number, network in enumerate(networks)
        for name, tensor in network.state_dict().items()
    }


def fill(networks: Sequence[nn.Module], arrays: Mapping[str, Tensor]) -> None:
    """Puts weights that :func:`weights_of` named into networks of the same shapes."""
    for number, network in enumerate(networks):
        prefix = f"{number}."
        own = {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}
        network.load_state_dict(own)
        network.eval()
