import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from recurra.errors import DataError, OptionError, ShapeError
from recurra.layers import Recurrent
from recurra.structures.decoding import BIOES, CRF, IOB2, TagConstraints

TAGS = ["O", "B-X", "I-X", "B-Y", "I-Y"]


def random_crf(num_tags, constraints=None, *, seed=0, dtype=torch.float64):
    crf = CRF(num_tags, constraints, dtype=dtype)
    torch.manual_seed(seed)
    for parameter in crf.parameters():
        nn.init.normal_(parameter)
    return crf


def score(crf, emissions, tags):
    """score(y) of one row (T, N), as the class says it; None if illegal."""
    if not len(tags):
        return torch.zeros((), dtype=emissions.dtype)
    legal = crf.constraints
    if not legal.starts[tags[0]] or not legal.ends[tags[-1]]:
        return None
    total = crf.start[tags[0]] + crf.end[tags[-1]] + emissions[0, tags[0]]
    for t in range(1, len(tags)):
        if not legal.follows[tags[t - 1], tags[t]]:
            return None
        total = total + crf.transitions[tags[t - 1], tags[t]] + emissions[t, tags[t]]
    return total


def enumerate_legal(crf, emissions):
    """Each legal sequence of one row and its score."""
    every = itertools.product(range(crf.num_tags), repeat=len(emissions))
    scores = {tags: score(crf, emissions, tags) for tags in every}
    return {tags: found for tags, found in scores.items() if found is not None}


def with_padding(emissions, lengths, value):
    live = torch.arange(emissions.shape[1]) < torch.as_tensor(lengths).unsqueeze(1)
    return torch.where(live.unsqueeze(2), emissions, value)


lengths_of_rows = st.lists(st.integers(0, 4), min_size=1, max_size=4)


@st.composite
def tasks(draw):
    """A CRF with or without constraints, emissions padded with NaN, and lengths."""
    lengths = draw(lengths_of_rows)
    seed, num_tags = draw(st.integers(0, 10_000)), draw(st.integers(1, 4))
    generator = torch.Generator().manual_seed(seed)
    constraints = None
    if draw(st.booleans()):
        starts, ends = (torch.rand(num_tags, generator=generator) < 0.6 for _ in range(2))
        follows = torch.rand(num_tags, num_tags, generator=generator) < 0.6
        # The first tag alone always makes a legal sequence.
        starts[0] = ends[0] = follows[0, 0] = True
        constraints = TagConstraints([f"t{n}" for n in range(num_tags)], starts, ends, follows)
    steps = max(lengths) + draw(st.integers(0, 1))
    emissions = 2 * torch.randn(
        len(lengths), steps, num_tags, generator=generator, dtype=torch.float64
    )
    return (
        random_crf(num_tags, constraints, seed=seed),
        with_padding(emissions, lengths, torch.nan),
        lengths,
    )


@given(tasks())
@settings(deadline=None, max_examples=40)
def test_the_partition_is_the_sum_over_all_legal_sequences(task):
    crf, emissions, lengths = task
    found = crf.log_partition(emissions, lengths)
    for row, length in enumerate(lengths):
        legal = enumerate_legal(crf, emissions[row, :length])
        expected = torch.stack(list(legal.values())).logsumexp(0)
        torch.testing.assert_close(found[row], expected)


@given(tasks())
@settings(deadline=None, max_examples=40)
def test_viterbi_finds_the_best_of_all_legal_sequences(task):
    crf, emissions, lengths = task
    found = crf.decode(emissions, lengths)
    assert found.lengths.tolist() == lengths
    for row, length in enumerate(lengths):
        legal = enumerate_legal(crf, emissions[row, :length])
        best = max(legal, key=lambda tags: float(legal[tags].detach()))
        assert found.sequences()[row] == list(best)
        torch.testing.assert_close(found.scores[row], legal[best].detach())
    behind = torch.arange(found.symbols.shape[1]) >= found.lengths.unsqueeze(1)
    assert (found.symbols[behind] == -1).all()


@given(tasks())
@settings(deadline=None, max_examples=40)
def test_marginals_are_the_sums_over_the_legal_sequences_with_the_tag(task):
    crf, emissions, lengths = task
    found = crf.marginals(emissions, lengths)
    assert found.shape == emissions.shape
    for row, length in enumerate(lengths):
        legal = enumerate_legal(crf, emissions[row, :length])
        weights = torch.stack(list(legal.values())).softmax(0)
        expected = torch.zeros_like(emissions[row])
        for weight, tags in zip(weights, legal, strict=True):
            for t, tag in enumerate(tags):
                expected[t, tag] += weight.detach()
        torch.testing.assert_close(found[row], expected)


