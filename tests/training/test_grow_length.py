import torch
from torch import nn

from recurra.tasks import Adding, OnTheFly
from recurra.training import Trainer
from recurra.training.callbacks.grow_length import GrowLength
from recurra.training.length_schedule import LastSteps, LengthSchedule


class Watching(nn.Linear):
    """Answers from the last step and notes how many there were."""

    def __init__(self, inputs):
        super().__init__(inputs, 1)
        self.seen = []

    def forward(self, x):
        self.seen.append(x.shape[1])
        return super().forward(x[:, -1])


def fitted(model, examples, schedule, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    grow = GrowLength(examples, schedule)
    Trainer(model, nn.MSELoss(), optimizer, callbacks=[grow]).fit(
        examples, epochs=epochs, batch_size=4
    )
    return model.seen


def test_a_trainer_is_given_longer_sequences_from_epoch_to_epoch():
    examples = LastSteps((torch.zeros(4, 9, 1), torch.zeros(4, 1)), 1)
    assert fitted(Watching(1), examples, LengthSchedule(2, 8, 3), 5) == [2, 4, 6, 8, 8]


def test_a_task_grows_too():
    examples = OnTheFly(Adding(5), 8)
    assert fitted(Watching(2), examples, LengthSchedule(10, 30, 1), 3) == [10, 10, *[30] * 4]
