"""Images read as sequences: patches, sweeps, and images out."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from made_structures import CELLS, falls, layer, shaken

from recurra.errors import OptionError, ShapeError
from recurra.layers import Recurrent
from recurra.structures.image_to_image import ImageToImage
from recurra.structures.patches import from_patches, to_patches
from recurra.structures.sweep import ColumnSweep, RowSweep
from recurra.structures.sweeps import Sweeps

SIZES = st.integers(1, 7)


@settings(max_examples=40, deadline=None)
@given(SIZES, SIZES, st.integers(1, 3), st.integers(1, 3))
def test_patches_put_together_are_the_image(height, width, tall, wide):
    images = torch.randn(2, 3, height, width)
    points = to_patches(images, (tall, wide))
    assert points.shape == (2, 3 * tall * wide, -(-height // tall), -(-width // wide))
    back = from_patches(points, (tall, wide))
    assert torch.equal(back[..., :height, :width], images)
    assert back.abs().sum() == pytest.approx(images.abs().sum().item())


def test_a_patch_holds_the_points_that_lie_together():
    images = torch.arange(24.0).view(1, 1, 4, 6)
    points = to_patches(images, (2, 3))
    assert points[0, :, 1, 0].tolist() == [12, 13, 14, 18, 19, 20]
    unfolded = torch.nn.functional.unfold(images, (2, 3), stride=(2, 3))
    assert torch.equal(points.flatten(2), unfolded)


@pytest.mark.parametrize("cell", CELLS)
def test_a_sweep_reads_each_row_or_column_by_itself(cell):
    torch.manual_seed(0)
    recurrent, images = layer(cell, bidirectional=True), torch.randn(2, 3, 4, 5).double()
    rows, columns = RowSweep(recurrent)(images), ColumnSweep(recurrent)(images)
    assert rows.shape == columns.shape == (2, 8, 4, 5)
    for b in range(2):
        for r in range(4):
            torch.testing.assert_close(rows[b, :, r].T, recurrent(images[b, :, r].T)[0])
        for c in range(5):
            torch.testing.assert_close(columns[b, :, :, c].T, recurrent(images[b, :, :, c].T)[0])


def _sweeps(cell="gru", patch=(2, 2), channels=1):
    torch.manual_seed(1)
    inputs = channels * patch[0] * patch[1]
    columns = layer(cell, inputs, 4, bidirectional=True)
    return Sweeps(columns, layer(cell, 8, 4, bidirectional=True), patch)


@pytest.mark.parametrize("cell", ["lstm", "gru", "slstm", "qrnn", "depth_gated_lstm"])
def test_each_point_of_the_output_has_seen_the_whole_image(cell):
    sweeps = shaken(_sweeps(cell, (1, 2)))
    images = torch.randn(1, 1, 3, 5).double().requires_grad_()
    output = sweeps(images)
    assert output.shape == (1, 8, 3, 3)
    for row in range(3):
        for column in range(3):
            (seen,) = torch.autograd.grad(
                output[0, :, row, column].sum(), images, retain_graph=True
            )
            assert (seen != 0).all()


def test_one_direction_sees_what_lies_above_and_left():
    torch.manual_seed(0)
    sweeps = Sweeps(layer("lstm", 1, 3), layer("lstm", 3, 3))
    images = torch.randn(1, 1, 4, 4).double().requires_grad_()
    (seen,) = torch.autograd.grad(sweeps(images)[0, :, 1, 2].sum(), images)
    wanted = torch.zeros(4, 4).bool()
    wanted[:2, :3] = True
    assert torch.equal(seen[0, 0] != 0, wanted)


@pytest.mark.parametrize("shape", [(1, 1), (5, 7), (8, 8), (3, 1)])
def test_an_image_of_any_size_comes_out_as_large(shape):
    torch.manual_seed(0)
    above = Sweeps(layer("lstm", 16, 4), layer("lstm", 4, 4), (1, 2))
    model = ImageToImage([_sweeps("gru"), above])
    images = torch.randn(2, 1, *shape).double()
    assert torch.equal(model(images), images)
    shaken(model)
    assert model(images).shape == images.shape
    assert not torch.equal(model(images), images)


def test_images_of_one_batch_do_not_touch_each_other():
    model = shaken(ImageToImage([_sweeps()]))
    images = torch.randn(3, 1, 5, 4).double()
    alone = torch.cat([model(images[b : b + 1]) for b in range(3)])
    torch.testing.assert_close(model(images), alone)


@pytest.mark.parametrize("cell", CELLS)
def test_a_training_step_lowers_the_loss(cell):
    model = shaken(ImageToImage([_sweeps(cell)]))
    images, wanted = torch.randn(2, 1, 5, 3).double(), torch.randn(2, 1, 5, 3).double()
    assert falls(model, lambda: torch.nn.functional.mse_loss(model(images), wanted))


def test_it_learns_to_fill_a_row_that_was_wiped_out():
    torch.manual_seed(0)
    columns = Recurrent("gru", 1, 8, batch_first=True, bidirectional=True)
    rows = Recurrent("gru", 16, 8, batch_first=True, bidirectional=True)
    model = ImageToImage([Sweeps(columns, rows)])
    optimizer = torch.optim.Adam(model.parameters(), 0.02)
    for _ in range(80):
        wanted = torch.randn(16, 1, 1, 6).expand(-1, -1, 5, -1)
        wiped = wanted.clone()
        wiped[:, :, 2] = 0
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(wiped), wanted)
        loss.backward()
        optimizer.step()
    assert loss < 0.3 * wanted.square().mean() / 5


@pytest.mark.parametrize("shape", [(1, 4, 4), (2, 2, 4, 4), (0, 1, 4, 4), (2, 1, 0, 4)])
def test_what_are_no_images_is_refused(shape):
    for model in (_sweeps(), ImageToImage([_sweeps()])):
        with pytest.raises(ShapeError, match=r"\(B, C, H, W\)"):
            model(torch.zeros(shape).double())


def test_sizes_that_do_not_fit_are_refused():
    with pytest.raises(OptionError, match="input_size"):
        Sweeps(layer("gru", 3, 3), layer("gru", 3, 3), (2, 2))
    with pytest.raises(OptionError, match="patch"):
        Sweeps(layer("gru", 3, 3), layer("gru", 3, 3), (0, 2))
    with pytest.raises(OptionError, match="the same"):
        Sweeps(layer("gru", 4, 3), layer("gru", 4, 3), (2, 2))
    with pytest.raises(OptionError, match="at least one"):
        ImageToImage([])
    with pytest.raises(OptionError, match="channels"):
        ImageToImage([_sweeps(), _sweeps()])
    with pytest.raises(OptionError, match="batch_first"):
        RowSweep(Recurrent("gru", 3, 4))
    with pytest.raises(OptionError, match="batch_first"):
        ColumnSweep(Recurrent("gru", 3, 4))
