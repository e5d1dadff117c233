"""From labelled accounts to the reader's weights.

Indicator heads are trained on units that carry a labelled span; judgement heads on whole accounts, whose indicator
features come from heads that never saw the account's writer, as they will not have seen the user. Everything is convex
and runs in a fixed order, so training twice gives the same weights.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

from coach.library.atomic import write_atomically
from coach.library.embedder import SentenceEncoder
from coach.reading.features import pool
from coach.reading.labelled import JUDGEMENTS, LabelledAccount
from coach.reading.reader import unit_features
from coach.reading.sentences import Span, units
from coach.reading.weights import JudgementHead, ReaderWeights

if TYPE_CHECKING:
    from numpy.typing import NDArray

_POSITIVE_WEIGHT = 3.0
"""Unlabelled units of an account may show an indicator too, so a labelled one counts more."""

_FEWEST_EXAMPLES = 4
"""Indicators with fewer labelled units are never claimed."""

_GROUPS = 6
"""Groups of writers that are held out in turn."""

_LOWEST_THRESHOLD, _HIGHEST_THRESHOLD = 0.2, 0.9
_SHORTEST_OVERLAP = 15


@dataclass(frozen=True, kw_only=True)
class TrainingSet:
    """Labelled accounts as numbers.

    Attributes:
        accounts: in order.
        features: unit features, shape (units, size).
        owner: for each unit the number of its account.
        shown: which indicators each unit shows, shape (units, codes).
        spanned: for each unit whether its account carries spans at all.
        codes: the indicators.
        words: length of each account.
    """

    accounts: Sequence[LabelledAccount]
    features: NDArray[np.float32]
    owner: NDArray[np.int64]
    shown: NDArray[np.bool_]
    spanned: NDArray[np.bool_]
    codes: tuple[str, ...]
    words: NDArray[np.int64]

    @property
    def writers(self) -> NDArray[np.str_]:
        """Writer of each account."""
        return np.array([account.writer for account in self.accounts])


def prepare(accounts: Sequence[LabelledAccount], encoder: SentenceEncoder, codes: Sequence[str]) -> TrainingSet:
    """Embed labelled accounts and align their spans with units.

    Raises:
        EncoderError: the encoder cannot be loaded.
    """
    texts = [span.of(account.text) for account in accounts for span in units(account.text)]
    return _training_set(accounts, codes, unit_features(encoder.encode(texts), texts))


def _training_set(accounts: Sequence[LabelledAccount], codes: Sequence[str], features: NDArray[np.float32]) -> TrainingSet:
    owner: list[int] = []
    shown: list[NDArray[np.bool_]] = []
    for number, account in enumerate(accounts):
        spans = units(account.text)
        owner += [number] * len(spans)
        shown.append(shown_in_units(account, spans, codes))
    return TrainingSet(
        accounts=accounts,
        features=features,
        owner=np.array(owner),
        shown=np.concatenate(shown),
        spanned=np.array([bool(accounts[number].spans) for number in owner]),
        codes=tuple(codes),
        words=np.array([len(account.text.split()) for account in accounts]),
    )


def embedded(accounts: Sequence[LabelledAccount], encoder: SentenceEncoder, codes: Sequence[str], kept: Path) -> TrainingSet:
    """Prepare labelled accounts as `prepare` does, or take the features from a file that an earlier call left.

    Args:
        accounts: to be embedded.
        encoder: what embeds.
        codes: the indicators.
        kept: where the features are kept; those of other accounts or another encoder are made anew.

    Raises:
        EncoderError: the encoder cannot be loaded.
    """
    texts = [span.of(account.text) for account in accounts for span in units(account.text)]
    mark = hashlib.sha256("\n".join([encoder.name, *texts]).encode()).hexdigest()
    try:
        with np.load(kept) as found:
            if str(found["mark"]) == mark:
                return _training_set(accounts, codes, found["features"])
    except (OSError, ValueError, KeyError, BadZipFile):
        # Missing, or cut short when an earlier run was broken off: made anew.
        pass
    features = unit_features(encoder.encode(texts), texts)
    content = BytesIO()
    np.savez(content, mark=mark, features=features)
    write_atomically(kept, content.getvalue())
    return _training_set(accounts, codes, features)


def shown_in_units(account: LabelledAccount, spans: Sequence[Span], codes: Sequence[str]) -> NDArray[np.bool_]:
    """Return which indicators each unit shows: those of the labelled passages that it overlaps, shape (units, codes)."""
    column = {code: number for number, code in enumerate(codes)}
    shown = np.zeros((len(spans), len(codes)), dtype=np.bool_)
    for labelled in account.spans:
        start, length = account.text.find(labelled.quote), len(labelled.quote)
        for row, unit in enumerate(spans):
            overlap = min(unit.end, start + length) - max(unit.start, start)
            if overlap >= min(_SHORTEST_OVERLAP, length // 2, unit.end - unit.start):
                shown[row, column[labelled.indicator]] = True
    return shown


def fit(data: TrainingSet, *, card: Mapping[str, str] | None = None) -> ReaderWeights:
    """Train all heads on a training set; thresholds and temperatures come from writers held out in turn."""
    everyone = np.ones(len(data.accounts), dtype=np.bool_)
    held_out = _held_out_indicators(data, everyone)
    pooled = _pool_all(data, held_out)
    weight, bias = _fit_indicators(data, everyone)
    calibration = _held_out_scores(data, pooled)
    temperatures = {name: _temperature(calibration[name], data, name) for name in JUDGEMENTS}
    return ReaderWeights(
        codes=data.codes,
        indicator_weight=weight,
        indicator_bias=bias,
        thresholds=best_thresholds(data.shown[data.spanned], held_out[data.spanned]),
        judgements={name: _fit_judgement(data, pooled, name, everyone, temperature=temperatures[name]) for name in JUDGEMENTS},
        card=card or {},
    )


def subset(data: TrainingSet, keep: NDArray[np.bool_]) -> TrainingSet:
    """Return the accounts of a training set for which `keep` holds."""
    numbers = np.flatnonzero(keep)
    renumbered = np.cumsum(keep) - 1
    units_kept = keep[data.owner]
    return TrainingSet(
        accounts=[data.accounts[int(number)] for number in numbers],
        features=data.features[units_kept],
        owner=renumbered[data.owner[units_kept]],
        shown=data.shown[units_kept],
        spanned=data.spanned[units_kept],
        codes=data.codes,
        words=data.words[numbers],
    )


def _fit_indicators(data: TrainingSet, accounts: NDArray[np.bool_]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    from sklearn.linear_model import LogisticRegression

    rows = accounts[data.owner] & data.spanned
    features = data.features[rows]
    weight = np.zeros((len(data.codes), data.features.shape[1]), dtype=np.float32)
    bias = np.full(len(data.codes), -8.0, dtype=np.float32)
    for column in range(len(data.codes)):
        shown = data.shown[rows, column]
        if shown.sum() < _FEWEST_EXAMPLES:
            continue
        model = LogisticRegression(C=3.0, class_weight={False: 1.0, True: _POSITIVE_WEIGHT}, max_iter=300)
        model.fit(features, shown)
        weight[column], bias[column] = model.coef_[0], model.intercept_[0]
    return weight, bias


def _held_out_indicators(data: TrainingSet, accounts: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return indicator probabilities of each unit by heads that did not see its writer."""
    probabilities = np.zeros(data.shown.shape, dtype=np.float32)
    for group in _groups(data.writers):
        weight, bias = _fit_indicators(data, accounts & ~group)
        rows = group[data.owner]
        probabilities[rows] = 1 / (1 + np.exp(-(data.features[rows] @ weight.T + bias)))
    return probabilities