@given(tasks(), st.integers(0, 1000))
@settings(deadline=None, max_examples=40)
def test_the_loss_and_its_gradient_are_those_of_the_enumeration(task, choice):
    crf, emissions, lengths = task
    emissions.requires_grad_()
    tags = torch.full(emissions.shape[:2], -7)
    expected = []
    for row, length in enumerate(lengths):
        legal = enumerate_legal(crf, emissions[row, :length])
        gold = list(legal)[choice % len(legal)]
        tags[row, :length] = torch.tensor(gold, dtype=torch.int64)
        expected.append(torch.stack(list(legal.values())).logsumexp(0) - legal[gold])
    found = crf.loss(emissions, tags, lengths, reduction="none")
    torch.testing.assert_close(found, torch.stack(expected))
    inputs = (emissions, *crf.parameters())
    # What an empty sequence does not use still has a gradient, of 0.
    total = torch.stack(expected).sum() + 0 * sum(x.sum() for x in crf.parameters())
    wanted = torch.autograd.grad(total, inputs, allow_unused=True, materialize_grads=True)
    for mine, theirs in zip(torch.autograd.grad(found.sum(), inputs), wanted, strict=True):
        torch.testing.assert_close(mine, theirs)


@given(tasks())
@settings(deadline=None, max_examples=30)
def test_marginals_are_the_gradient_of_the_partition(task):
    crf, emissions, lengths = task
    emissions.requires_grad_()
    (expected,) = torch.autograd.grad(crf.log_partition(emissions, lengths).sum(), emissions)
    torch.testing.assert_close(crf.marginals(emissions, lengths), expected)


def test_gradients_are_right_to_the_second_order():
    constraints = IOB2.constraints(TAGS[:3])
    crf = random_crf(3, constraints)
    lengths, tags = [3, 0, 2], torch.tensor([[1, 2, 0], [9, 9, 9], [0, 1, 9]])
    emissions = torch.randn(3, 3, 3, dtype=torch.float64, requires_grad=True)

    def loss(emissions, transitions, start, end):
        weights = {"transitions": transitions, "start": start, "end": end}
        return torch.func.functional_call(crf, weights, (emissions, tags, lengths))

    inputs = (emissions, crf.transitions, crf.start, crf.end)
    assert torch.autograd.gradcheck(loss, inputs)
    assert torch.autograd.gradgradcheck(loss, inputs)
    assert torch.autograd.gradcheck(lambda e: crf.marginals(e, lengths), emissions)


@pytest.mark.parametrize("make", ["loss", "log_partition", "marginals"])
def test_padding_that_is_nan_touches_nothing(make):
    crf = random_crf(5, IOB2.constraints(TAGS))
    tags, lengths = torch.zeros(3, 4, dtype=torch.int64), [4, 0, 2]
    emissions = torch.randn(3, 4, 5, dtype=torch.float64)
    results = []
    for value in (0.0, torch.nan, torch.inf, 1e300):
        given_now = with_padding(emissions, lengths, value).requires_grad_()
        arguments = (given_now, tags, lengths) if make == "loss" else (given_now, lengths)
        found = getattr(crf, make)(*arguments)
        gradients = torch.autograd.grad((found * found).sum(), (given_now, crf.transitions))
        results.append((found, *gradients))
    for other in results[1:]:
        for mine, theirs in zip(results[0], other, strict=True):
            torch.testing.assert_close(mine, theirs)


def test_rows_are_decoded_as_they_are_alone():
    crf = random_crf(5, IOB2.constraints(TAGS))
    lengths = [6, 0, 3, 1, 6]
    emissions = torch.randn(5, 6, 5, dtype=torch.float64)
    tags = crf.decode(emissions, lengths).sequences()
    gold = torch.tensor([row + [0] * (6 - len(row)) for row in tags])
    losses = crf.loss(emissions, gold, lengths, reduction="none")
    marginals = crf.marginals(emissions, lengths)
    for row, length in enumerate(lengths):
        alone = emissions[row : row + 1, :length]
        assert crf.decode(alone).sequences() == [tags[row]]
        torch.testing.assert_close(crf.loss(alone, gold[row : row + 1, :length]), losses[row])
        torch.testing.assert_close(crf.marginals(alone)[0], marginals[row, :length])


