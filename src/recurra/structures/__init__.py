"""What recurrent networks are shaped into: a recurrent part and a head."""

from recurra.structures.attention import AdditiveAttention, DotAttention, GeneralAttention
from recurra.structures.attentive_decoder import AttentiveDecoder
from recurra.structures.bridge import FromLastStep, SameState
from recurra.structures.conditioning import AsFirstStep, AtEveryStep, InBothWays
from recurra.structures.decoder import Decoder
from recurra.structures.decoding import (
    CRF,
    Decoded,
    beam_search,
    beam_search_n_best,
    ctc,
    greedy,
    sample,
)
from recurra.structures.each_to_each import EachToEach
from recurra.structures.generation import Generated, generate
from recurra.structures.image_to_image import ImageToImage
from recurra.structures.input_feeding_decoder import InputFeedingDecoder
from recurra.structures.many_to_many import ManyToMany
from recurra.structures.many_to_one import ManyToOne
from recurra.structures.one_to_many import OneToMany
from recurra.structures.one_to_one import OneToOne
from recurra.structures.pooling import AttentionPooling, LastStep, MaxPooling, MeanPooling
from recurra.structures.sweep import ColumnSweep, RowSweep
from recurra.structures.sweeps import Sweeps

__all__ = [
    "CRF",
    "AdditiveAttention",
    "AsFirstStep",
    "AtEveryStep",
    "AttentionPooling",
    "AttentiveDecoder",
    "ColumnSweep",
    "Decoded",
    "Decoder",
    "DotAttention",
    "EachToEach",
    "FromLastStep",
    "GeneralAttention",
    "Generated",
    "ImageToImage",
    "InBothWays",
    "InputFeedingDecoder",
    "LastStep",
    "ManyToMany",
    "ManyToOne",
    "MaxPooling",
    "MeanPooling",
    "OneToMany",
    "OneToOne",
    "RowSweep",
    "SameState",
    "Sweeps",
    "beam_search",
    "beam_search_n_best",
    "ctc",
    "generate",
    "greedy",
    "sample",
]
