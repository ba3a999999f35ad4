"""What a fit of a finder of genes shows, and what an evaluation does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from recurra.applications.dna.genes.finder import GeneFinder
from recurra.applications.dna.genes.scores import GeneCounts, GeneScores
from recurra.applications.dna.genes.track import Track, draw_track
from recurra.applications.reporting import Page, Table, draw_losses, render
from recurra.applications.scoring import draw_confusion, scores_table
from recurra.drawing import letters, png, title

CHOSEN = (
    "This part chose the weights and the least score of a gene, so its figures flatter a little."
)
PICTURED = "Losses by pass, which strand was taken for which, and a stretch of the genome"


def verdict(scores: GeneScores | None) -> str:
    """How good a finder is, in a sentence."""
    if scores is None:
        return "Nothing was held out, so nothing says how good it is."
    genes, bases = scores.genes, scores.by_genes
    name, share = bases.majority
    recall, precision = genes.rates(genes.ends)
    exact, _ = genes.rates(genes.whole)
    return (
        f"Of {bases.count:,} bases that were held out {bases.accuracy:.1%} are rightly called "
        f"coding forward, backward or neither (always {name!r}: {share:.1%}). Of {genes.true:,} "
        f"genes {recall:.1%} are found with their stop, {exact:.1%} with their start too; "
        f"{precision:.1%} of what is found is right."
    )


def figures(finder: GeneFinder) -> dict[str, Any]:
    """Every figure of a fit, as plain data."""
    held = finder.held_out_
    return {
        "job": "dna",
        "answers": "genes",
        "verdict": verdict(held),
        "held_out": None if held is None else held.to_json(),
        "networks": len(finder.networks_),
        "parameters": sum(weight.numel() for weight in finder.networks_[0].parameters()),
        "seconds": sum(one.seconds for one in finder.histories_),
        "starts": finder.starts_,
        "least_score": finder.least_,
        "notes": list(finder.notes_),
    }


def draw(finder: GeneFinder) -> bytes:
    """How the networks learned, what was taken for what, and a stretch of the genome; a PNG."""
    held, track = finder.held_out_, finder.track_
    with letters():
        figure = Figure(figsize=(11, 4.2 if track is None else 7.4), layout="constrained")
        axes = _laid_out(figure, held is not None, track is not None)
        draw_losses(axes["losses"], finder.histories_, unit="cross-entropy, nats a base")
        if held is not None:
            draw_confusion(axes["confusion"], held.by_genes)
        if track is not None:
            draw_track(axes["track"], track)
        return png(figure)


def _laid_out(figure: Figure, judged: bool, tracked: bool) -> dict[str, Axes]:
    """Losses, beside them the confusion, below both the stretch: what there is of them."""
    grid = figure.add_gridspec(1 + tracked, 1 + judged)
    axes = {"losses": figure.add_subplot(grid[0, 0])}
    if judged:
        axes["confusion"] = figure.add_subplot(grid[0, 1])
    if tracked:
        axes["track"] = figure.add_subplot(grid[1, :])
    return axes


def page(finder: GeneFinder, *, name: str, command: str) -> str:
    """The page on a fit, as HTML.

    Args:
        finder: As it was fitted.
        name: What it was learned from, a file's name, say.
        command: That makes the same again.
    """
    held = finder.held_out_
    return render(
        Page(
            "DNA, genes",
            name,
            verdict(held),
            draw(finder),
            PICTURED,
            _settings(finder),
            command,
            tables=[] if held is None else tables(held, CHOSEN),
            notes=finder.notes_,
        )
    )


def evaluation(
    finder: GeneFinder,
    scores: GeneScores,
    track: Track,
    *,
    name: str,
    command: str,
    notes: Sequence[str],
) -> str:
    """The page on an evaluation, as HTML.

    Args:
        finder: What was judged.
        scores: How it did.
        track: A stretch of what it was judged on.
        name: What that was, a file's name, say.
        command: That makes the same again.
        notes: What is to be known of it.
    """
    with letters():
        figure = Figure(figsize=(11, 7.4), layout="constrained")
        upper, lower = figure.subplots(2, 1)
        draw_confusion(upper, scores.by_genes)
        title(upper, "Which strand was taken for which")
        draw_track(lower, track)
        picture = png(figure)
    return render(
        Page(
            "DNA, genes, evaluated",
            name,
            verdict(scores).replace("that were held out ", ""),
            picture,
            PICTURED,
            _settings(finder),
            command,
            tables=tables(scores, ""),
            notes=notes,
        )
    )


def tables(scores: GeneScores, note: str) -> list[Table]:
    """Figures of bases and of genes."""
    kinds = (
        ("by the genes found", scores.by_genes, scores.by_genes_sure),
        ("base by base", scores.bases, scores.bases_sure),
    )
    rates = [(name, f"{a.accuracy:.3f}", f"{b.accuracy:.3f}") for name, a, b in kinds]
    return [
        Table(
            f"Bases: {scores.by_genes.count:,}",
            ("accuracy", "all", "without pseudogenes"),
            rates,
            "Coding forward, backward or neither; bases of pseudogenes count as neither, or are "
            f"left out. {note}".strip(),
        ),
        replace(
            scores_table(scores.by_genes, "Each base by the genes that were found."),
            heading="Bases by strand",
        ),
        _genes_table(scores.genes),
    ]


def _genes_table(genes: GeneCounts) -> Table:
    rows = [
        (name, *(f"{rate:.3f}" for rate in genes.rates(right)), f"{right:,}")
        for name, right in (("stop codon", genes.ends), ("start and stop codon", genes.whole))
    ]
    return Table(
        f"Genes: {genes.true:,} are there, {genes.found:,} were found",
        ("right if it has the right", "recall", "precision", "right"),
        rows,
        "Pseudogenes are no genes: one that is found counts against precision.",
    )


def _settings(finder: GeneFinder) -> dict[str, str]:
    sizes, first = finder.plan_.sizes, finder.histories_[0]
    count = len(finder.networks_)
    return {
        "networks": "1" if count == 1 else f"{count}, averaged",
        "each": f"three bases a step, their words of six bases to vectors, {sizes.layers} x "
        f"{sizes.cell} of {sizes.units} units each way, seven kinds for each base",
        "parameters of each": f"{figures(finder)['parameters']:,}",
        "training": f"{figures(finder)['seconds']:.0f} s, {first.stopped}",
        "kernel": finder.networks_[0].structure.recurrent.kernels()[0].kernel,
    }
