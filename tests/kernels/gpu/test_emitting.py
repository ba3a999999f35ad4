"""Where programs wait for each other, and how layers are cut into blocks. No Triton is needed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel_tasks import task

from recurra import cells
from recurra.kernels.cpu.passes import passes
from recurra.kernels.gpu.emit import emit
from recurra.kernels.gpu.functions import FUNCTIONS
from recurra.kernels.gpu.remainder import remainder
from recurra.kernels.gpu.tiling import Processor, tiling
from recurra.language.expression import Linear, topological
from recurra.language.primitives import PRIMITIVES


def _sources(name):
    """The kernels of a cell, forwards and backwards."""
    rest = remainder(task(cells.find(name)(), 1, 1).schedule).schedule
    found = passes(rest, lengths=False, reset=False, cut=False, every=False)
    plans = ((found.training, False), (found.backward.plan, True))
    return [emit(plan, backwards=backwards).source for plan, backwards in plans]


def test_every_primitive_is_written():
    assert FUNCTIONS.keys() == PRIMITIVES.keys()


@pytest.mark.parametrize(
    ("name", "times"),
    [("lstm", [1, 1]), ("gru_reset_before", [2, 2]), ("indrnn", [0, 0]), ("sru", [0, 0])],
)
def test_programs_meet_once_for_each_product_of_a_step_that_waits_for_another(name, times):
    assert [source.count("meet(counter, met)") for source in _sources(name)] == times


@pytest.mark.parametrize("name", cells.names())
def test_no_product_with_an_input_remains(name):
    rest = remainder(task(cells.find(name)(), 1, 1).schedule).schedule
    for node in topological(rest.results):
        if isinstance(node, Linear):
            below = topological([node.operand])
            assert any(leaf in rest.states.values() for leaf in below)


LOOPS = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 16)), max_size=3)


@given(st.integers(1, 5000), st.integers(1, 3000), st.integers(1, 200), LOOPS)
def test_blocks_cover_a_layer_and_those_who_wait_run_at_once(rows, width, processors, loops):
    cut = tiling(rows, width, Processor(processors, 99 * 2**10), loops)
    assert cut.rows * cut.row_blocks >= rows > cut.rows * (cut.row_blocks - 1)
    assert cut.programs == 1 or cut.programs * cut.row_blocks <= processors
    # A program without a block would still be waited for.
    assert cut.units * (cut.programs - 1) < width
    for vectors, matrices in loops:
        under_way = vectors * cut.rows + matrices * cut.units
        assert (cut.stages - 1) * cut.terms * 4 * under_way <= 99 * 2**10