def _pool_all(data: TrainingSet, indicators: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.stack(
        [
            pool(data.features[data.owner == number], indicators[data.owner == number], int(words))
            for number, words in enumerate(data.words)
        ]
    )


def _fit_judgement(
    data: TrainingSet, pooled: NDArray[np.float32], name: str, keep: NDArray[np.bool_], *, temperature: float
) -> JudgementHead:
    from sklearn.linear_model import LogisticRegression

    gold = np.array([account.gold.label(name) for account in data.accounts])
    center = pooled[keep].mean(axis=0)
    # Between plain and balanced classes: rare labels are found, and common ones are not given away.
    labels = JUDGEMENTS[name]
    weight = np.zeros((len(labels), pooled.shape[1]), dtype=np.float32)
    bias = np.full(len(labels), -8.0, dtype=np.float32)
    if len(set(gold[keep])) == 1:
        # A small corpus may hold one label only; then there is nothing to learn but that.
        bias[labels.index(gold[keep][0])] = 0.0
        return JudgementHead(labels=tuple(str(x) for x in labels), weight=weight, bias=bias, temperature=temperature)
    counts = {label: int((gold[keep] == label).sum()) for label in set(gold[keep])}
    most = max(counts.values())
    model = LogisticRegression(
        C=0.5, class_weight={label: (most / count) ** 0.5 for label, count in counts.items()}, max_iter=400
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(pooled[keep] - center, gold[keep])
    coefficients, intercepts = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        coefficients = np.vstack([-coefficients[0] / 2, coefficients[0] / 2])
        intercepts = np.array([-intercepts[0] / 2, intercepts[0] / 2])
    for row, label in enumerate(model.classes_):
        weight[labels.index(label)] = coefficients[row]
        bias[labels.index(label)] = intercepts[row] - coefficients[row] @ center
    return JudgementHead(labels=tuple(str(x) for x in labels), weight=weight, bias=bias, temperature=temperature)


def _held_out_scores(data: TrainingSet, pooled: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    scores = {name: np.zeros((len(data.accounts), len(labels)), dtype=np.float32) for name, labels in JUDGEMENTS.items()}
    for group in _groups(data.writers):
        for name in JUDGEMENTS:
            head = _fit_judgement(data, pooled, name, ~group, temperature=1.0)
            scores[name][group] = head.scores(pooled[group])
    return scores


def _groups(writers: NDArray[np.str_]) -> list[NDArray[np.bool_]]:
    """Return which accounts each group of writers wrote; a writer is in one group only."""
    names = sorted(set(writers))
    return [np.isin(writers, names[first::_GROUPS]) for first in range(min(_GROUPS, len(names)))]


def _temperature(scores: NDArray[np.float32], data: TrainingSet, name: str) -> float:
    """Return the temperature at which held-out probabilities are most likely to give the gold labels."""
    labels = [str(label) for label in JUDGEMENTS[name]]
    gold = np.array([labels.index(account.gold.label(name)) for account in data.accounts])

    def loss(temperature: float) -> float:
        scaled = scores / temperature
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        log_probabilities = scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True))
        return float(-log_probabilities[np.arange(len(gold)), gold].mean())

    candidates = np.linspace(0.4, 3.0, 53)
    return float(candidates[int(np.argmin([loss(float(t)) for t in candidates]))])


def best_thresholds(gold: NDArray[np.bool_], probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return for each indicator the probability that gives the best F1 on held-out units, shapes (units, codes)."""
    thresholds = np.full(gold.shape[1], _HIGHEST_THRESHOLD, dtype=np.float32)
    candidates = np.arange(_LOWEST_THRESHOLD, _HIGHEST_THRESHOLD, 0.05)
    for column in range(gold.shape[1]):
        shown, told = gold[:, column], probabilities[:, column]
        if shown.sum() < _FEWEST_EXAMPLES:
            continue
        hits = [(shown & (told >= t)).sum() for t in candidates]
        scores = [2 * hit / max(shown.sum() + (told >= t).sum(), 1) for hit, t in zip(hits, candidates, strict=True)]
        thresholds[column] = candidates[int(np.argmax(scores))]
    return thresholds
