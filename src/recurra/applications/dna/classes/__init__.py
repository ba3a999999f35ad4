"""Classes of sequences: what a stretch of DNA is. Many to one."""

from recurra.applications.dna.classes.classifier import SequenceClassifier
from recurra.applications.dna.classes.tables import Labelled, read_labelled, read_sequences

__all__ = ["Labelled", "SequenceClassifier", "read_labelled", "read_sequences"]
