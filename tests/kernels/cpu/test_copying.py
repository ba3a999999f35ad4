"""Small jobs, against numpy."""

import numpy as np
import pytest
from jobs_by_hand import NUMBERS, Framed, by, drawn, run_job

from recurra.kernels.cpu import copying

WIDTHS = (1, 7, 8, 16, 33, 100)

each = pytest.mark.parametrize(
    ("width", "number", "parts"),
    [(width, number, parts) for width in WIDTHS for number in NUMBERS for parts in (1, 2, 3)],
)


def _filled(*shape, number, apart=0, seed=0):
    framed = Framed(*shape, number=number, apart=apart)
    framed.array[:] = drawn(*shape, number=number, seed=seed)
    return framed.array


@each
@pytest.mark.parametrize("rows", [1, 2, 9])
def test_rows_are_copied_wherever_they_lie(rows, width, number, parts):
    source = _filled(rows, width, number=number, apart=3)
    target = Framed(rows, width, number=number, apart=5)
    values = {
        "source": source,
        "source by row": by(source, 0),
        "target": target.array,
        "target by row": by(target.array, 0),
        "rows": rows,
        "width": width,
    }
    run_job(number, copying.COPY, copying.COPY_TABLE, values, parts)
    np.testing.assert_array_equal(target.array, source)
    assert not target.written_beside()


@each
def test_one_row_is_copied_to_many(width, number, parts):
    source, target = _filled(1, width, number=number), Framed(6, width, number=number)
    values = {
        "source": source,
        "source by row": 0,
        "target": target.array,
        "target by row": width,
        "rows": 6,
        "width": width,
    }
    run_job(number, copying.COPY, copying.COPY_TABLE, values, parts)
    np.testing.assert_array_equal(target.array, np.repeat(source, 6, axis=0))
    assert not target.written_beside()


@each
def test_two_vectors_are_added_also_onto_one_of_them(width, number, parts):
    first, second = (_filled(1, width, number=number, seed=seed) for seed in (0, 1))
    target = Framed(1, width, number=number)
    values = {"first": first, "second": second, "target": target.array, "width": width}
    wanted = first + second
    run_job(number, copying.ADD, copying.ADD_TABLE, values, parts)
    np.testing.assert_array_equal(target.array, wanted)
    assert not target.written_beside()
    run_job(number, copying.ADD, copying.ADD_TABLE, values | {"target": second}, parts)
    np.testing.assert_array_equal(second, wanted)


@each
@pytest.mark.parametrize("many", [1, 2, 5])
def test_what_parts_have_added_up_is_brought_together(many, width, number, parts):
    source, target = _filled(many, width, number=number, apart=2), Framed(1, width, number=number)
    values = {
        "source": source,
        "by part": by(source, 0),
        "many": many,
        "target": target.array,
        "width": width,
    }
    run_job(number, copying.GATHER, copying.GATHER_TABLE, values, parts)
    eps = np.finfo(number).eps
    np.testing.assert_allclose(target.array[0], source.sum(0), rtol=4 * eps, atol=4 * eps)
    assert not target.written_beside()
