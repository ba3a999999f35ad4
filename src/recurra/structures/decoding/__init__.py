"""From scores to sequences of symbols.

Decoders of a :class:`Stepwise` model, one symbol after the other: :func:`greedy`, :func:`sample`,
:func:`beam_search`. Of scores for all steps at once: :class:`CRF`, with tag schemes, and
:mod:`~recurra.structures.decoding.ctc`.
"""

from recurra.structures.decoding import ctc
from recurra.structures.decoding.beam import beam_search, beam_search_n_best
from recurra.structures.decoding.constraints import TagConstraints
from recurra.structures.decoding.crf import CRF
from recurra.structures.decoding.decoded import Decoded
from recurra.structures.decoding.greedy import greedy
from recurra.structures.decoding.sampling import sample
from recurra.structures.decoding.schemes import BIOES, BMES, IOB1, IOB2, Scheme
from recurra.structures.decoding.stepwise import Attentive, Stepwise

__all__ = [
    "BIOES",
    "BMES",
    "CRF",
    "IOB1",
    "IOB2",
    "Attentive",
    "Decoded",
    "Scheme",
    "Stepwise",
    "TagConstraints",
    "beam_search",
    "beam_search_n_best",
    "ctc",
    "greedy",
    "sample",
]
