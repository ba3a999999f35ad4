"""Jozefowicz et al. 2015: gated cells on arithmetic, XML, letters and music."""

from collections.abc import Sequence

from recurra.studies.analysis.comparison import Pair
from recurra.studies.analysis.findings import Built, Evidence, Finding, Says, on_each
from recurra.studies.declaration import Budget, Contender, Study
from recurra.studies.knobs import Interval

LANGUAGE = "characters"

STUDY = Study(
    name="jozefowicz2015",
    about=(
        "Jozefowicz, Zaremba & Sutskever 2015, An Empirical Exploration of Recurrent Network "
        "Architectures (ICML): tanh, LSTM with and without each gate, LSTM whose forget gate's "
        "bias starts at 1 (LSTM-b), GRU, and the three cells that their search found."
    ),
    tasks=("arithmetic", "xml", "characters", "jsb"),
    contenders=(
        Contender("tanh", "elman"),
        Contender("GRU", "gru_reset_before"),
        Contender("LSTM", "lstm", {"b_f": 0.0}),
        Contender("LSTM-b", "lstm", {"b_f": 1.0}),
        Contender("LSTM-f", "lstm_nfg"),
        Contender("LSTM-i", "lstm_nig"),
        Contender("LSTM-o", "lstm_nog"),
        Contender("MUT1", "mut1"),
        Contender("MUT2", "mut2"),
        Contender("MUT3", "mut3"),
    ),
    space={"learning_rate": Interval(3e-4, 3e-2, log=True)},
    fixed={"optimizer": "adam", "clip_norm": 1.0},
    trials=5,
    seeds=3,
    budget=Budget(epochs=30, patience=5, parameters=40_000),
)


def _bias(evidence: Evidence) -> tuple[Says, str]:
    def on(task: str) -> tuple[Says, str]:
        found = evidence.contrasts(task, [("LSTM-b", "LSTM")])
        if found is None:
            return "cannot be told", "too few trials"
        if found[0].worse:
            return "does not hold", _told(found)
        return ("holds" if found[0].told else "cannot be told"), _told(found)

    return on_each(evidence, evidence.results.study.tasks, on)


def _forget_first(evidence: Evidence) -> tuple[Says, str]:
    def on(task: str) -> tuple[Says, str]:
        found = evidence.contrasts(task, [("LSTM-f", "LSTM-i"), ("LSTM-f", "LSTM-o")])
        if found is None:
            return "cannot be told", "too few trials"
        if all(pair.worse for pair in found):
            return "holds", _told(found)
        said: Says = "does not hold" if any(pair.better for pair in found) else "cannot be told"
        return said, _told(found)

    return on_each(evidence, evidence.results.study.tasks, on)


def _gru(evidence: Evidence) -> tuple[Says, str]:
    def on(task: str) -> tuple[Says, str]:
        found = evidence.contrasts(task, [("GRU", "LSTM")])
        if found is None:
            return "cannot be told", "too few trials"
        if found[0].better:
            return "holds", _told(found)
        return ("does not hold" if found[0].worse else "cannot be told"), _told(found)

    return on_each(evidence, [t for t in evidence.results.study.tasks if t != LANGUAGE], on)


def _told(found: Sequence[Pair]) -> str:
    """Each difference, and whether it is more than chance."""
    return ", ".join(
        f"{pair.one} - {pair.other} {pair.difference:+.3f} "
        f"({'more than' if pair.differs else 'perhaps'} chance)"
        for pair in found
    )


BUILT = Built(
    STUDY,
    findings=(
        Finding("A forget gate's bias of 1 helps the LSTM, or does no harm.", _bias),
        Finding("Of the LSTM's gates the forget gate is missed the most.", _forget_first),
        Finding("The GRU is ahead of the LSTM whose bias is 0 (but on language).", _gru),
    ),
)
