"""Forecasting: from a table to a forecast, and how far it can be trusted."""

from recurra.forecasting.forecaster import Forecaster

__all__ = ["Forecaster"]
