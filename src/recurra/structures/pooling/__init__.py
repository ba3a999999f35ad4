"""From the output at every step to one vector a sequence, whatever the lengths."""

from recurra.structures.pooling.attention import AttentionPooling
from recurra.structures.pooling.last import LastStep
from recurra.structures.pooling.maximum import MaxPooling
from recurra.structures.pooling.mean import MeanPooling
from recurra.structures.pooling.pooling import Pooling

__all__ = ["AttentionPooling", "LastStep", "MaxPooling", "MeanPooling", "Pooling"]
