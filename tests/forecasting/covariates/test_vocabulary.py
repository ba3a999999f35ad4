"""Categories are numbered from training rows only."""

import json

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from recurra.forecasting.covariates.cells import Categories
from recurra.forecasting.covariates.vocabulary import Vocabulary

CELLS = st.lists(st.sampled_from(["a", "b", "c", "é", "true", None]), min_size=1, max_size=30)


def learned(cells: list, count: int) -> tuple[Vocabulary, np.ndarray]:
    found = Categories.of(pl.Series("c", cells, dtype=pl.String))
    vocabulary = Vocabulary.learn("c", found, found.codes[:count])
    return vocabulary, vocabulary.codes(found)[found.codes]


@given(CELLS, st.integers(0, 30))
def test_training_categories_have_codes_of_their_own_and_all_others_are_0(cells, count):
    vocabulary, codes = learned(cells, count)
    known = {*cells[:count]}
    assert [*vocabulary.categories] == sorted(known - {None})
    assert vocabulary.size == len(known) + 1
    assert ((codes >= 0) & (codes < vocabulary.size)).all()
    for cell, code in zip(cells, codes, strict=True):
        assert (code == 0) == (cell not in known)
    seen = {(cell, int(code)) for cell, code in zip(cells, codes, strict=True) if code}
    assert len({code for _, code in seen}) == len(seen)


@given(CELLS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_code(cells, random):
    shuffled = [*cells]
    random.shuffle(shuffled)
    assert learned(shuffled, len(cells))[0] == learned(cells, len(cells))[0]


@given(CELLS, st.integers(0, 30))
def test_plain_json_gives_the_same_vocabulary(cells, count):
    vocabulary, _ = learned(cells, count)
    assert Vocabulary.from_json(json.loads(json.dumps(vocabulary.to_json()))) == vocabulary


def test_missing_is_a_category_only_if_training_rows_lacked_one():
    assert learned(["a", None, "b"], 3)[1].tolist() == [1, 3, 2]
    assert learned(["a", "b", None], 2)[1].tolist() == [1, 2, 0]
