"""Pooling without a unit is the same as never having had it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from coach.reading.features import pool, pool_without_each

SIZE, CODES = 4, 3

_UNITS = st.integers(2, 7).flatmap(
    lambda count: st.tuples(
        arrays(np.float32, (count, SIZE), elements=st.floats(-1, 1, width=32)),
        arrays(np.float32, (count, CODES), elements=st.floats(0, 1, width=32)),
    )
)


@settings(max_examples=50)
@given(account=_UNITS, words=st.integers(0, 4000))
def test_leaving_a_unit_out_is_pooling_without_it(account: tuple[NDArray[np.float32], NDArray[np.float32]], words: int) -> None:
    units, indicators = account
    without = pool_without_each(units, indicators, words)
    for row in range(len(units)):
        expected = pool(np.delete(units, row, axis=0), np.delete(indicators, row, axis=0), words)
        np.testing.assert_allclose(without[row], expected, atol=1e-4)


@settings(max_examples=50)
@given(account=_UNITS, words=st.integers(0, 4000))
def test_the_order_of_units_does_not_matter(account: tuple[NDArray[np.float32], NDArray[np.float32]], words: int) -> None:
    units, indicators = account
    np.testing.assert_allclose(pool(units, indicators, words), pool(units[::-1], indicators[::-1], words), atol=1e-4)


def test_an_account_has_a_fixed_number_of_features() -> None:
    pooled = pool(np.ones((5, SIZE), np.float32), np.ones((5, CODES), np.float32), 100)
    assert pooled.shape == (SIZE + 2 * CODES + 1,)
    assert pooled.dtype == np.float32


@pytest.mark.parametrize(("count", "expected"), [(1, 1.0), (2, 2.0), (3, 3.0), (9, 3.0)])
def test_the_count_of_an_indicator_has_a_ceiling(count: int, expected: float) -> None:
    pooled = pool(np.zeros((count, SIZE), np.float32), np.ones((count, CODES), np.float32), 1)
    assert pooled[-2] == expected
