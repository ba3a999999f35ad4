"""Chung et al. 2014: units with gates against those without, at equal parameters."""

from recurra.studies.analysis.findings import Built, Evidence, Finding, Says, on_each
from recurra.studies.declaration import Budget, Contender, Study
from recurra.studies.knobs import Interval

STUDY = Study(
    name="chung2014",
    about=(
        "Chung, Gulcehre, Cho & Bengio 2014, Empirical Evaluation of Gated Recurrent Neural "
        "Networks on Sequence Modeling (arXiv:1412.3555): about 20,000 parameters for each, "
        "RMSProp, the learning rate drawn in its logarithm, the gradient's norm at most 1. Here "
        "rates are higher, passes fewer, several pieces make a step, and weights have no noise."
    ),
    tasks=("jsb", "nottingham"),
    contenders=(
        Contender("tanh", "elman"),
        Contender("GRU", "gru_reset_before"),
        Contender("LSTM", "lstm"),
    ),
    space={"learning_rate": Interval(1e-3, 2e-2, log=True)},
    fixed={"optimizer": "rmsprop", "clip_norm": 1.0},
    trials=8,
    seeds=3,
    budget=Budget(epochs=80, patience=8, parameters=18_700),
)


def _gated(evidence: Evidence) -> tuple[Says, str]:
    def on(task: str) -> tuple[Says, str]:
        found = evidence.contrasts(task, [("GRU", "tanh"), ("LSTM", "tanh")])
        if found is None:
            return "cannot be told", "too few trials"
        ahead = [pair.one for pair in found if pair.better]
        words = f"{' and '.join(ahead) or 'neither'} better than tanh by more than chance"
        return ("holds" if len(ahead) == len(found) else "does not hold"), words

    return on_each(evidence, [t for t in evidence.results.study.tasks if t == "jsb"], on)


def _alike(evidence: Evidence) -> tuple[Says, str]:
    def on(task: str) -> tuple[Says, str]:
        found = evidence.contrasts(task, [("GRU", "LSTM")])
        if found is None:
            return "cannot be told", "too few trials"
        ahead = "GRU" if found[0].difference < 0 else "LSTM"
        chance = "by more than chance" if found[0].differs else "which may be chance"
        return "holds", f"{ahead} ahead by {abs(found[0].difference):.3g}, {chance}"

    tasks = evidence.results.study.tasks
    said, words = on_each(evidence, tasks, on)
    pairs = [evidence.contrasts(task, [("GRU", "LSTM")]) for task in tasks]
    ahead = {pair[0].better if pair and pair[0].differs else None for pair in pairs}
    if len(tasks) == 1:
        return "cannot be told", f"{words}; one task says nothing of others"
    # One that is ahead on all of them would be a winner.
    won = len(ahead) == 1 and None not in ahead
    return ("does not hold" if said == "holds" and won else said), words


BUILT = Built(
    STUDY,
    findings=(
        Finding("On JSB, units with gates are better than tanh.", _gated),
        Finding("Neither GRU nor LSTM is the better one throughout.", _alike),
    ),
    published={
        ("jsb", "tanh"): 9.10,
        ("jsb", "GRU"): 8.54,
        ("jsb", "LSTM"): 8.67,
        ("nottingham", "tanh"): 3.13,
        ("nottingham", "GRU"): 3.23,
        ("nottingham", "LSTM"): 3.20,
    },
)
