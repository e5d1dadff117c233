"""Training whose culture a mention tells of, from accounts whose mentions are not labelled one by one.

The customer's country is labelled. The salesperson's is known by its context alone; where several countries of an account
fit, the model of the round before decides (hard expectation maximisation, two rounds).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from coach.framework import Context
from coach.library.schema import Culture
from coach.reading.attribution import AttributionWeights, Owner, mention_features
from coach.reading.gazetteer import Gazetteer, Mention
from coach.reading.labelled import LabelledAccount

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

_ROUNDS = 3
_RAREST_FEATURE = 3
_SMALLEST_WEIGHT = 0.01
_NEVER = -8.0


def fit_attribution(
    accounts: Sequence[LabelledAccount], gazetteer: Gazetteer, table: Mapping[str, Culture]
) -> AttributionWeights:
    """Return the model trained on labelled accounts."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    found = [gazetteer.mentions(account.text) for account in accounts]
    features = [mention_features(account.text, mentions) for account, mentions in zip(accounts, found, strict=True)]
    counts = Counter(feature for rows in features for row in rows for feature in set(row))
    weights: AttributionWeights | None = None
    for _ in range(_ROUNDS):
        rows: list[dict[str, float]] = []
        owners: list[str] = []
        for account, mentions, table_of_features in zip(accounts, found, features, strict=True):
            own = _own_country(account, mentions, table_of_features, gazetteer, table, weights)
            if own == _UNDECIDED:
                continue
            for mention, row in zip(mentions, table_of_features, strict=True):
                rows.append({feature: 1.0 for feature in row if counts[feature] >= _RAREST_FEATURE})
                owners.append(str(_owner(account, mention, own, weights, row)))
        vectorizer = DictVectorizer()
        model = LogisticRegression(C=0.3, max_iter=500)
        model.fit(vectorizer.fit_transform(rows), owners)
        weights = _weights(model, [str(name) for name in vectorizer.get_feature_names_out()])
    assert weights is not None  # noqa: S101 - there is at least one round
    return weights


def _weights(model: LogisticRegression, names: Sequence[str]) -> AttributionWeights:
    """Return a fitted model as weights; an owner that never occurred is all but ruled out."""
    coefficients, intercepts = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        coefficients, intercepts = np.vstack([-coefficients[0], coefficients[0]]) / 2, np.array([-1, 1]) * intercepts[0] / 2
    bias = dict.fromkeys(map(str, Owner), _NEVER)
    weight: dict[str, dict[str, float]] = {str(owner): {} for owner in Owner}
    for owner, row, intercept in zip(map(str, model.classes_), coefficients, intercepts, strict=True):
        bias[owner] = round(float(intercept), 4)
        pairs = zip(names, row, strict=True)
        weight[owner] = {name: round(float(value), 3) for name, value in pairs if abs(value) >= _SMALLEST_WEIGHT}
    return AttributionWeights(bias=bias, weight=weight)


@dataclass(frozen=True, slots=True)
class OwnedMention:
    """A mention and whose culture it tells of."""

    mention: Mention
    owner: Owner


def owned_mentions(
    account: LabelledAccount, gazetteer: Gazetteer, table: Mapping[str, Culture], weights: AttributionWeights
) -> list[OwnedMention]:
    """Return the mentions of a labelled account with their owners, as far as its labels and the trained model tell."""
    mentions = gazetteer.mentions(account.text)
    features = mention_features(account.text, mentions)
    own = _own_country(account, mentions, features, gazetteer, table, weights)
    return [
        OwnedMention(mention, _owner(account, mention, own, weights, row))
        for mention, row in zip(mentions, features, strict=True)
    ]


_UNDECIDED = "?"


def _own_country(
    account: LabelledAccount,
    mentions: Sequence[Mention],
    features: Sequence[list[str]],
    gazetteer: Gazetteer,
    table: Mapping[str, Culture],
    weights: AttributionWeights | None,
) -> str | None:
    """Return the salesperson's country as far as the labels tell: a country, None, or undecided."""
    gold = account.gold
    if account.profile.salesperson_culture:
        return gazetteer.country(account.profile.salesperson_culture)
    if gold.salesperson_context is Context.UNCLEAR:
        return None
    fitting = {
        mention.country
        for mention in mentions
        if table[mention.country].context is gold.salesperson_context and mention.country != gold.customer_culture
    }
    if len(fitting) == 1:
        return fitting.pop()
    if not fitting:
        return gold.customer_culture if gold.salesperson_context is gold.customer_context else None
    if weights is None:
        return _UNDECIDED
    best: dict[str, float] = {}
    for mention, row in zip(mentions, features, strict=True):
        if mention.country in fitting:
            score = weights.scores(row)[Owner.SALESPERSON]
            best[mention.country] = max(best.get(mention.country, -99.0), score)
    return max(best, key=lambda country: best[country])


def _owner(
    account: LabelledAccount, mention: Mention, own: str | None, weights: AttributionWeights | None, row: list[str]
) -> Owner:
    is_own, is_other = mention.country == own, mention.country == account.gold.customer_culture
    if is_own and is_other:
        if weights is None:
            return Owner.CUSTOMER
        scores = weights.scores(row)
        return Owner.SALESPERSON if scores[Owner.SALESPERSON] > scores[Owner.CUSTOMER] else Owner.CUSTOMER
    return Owner.SALESPERSON if is_own else Owner.CUSTOMER if is_other else Owner.NOBODY
