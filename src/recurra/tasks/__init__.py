"""The field's long-memory tasks: generated, seeded, in batches of any size.

Each asks for something that was seen many steps before, and says what an answer scores that
remembers nothing.
"""

from recurra.tasks.adding import Adding
from recurra.tasks.copying import Copying
from recurra.tasks.digits import SequentialDigits
from recurra.tasks.dyck import Dyck
from recurra.tasks.noisy_sine import NoisySine
from recurra.tasks.on_the_fly import OnTheFly
from recurra.tasks.parity import Parity
from recurra.tasks.scores import accuracy
from recurra.tasks.task import Batch, Task
from recurra.tasks.temporal_order import TemporalOrder

__all__ = [
    "Adding",
    "Batch",
    "Copying",
    "Dyck",
    "NoisySine",
    "OnTheFly",
    "Parity",
    "SequentialDigits",
    "Task",
    "TemporalOrder",
    "accuracy",
]
