"""Backtesting: forecasts from rolling origins, judged beside baselines, and audited for leaks."""

from recurra.forecasting.backtest.auditing import audit
from recurra.forecasting.backtest.findings import Audit
from recurra.forecasting.backtest.results import Backtest
from recurra.forecasting.backtest.running import backtest, cross_validation

__all__ = ["Audit", "Backtest", "audit", "backtest", "cross_validation"]