@pytest.mark.parametrize("scale", [1.0, 1e4])
def test_viterbi_never_breaks_constraints_however_much_emissions_ask_for_it(scale):
    constraints = BIOES.constraints(["O", "B-X", "I-X", "E-X", "S-X", "B-Y", "I-Y", "E-Y", "S-Y"])
    crf = random_crf(9, constraints, dtype=torch.float32)
    torch.manual_seed(1)
    lengths = torch.randint(0, 20, (200,))
    found = crf.decode(scale * torch.randn(200, 20, 9), lengths)
    illegal_at_random = 0
    for row in found.sequences():
        if row:
            assert constraints.starts[row[0]]
            assert constraints.ends[row[-1]]
            assert all(constraints.follows[a, b] for a, b in itertools.pairwise(row))
        random = torch.randint(0, 9, (len(row),)).tolist()
        illegal_at_random += not all(
            constraints.follows[a, b] for a, b in itertools.pairwise(random)
        )
    assert illegal_at_random > 100


def test_what_is_impossible_has_no_probability_and_no_gradient():
    crf = random_crf(3, IOB2.constraints(TAGS[:3]))
    emissions = torch.randn(4, 3, 3, dtype=torch.float64)
    assert (crf.marginals(emissions)[:, 0, 2] == 0).all()
    crf.loss(emissions, torch.zeros(4, 3, dtype=torch.int64)).backward()
    assert crf.start.grad[2] == 0
    assert crf.transitions.grad[0, 2] == 0
    assert (crf.transitions.grad != 0).sum() == 8


def test_scores_far_apart_stay_exact():
    # The likeliest way into the last tag is 400 nats worse than others, and then all there is.
    constraints = IOB2.constraints(TAGS[:3])
    crf = CRF(3, constraints)
    emissions = torch.tensor([[[400.0, 0.0, 0.0], [0.0, 0.0, 900.0]]])
    assert crf.decode(emissions).sequences() == [[1, 2]]
    torch.testing.assert_close(crf.loss(emissions, torch.tensor([[1, 2]])), torch.tensor(0.0))
    torch.testing.assert_close(crf.marginals(emissions)[0].argmax(1), torch.tensor([1, 2]))


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ([2, 0, 0], "'I-X' at the start, in row 1 at step 0"),
        ([0, 2, 0], "'I-X' after 'O', in row 1 at step 1"),
        ([0, 1, 4], "'I-Y' after 'B-X', in row 1 at step 2"),
    ],
)
def test_illegal_gold_tags_are_an_error(tags, said):
    crf = CRF(5, IOB2.constraints(TAGS))
    with pytest.raises(DataError) as caught:
        crf.loss(torch.zeros(2, 3, 5), torch.tensor([[0, 0, 0], tags]))
    assert said in caught.value.given


def test_gold_tags_that_must_not_end_there_are_an_error():
    crf = CRF(4, BIOES.constraints(["O", "B-X", "E-X", "S-X"]))
    tags = torch.tensor([[0, 0, 0], [0, 1, 2]])
    assert crf.loss(torch.zeros(2, 3, 4), tags) > 0
    with pytest.raises(DataError, match="'B-X' at the end, in row 1 at step 1"):
        crf.loss(torch.zeros(2, 3, 4), tags, lengths=[3, 2])


@pytest.mark.parametrize("tag", [-1, 3, -100])
def test_a_gold_tag_out_of_range_is_an_error_but_in_padding(tag):
    crf, tags = CRF(3), torch.tensor([[0, 1, tag]])
    with pytest.raises(DataError, match=f"the tag {tag} in row 0 at step 2"):
        crf.loss(torch.zeros(1, 3, 3), tags)
    assert crf.loss(torch.zeros(1, 3, 3), tags, lengths=[2]).isfinite()


@pytest.mark.parametrize("make", ["decode", "marginals"])
def test_a_row_without_a_legal_sequence_is_an_error(make):
    crf = CRF(3, BIOES.constraints(["B-X", "I-X", "E-X"]))
    emissions = torch.zeros(2, 3, 3)
    getattr(crf, make)(emissions, [3, 2])
    with pytest.raises(DataError, match="row 1 of length 1"):
        getattr(crf, make)(emissions, [3, 1])


@pytest.mark.parametrize("make", ["decode", "marginals"])
@pytest.mark.parametrize("wrong", [torch.nan, torch.inf])
def test_emissions_that_are_no_numbers_are_an_error(make, wrong):
    emissions = torch.zeros(2, 3, 3)
    emissions[1, 1, 1] = wrong
    with pytest.raises(DataError, match="row 1"):
        getattr(CRF(3), make)(emissions)


