"""Layers: modules that run a cell over sequences, and how their parameters start."""

from recurra.layers.recurrent import Recurrent
from recurra.layers.summary import summary

__all__ = ["Recurrent", "summary"]
