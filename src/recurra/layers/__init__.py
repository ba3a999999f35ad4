"""Layers: modules that run a cell over sequences, and how their parameters start."""

from recurra.layers.chrono import chrono_
from recurra.layers.orthogonal import orthogonal_
from recurra.layers.recurrent import Recurrent
from recurra.layers.stepper import Stepper
from recurra.layers.summary import summary
from recurra.layers.torch_form import GRU, LSTM, RNN

__all__ = ["GRU", "LSTM", "RNN", "Recurrent", "Stepper", "chrono_", "orthogonal_", "summary"]
