import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional
from toy_models import Network, Table, one_row, scored

from recurra.errors import DataError, OptionError, ShapeError
from recurra.layers import Recurrent
from recurra.structures.decoding import ctc

WIDE = 10_000


def random_log_probs(rows, steps, size, *, seed=0, impossible=0.0):
    generator = torch.Generator().manual_seed(seed)
    scores = 2 * torch.randn(rows, steps, size, generator=generator, dtype=torch.float64)
    gone = torch.rand(rows, steps, size, generator=generator) < impossible
    gone[..., 0] = False
    return scores.masked_fill(gone, -torch.inf).log_softmax(-1)


def said(alignment, blank):
    """What an alignment says: repetitions made one, blanks left out."""
    return tuple(label for label, _ in itertools.groupby(alignment) if label != blank)


def all_labels(log_probs, blank):
    """The log-probability of all labels that one row (T, V) can say, alignment by alignment."""
    sums = {}
    for alignment in itertools.product(range(log_probs.shape[1]), repeat=len(log_probs)):
        total = math.exp(sum(float(log_probs[t, label]) for t, label in enumerate(alignment)))
        labels = said(alignment, blank)
        sums[labels] = sums.get(labels, 0.0) + total
    return {labels: math.log(total) for labels, total in sums.items() if total}


@st.composite
def tasks(draw, impossible=0.0):
    """Log-probabilities padded with NaN, lengths, and a blank."""
    lengths = draw(st.lists(st.integers(0, 4), min_size=1, max_size=3))
    size = draw(st.integers(1, 4))
    steps = max(lengths) + draw(st.integers(0, 1))
    log_probs = random_log_probs(
        len(lengths), steps, size, seed=draw(st.integers(0, 10_000)), impossible=impossible
    )
    live = torch.arange(steps) < torch.tensor(lengths).unsqueeze(1)
    blank = draw(st.integers(0, size - 1))
    return torch.where(live.unsqueeze(2), log_probs, torch.nan), lengths, blank


@given(tasks(), st.integers(0, 1000))
@settings(deadline=None, max_examples=60)
def test_the_loss_is_the_sum_over_all_alignments(task, choice):
    log_probs, lengths, blank = task
    expected, targets = [], []
    for row, length in enumerate(lengths):
        possible = all_labels(log_probs[row, :length], blank)
        labels = sorted(possible)[choice % len(possible)]
        targets.append(labels)
        expected.append(-possible[labels])
    padded = torch.full((len(targets), 5), -100)
    for row, labels in enumerate(targets):
        padded[row, : len(labels)] = torch.tensor(labels, dtype=torch.int64)
    found = ctc.loss(
        log_probs, padded, lengths, [len(t) for t in targets], blank=blank, reduction="none"
    )
    assert found.tolist() == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("blank", [0, 2, 4])
def test_the_loss_and_its_gradient_are_torch_s(reduction, blank):
    scores = torch.randn(4, 9, 5, dtype=torch.float64, requires_grad=True)
    lengths, target_lengths = torch.tensor([9, 4, 8, 1]), torch.tensor([3, 2, 4, 0])
    targets = torch.tensor([label for label in range(5) if label != blank])[
        torch.randint(0, 4, (4, 4))
    ]
    found = ctc.loss(
        scores.log_softmax(-1), targets, lengths, target_lengths, blank=blank, reduction=reduction
    )
    expected = functional.ctc_loss(
        scores.log_softmax(-1).transpose(0, 1),
        targets,
        lengths,
        target_lengths,
        blank=blank,
        reduction=reduction,
    )
    torch.testing.assert_close(found, expected)
    mine, theirs = (torch.autograd.grad(loss.sum(), scores)[0] for loss in (found, expected))
    torch.testing.assert_close(mine, theirs)
    assert (mine[1, 4:] == 0).all()


def test_lengths_left_out_are_whole():
    log_probs, targets = random_log_probs(2, 6, 4), torch.tensor([[1, 2, 1], [3, 3, 1]])
    torch.testing.assert_close(
        ctc.loss(log_probs, targets), ctc.loss(log_probs, targets, [6, 6], [3, 3])
    )


