"""What a fit of a recogniser shows."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from recurra.applications.reporting import Page, Passage, Table, draw_losses, render
from recurra.applications.scoring import draw_confusion
from recurra.applications.speech.recogniser import Sample, SpeechRecogniser
from recurra.applications.speech.scores import Scores
from recurra.applications.speech.seen import Seen, draw_seen
from recurra.drawing import letters, png, tidy, title

NOTE = (
    "Word and character error rate: what was taken for another, missed, or heard and not said, for "
    "each that was said. Letter by letter, without a lexicon."
)


def verdict(scores: Scores | None) -> str:
    """How good a recogniser is, in a sentence."""
    if scores is None:
        return "Nothing was held out, so nothing says how good it is."
    return (
        f"Of {scores.recordings:,} recordings that were held out {scores.exact:.1%} are right to "
        f"the letter; of their {scores.words:,} words {scores.wer:.1%} are wrong, missed or "
        f"added (characters: {scores.cer:.1%})."
    )


def figures(recogniser: SpeechRecogniser) -> dict[str, Any]:
    """Every figure of a fit, as plain data."""
    held = recogniser.held_out_
    return {
        "job": "speech",
        "verdict": verdict(held),
        "held_out": None if held is None else held.to_json(),
        "letters": recogniser.alphabet_.letters,
        "words": len(recogniser.words_),
        "rate": recogniser.rate_,
        "parameters": sum(weight.numel() for weight in recogniser.network_.parameters()),
        "seconds": recogniser.history_.seconds,
        "notes": list(recogniser.notes_),
    }


def draw(recogniser: SpeechRecogniser) -> bytes:
    """How the network learned, which words it took for which, and a recording as it sees it."""
    held = recogniser.held_out_
    sample = _readable(recogniser.samples_)
    with letters():
        figure = Figure(figsize=(11, 9 if sample else 4.2), layout="constrained")
        if held is None or sample is None:
            draw_losses(figure.subplots(), [recogniser.history_], unit="nats a letter")
            return png(figure)
        # Learning and words above, then sound and letters on one axis of time.
        axes = figure.subplot_mosaic("LW\nLW\nSS\nAA")
        draw_losses(axes["L"], [recogniser.history_], unit="nats a letter")
        _draw_words(axes["W"], held)
        axes["S"].sharex(axes["A"])
        draw_seen(axes["S"], axes["A"], seen_of(recogniser, sample))
        return png(figure)


def page(recogniser: SpeechRecogniser, *, name: str, command: str) -> str:
    """The page on a fit, as HTML.

    Args:
        recogniser: Fitted.
        name: What was learned from.
        command: What makes the same again.
    """
    held = recogniser.held_out_
    return render(
        Page(
            "Speech",
            name,
            verdict(held),
            draw(recogniser),
            "Losses by pass; which words were taken for which; a recording, and how likely each "
            "letter was at each moment of it",
            _settings(recogniser),
            command,
            tables=[] if held is None else [scores_table(held), *_mistakes(held)],
            passages=[_passage(one) for one in recogniser.samples_],
            passages_heading="What it hears in recordings that were held out",
            passages_note="Those with mistakes stand first.",
            notes=recogniser.notes_,
        )
    )


def scores_table(scores: Scores) -> Table:
    """The figures of a recogniser."""
    row = (
        f"{scores.recordings:,}",
        f"{scores.exact:.1%}",
        f"{scores.words:,}",
        f"{scores.wer:.2%}",
        f"{scores.cer:.2%}",
        f"{scores.substitutions:,}",
        f"{scores.deletions:,}",
        f"{scores.insertions:,}",
    )
    columns = ("recordings", "right", "words", "word errors", "character errors")
    return Table(
        f"Held out: word error rate {scores.wer:.2%}",
        (*columns, "taken for others", "missed", "added"),
        [row],
        NOTE,
    )


def seen_of(recogniser: SpeechRecogniser, sample: Sample) -> Seen:
    """A recording that was held out, to be drawn."""
    heard = f"heard {sample.heard!r}" if sample.heard != sample.said else "heard so"
    return Seen(
        sample.power,
        recogniser.log_probs([sample.power])[0],
        recogniser.alphabet_,
        recogniser.seconds_a_step,
        f"Held out, {sample.said[:60]!r}: {heard}",
    )


def _mistakes(scores: Scores) -> list[Table]:
    wrong = [(pair, n) for pair, n in scores.pairs.most_common() if pair[0] != pair[1]][:10]
    if not wrong:
        return []
    rows = [(said, heard, f"{times:,}") for (said, heard), times in wrong]
    return [Table("The most frequent mistakes", ("said", "heard", "times"), rows)]


def _passage(sample: Sample) -> Passage:
    if sample.said == sample.heard:
        return Passage("right", [(sample.said, 0.5)])
    return Passage(
        "said, and heard", [(sample.said, 0.0), ("\n", 0.0), (sample.heard or "(nothing)", -0.7)]
    )


def _readable(samples: list[Sample]) -> Sample | None:
    """The recording of the most letters that is right, if one is."""
    right = [one for one in samples if one.said == one.heard] or samples
    short = [one for one in right if len(one.power) <= 600] or right
    return max(short, key=lambda one: len(one.said), default=None)


def _draw_words(axes: Axes, scores: Scores) -> None:
    """Which words were taken for which; how many are wrong, where there are too many."""
    if (found := scores.confusion) is not None:
        draw_confusion(axes, found, "Held out: which word was taken for which")
        return
    names = ("words", "characters")
    values = (100 * scores.wer, 100 * scores.cer)
    axes.barh(names, values, color="#0072B2", height=0.5)
    for place, value in enumerate(values):
        axes.text(value, place, f" {value:.1f}", va="center")
    axes.set(
        xlim=(0, max(1.0, 1.15 * max(values))),
        xlabel="wrong, missed or added, for 100 that were said",
    )
    title(axes, "Held out: error rates")
    tidy(axes)
    axes.set_axisbelow(True)


def _settings(recogniser: SpeechRecogniser) -> dict[str, str]:
    plan, history = recogniser.plan_, recogniser.history_
    sizes = plan.sizes
    layers = "a layer" if sizes.layers == 1 else f"{sizes.layers} layers"
    return {
        "heard": f"{recogniser.rate_:,} samples a second, 40 bands on the mel scale every 10 ms, "
        f"{sizes.stack} at a step",
        "network": f"{layers} of {sizes.units} {sizes.cell} units each way, letters by "
        "connectionist temporal classification",
        "parameters": f"{figures(recogniser)['parameters']:,}",
        "training": f"{history.seconds:.0f} s, {history.stopped}",
        "kernel": recogniser.network_.structure.recurrent.kernels()[0].kernel,
    }
