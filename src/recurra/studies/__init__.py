"""Studies: which architecture, honestly. Tasks x cells x a space of settings x seeds."""

from recurra.studies.analysis.findings import Built, Evidence, Finding
from recurra.studies.analysis.results import Results
from recurra.studies.declaration import Budget, Contender, Study
from recurra.studies.driver import Driver, Progress
from recurra.studies.folder import Folder
from recurra.studies.knobs import Choice, Interval, Settings
from recurra.studies.material import Material, Sequences, Task
from recurra.studies.outcome import Outcome
from recurra.studies.plan import Plan
from recurra.studies.storage import Storage
from recurra.studies.trial import Trial

__all__ = [
    "Budget",
    "Built",
    "Choice",
    "Contender",
    "Driver",
    "Evidence",
    "Finding",
    "Folder",
    "Interval",
    "Material",
    "Outcome",
    "Plan",
    "Progress",
    "Results",
    "Sequences",
    "Settings",
    "Storage",
    "Study",
    "Task",
    "Trial",
]