@pytest.mark.parametrize(
    ("target", "needed"), [([1, 2, 3], 3), ([1, 1, 2], 4), ([1, 1, 1], 5), ([2], 1), ([], 0)]
)
def test_a_target_needs_a_step_for_each_label_and_one_between_equals(target, needed):
    log_probs = random_log_probs(2, 6, 4)
    targets = torch.tensor([[0] * 3, target + [0] * (3 - len(target))])
    lengths = [0, len(target)]
    enough = ctc.loss(log_probs, targets, [6, needed], lengths, reduction="none")
    assert enough.isfinite().all()
    if needed:
        with pytest.raises(DataError) as caught:
            ctc.loss(log_probs, targets, [6, needed - 1], lengths)
        assert f"row 1 has {needed - 1} steps for a target of {len(target)}" in caught.value.given
        assert f"at least {needed}" in caught.value.expected


def test_a_target_of_probability_0_has_an_infinite_loss():
    log_probs = torch.tensor([[[0.0, -torch.inf]]])
    assert ctc.loss(log_probs, torch.tensor([[1]])) == torch.inf


def test_sequences_without_steps_say_nothing_for_certain():
    empty = torch.zeros(2, 0, 3, requires_grad=True)
    nothing = torch.zeros(2, 0, dtype=torch.int64)
    loss = ctc.loss(empty, nothing)
    loss.backward()
    assert loss == 0
    assert ctc.loss(empty, nothing, reduction="none").tolist() == [0, 0]
    with pytest.raises(DataError, match="row 0 has 0 steps"):
        ctc.loss(empty, torch.ones(2, 1, dtype=torch.int64))


@pytest.mark.parametrize("label", [-1, 4, 2])
def test_a_target_out_of_range_or_blank_is_refused(label):
    with pytest.raises(DataError, match=f"the label {label} in row 0 of targets at 1"):
        ctc.loss(random_log_probs(1, 6, 4), torch.tensor([[1, label]]), blank=2)


@pytest.mark.parametrize(
    "targets", [torch.ones(2, 3), torch.ones(6).long(), torch.ones(1, 3).long()]
)
def test_targets_of_another_shape_or_type_are_refused(targets):
    with pytest.raises(ShapeError, match="targets of shape"):
        ctc.loss(random_log_probs(2, 6, 4), targets)


def test_an_unknown_reduction_is_refused():
    with pytest.raises(OptionError, match="reduction='max'"):
        ctc.loss(random_log_probs(1, 2, 2), torch.tensor([[1]]), reduction="max")


def loss_of_one(log_probs, lengths=None, **options):
    return ctc.loss(
        log_probs, torch.zeros(len(log_probs), 0, dtype=torch.int64), lengths, **options
    )


CALLS = [loss_of_one, ctc.greedy, ctc.prefix_beam]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("wrong", [torch.nan, 0.5, torch.inf])
def test_scores_that_are_no_log_probabilities_are_refused_but_in_padding(call, wrong):
    log_probs = random_log_probs(2, 3, 4)
    log_probs[1, 2, 1] = wrong
    with pytest.raises(DataError, match="log_softmax"):
        call(log_probs)
    call(log_probs, [3, 2])


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("blank", [-1, 4, 0.5])
def test_a_blank_that_is_no_label_is_refused(call, blank):
    with pytest.raises(OptionError, match=f"blank={blank}"):
        call(random_log_probs(1, 2, 4), blank=blank)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("shape", [(3, 4), (1, 3, 0), (1, 1, 3, 4)])
def test_log_probabilities_of_another_shape_are_refused(call, shape):
    with pytest.raises(ShapeError) as caught:
        call(torch.zeros(shape))
    assert str(shape) in caught.value.given


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("lengths", [[1], [1, 4], [-1, 2]])
def test_lengths_that_do_not_fit_are_refused(call, lengths):
    with pytest.raises(ShapeError, match="lengths"):
        call(random_log_probs(2, 3, 4), lengths)


@given(tasks(impossible=0.3))
@settings(deadline=None, max_examples=60)
def test_greedy_says_what_the_likeliest_alignment_says(task):
    log_probs, lengths, blank = task
    found = ctc.greedy(log_probs, lengths, blank=blank)
    for row, length in enumerate(lengths):
        best = log_probs[row, :length].argmax(1).tolist()
        assert found.sequences()[row] == list(said(best, blank))
        total = sum(float(log_probs[row, t, label]) for t, label in enumerate(best))
        assert float(found.scores[row]) == pytest.approx(total)
    behind = torch.arange(found.symbols.shape[1]) >= found.lengths.unsqueeze(1)
    assert (found.symbols[behind] == blank).all()
    assert found.symbols.shape[1] == max(found.lengths.tolist())


