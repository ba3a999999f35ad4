import pytest
import torch

from recurra.errors import OptionError
from recurra.layers import Recurrent
from recurra.structures import ManyToOne
from recurra.tasks import Adding, Copying, OnTheFly, TemporalOrder
from recurra.training import Adam, Trainer


def test_new_examples_come_each_time_and_the_same_again_from_the_same_seed():
    first, second = OnTheFly(Adding(9), 10, seed=1), OnTheFly(Adding(9), 10, seed=1)
    index = torch.arange(4)
    batches = [first[index] for _ in range(2)]
    assert not torch.equal(batches[0][0], batches[1][0])
    for batch in batches:
        assert all(torch.equal(a, b) for a, b in zip(batch, second[index], strict=True))
    assert len(first) == 10


def test_a_trainer_learns_from_it():
    torch.manual_seed(0)
    task = Adding(4)
    model = ManyToOne(Recurrent("gru", 2, 16, batch_first=True), 1)
    trainer = Trainer(model, task.loss, Adam(model.parameters(), lr=1e-2), clip_norm=1.0)
    held_out = task.draw(500, torch.Generator().manual_seed(9))
    trainer.fit(OnTheFly(task, 3200), epochs=4)
    assert trainer.evaluate((held_out.x, held_out.y)) < task.baseline / 10


def test_its_length_can_be_set():
    examples = OnTheFly(Adding(9), 10)
    assert examples.length == 9
    examples.length = 20
    assert examples[torch.arange(2)][0].shape == (2, 20, 2)


def test_a_task_without_a_length_says_so():
    with pytest.raises(OptionError, match="a task that has one"):
        OnTheFly(Copying(), 10).length = 5


def test_rows_of_different_lengths_are_refused():
    with pytest.raises(OptionError, match="end at different steps"):
        OnTheFly(TemporalOrder(), 10)


def test_no_examples_are_refused():
    with pytest.raises(OptionError, match="count=0"):
        OnTheFly(Adding(), 0)