def test_reductions_are_of_the_rows():
    crf = random_crf(3)
    emissions, tags = torch.randn(4, 5, 3), torch.randint(0, 3, (4, 5))
    losses = crf.loss(emissions, tags, [5, 0, 2, 3], reduction="none")
    assert losses[1] == 0
    assert (losses[[0, 2, 3]] > 0).all()
    mean, total = (crf.loss(emissions, tags, [5, 0, 2, 3], reduction=r) for r in ("mean", "sum"))
    torch.testing.assert_close(mean, losses.mean())
    torch.testing.assert_close(total, losses.sum())
    torch.testing.assert_close(crf(emissions, tags, [5, 0, 2, 3]), mean)


def test_rows_without_steps():
    crf = random_crf(3)
    emissions = torch.zeros(2, 0, 3, dtype=torch.float64, requires_grad=True)
    loss = crf.loss(emissions, torch.zeros(2, 0, dtype=torch.int64))
    loss.backward()
    assert loss == 0
    assert (crf.start.grad == 0).all()
    assert crf.decode(emissions).sequences() == [[], []]
    assert crf.marginals(emissions).shape == (2, 0, 3)
    assert crf.log_partition(emissions).tolist() == [0, 0]


def test_it_learns_with_a_recurrent_layer_what_emissions_alone_cannot_say():
    # Each tag is the last one plus the step's number, which a tag alone does not show.
    torch.manual_seed(0)
    steps = torch.randint(0, 3, (64, 7))
    steps[:, 1:] = steps[:, 1:] % 2
    tags = steps.cumsum(1) % 3
    x = nn.functional.one_hot(steps, 3).float()
    lengths = torch.randint(0, 8, (64,))
    recurrent, head = (
        Recurrent("lstm", 3, 16, batch_first=True, bidirectional=True),
        nn.Linear(32, 3),
    )
    crf = CRF(3)
    model = nn.ModuleList([recurrent, head, crf])
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    losses = []
    for _ in range(80):
        output, _ = recurrent(x, lengths=lengths)
        loss = crf.loss(head(output), tags, lengths)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.05 * losses[0]
    found = crf.decode(head(recurrent(x, lengths=lengths)[0]), lengths)
    right = [a == tags[row, : len(a)].tolist() for row, a in enumerate(found.sequences())]
    assert sum(right) > 60


def test_half_precision_emissions_are_summed_in_the_parameters_type():
    crf = random_crf(3, dtype=torch.float32)
    emissions = torch.randn(2, 4, 3).bfloat16()
    found = crf.log_partition(emissions)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, crf.log_partition(emissions.float()))


def test_only_the_parameters_are_stored_and_constraints_move_along():
    crf = CRF(5, IOB2.constraints(TAGS))
    assert set(crf.state_dict()) == {"transitions", "start", "end"}
    assert (crf.transitions == 0).all()
    assert crf.to("meta")._follows.is_meta
    assert "num_tags=5" in repr(crf)


def test_it_starts_without_preference():
    crf = CRF(4)
    torch.testing.assert_close(crf.marginals(torch.zeros(1, 3, 4)), torch.full((1, 3, 4), 0.25))


@pytest.mark.parametrize("num_tags", [0, -1, 1.5, True])
def test_a_number_of_tags_out_of_range_is_refused(num_tags):
    with pytest.raises(OptionError, match=f"num_tags={num_tags}"):
        CRF(num_tags)


def test_constraints_of_other_tags_are_refused():
    with pytest.raises(OptionError, match="num_tags=4 with constraints of 5 tags"):
        CRF(4, IOB2.constraints(TAGS))


def test_an_unknown_reduction_is_refused():
    with pytest.raises(OptionError, match="reduction='max'"):
        CRF(2).loss(torch.zeros(1, 1, 2), torch.zeros(1, 1).long(), reduction="max")


@pytest.mark.parametrize("shape", [(3, 2), (1, 3, 4), (0, 3, 2), (1, 1, 3, 2)])
def test_emissions_of_another_shape_are_refused(shape):
    with pytest.raises(ShapeError) as caught:
        CRF(2).decode(torch.zeros(shape))
    assert str(shape) in caught.value.given


@pytest.mark.parametrize(
    "tags", [torch.zeros(2, 4).long(), torch.zeros(2, 3), torch.zeros(6).long()]
)
def test_tags_of_another_shape_or_type_are_refused(tags):
    with pytest.raises(ShapeError, match="tags of shape"):
        CRF(2).loss(torch.zeros(2, 3, 2), tags)


@pytest.mark.parametrize("lengths", [[1], [1, 4], [-1, 2], [1.0, 2.0]])
def test_lengths_that_do_not_fit_are_refused(lengths):
    with pytest.raises(ShapeError, match="lengths"):
        CRF(2).decode(torch.zeros(2, 3, 2), lengths)