def test_repeated_labels_are_one_unless_a_blank_parts_them():
    log_probs = functional.one_hot(torch.tensor([[1, 1, 0, 1, 2, 2, 0, 0]])).double().log()
    assert ctc.greedy(log_probs).sequences() == [[1, 1, 2]]
    assert ctc.prefix_beam(log_probs).sequences() == [[1, 1, 2]]


@given(tasks(impossible=0.3), st.sampled_from([0.0, 0.7, -0.4]))
@settings(deadline=None, max_examples=60)
def test_a_wide_prefix_beam_finds_all_labels_in_order(task, bonus):
    log_probs, lengths, blank = task
    how = {"blank": blank, "beam": WIDE, "insertion_bonus": bonus}
    rows = ctc.prefix_beam_n_best(log_probs, lengths, n=WIDE, **how)
    best = ctc.prefix_beam(log_probs, lengths, **how)
    for row, length in enumerate(lengths):
        possible = all_labels(log_probs[row, :length], blank)
        expected = {labels: total + bonus * len(labels) for labels, total in possible.items()}
        check_n_best(rows[row], expected)
        assert best.sequences()[row] == rows[row].sequences()[0]
        assert best.scores[row] == rows[row].scores[0]


def check_n_best(found, expected):
    mine = dict(zip(map(tuple, found.sequences()), found.scores.tolist(), strict=True))
    assert len(mine) == len(found)
    assert mine == {labels: pytest.approx(total, abs=1e-9) for labels, total in expected.items()}
    assert found.scores.tolist() == sorted(found.scores.tolist(), reverse=True)


MODELS = [Table(4, seed=1), Table(5, seed=2, impossible=0.3), Network(5, seed=1)]


def language_model_of(model):
    start, state = one_row(model, 1, 0)
    return ctc.stepwise_language_model(model, start, state)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("lm_end", [None, 3])
@pytest.mark.parametrize("blank", [0, 1])
def test_a_wide_prefix_beam_with_a_language_model_finds_all_labels_in_order(model, lm_end, blank):
    weight, bonus, lengths = 0.8, 0.3, [4, 0, 3]
    log_probs = random_log_probs(3, 4, 3, seed=5)
    how = {"lm_weight": weight, "insertion_bonus": bonus, "lm_end": lm_end, "blank": blank}
    rows = ctc.prefix_beam_n_best(
        log_probs,
        lengths,
        n=WIDE,
        beam=WIDE,
        language_model=language_model_of(model),
        **how,
    )
    for row, length in enumerate(lengths):
        expected = {}
        for labels, total in all_labels(log_probs[row, :length], blank).items():
            end = () if lm_end is None else (lm_end,)
            likely, _ = scored(model, *one_row(model, 1, 0), (*labels, *end))
            score = total + weight * likely + bonus * len(labels)
            if score > -math.inf:
                expected[labels] = score
        check_n_best(rows[row], expected)


def test_a_language_model_changes_what_is_best():
    log_probs = random_log_probs(6, 8, 4, seed=3)
    plain = ctc.prefix_beam(log_probs)
    steered = ctc.prefix_beam(log_probs, language_model=language_model_of(MODELS[0]), lm_weight=2.0)
    assert plain.sequences() != steered.sequences()
    unweighted = ctc.prefix_beam(
        log_probs, language_model=language_model_of(MODELS[0]), lm_weight=0.0
    )
    assert unweighted.sequences() == plain.sequences()


def plain_prefix_beam(log_probs, *, beam, likely, weight, bonus):
    """The same search written with dictionaries; the blank is 0."""
    kept = {(): (1.0, 0.0)}

    def score(prefix, ends):
        told = sum(likely(prefix[:n])[prefix[n]] for n in range(len(prefix)))
        return math.log(sum(ends)) + weight * told + bonus * len(prefix)

    for frame in log_probs.exp().tolist():
        after = {}
        for prefix, (blank, label) in kept.items():
            ways = [(prefix, 0, (blank + label) * frame[0])]
            if prefix:
                ways.append((prefix, 1, label * frame[prefix[-1]]))
            for c in range(1, len(frame)):
                before = blank if prefix[-1:] == (c,) else blank + label
                ways.append(((*prefix, c), 1, before * frame[c]))
            for longer, place, probability in ways:
                after.setdefault(longer, [0.0, 0.0])[place] += probability
        possible = {prefix: ends for prefix, ends in after.items() if sum(ends)}
        best = sorted(possible, key=lambda prefix: -score(prefix, possible[prefix]))
        kept = {prefix: tuple(possible[prefix]) for prefix in best[:beam]}
    return sorted(((score(p, ends), p) for p, ends in kept.items()), reverse=True)


