"""FASTA, GFF3 and GenBank: what is read, and what is refused."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from made_dna import records

from recurra.applications.dna import read_fasta, read_genbank, read_genome, write_gff
from recurra.applications.dna.alphabet import to_letters
from recurra.applications.dna.genes.annotated import UNKNOWN
from recurra.applications.dna.genes.frames import Frame
from recurra.errors import DataError

FASTA = ">chr one\nAAATGAAATAA\nCCTTACATGG\n"
GFF = """##gff-version 3
##sequence-region chr 1 21
chr\tx\tgene\t3\t11\t.\t+\t.\tID=g1
chr\tx\tCDS\t3\t11\t.\t+\t0\tID=c1;locus_tag=one
chr\tx\tCDS\t14\t19\t.\t-\t0\tID=c2
"""


def read(folder: Path, fasta: str = FASTA, gff: str = GFF):
    (folder / "a.fna").write_text(fasta)
    (folder / "a.gff").write_text(gff)
    return read_genome(folder / "a.fna", folder / "a.gff")


def test_each_base_is_of_the_strand_and_place_of_its_codon(tmp_path: Path) -> None:
    (record,) = read(tmp_path).records
    assert to_letters(record.bases) == "AAATGAAATAACCTTACATGG"
    forward, backward = [1, 2, 3] * 3, [6, 5, 4] * 2
    assert record.kinds.tolist() == [0, 0, *forward, 0, 0, *backward, 0, 0]
    assert [(one.start, one.end, one.forward, one.name) for one in record.genes] == [
        (2, 11, True, "one"),
        (13, 19, False, "c2"),
    ]


def test_compressed_files_are_read_too(tmp_path: Path) -> None:
    (tmp_path / "a.fna.gz").write_bytes(gzip.compress(FASTA.encode()))
    (tmp_path / "a.gff.gz").write_bytes(gzip.compress(GFF.encode()))
    (record,) = read_genome(tmp_path / "a.fna.gz", tmp_path / "a.gff.gz").records
    assert len(record.genes) == 2


def test_a_base_coded_twice_is_as_its_longest_gene_has_it(tmp_path: Path) -> None:
    gff = GFF + "chr\tx\tCDS\t10\t12\t.\t-\t0\tID=c3\n"
    (record,) = read(tmp_path, gff=gff).records
    assert record.kinds.tolist()[2:12] == [1, 2, 3] * 3 + [4]
    assert len(record.genes) == 3


def test_parts_of_one_gene_are_counted_through(tmp_path: Path) -> None:
    gff = GFF + "chr\tx\tCDS\t1\t2\t.\t+\t0\tID=c1;locus_tag=one\n"
    (record,) = read(tmp_path, gff=gff).records
    assert record.kinds.tolist()[:11] == [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2]
    assert record.genes[0].parts == ((0, 2), (2, 11))


def test_pseudogenes_are_neither_learned_nor_genes(tmp_path: Path) -> None:
    gff = GFF.replace("ID=c2", "ID=c2;pseudo=true") + "chr\tx\tpseudogene\t11\t13\t.\t+\t.\tID=p\n"
    (record,) = read(tmp_path, gff=gff).records
    assert len(record.genes) == 1
    assert record.kinds.tolist()[10:] == [3, UNKNOWN, UNKNOWN, *[UNKNOWN] * 6, 0, 0]


@pytest.mark.parametrize(
    ("fasta", "gff", "said"),
    [
        (FASTA, GFF.replace("chr\tx\tCDS\t14", "other\tx\tCDS\t14"), "genes on 'other'"),
        (FASTA, GFF.replace("region chr 1 21", "region chr 1 99"), "21 bases .* says 99"),
        (FASTA, GFF.replace("14\t19", "14\t25"), "a gene that ends at base 25"),
        (FASTA, GFF.replace("14\t19", "19\t14"), "from base 19 to 14"),
        (FASTA, GFF.replace("\t14\t", "\tx\t"), "Line 5 .* no row of GFF3"),
        (FASTA, GFF.replace("ID=c2", 'gene_id "c2"'), "Line 5 .* no row of GFF3"),
        (FASTA, "##gff-version 3\n", "no row CDS on a strand"),
        (FASTA, "", "is empty"),
        (FASTA, GFF.replace("CDS\t14\t19\t.\t-\t0\tID=c2", "CDS\t14\t19\t.\t-\t0\tID=c1"), "both"),
        ("", GFF, "is empty"),
        (">chr\n", GFF, "no sequence with a base"),
        ("ACGT\n", GFF, "is no FASTA"),
        (FASTA.replace("CCTT", "CC-T"), GFF, "chr of .* has the letter '-' at place 14"),
        (FASTA + FASTA, GFF, "called 'chr'"),
    ],
)
def test_files_that_are_wrong_or_disagree_are_refused(
    tmp_path: Path, fasta: str, gff: str, said: str
) -> None:
    with pytest.raises(DataError, match=said):
        read(tmp_path, fasta, gff)


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    gff = GFF + (
        "chr\tx\tCDS\t14\t19\t.\t.\t0\tID=c4\nchr\tx\tregion\t1\t21\t.\t+\t.\tIs_circular=true\n"
        "chr\tx\tCDS\t20\t25\t.\t+\t0\tID=c5\n"
    )
    notes = " ".join(read(tmp_path, FASTA + ">empty\n>bare\nACGT\n", gff).notes)
    assert "1 sequences without a base are left out" in notes
    assert "1 coding rows on no strand are left out" in notes
    assert "1 genes go over the ends of a circular sequence" in notes
    assert "1 sequences have no gene in a.gff" in notes


def test_genbank_tells_the_same_as_fasta_and_gff(tmp_path: Path) -> None:
    features = pytest.importorskip("Bio.SeqFeature")
    seq_io = pytest.importorskip("Bio.SeqIO")
    (made,) = records(tmp_path, 8)
    bio = seq_io.read(tmp_path / "made.fna", "fasta")
    bio.annotations["molecule_type"] = "DNA"
    for gene in made.genes:
        place = features.SimpleLocation(gene.start, gene.end, 1 if gene.forward else -1)
        bio.features.append(features.SeqFeature(place, type="CDS"))
    seq_io.write(bio, tmp_path / "made.gb", "genbank")
    (other,) = read_genbank(tmp_path / "made.gb").records
    assert other.bases.equal(made.bases)
    assert other.kinds.equal(made.kinds)
    (tmp_path / "bad.gb").write_text("LOCUS  x\n")
    with pytest.raises(DataError, match=r"bad\.gb"):
        read_genbank(tmp_path / "bad.gb")


def test_what_is_written_as_gff_is_read_again(tmp_path: Path) -> None:
    genes = [("gene_1", Frame(2, 11, True, 3.0)), ("gene_2", Frame(13, 19, False, 2.5))]
    (record,) = read(tmp_path, gff=write_gff([("chr", 21, genes)])).records
    assert record.kinds.equal(read(tmp_path).records[0].kinds)


def test_fasta_of_several_sequences(tmp_path: Path) -> None:
    (tmp_path / "b.fa").write_text(">a\nacgu\n>b\nNNR\n")
    found, _ = read_fasta(tmp_path / "b.fa")
    assert {name: to_letters(one) for name, one in found.items()} == {"a": "ACGT", "b": "NNR"}
