"""Forecasting: from a table to a forecast, and how far it can be trusted."""

from recurra.forecasting.doctor import Inspection, inspect
from recurra.forecasting.forecaster import Forecaster

__all__ = ["Forecaster", "Inspection", "inspect"]
