"""Genes of a genome: which bases are coding, and where genes begin and end. Each to each."""

from recurra.applications.dna.genes.annotated import Annotated, Gene, split
from recurra.applications.dna.genes.finder import GeneFinder
from recurra.applications.dna.genes.frames import Frame
from recurra.applications.dna.genes.gff import write_gff
from recurra.applications.dna.genes.reading import Genome, read_fasta, read_genbank, read_genome
from recurra.applications.dna.genes.scores import GeneCounts, GeneScores

__all__ = [
    "Annotated",
    "Frame",
    "Gene",
    "GeneCounts",
    "GeneFinder",
    "GeneScores",
    "Genome",
    "read_fasta",
    "read_genbank",
    "read_genome",
    "split",
    "write_gff",
]
