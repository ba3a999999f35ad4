import pytest
import torch
from made_structures import CELLS, DECODERS, V, falls, many_to_many

from recurra.errors import OptionError
from recurra.structures.scheduled_sampling import scheduled_sampling


def _pairs():
    torch.manual_seed(2)
    return torch.randint(V, (3, 4)), torch.randint(V, (3, 6))


@pytest.mark.parametrize("kind", DECODERS)
@pytest.mark.parametrize("cell", CELLS)
def test_with_every_input_true_it_is_teacher_forcing(cell, kind):
    model, (source, target) = many_to_many(cell, kind), _pairs()
    found = scheduled_sampling(model, target, model.start(source), 1.0)
    torch.testing.assert_close(model.head(found), model(source, target))


def test_with_no_input_true_it_reads_what_it_has_drawn():
    model, (source, target) = many_to_many("gru", "feeding"), _pairs()
    drawn, sample = [target[:, 0]], model.head.sample

    def recorded(features, generator):
        drawn.append(sample(features, generator))
        return drawn[-1]

    model.head.sample = recorded
    generator = torch.Generator().manual_seed(0)
    found = scheduled_sampling(model, target, model.start(source), 0.0, generator)
    read = torch.stack(drawn, 1)
    assert read.shape == target.shape
    assert not torch.equal(read, target)
    torch.testing.assert_close(model.head(found), model(source, read))


def test_the_share_of_true_inputs_is_as_asked():
    model = many_to_many("elman", "plain")
    source, target = torch.zeros(4000, 1).long(), torch.full((4000, 3), V - 1)
    seen, advance = [], model.advance

    def recorded(inputs, state):
        seen.append(inputs)
        return advance(inputs, state)

    model.advance = recorded
    model.head.sample = lambda features, generator: torch.zeros(len(features)).long()
    generator = torch.Generator().manual_seed(0)
    scheduled_sampling(model, target, model.start(source), 0.3, generator)
    assert (seen[0] == V - 1).all()
    for later in seen[1:]:
        assert abs((later == V - 1).double().mean() - 0.3) < 0.03


@pytest.mark.parametrize("cell", CELLS)
def test_a_training_step_lowers_the_loss_of_the_same_draws(cell):
    model, (source, target) = many_to_many(cell, "additive"), _pairs()
    inputs, targets = target[:, :-1].clone(), target[:, 1:].clone()
    inputs[1, 2:], targets[1, 2:] = -1, -1

    def loss():
        generator = torch.Generator().manual_seed(0)
        return model.loss(
            source, inputs, targets, None, [5, 2, 3], teacher_forcing=0.5, generator=generator
        )

    assert torch.equal(loss(), loss())
    assert loss() != model.loss(source, inputs, targets, None, [5, 2, 3])
    assert falls(model, loss)


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_what_is_no_share_is_refused(share):
    model, (source, target) = many_to_many("gru", "plain"), _pairs()
    with pytest.raises(OptionError, match="teacher_forcing"):
        model.loss(source, target, target, teacher_forcing=share)
