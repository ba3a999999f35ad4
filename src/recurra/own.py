"""A cell from a file of the user's own."""

from __future__ import annotations

import difflib
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from recurra.cells import find
from recurra.errors import CellError, RecurraError
from recurra.language import Cell


def load_cell(place: str) -> Cell:
    """The cell that a command line names.

    Args:
        place: The name of a cell of the package, as ``"lstm"``; or a Python file and what it calls
            the cell, as ``"path/to/file.py:MinimalGated"``: a class, made without arguments, or a
            cell that the file has made, with options and regularisers. The file is run as Python
            runs it, with the files beside it at hand.

    Raises:
        CellError: If there is no such cell or file, the file cannot be run, or the cell cannot be
            made.
    """
    if ":" not in place and not place.endswith(".py"):
        return find(place)()
    file, _, name = (place, "", "") if place.endswith(".py") else place.rpartition(":")
    path = Path(file)
    return _made(_named(_run(path), path, name), f"{path}:{name}")


def _run(path: Path) -> ModuleType:
    """The file as a module."""
    source = _source(path)
    # The last part is what a cell that a file holds alone is called by.
    module = ModuleType(f"own.{path.stem}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    try:
        with _beside(path):
            exec(compile(source, str(path), "exec", dont_inherit=True), vars(module))
    except (SyntaxError, ValueError) as error:
        raise (_unreadable if _is_syntax(error) else _failed)(path, error) from error
    except (Exception, SystemExit) as error:
        raise _failed(path, error) from error
    return module


def _source(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        there = path.parent.glob("*.py") if path.parent.is_dir() else ()
        near = difflib.get_close_matches(path.name, [file.name for file in there], n=1, cutoff=0.5)
        raise CellError(
            f"the file {path} cannot be read: {error.strerror or error}",
            "a Python file with a cell in it, as path/to/file.py:NAME",
            f"did you mean {path.parent / near[0]}?" if near else "check the path",
        ) from error


@contextmanager
def _beside(path: Path) -> Iterator[None]:
    """Lets the file import those beside it, as Python does for a script."""
    folder = str(path.absolute().parent)
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


def _is_syntax(error: Exception) -> bool:
    """Whether it is about the text itself: a zero byte is a ValueError before Python 3.12."""
    return isinstance(error, SyntaxError) or "null bytes" in str(error)


def _unreadable(path: Path, error: Exception) -> CellError:
    place, said = str(path), str(error)
    if isinstance(error, SyntaxError) and error.lineno:
        place = f"{error.filename}, line {error.lineno}: {(error.text or '').strip()}"
        said = error.msg
    return CellError(
        f"{place}\n{said}",
        "a file in Python",
        f"python {path} says the same, until it is right",
    )


def _failed(path: Path, error: BaseException) -> CellError:
    """What happened, with the last line of the file that took part."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f", line {f.lineno}: {f.line}" for f in frames if f.filename == str(path)]
    said = error.given if isinstance(error, RecurraError) else f"{type(error).__name__}: {error}"
    return CellError(
        f"{path}{lines[-1] if lines else ''}\n{said}",
        "a file that Python runs to its end",
        f"python {path} says the same, until it is right",
    )


def _named(module: ModuleType, path: Path, name: str) -> object:
    """What the file calls by that name."""
    if name in vars(module):
        return vars(module)[name]
    cells = [known for known, value in vars(module).items() if _is_cell_of(module, value)]
    near = [*difflib.get_close_matches(name, cells, n=1, cutoff=0.4), *cells]
    given = f"{name!r}, which is not in {path}" if name else f"{path} without a name behind it"
    if not cells:
        raise CellError(
            f"{given}; neither is any cell",
            "a class that derives from recurra.Cell",
            "write class NAME(Cell) in it, see the tutorial on cells of one's own",
        )
    raise CellError(given, f"one of its cells: {', '.join(cells)}", f"write {path}:{near[0]}")


def _is_cell_of(module: ModuleType, value: object) -> bool:
    """Whether it is a cell made in the file, or a class of cells written there."""
    kind = isinstance(value, type) and issubclass(value, Cell)
    return isinstance(value, Cell) or (kind and value.__module__ == module.__name__)


def _made(value: object, place: str) -> Cell:
    """The cell itself, made if it is a class."""
    if isinstance(value, Cell):
        return value
    if not (isinstance(value, type) and issubclass(value, Cell)):
        kind = "a class" if isinstance(value, type) else f"of type {type(value).__name__}"
        raise CellError(
            f"{place}, which is {kind}, but no cell",
            "a class that derives from recurra.Cell, or a cell made of one",
            "write class NAME(Cell) in the file",
        )
    try:
        return value()
    except RecurraError:
        raise
    except Exception as error:
        raise CellError(
            f"{place} cannot be made without arguments: {error}",
            "a class whose options have defaults, or a cell that is made in the file",
            f"write mine = {value.__name__}(...) in the file, and name {place.rpartition(':')[0]}"
            ":mine",
        ) from error
