"""Forecasting: from a table to a forecast, and how far it can be trusted."""

from recurra.forecasting.doctor import Inspection, inspect
from recurra.forecasting.forecaster import Forecaster
from recurra.forecasting.segments.search.progress import SearchProgress
from recurra.forecasting.segments.search.watching import SearchWatch, Standing

__all__ = ["Forecaster", "Inspection", "SearchProgress", "SearchWatch", "Standing", "inspect"]
