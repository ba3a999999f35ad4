"""Entities: which stretches of a text name people, places, or whatever was tagged. Each to each."""

from recurra.applications.ner.chunks import Chunk
from recurra.applications.ner.columns import Columns, read_columns, read_tokens
from recurra.applications.ner.entities import Annotated, Entity
from recurra.applications.ner.judging import Judged
from recurra.applications.ner.scores import Counts, Scores
from recurra.applications.ner.tagger import EntityTagger

__all__ = [
    "Annotated",
    "Chunk",
    "Columns",
    "Counts",
    "Entity",
    "EntityTagger",
    "Judged",
    "Scores",
    "read_columns",
    "read_tokens",
]
