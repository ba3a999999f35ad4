"""What a forecaster did with the past of a series."""

from recurra.forecasting.explaining.series import explain_series, further_back

__all__ = ["explain_series", "further_back"]
