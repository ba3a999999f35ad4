"""The data doctor: looks at a table before anything is learned from it."""

from recurra.forecasting.doctor.checks import inspect
from recurra.forecasting.doctor.finding import Finding, Place, Severity
from recurra.forecasting.doctor.inspection import Inspection

__all__ = ["Finding", "Inspection", "Place", "Severity", "inspect"]
