"""The finder of genes: what it learns, what it says, what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from made_dna import QUICK_GENES, records

from recurra.applications.dna import Annotated, Gene, GeneFinder, SequenceClassifier, split
from recurra.applications.dna.alphabet import reverse_complement, to_numbers
from recurra.applications.dna.genes import answering
from recurra.applications.dna.genes import finder as finding
from recurra.applications.dna.genes.annotated import STRAND_OF, SWAPPED, UNKNOWN
from recurra.applications.dna.genes.answering import chances
from recurra.applications.dna.genes.frames import Frame
from recurra.applications.dna.genes.network import WORDS, words
from recurra.applications.dna.genes.report import draw, evaluation, page
from recurra.applications.dna.genes.scores import scores
from recurra.applications.dna.genes.written import named, proteins_of, to_json
from recurra.errors import DataError, ModelFileError, OptionError
from recurra.training import Callback, Checkpoint

TINY = {**QUICK_GENES, "units": 4, "epochs": 2}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> GeneFinder:
    """Fitted until it finds most."""
    made = records(tmp_path_factory.mktemp("good"), 90, seed=5)
    return GeneFinder(**{**QUICK_GENES, "units": 16, "epochs": 14}).fit(made)


def test_it_finds_genes_of_a_genome_that_it_never_saw(good: GeneFinder, tmp_path: Path) -> None:
    found = good.evaluate(records(tmp_path, 40, seed=6))
    assert found.genes.true == 40
    assert found.genes.ends >= 34
    assert found.genes.whole >= 20
    assert found.genes.rates(found.genes.ends)[1] >= 0.85
    assert found.by_genes.accuracy >= 0.85
    assert good.held_out_ is not None
    assert good.least_ > 0


def test_both_strands_are_read_the_same(finder: GeneFinder, genome: list[Annotated]) -> None:
    bases = genome[0].bases[:3000]
    one = chances(finder.networks_, bases)
    other = chances(finder.networks_, reverse_complement(bases))
    torch.testing.assert_close(other.flip(0)[:, SWAPPED], one, atol=1e-5, rtol=0)
    torch.testing.assert_close(one.sum(1), torch.ones(3000))


def test_stretches_answer_as_reading_the_whole_does(
    good: GeneFinder, genome: list[Annotated], monkeypatch: pytest.MonkeyPatch
) -> None:
    bases = genome[0].bases[:9000]
    monkeypatch.setattr(answering, "CORE", 1500)
    in_stretches = chances(good.networks_, bases)
    monkeypatch.setattr(answering, "CORE", 100_000)
    whole = chances(good.networks_, bases)
    assert float((in_stretches - whole).abs().mean()) < 0.01


def test_blocks_find_the_genes_that_the_whole_has(
    good: GeneFinder, genome: list[Annotated], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = good.find(genome[0].bases)
    assert len(whole) >= 20
    monkeypatch.setattr(finding, "BLOCK", 9000)
    monkeypatch.setattr(finding, "BESIDE", 6000)
    blocks = good.find(genome[0].bases)
    alike = {one[:3] for one in whole} & {one[:3] for one in blocks}
    assert len(alike) >= 0.95 * max(len(whole), len(blocks))


def test_words_have_the_number_of_their_six_bases() -> None:
    row = to_numbers("ACGTACGNA", "it").unsqueeze(0)
    digits = [0, 1, 2, 3, 0, 1, 2]
    expected = [sum(4 ** (5 - n) * digits[at + n] for n in range(6)) for at in range(2)]
    assert words(row).tolist() == [[*expected, *[WORDS] * 7]]


def test_the_first_share_of_bases_and_the_rest() -> None:
    bases = to_numbers("ACGT" * 25, "it")
    genes = [Gene(((10, 19),), True), Gene(((45, 54),), False)]
    record = Annotated.of("a", bases, genes)
    first, rest = split([record, Annotated.of("b", bases[:20], [])], 0.4)
    assert [len(one.bases) for one in first] == [48]
    assert [len(one.bases) for one in rest] == [52, 20]
    # A gene that is cut leaves only its bases.
    assert (len(first[0].genes), len(rest[0].genes)) == (1, 0)
    assert torch.cat([first[0].kinds, rest[0].kinds]).equal(record.kinds)
    assert split([record], 1.0)[1] == []
    assert split([record], 0.0)[0] == []


def test_figures_are_counted_with_and_without_pseudogenes() -> None:
    bases = to_numbers("ACGT" * 5, "it")
    genes = [Gene(((0, 6),), True), Gene(((12, 18),), False, pseudo=True)]
    record = Annotated.of("a", bases, genes)
    assert record.kinds[12:18].tolist() == [UNKNOWN] * 6
    likeliest = torch.tensor([1] * 6 + [0] * 6 + [2] * 6 + [0] * 2, dtype=torch.uint8)
    found = [Frame(3, 6, True, 1.0), Frame(12, 18, False, 1.0)]
    counted = scores([record], [likeliest], [torch.zeros_like(likeliest)], [found])
    assert counted.bases.accuracy == pytest.approx(14 / 20)
    assert counted.bases_sure.accuracy == 1
    assert counted.by_genes.accuracy == pytest.approx(14 / 20)
    assert counted.by_genes_sure.accuracy == pytest.approx(8 / 14)
    assert vars(counted.genes) == {"true": 1, "found": 2, "ends": 1, "whole": 0}
    assert STRAND_OF.tolist() == [0, 1, 1, 1, 2, 2, 2]


def test_the_same_seed_gives_the_same_bits_and_leaves_chance_alone(
    genome: list[Annotated],
) -> None:
    state = torch.random.get_rng_state()
    first, second = (GeneFinder(**TINY).fit(genome) for _ in range(2))
    assert torch.equal(torch.random.get_rng_state(), state)
    pairs = (first.networks_[0].state_dict(), second.networks_[0].state_dict())
    assert all(torch.equal(one, pairs[1][name]) for name, one in pairs[0].items())
    assert first.least_ == second.least_


def test_a_fresh_process_finds_what_was_found_before_saving(
    good: GeneFinder, genome: list[Annotated], tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    good.save(path)
    records(tmp_path, 40)
    program = (
        "import sys, json; from recurra.applications.dna import GeneFinder, read_fasta\n"
        "found = GeneFinder.load(sys.argv[1]).predict(read_fasta(sys.argv[2])[0])\n"
        "print(json.dumps(found))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(path), str(tmp_path / "made.fna")],
        capture_output=True,
        check=True,
    )
    there = good.find(genome[0].bases)
    assert json.loads(ran.stdout) == {"madeup": [list(one) for one in there]}
    assert there
    with pytest.raises(ModelFileError, match="answers genes"):
        SequenceClassifier.load(path)


def test_proteins_end_before_their_stop_and_are_named(
    good: GeneFinder, genome: list[Annotated]
) -> None:
    bases = {"madeup": genome[0].bases}
    found = named(good.predict(bases))
    fasta = proteins_of(found, bases, 11)
    assert fasta.count(">") == len(found["madeup"]) == len(to_json(found))
    bodies = [one.partition("\n")[2] for one in fasta.split(">")[1:]]
    assert all(one.startswith("M") and "*" not in one for one in bodies)
    first = to_json(found)[0]
    assert f">gene_1 madeup:{first['first']}-{first['last']}({first['strand']})\n" in fasta


def test_genes_that_do_not_fit_their_sequence_are_refused(genome: list[Annotated]) -> None:
    (record,) = genome
    shifted = [gene.moved(1) for gene in record.genes]
    with pytest.raises(DataError, match="end in a stop codon"):
        GeneFinder(**TINY).fit([Annotated.of("a", record.bases, shifted)])
    with pytest.raises(DataError, match="without a gene"):
        GeneFinder(**TINY).fit([Annotated.of("a", record.bases, [])])


@pytest.mark.parametrize(
    "option", [{"units": 0}, {"layers": 1.5}, {"learning_rate": -1.0}, {"table": 99}]
)
def test_options_out_of_range_are_refused(option: dict, genome: list[Annotated]) -> None:
    with pytest.raises(OptionError):
        GeneFinder(**option).fit(genome)


def test_few_bases_are_learned_from_and_nothing_is_claimed(genome: list[Annotated]) -> None:
    found = GeneFinder(**TINY).fit([genome[0].part(0, 9000)])
    assert found.held_out_ is None
    assert "too few to hold any out" in " ".join(found.notes_)
    assert "Nothing was held out" in page(found, name="a", command="b")
    assert found.find(torch.zeros(0, dtype=torch.uint8)) == []
    assert found.find(to_numbers("ACGTN", "it")) == []


class _Stopping(Callback):
    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def on_epoch_begin(self, trainer, epoch) -> None:
        if epoch == self.epoch:
            raise KeyboardInterrupt


def test_an_interrupt_keeps_the_best_so_far_and_goes_on_to_the_same_bits(
    genome: list[Annotated], tmp_path: Path
) -> None:
    whole = GeneFinder(**TINY).fit(genome)
    kept = Checkpoint(tmp_path / "run", every=1e-9, verbose=0)
    cut = GeneFinder(**TINY).fit(genome, watch=[_Stopping(1)], checkpoint=kept)
    assert "interrupted" in " ".join(cut.notes_)
    assert kept.exists
    again = GeneFinder(**TINY).fit(genome, checkpoint=Checkpoint(tmp_path / "run", verbose=0))
    for name, weight in whole.networks_[0].state_dict().items():
        assert torch.equal(weight, again.networks_[0].state_dict()[name]), name
    with pytest.raises(KeyboardInterrupt):
        GeneFinder(**TINY).fit(genome, watch=[_Stopping(0)])


def test_pages_and_pictures_show_the_figures(finder: GeneFinder, genome: list[Annotated]) -> None:
    assert draw(finder).startswith(b"\x89PNG")
    assert "bases that were held out" in page(finder, name="a.fna", command="recurra")
    there = finder.evaluate(genome)
    html = evaluation(
        finder, there, finder.track(genome[0]), name="b.fna", command="recurra", notes=["hm"]
    )
    assert "b.fna" in html
    assert "held out" not in html.split("<h2>")[0]
