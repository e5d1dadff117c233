"""How well two coders agree: kappa, macro-F1 and calibration, each with a bootstrap interval over accounts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from coach.framework import DEPTHS, LEVELS, PHASES

RESAMPLES = 500
_SEED = 20211101

ORDERED: dict[str, tuple[str, ...]] = {
    "phase": tuple(map(str, PHASES)),
    "disclosure": tuple(map(str, DEPTHS)),
    "cq": tuple(map(str, LEVELS)),
}
"""Judgements whose labels are ordered, for the linear-weighted kappa; unclear stands outside the order."""

Figures = dict[str, float]


def agreement(judgement: str, gold: Sequence[str], told: Sequence[str]) -> Figures:
    """Return accuracy, macro-F1 and kappa (linear-weighted too where the labels are ordered), with 95 % intervals.

    Keys ending in `_low` and `_high` bound the interval of the figure before them.
    """
    measures: dict[str, Callable[[list[str], list[str]], float]] = {"kappa": kappa, "macro_f1": macro_f1}
    if judgement in ORDERED:
        measures["weighted_kappa"] = lambda a, b: kappa(a, b, ORDERED[judgement])
    figures: Figures = {"accounts": float(len(gold))}
    rng = np.random.default_rng(_SEED)
    samples = [rng.integers(0, len(gold), len(gold)) for _ in range(RESAMPLES)]
    for name, measure in measures.items():
        figures[name] = measure(list(gold), list(told))
        spread = [measure([gold[i] for i in sample], [told[i] for i in sample]) for sample in samples]
        figures[f"{name}_low"], figures[f"{name}_high"] = (float(x) for x in np.nanpercentile(spread, [2.5, 97.5]))
    return figures


def kappa(gold: Sequence[str], told: Sequence[str], order: Sequence[str] | None = None) -> float:
    """Return Cohen's kappa; linear-weighted over `order` where given, leaving out pairs with a label outside it."""
    pairs = [(g, t) for g, t in zip(gold, told, strict=True) if order is None or (g in order and t in order)]
    if not pairs:
        return float("nan")
    labels = list(order) if order else sorted({label for pair in pairs for label in pair})
    rank = {label: number for number, label in enumerate(labels)}
    table = np.zeros((len(labels), len(labels)))
    for g, t in pairs:
        table[rank[g], rank[t]] += 1
    table /= table.sum()
    numbers = np.arange(len(labels))
    distance = np.abs(numbers[:, None] - numbers[None, :])
    cost = distance / max(len(labels) - 1, 1) if order else (distance > 0).astype(float)
    expected = float((np.outer(table.sum(axis=1), table.sum(axis=0)) * cost).sum())
    return 1.0 if expected == 0 else 1 - float((table * cost).sum()) / expected


def macro_f1(gold: Sequence[str], told: Sequence[str]) -> float:
    """Return the mean F1 over the labels that occur in gold."""
    pairs = list(zip(gold, told, strict=True))
    scores = []
    for label in sorted(set(gold)):
        hit = sum(g == t == label for g, t in pairs)
        scores.append(2 * hit / (sum(t == label for _, t in pairs) + sum(g == label for g, _ in pairs)))
    return float(np.mean(scores))


def calibration_error(confidences: Sequence[float], hits: Sequence[bool], bins: int = 10) -> float:
    """Return the expected calibration error: how far confidence and hit rate lie apart, averaged over accounts."""
    values, right = np.asarray(confidences), np.asarray(hits, dtype=float)
    if not len(values):
        return float("nan")
    numbers = np.minimum((values * bins).astype(int), bins - 1)
    return float(
        sum(
            (numbers == number).mean() * abs(values[numbers == number].mean() - right[numbers == number].mean())
            for number in set(numbers)
        )
    )
