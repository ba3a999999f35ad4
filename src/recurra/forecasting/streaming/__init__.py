"""Forecasts that follow each new row of a stream."""

from recurra.forecasting.streaming.following import Following, as_table
from recurra.forecasting.streaming.stream import AT_ONCE, Stream
from recurra.forecasting.streaming.text import TextRows

__all__ = ["AT_ONCE", "Following", "Stream", "TextRows", "as_table"]
