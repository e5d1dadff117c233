"""How well two coders agree: kappa, macro-F1 and calibration, with bootstrap intervals over accounts.

Everything is computed from the table of how often one coder's label met the other's, so that a resample costs one count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from coach.evaluation.figures import CalibrationBin, CoveragePoint, Figure
from coach.framework import DEPTHS, LEVELS, PHASES

if TYPE_CHECKING:
    from numpy.typing import NDArray

RESAMPLES = 500
_SEED = 20211101

ORDERED: dict[str, tuple[str, ...]] = {
    "phase": tuple(map(str, PHASES)),
    "disclosure": tuple(map(str, DEPTHS)),
    "cq": tuple(map(str, LEVELS)),
}
"""Judgements whose labels are ordered, for the linear-weighted kappa; unclear stands outside the order."""

Pairs = Sequence[tuple[str, str]]
"""For each account the gold label and the one told."""

_Measure = Callable[["NDArray[np.float64]"], float]


def kappa(pairs: Pairs, order: Sequence[str] | None = None) -> float:
    """Return Cohen's kappa; linear-weighted over `order` where given, leaving out pairs with a label outside it.

    Returns:
        1 for full agreement, 0 for chance, NaN where there are no pairs.
    """
    table = confusion(pairs, order or _labels(pairs))
    return _kappa(weighted=order is not None)(table)


def macro_f1(pairs: Pairs) -> float:
    """Return the mean F1 over the labels that occur in gold, NaN where there are no pairs."""
    return _macro_f1(confusion(pairs, _labels(pairs)))


def confusion(pairs: Pairs, labels: Sequence[str]) -> NDArray[np.float64]:
    """Return how often each gold label (row) met each label told (column), pairs with other labels left out."""
    codes = _codes(pairs, labels)
    return _table(codes, len(labels))


def with_interval(pairs: Pairs, name: str, order: Sequence[str] | None = None) -> Figure | None:
    """Return a figure with its 95 % bootstrap interval over accounts; None where it cannot be computed.

    Args:
        pairs: gold and told labels.
        name: `kappa`, `weighted_kappa` (then with `order`) or `macro_f1`.
        order: the labels of a weighted kappa, lowest first.
    """
    labels = list(order) if order and name == "weighted_kappa" else _labels(pairs)
    measure: _Measure = _macro_f1 if name == "macro_f1" else _kappa(weighted=name == "weighted_kappa")
    codes = _codes(pairs, labels)
    value = measure(_table(codes, len(labels)))
    if isnan(value):
        return None
    rng = np.random.default_rng(_SEED)
    spread = [measure(_table(codes[rng.integers(0, len(codes), len(codes))], len(labels))) for _ in range(RESAMPLES)]
    low, high = (float(bound) for bound in np.nanpercentile(spread, [2.5, 97.5]))
    return Figure(value=value, low=low, high=high)


def calibration(confidences: Sequence[float], hits: Sequence[bool], bins: int = 10) -> list[CalibrationBin]:
    """Return how often accounts told with about the same confidence were told rightly; empty bins are left out."""
    values, right = np.asarray(confidences), np.asarray(hits, dtype=float)
    numbers = np.minimum((values * bins).astype(int), bins - 1)
    return [
        CalibrationBin(
            confidence=float(values[numbers == number].mean()),
            hit_rate=float(right[numbers == number].mean()),
            accounts=int((numbers == number).sum()),
        )
        for number in sorted(set(numbers.tolist()))
    ]


def calibration_error(bins: Sequence[CalibrationBin]) -> float | None:
    """Return the expected calibration error: how far confidence and hit rate lie apart, averaged over accounts."""
    total = sum(b.accounts for b in bins)
    return sum(b.accounts / total * abs(b.confidence - b.hit_rate) for b in bins) if total else None


def risk_coverage(confidences: Sequence[float], hits: Sequence[bool], points: int = 20) -> list[CoveragePoint]:
    """Return the share of errors when only the surest accounts are answered, from a few of them to all."""
    order = np.argsort(-np.asarray(confidences), kind="stable")
    wrong = 1 - np.asarray(hits, dtype=float)[order]
    counts = sorted({max(round(len(order) * point / points), 1) for point in range(1, points + 1)}) if len(order) else []
    return [CoveragePoint(coverage=count / len(order), error=float(wrong[:count].mean())) for count in counts]


def _labels(pairs: Pairs) -> list[str]:
    return sorted({label for pair in pairs for label in pair})


def _codes(pairs: Pairs, labels: Sequence[str]) -> NDArray[np.int64]:
    rank = {label: number for number, label in enumerate(labels)}
    size = len(labels)
    return np.array([rank[g] * size + rank[t] for g, t in pairs if g in rank and t in rank], dtype=np.int64)


def _table(codes: NDArray[np.int64], size: int) -> NDArray[np.float64]:
    table: NDArray[Any] = np.bincount(codes, minlength=size * size)
    return table.reshape(size, size).astype(np.float64)


def _kappa(*, weighted: bool) -> _Measure:
    def measure(table: NDArray[np.float64]) -> float:
        total = table.sum()
        if not total:
            return float("nan")
        shares = table / total
        numbers = np.arange(len(table))
        distance = np.abs(numbers[:, None] - numbers[None, :])
        cost = distance / max(len(table) - 1, 1) if weighted else (distance > 0).astype(float)
        expected = float((np.outer(shares.sum(axis=1), shares.sum(axis=0)) * cost).sum())
        return 1.0 if expected == 0 else 1 - float((shares * cost).sum()) / expected

    return measure


def _macro_f1(table: NDArray[np.float64]) -> float:
    occurs = table.sum(axis=1) > 0
    if not occurs.any():
        return float("nan")
    scores = 2 * np.diag(table) / np.maximum(table.sum(axis=0) + table.sum(axis=1), 1)
    return float(scores[occurs].mean())
