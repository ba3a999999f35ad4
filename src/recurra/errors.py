"""Every error that Recurra raises on purpose.

::

    RecurraError
    ├── CellError        a cell's equations cannot be read, or a name is no cell
    ├── ConformanceError a cell or layer does not keep to what all must keep to
    ├── ShapeError       a tensor does not fit what a layer or model expects
    ├── OptionError      an option is out of range, unknown, or clashes with another
    ├── DataError        the data given cannot be used as they are
    ├── TrainingError    training cannot go on
    ├── WorkerError      a process or machine that did part of the work was lost
    ├── CheckpointError  a checkpoint is of another run
    ├── ModelFileError   a model file is damaged, foreign or from another version
    └── OutputError      a result cannot be written

Each says three things: what was given, what was expected, and what to do.
"""


class RecurraError(Exception):
    """The root of the tree.

    Args:
        given: What was found, with the value that the user passed.
        expected: What would have been right.
        do: What the user can do about it now.
    """

    def __init__(self, given: str, expected: str = "", do: str = "") -> None:
        super().__init__(given, expected, do)
        self.given = given
        self.expected = expected
        self.do = do

    def __str__(self) -> str:
        lines = [self.given]
        if self.expected:
            lines.append(f"Expected: {self.expected}")
        if self.do:
            lines.append(f"Try: {self.do}")
        return "\n".join(lines)


class CellError(RecurraError, ValueError):
    """A cell's equations cannot be read, or a name is no cell."""


class ConformanceError(RecurraError, AssertionError):
    """A cell or layer does not keep to what all must keep to."""


class ShapeError(RecurraError, ValueError):
    """A tensor does not fit what a layer or model expects."""


class OptionError(RecurraError, ValueError):
    """An option is out of range, unknown, or clashes with another."""


class DataError(RecurraError, ValueError):
    """The data given cannot be used as they are."""


class TrainingError(RecurraError, RuntimeError):
    """Training cannot go on."""


class WorkerError(RecurraError, RuntimeError):
    """A process or machine that did part of the work was lost."""


class CheckpointError(RecurraError, ValueError):
    """A checkpoint is of another run."""


class ModelFileError(RecurraError, ValueError):
    """A model file is damaged, foreign or from another version."""


class OutputError(RecurraError, OSError):
    """A result cannot be written."""
