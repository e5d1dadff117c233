"""From units to an account: the features on which the judgement heads decide.

An account is the mean of its units' embeddings and cues, and for each indicator the strongest unit and the expected number
of units that show it. Removing a unit and pooling again shows how much a verdict rests on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MEAN, _STRONGEST, _COUNT = 3.0, 2.0, 1.0
_MOST_COUNTED = 3.0


def pool(units: NDArray[np.float32], indicators: NDArray[np.float32], words: int) -> NDArray[np.float32]:
    """Return the features of one account.

    Args:
        units: embeddings and cues of its units, shape (units, size).
        indicators: probability of each indicator in each unit, shape (units, codes).
        words: length of the account.

    Returns:
        Features of shape (size + 2 * codes + 1,).
    """
    return _joined(units.mean(axis=0), indicators.max(axis=0), indicators.sum(axis=0), words)


def pool_without_each(units: NDArray[np.float32], indicators: NDArray[np.float32], words: int) -> NDArray[np.float32]:
    """Return for each unit the features of the account without it, shape (units, features); needs two units or more."""
    count = len(units)
    means = (units.sum(axis=0) - units) / (count - 1)
    order = np.sort(indicators, axis=0)
    strongest = np.where(indicators >= order[-1], order[-2], order[-1])
    sums = indicators.sum(axis=0) - indicators
    return np.stack([_joined(means[i], strongest[i], sums[i], words) for i in range(count)])


def _joined(
    mean: NDArray[np.float32], strongest: NDArray[np.float32], expected: NDArray[np.float32], words: int
) -> NDArray[np.float32]:
    length = np.array([np.log(max(words, 1))])
    counts = _COUNT * np.minimum(expected, _MOST_COUNTED)
    return np.concatenate((_MEAN * mean, _STRONGEST * strongest, counts, length)).astype(np.float32)
