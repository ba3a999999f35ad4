"""DNA: which class a sequence is of, and where the genes of a genome are."""

from recurra.applications.dna.classes import SequenceClassifier, read_labelled, read_sequences
from recurra.applications.dna.genes import (
    Annotated,
    Frame,
    Gene,
    GeneCounts,
    GeneFinder,
    GeneScores,
    Genome,
    read_fasta,
    read_genbank,
    read_genome,
    split,
    write_gff,
)

__all__ = [
    "Annotated",
    "Frame",
    "Gene",
    "GeneCounts",
    "GeneFinder",
    "GeneScores",
    "Genome",
    "SequenceClassifier",
    "read_fasta",
    "read_genbank",
    "read_genome",
    "read_labelled",
    "read_sequences",
    "split",
    "write_gff",
]