@pytest.mark.parametrize("beam", [1, 2, 5, 12])
@pytest.mark.parametrize("seed", range(3))
def test_a_narrow_prefix_beam_is_the_search_written_with_dictionaries(beam, seed):
    model, weight, bonus = Table(5, seed=seed), 0.6, 0.8
    log_probs = random_log_probs(3, 12, 5, seed=seed)
    rows = ctc.prefix_beam_n_best(
        log_probs,
        n=beam,
        beam=beam,
        language_model=language_model_of(model),
        lm_weight=weight,
        insertion_bonus=bonus,
    )

    def likely(prefix):
        symbol, state = one_row(model, 1, 0)
        for label in prefix:
            _, state = model.step(symbol, state)
            symbol = torch.tensor([label])
        return model.step(symbol, state)[0][0].tolist()

    for row, found in enumerate(rows):
        expected = plain_prefix_beam(
            log_probs[row], beam=beam, likely=likely, weight=weight, bonus=bonus
        )
        assert found.sequences() == [list(prefix) for _, prefix in expected]
        assert found.scores.tolist() == pytest.approx([score for score, _ in expected])


@pytest.mark.parametrize("with_language_model", [False, True])
def test_rows_do_not_touch_each_other(with_language_model):
    lengths = [7, 0, 3, 5]
    log_probs = random_log_probs(4, 7, 5, seed=1)
    model = language_model_of(Network(5, seed=1)) if with_language_model else None
    for call in (ctc.greedy, lambda *given: ctc.prefix_beam(*given, beam=4, language_model=model)):
        found = call(log_probs, lengths)
        assert len(set(found.lengths.tolist())) > 1
        for row, length in enumerate(lengths):
            alone = call(log_probs[row : row + 1, :length])
            assert alone.sequences()[0] == found.sequences()[row]
            assert float(alone.scores[0]) == pytest.approx(float(found.scores[row]), abs=1e-9)


def test_a_callable_is_a_language_model():
    asked = []

    def always_two(prefixes):
        asked.extend(prefixes)
        return torch.tensor([-10.0, -10.0, -0.1]).expand(len(prefixes), 3)

    log_probs = torch.tensor([[[0.1, 0.5, 0.4], [0.8, 0.1, 0.1]]]).log()
    assert ctc.prefix_beam(log_probs).sequences() == [[1]]
    assert ctc.prefix_beam(log_probs, language_model=always_two).sequences() == [[2]]
    assert () in asked
    assert (1, 2) in asked


def test_a_stepwise_language_model_takes_one_step_for_a_longer_prefix():
    table = Table(4)
    steps = []
    step = table.step
    table.step = lambda symbols, state: (steps.append(len(symbols)), step(symbols, state))[1]
    model = language_model_of(table)
    steps.clear()
    first = model([(1,), (2,), ()])
    assert steps == [1, 2]
    again = model([(1, 3), (2, 1), (2,)])
    assert steps == [1, 2, 2]
    torch.testing.assert_close(again[2], first[1])
    # What was forgotten on the way is found again.
    forgotten = model([(3, 3, 3)])
    assert steps == [1, 2, 2, 1, 1, 1, 1]
    for found, prefix in ((again[0], (1, 3)), (again[1], (2, 1)), (forgotten[0], (3, 3, 3))):
        for label in range(4):
            whole, _ = scored(table, *one_row(table, 1, 0), (*prefix, label))
            head, _ = scored(table, *one_row(table, 1, 0), prefix)
            assert float(found[label]) == pytest.approx(whole - head)


def test_it_finds_what_the_likeliest_alignment_misses():
    log_probs = torch.tensor([[[0.6, 0.4], [0.6, 0.4]]]).log()
    assert ctc.greedy(log_probs).sequences() == [[]]
    found = ctc.prefix_beam(log_probs)
    assert found.sequences() == [[1]]
    assert float(found.scores[0]) == pytest.approx(math.log(0.64), rel=1e-6)


