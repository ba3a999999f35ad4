"""Greff et al. 2015: a long short-term memory and eight variants of it."""

from recurra.studies.declaration import Budget, Contender, Study
from recurra.studies.knobs import Interval

STUDY = Study(
    name="greff2015",
    about=(
        "Greff, Srivastava, Koutník, Steunebrink & Schmidhuber 2015, LSTM: A Search Space Odyssey "
        "(arXiv:1503.04069): the peephole LSTM against eight variants that each change one thing."
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
    trials=60,
    seeds=0,
    budget=Budget(epochs=60, patience=15),
)
