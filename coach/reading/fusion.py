"""Joining the two readers: linear heads on single units, and the network that reads the account as a whole.

They err differently. For each judgement a mix and a temperature are learnt from accounts of writers that neither had seen;
indicator probabilities are averaged, with thresholds from the same accounts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

OWNER = "owner"
"""Whose culture a named place tells of, beside the judgements."""

_MIXES = tuple(np.linspace(0.0, 1.0, 9))
_TEMPERATURES = tuple(np.linspace(0.4, 2.4, 41))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Scores of one judgement.

    Attributes:
        labels: in the order of the scores.
        scores: log-probabilities of the labels, shape (labels,).
        reduced: the same with each unit left out, shape (units, labels).
    """

    labels: tuple[str, ...]
    scores: NDArray[np.float32]
    reduced: NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Fusion:
    """How two readers' scores are joined.

    Attributes:
        mix: for each judgement the share of the network, from 0 to 1.
        temperature: for each judgement what the mixed scores are divided by.
        thresholds: for each indicator the probability from which it counts as shown.
    """

    mix: Mapping[str, float]
    temperature: Mapping[str, float]
    thresholds: NDArray[np.float32]

    def scores(self, name: str, linear: NDArray[np.float32], network: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the calibrated log-probabilities of a judgement's labels, shape (..., labels)."""
        share = self.mix[name]
        mixed = (1 - share) * log_softmax(linear) + share * log_softmax(network)
        return log_softmax((mixed / self.temperature[name]).astype(np.float32))

    def as_json(self) -> dict[str, Any]:
        """Return the fusion as JSON keeps it."""
        return {
            "mix": dict(self.mix),
            "temperature": dict(self.temperature),
            "thresholds": [round(float(x), 4) for x in self.thresholds],
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Fusion:
        """Return a fusion from JSON."""
        return cls(mix=raw["mix"], temperature=raw["temperature"], thresholds=np.array(raw["thresholds"], dtype=np.float32))


def fit_fusion(
    linear: Mapping[str, NDArray[np.float32]],
    network: Mapping[str, NDArray[np.float32]],
    gold: Mapping[str, Sequence[int]],
    thresholds: NDArray[np.float32],
) -> Fusion:
    """Return the mixes and temperatures under which held-out gold labels are most likely.

    Args:
        linear: for each judgement the scores of the linear heads, shape (accounts, labels).
        network: the same of the network.
        gold: for each judgement the number of each account's label.
        thresholds: for the indicators.
    """
    mix, temperature = {}, {}
    for name, labels in gold.items():
        first, second = log_softmax(linear[name]), log_softmax(network[name])
        rows = np.arange(len(labels))
        best = np.inf
        for share in _MIXES:
            mixed = (1 - share) * first + share * second
            for degree in _TEMPERATURES:
                loss = float(-log_softmax((mixed / degree).astype(np.float32))[rows, list(labels)].mean())
                if loss < best - 1e-6:
                    best, mix[name], temperature[name] = loss, float(share), round(float(degree), 3)
    return Fusion(mix=mix, temperature=temperature, thresholds=thresholds)


def log_softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return log-probabilities over the last axis, which must not be empty; there may be no rows."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    result: NDArray[np.float32] = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result
