"""Gradients go over NCCL where the model lies on a GPU, and what is counted over gloo."""

import copy

import pytest
import torch
import torch.distributed as dist

from recurra import ManyToOne, Recurrent
from recurra.training.distributed.parallel import Parallel
from recurra.training.distributed.ranks import Ranks

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no NVIDIA GPU")


@pytest.fixture
def alone(tmp_path):
    """A group of this process alone, as ``recurra fit --processes`` makes one."""
    dist.init_process_group(
        "cpu:gloo,cuda:nccl",
        store=dist.FileStore(str(tmp_path / "store"), 1),
        rank=0,
        world_size=1,
    )
    yield Ranks(0, 1)
    dist.destroy_process_group()


@pytest.mark.parametrize("cell", ["lstm", "mut1"])
def test_gradients_are_those_of_a_plain_pass(alone, cell):
    torch.manual_seed(0)
    model = ManyToOne(Recurrent(cell, 3, 24, batch_first=True), 1).cuda()
    twin = copy.deepcopy(model)
    x, y = torch.randn(16, 30, 3).cuda(), torch.randn(16, 1).cuda()

    def loss(model, batch):
        return (model(batch[0]) - batch[1]).square().mean()

    shared = Parallel(alone, model, lambda batch: loss(model, batch))
    found = shared.backward((x, y))
    plain = loss(twin, (x, y))
    plain.backward()
    torch.testing.assert_close(found, plain.detach())
    for own, other in zip(model.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(own.grad, other.grad)
