"""Connectionist temporal classification: labels for a sequence without knowing where they lie.

Graves et al. 2006, "Connectionist temporal classification". At each step there is a probability for
each label and for the blank. A row of those is an *alignment*; what it says are its labels where
repetitions are made one and blanks left out. The probability of labels is the sum of those of all
alignments that say them.
"""

from recurra.structures.decoding.ctc.best_path import greedy
from recurra.structures.decoding.ctc.language import LanguageModel, stepwise_language_model
from recurra.structures.decoding.ctc.loss import loss
from recurra.structures.decoding.ctc.prefix_beam import prefix_beam, prefix_beam_n_best

__all__ = [
    "LanguageModel",
    "greedy",
    "loss",
    "prefix_beam",
    "prefix_beam_n_best",
    "stepwise_language_model",
]
