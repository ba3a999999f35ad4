"""What every cell must keep to, the cells of Recurra and those of its users.

Nothing here knows any cell. Each check takes a cell, draws small layers of it, and holds what they
compute against what must come out.
"""

from recurra.conformance.check import Check, NotApplicable
from recurra.conformance.finding import Finding, Outcome
from recurra.conformance.suite import CHECKS, examine, run

__all__ = ["CHECKS", "Check", "Finding", "NotApplicable", "Outcome", "examine", "run"]
