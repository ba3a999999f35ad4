"""Prices: the whole path of the next period, and how little of it can be foretold. Each to each."""

from recurra.applications.prices.columns import Names
from recurra.applications.prices.model import NextPath, PriceModel
from recurra.applications.prices.quotes import Quotes
from recurra.applications.prices.reading import Market, read_prices
from recurra.applications.prices.scores import PathScores

__all__ = ["Market", "Names", "NextPath", "PathScores", "PriceModel", "Quotes", "read_prices"]
