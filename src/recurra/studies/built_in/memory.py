"""The long-memory tasks, in a size for an evening."""

from recurra.studies.analysis.findings import Built
from recurra.studies.declaration import Budget, Contender, Study
from recurra.studies.knobs import Interval

STUDY = Study(
    name="memory",
    about=(
        "What is remembered over 20 to 100 steps, with equal parameters: the adding and temporal "
        "order problems of Hochreiter & Schmidhuber 1997, copying (Arjovsky et al. 2016), parity."
    ),
    tasks=("adding-50", "adding-100", "copying-20", "temporal-order-50", "parity-20"),
    contenders=tuple(
        Contender(name, name)
        for name in ("elman", "irnn", "indrnn", "lstm", "gru", "janet", "mgu", "cornn", "lem")
    ),
    space={"learning_rate": Interval(3e-4, 3e-2, log=True)},
    fixed={"optimizer": "adam", "clip_norm": 1.0},
    trials=5,
    seeds=3,
    budget=Budget(epochs=20, patience=20, parameters=5_000),
)

BUILT = Built(STUDY)