def test_beams_wider_than_the_vocabulary_and_sequences_without_steps():
    found = ctc.prefix_beam(random_log_probs(2, 0, 3), beam=50)
    assert found.sequences() == [[], []]
    assert found.scores.tolist() == [0, 0]
    assert ctc.prefix_beam(random_log_probs(0, 3, 3)).symbols.shape[0] == 0
    assert ctc.greedy(random_log_probs(0, 3, 3)).symbols.shape[0] == 0
    only_blank = ctc.prefix_beam(torch.zeros(1, 3, 1), beam=50)
    assert only_blank.sequences() == [[]]


def test_long_sequences_do_not_run_out_of_range():
    log_probs = random_log_probs(1, 2000, 20).float()
    found = ctc.prefix_beam(log_probs, beam=4)
    assert found.scores.dtype == torch.float32
    exact = -ctc.loss(log_probs.double(), found.symbols, reduction="sum")
    assert exact < -1000
    # A narrow beam meets most of the probability of what it finds.
    assert float(found.scores[0]) == pytest.approx(float(exact), rel=0.03)
    assert float(found.scores[0]) <= float(exact) + 1e-3


def test_what_no_labels_can_be_said_of_is_an_error():
    dead = torch.full((2, 3, 4), -torch.inf)
    dead[0] = random_log_probs(1, 3, 4)[0].float()
    with pytest.raises(DataError, match="row 1"):
        ctc.prefix_beam(dead)


@pytest.mark.parametrize(
    "options",
    [
        {"beam": 0},
        {"lm_weight": -1.0},
        {"insertion_bonus": float("inf")},
        {"lm_end": -1},
        {"lm_end": 1},
    ],
)
def test_options_out_of_range_are_refused(options):
    name, value = next(iter(options.items()))
    with pytest.raises(OptionError, match=f"{name}={value}"):
        ctc.prefix_beam(random_log_probs(1, 2, 3), **options)


@pytest.mark.parametrize("n", [0, 5])
def test_no_more_labels_than_the_beam_is_wide_can_be_asked_for(n):
    with pytest.raises(OptionError, match=f"n={n}"):
        ctc.prefix_beam_n_best(random_log_probs(1, 2, 3), n=n, beam=4)


@pytest.mark.parametrize("shape", [(3,), (1, 2), (2, 3)])
def test_a_language_model_that_gives_another_shape_is_refused(shape):
    with pytest.raises(ShapeError, match="language model"):
        ctc.prefix_beam(random_log_probs(1, 2, 3), language_model=lambda _: torch.zeros(shape))


def test_a_language_model_that_gives_no_log_probabilities_is_refused():
    with pytest.raises(DataError, match="log_softmax"):
        ctc.prefix_beam(random_log_probs(1, 2, 3), language_model=lambda p: torch.ones(len(p), 3))


def test_a_language_model_starts_from_one_symbol():
    table = Table(3)
    with pytest.raises(ShapeError, match="2 start symbols"):
        ctc.stepwise_language_model(table, *table.begin(2))


def test_a_recurrent_layer_learns_to_say_its_labels():
    torch.manual_seed(0)
    targets = torch.randint(1, 4, (32, 3))
    target_lengths = torch.randint(0, 4, (32,))
    x = functional.one_hot(targets, 4).float().repeat_interleave(3, dim=1)
    lengths = (3 * target_lengths).clamp(min=1)
    recurrent = Recurrent("lstm", 4, 16, batch_first=True, bidirectional=True)
    head = torch.nn.Linear(32, 4)
    optimizer = torch.optim.Adam([*recurrent.parameters(), *head.parameters()], lr=0.02)

    def heard():
        return head(recurrent(x, lengths=lengths)[0]).log_softmax(-1)

    x[target_lengths == 0] = 0.0
    for _ in range(120):
        loss = ctc.loss(heard(), targets, lengths, target_lengths)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    wanted = [row[:n] for row, n in zip(targets.tolist(), target_lengths.tolist(), strict=True)]
    log_probs = heard().detach()
    for call in (ctc.greedy, ctc.prefix_beam):
        found = call(log_probs, lengths).sequences()
        assert sum(a == b for a, b in zip(found, wanted, strict=True)) >= 30
