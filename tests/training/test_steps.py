"""Training by steps: what a straight line of torch's own calls does, and its hooks."""

import itertools

import pytest
import torch
from torch import nn

from recurra.errors import OptionError, TrainingError
from recurra.training import Callback
from recurra.training.schedule import WarmupCosine
from recurra.training.steps import StepTrainer


def batches(seed: int = 0):
    generator = torch.Generator().manual_seed(seed)
    while True:
        x = torch.randn(16, 3, generator=generator)
        yield x, x @ torch.tensor([[1.0], [-2.0], [0.5]])


def model() -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(3, 1)


def squared(network):
    return lambda batch: nn.functional.mse_loss(network(batch[0]), batch[1])


def test_without_averaging_it_is_the_loop_that_one_writes_by_hand() -> None:
    ours, theirs = model(), model()
    trainer = StepTrainer(
        ours, squared(ours), torch.optim.SGD(ours.parameters(), lr=0.1), 40, keep=0.0, clip_norm=0.5
    )
    trainer.fit(batches())
    optimizer, schedule = torch.optim.SGD(theirs.parameters(), lr=0.1), WarmupCosine(40)
    for step, batch in enumerate(itertools.islice(batches(), 40)):
        optimizer.param_groups[0]["lr"] = 0.1 * schedule.share(step)
        optimizer.zero_grad()
        squared(theirs)(batch).backward()
        nn.utils.clip_grad_norm_(theirs.parameters(), 0.5)
        optimizer.step()
    torch.testing.assert_close(ours.weight, theirs.weight, rtol=0, atol=1e-6)
    torch.testing.assert_close(ours.bias, theirs.bias, rtol=0, atol=1e-6)


def test_the_best_averaged_weights_are_in_the_model_at_the_end() -> None:
    network = model()
    seen, judged = [], iter([3.0, 1.0, 2.0, 5.0])

    def judge() -> float:
        seen.append(network.weight.detach().clone())
        assert not network.training
        return next(judged)

    trainer = StepTrainer(
        network,
        squared(network),
        torch.optim.SGD(network.parameters(), lr=0.1),
        40,
        looks=4,
        judge=judge,
    )
    history = trainer.fit(batches())
    assert history.history["val_loss"] == [3.0, 1.0, 2.0, 5.0]
    assert torch.equal(network.weight, seen[1])
    assert history.stopped == "finished"


class Watch(Callback):
    """Writes down every hook."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.said, self.stop_after = [], stop_after

    def on_train_begin(self, trainer) -> None:
        self.said.append(("begin", trainer.epochs, trainer.steps))

    def on_epoch_begin(self, trainer, epoch) -> None:
        self.said.append(("epoch", epoch))

    def on_train_batch_end(self, trainer, step) -> None:
        self.said.append(("step", step))

    def on_epoch_end(self, trainer, epoch, logs) -> None:
        self.said.append(("end of epoch", epoch, sorted(logs)))
        trainer.stop_training = epoch == self.stop_after

    def on_train_end(self, trainer) -> None:
        self.said.append("end")


def run(watch: Callback, length: int = 5, looks: int = 2):
    network = model()
    trainer = StepTrainer(
        network,
        squared(network),
        torch.optim.SGD(network.parameters(), lr=0.1),
        length,
        looks=looks,
        callbacks=[watch],
    )
    return trainer.fit(batches())


def test_callbacks_see_an_epoch_between_two_looks() -> None:
    watch = Watch()
    run(watch)
    logs = ["learning_rate", "loss"]
    assert watch.said == [
        ("begin", 2, 3),
        ("epoch", 0),
        *(("step", step) for step in range(3)),
        ("end of epoch", 0, logs),
        ("epoch", 1),
        *(("step", step) for step in range(2)),
        ("end of epoch", 1, logs),
        "end",
    ]


def test_a_callback_can_end_it() -> None:
    history = run(Watch(stop_after=0), 100, 10)
    assert history.epoch == [0]
    assert history.stopped == "stopped in epoch 1"


def test_an_interrupt_leaves_the_last_weights_that_were_looked_at() -> None:
    class Interrupt(Callback):
        def on_train_batch_end(self, trainer, step) -> None:
            if len(trainer.history.epoch) == 1 and step == 1:
                raise KeyboardInterrupt

    history = run(Interrupt(), 100, 10)
    assert history.interrupted
    assert history.epoch == [0]


def test_too_few_batches_and_infinite_losses_are_told() -> None:
    network = model()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    with pytest.raises(OptionError, match="3 batches"):
        StepTrainer(network, squared(network), optimizer, 10).fit(itertools.islice(batches(), 3))
    broken = StepTrainer(network, lambda batch: network(batch[0]).sum() * torch.inf, optimizer, 3)
    with pytest.raises(TrainingError, match="a smaller learning rate"):
        broken.fit(batches())


@pytest.mark.parametrize("wrong", [{"length": 0}, {"looks": 0}, {"keep": 1.0}])
def test_options_out_of_range_are_refused(wrong) -> None:
    network = model()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    options = {"length": 4, "looks": 2, **wrong}
    with pytest.raises(OptionError):
        StepTrainer(network, squared(network), optimizer, **options).fit(batches())
