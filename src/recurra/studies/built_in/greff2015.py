"""Greff et al. 2015: a long short-term memory and eight variants of it."""

from collections.abc import Mapping

from recurra.studies.analysis.comparison import Pair
from recurra.studies.analysis.findings import Built, Evidence, Finding, Says, on_each
from recurra.studies.declaration import Budget, Contender, Study
from recurra.studies.knobs import Interval

STUDY = Study(
    name="greff2015",
    about=(
        "Greff, Srivastava, Koutník, Steunebrink & Schmidhuber 2015, LSTM: A Search Space Odyssey "
        "(arXiv:1503.04069): the peephole LSTM (V) against eight variants that each change one "
        "thing. Their ranges and stochastic gradient descent with Nesterov's momentum; here the "
        "gradient of several sequences is summed a step instead of one."
    ),
    tasks=("jsb", "pen-digits"),
    contenders=(
        Contender("V", "lstm_peephole"),
        Contender("NIG", "lstm_nig"),
        Contender("NFG", "lstm_nfg"),
        Contender("NOG", "lstm_nog"),
        Contender("NIAF", "lstm_niaf"),
        Contender("NOAF", "lstm_noaf"),
        Contender("NP", "lstm_np"),
        Contender("CIFG", "lstm_cifg"),
        Contender("FGR", "lstm_fgr"),
    ),
    space={
        "hidden_size": Interval(20, 200, log=True),
        "learning_rate": Interval(1e-6, 1e-2, log=True),
        "one_minus_momentum": Interval(1e-2, 1, log=True),
        "input_noise": Interval(0, 1),
    },
    fixed={"optimizer": "sgd", "loss": "sum", "clip_norm": 0.0},
    trials={"jsb": 60, "pen-digits": 25},
    seeds=0,
    budget=Budget(epochs=40, patience=10),
)


def _none_better(evidence: Evidence) -> tuple[Says, str]:
    def on(task: str) -> tuple[Says, str]:
        against = _against_vanilla(evidence, task)
        if against is None:
            return "cannot be told", "too few trials"
        if better := [name for name, pair in against.items() if pair.better]:
            return "does not hold", f"{', '.join(better)} better than V by more than chance"
        return _no_difference(against, "no variant is better than V by more than chance")

    return on_each(evidence, evidence.results.study.tasks, on)


def _critical(evidence: Evidence) -> tuple[Says, str]:
    return on_each(evidence, evidence.results.study.tasks, lambda task: _worse(evidence, task))


def _worse(evidence: Evidence, task: str) -> tuple[Says, str]:
    against = _against_vanilla(evidence, task)
    if against is None:
        return "cannot be told", "too few trials"
    worse = [name for name in ("NFG", "NOAF") if against[name].worse]
    alike = {name: against[name] for name in ("NFG", "NOAF") if name not in worse}
    if not alike:
        return "holds", "both are worse than V by more than chance"
    words = f"{' and '.join(alike)} not worse than V by more than chance"
    words += f", {', '.join(worse)} is" if worse else ""
    said, words = _no_difference(alike, words)
    return ("does not hold" if said == "holds" else said), words


def _harmless(evidence: Evidence) -> tuple[Says, str]:
    def on(task: str) -> tuple[Says, str]:
        against = _against_vanilla(evidence, task)
        if against is None:
            return "cannot be told", "too few trials"
        if harmed := [name for name in ("CIFG", "NP") if against[name].worse]:
            return "does not hold", f"{', '.join(harmed)} worse than V by more than chance"
        both = {name: against[name] for name in ("CIFG", "NP")}
        return _no_difference(both, "neither is worse than V by more than chance")

    return on_each(evidence, evidence.results.study.tasks, on)


def _independent(evidence: Evidence) -> tuple[Says, str]:
    def on(task: str) -> tuple[Says, str]:
        found = evidence.importance.get(task)
        if found is None:
            return "cannot be told", "too few trials"
        first = max(found.alone, key=lambda name: found.alone[name])
        rate, pairs = found.alone["learning_rate"], sum(found.pairs.values())
        words = (
            f"{first.replace('_', ' ')} first, learning rate {100 * rate:.0f} % of the variance, "
            f"all settings alone {100 * sum(found.alone.values()):.0f} %, "
            f"pairs {100 * pairs:.0f} %"
        )
        nearly = pairs < sum(found.alone.values()) / 2
        return ("holds" if first == "learning_rate" and nearly else "does not hold"), words

    return on_each(evidence, evidence.results.study.tasks, on)


def _no_difference(against: Mapping[str, Pair], words: str) -> tuple[Says, str]:
    """That no difference was found, which few figures do not tell from one that is there."""
    if all(pair.told for pair in against.values()):
        return "holds", words
    few = min(pair.figures for pair in against.values())
    return "cannot be told", f"{words}, which {few} figures on a side tell little of"


def _against_vanilla(evidence: Evidence, task: str) -> dict[str, Pair] | None:
    """Each variant against V, corrected for the eight of them, as in the paper."""
    variants = [one.name for one in STUDY.contenders if one.name != "V"]
    found = evidence.contrasts(task, [(name, "V") for name in variants])
    return None if found is None else {pair.one: pair for pair in found}


BUILT = Built(
    STUDY,
    findings=(
        Finding("No variant is significantly better than the vanilla LSTM.", _none_better),
        Finding("The forget gate and the output activation are critical.", _critical),
        Finding("Coupling the gates and leaving out peepholes do no harm.", _harmless),
        Finding("The settings are nearly independent, the learning rate first.", _independent),
    ),
    published={("jsb", "V"): 8.38},
)
