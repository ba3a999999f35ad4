"""The first remedy that a diagnosis names works, applied as it is written."""

import torch

import recurra
from recurra import Adam, ManyToOne, Recurrent
from recurra.tasks import Adding
from recurra.training import Clip

TASK = Adding(100)


def model_of(cell: str) -> ManyToOne:
    torch.manual_seed(0)
    return ManyToOne(Recurrent(cell, 2, 48, batch_first=True), 1)


def trained(model: ManyToOne, steps: int) -> float:
    """Trains on the adding problem; the loss on examples apart."""
    optimizer, clip = Adam(model.parameters(), lr=2e-2), Clip(1.0)
    for _, batch in zip(range(steps), TASK.batches(32, seed=0), strict=False):
        optimizer.zero_grad()
        TASK.loss(model(batch.x), batch.y).backward()
        optimizer.step(clip=clip)
    apart = TASK.draw(256, torch.Generator().manual_seed(2**31))
    with torch.no_grad():
        return TASK.loss(model(apart.x), apart.y).item()


def test_a_plain_network_is_found_out_and_its_remedy_solves_the_task() -> None:
    plain, mended = model_of("elman"), model_of("lstm")
    early = trained(plain, 40)
    found = recurra.diagnose(plain, TASK.draw(4, torch.Generator().manual_seed(1)).x, needs=100)
    assert found.kind == "vanishing"
    advice = found.remedies[0]
    assert advice.endswith('Recurrent("lstm", ...), then recurra.chrono_(model, 100)')

    recurra.chrono_(mended, 100)
    solved = trained(mended, 350)
    # The loss curve could not have told so early; in the end it does.
    assert early > 0.5 * TASK.baseline
    assert trained(plain, 350) > 0.5 * TASK.baseline
    assert solved < 0.05 * TASK.baseline
