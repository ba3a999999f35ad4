"""``ner`` on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recurra.cli import job_results as results
from recurra.cli import keeping
from recurra.cli.reporting import reported

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recurra.applications.ner import Annotated as Found
    from recurra.applications.ner import EntityTagger
    from recurra.cli.explaining import Asked
    from recurra.explain import Explanation

TokenColumn = Annotated[
    int, typer.Option(help="Column of tokens, counted from 1.", metavar="NUMBER")
]
TagColumn = Annotated[
    int | None,
    typer.Option(help="Column of tags, counted from 1. [default: the last]", metavar="NUMBER"),
]
Model = Annotated[Path, typer.Argument(help="A model of ner.", metavar="MODEL")]
Data = Annotated[
    Path,
    typer.Argument(
        help="A file of columns (also .gz): a token and its tag a line, an empty line between "
        "sentences.",
        metavar="DATA",
    ),
]


@reported
def fit(
    data: Data,
    out: results.Out = Path("recurra-ner.safetensors"),
    token_column: TokenColumn = 1,
    tag_column: TagColumn = None,
    validation: Annotated[
        Path | None,
        typer.Option(
            help="A file like DATA that chooses the best weights. [default: a tenth of DATA, "
            "another for each network]",
            metavar="FILE",
        ),
    ] = None,
    cell: Annotated[str, typer.Option(help="One of those that recurra cells lists.")] = "lstm",
    units: Annotated[int | None, typer.Option(help="Units each way. [default: 128]")] = None,
    embedding: Annotated[
        int | None, typer.Option(help="Numbers in a token's vector. [default: 100]")
    ] = None,
    networks: Annotated[
        int | None,
        typer.Option(help="Networks that answer together. [default: 5, 3 or 1, by data]"),
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(help="Passes over the sentences, at most. [default: 4 to 50, by data]"),
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(help="Sentences a step. [default: by data]")
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="Size of the steps. [default: 0.002 or 0.003, by data]")
    ] = None,
    seed: results.Seed = 0,
    resume: keeping.Resume = False,
    checkpoint_every: keeping.CheckpointEvery = keeping.EVERY,
    as_json: results.AsJson = False,
    quiet: results.Quiet = False,
) -> None:
    """Learn from DATA which stretches of a text are entities, and of which kind.

    Tags are in IOB1, IOB2, BIOES, BMES or BILOU: which one is found, and said. MODEL holds all
    that is needed to use it; beside it, by its name, lie the report (.html), its picture (.png),
    the figures (.json) and the losses of the first network (.csv).

    A run of more than a minute can be stopped, or killed, and goes on with --resume.
    """
    from recurra.applications.ner import EntityTagger, read_columns

    options: dict[str, Any] = {
        "cell": cell,
        "units": units,
        "embedding": embedding,
        "networks": networks,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "seed": seed,
    }
    kept = keeping.Kept.asked(checkpoint_every, resume=resume, quiet=quiet)
    with results.fitting(out, kept) as checkpoint:
        read = read_columns(data, token=token_column, tag=tag_column)
        beside = None
        if validation is not None:
            beside = read_columns(validation, token=token_column, tag=tag_column)
        tagger = EntityTagger(**options)
        say = results.Teller(say=not (quiet or as_json), show_progress=not quiet)
        say.notes(read.notes)
        tagger.fit(
            read.sentences,
            read.tags,
            validation=None if beside is None else (beside.sentences, beside.tags),
            watch=say.watch(),
            checkpoint=checkpoint,
        )
        _keep(tagger, data.name, out, say, as_json=as_json)


@reported
def predict(
    model: Model,
    source: results.Input = None,
    text: results.Text = None,
    columns: Annotated[
        bool,
        typer.Option(
            "--columns", help="INPUT is a file of columns, whose tokens are read as they are."
        ),
    ] = False,
    token_column: TokenColumn = 1,
    out: results.ResultFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
    as_conll: Annotated[
        bool,
        typer.Option("--conll", help="Write columns: each token and its tag, as in training."),
    ] = False,
) -> None:
    """Find the entities in INPUT, a text of any length in UTF-8.

    The answer is a table with tabs: of each entity its line, where it begins and ends in
    characters from the beginning of INPUT, its kind, and its text.
    """
    from recurra.applications.ner import EntityTagger
    from recurra.errors import OptionError

    if as_json and as_conll:
        raise OptionError("both --json and --conll", "one of them")
    if columns and (source is None or str(source) == "-"):
        raise OptionError("--columns without a file", "a file of columns", "name one as INPUT")
    tagger = EntityTagger.load(model)
    if columns:
        assert source is not None
        found = _of_columns(tagger, source, token_column)
    else:
        (found,) = tagger.annotate([results.given(source, text, _content, str)])
    results.notes_aside(_unread(found))
    content = _json(found) if as_json else _conll(tagger, found) if as_conll else _table(found)
    results.write(content, out)


@reported
def evaluate(
    model: Model,
    data: Data,
    token_column: TokenColumn = 1,
    tag_column: TagColumn = None,
    report: Annotated[
        Path | None,
        typer.Option(help="Write a page with marked passages there.", metavar="FILE.html"),
    ] = None,
    as_json: results.AsJson = False,
) -> None:
    """Say how many entities of DATA a MODEL finds: precision, recall and F1, all and by kind.

    An entity is right if its first token, its last and its kind are, as in the CoNLL shared tasks.
    """
    from recurra.applications.ner import EntityTagger, read_columns

    tagger = EntityTagger.load(model)
    read = read_columns(data, token=token_column, tag=tag_column)
    judged = tagger.judge(read.sentences, read.tags)
    results.notes_aside([*read.notes, *judged.notes])
    if report is not None:
        from recurra import atomic
        from recurra.applications.ner.report import evaluation

        page = evaluation(tagger, judged, name=data.name, command=results.command())
        atomic.write(report, page.encode())
        results.aside(f"Report: {report}")
    if as_json:
        typer.echo(results.to_json(judged.scores.to_json()), nl=False)
        return
    scores = judged.scores
    rows = [("all", scores.overall), *((kind or "-", one) for kind, one in scores.kinds.items())]
    width = max(len(name) for name, _ in rows)
    typer.echo(f"{'':{width}}  precision  recall      F1  entities")
    for name, one in rows:
        rates = f"{one.precision:9.4f}  {one.recall:6.4f}  {one.f1:6.4f}"
        typer.echo(f"{name:{width}}  {rates}  {one.true:8,}")


def explain(asked: Asked) -> Explanation:
    """What a network does with one sentence, to say what a word of it is."""
    from recurra.applications.ner import EntityTagger

    (text,) = asked.sequences(lambda path: [_content(path)])
    tagger = EntityTagger.load(asked.model)
    row = asked.number("sentence")
    return tagger.explain(text, row=row, at=asked.at, network=asked.network)


def demo(folder: Path, say: results.Teller) -> None:
    """Learns from sentences on people, places and firms that the package makes up."""
    from recurra import atomic
    from recurra.applications.ner import EntityTagger, read_columns
    from recurra.applications.ner.demo import columns

    atomic.write(folder / "train.conll", columns(400, seed=0).encode())
    atomic.write(folder / "test.conll", columns(200, seed=1).encode())
    read = read_columns(folder / "train.conll")
    say.notes(read.notes)
    tagger = EntityTagger(networks=1, units=32, embedding=32, epochs=5, learning_rate=1e-2)
    tagger.fit(read.sentences, read.tags, watch=say.watch())
    out = folder / "model.safetensors"
    _keep(tagger, "sentences of a demo", out, say, as_json=False)
    say.next_steps(
        f"recurra evaluate {out} {folder / 'test.conll'}",
        f'recurra predict {out} --text "In Port Kavi, Nolin Marden met Galti of Roma Works."',
    )


def _keep(
    tagger: EntityTagger, name: str, out: Path, say: results.Teller, *, as_json: bool
) -> None:
    from recurra.applications.ner import report, stored

    say.notes(tagger.notes_)

    def told() -> results.Report:
        return results.Report(
            report.figures(tagger),
            report.page(tagger, name=name, command=results.command()),
            report.draw(tagger),
            tagger.histories_[0].to_csv(),
        )

    results.keep(out, stored.pack(tagger), told, say, as_json=as_json)


def _content(path: Path) -> str:
    from recurra import text_files

    text_files.check_there(path, "text")
    return text_files.decoded(text_files.content(path), path, "text")


def _of_columns(tagger: EntityTagger, path: Path, token: int) -> Found:
    from recurra.applications.ner import Annotated as Found
    from recurra.applications.ner import read_tokens

    sentences = read_tokens(path, token=token)
    between = "" if tagger.plan_.sizes.pairs else " "
    return Found.of_tokens(sentences, tagger.chunk(sentences), between)


def _unread(found: Found) -> Sequence[str]:
    return () if found.sentences else ["there is not a token in it, so no entity"]


def _json(found: Found) -> str:
    return results.to_json([one.to_json() for one in found.entities])


def _table(found: Found) -> str:
    # An entity may go over a tab, which would part the row.
    rows = [("line", "start", "end", "kind", "text")]
    rows += [
        (str(one.line), str(one.start), str(one.end), one.kind, one.text.replace("\t", " "))
        for one in found.entities
    ]
    return "".join("\t".join(row) + "\n" for row in rows)


def _conll(tagger: EntityTagger, found: Found) -> str:
    blocks = []
    for words, chunks in zip(found.sentences, found.chunks, strict=True):
        tags = tagger.notation_.tags(chunks, len(words))
        blocks.append("".join(f"{w.text}\t{t}\n" for w, t in zip(words, tags, strict=True)))
    return "\n".join(blocks)
