"""The built-in reader: an account in, a reading out, with one pass of the encoder.

Units are embedded once; indicator heads say what each unit shows, judgement heads what the account shows, and leaving each
unit out in turn says which words a verdict rests on.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from coach.errors import EncoderError
from coach.framework import Context, CultureFlag, Scope
from coach.library.corpus import Corpus
from coach.library.embedder import SentenceEncoder
from coach.reading.attribution import AttributionWeights, load_attribution
from coach.reading.cues import CUES, cue_features
from coach.reading.cultures import PersonCulture, read_cultures
from coach.reading.features import pool, pool_without_each
from coach.reading.gazetteer import Gazetteer
from coach.reading.intake import check_account
from coach.reading.persons import read_customer_name
from coach.reading.sentences import Span, units
from coach.reading.weights import ReaderWeights, load_weights
from coach.records import Account, CultureReading, Evidence, Reading, UnitReading

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WEAKEST_SHOWN = 0.05
"""Indicators below this probability are not passed on."""


class Reader:
    """Reads accounts with an encoder, trained heads and the corpus' cultures.

    Args:
        corpus: for indicators and cultures.
        encoder: what embeds the units.
        weights: the trained heads; the packaged ones where None.
    """

    def __init__(self, corpus: Corpus, encoder: SentenceEncoder, weights: ReaderWeights | None = None) -> None:
        self._corpus = corpus
        self._encoder = encoder
        self._given = weights

    @cached_property
    def weights(self) -> ReaderWeights:
        """The trained heads.

        Raises:
            EncoderError: they are missing or damaged.
        """
        return self._given or load_weights()

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """The names of countries, peoples and cities."""
        return Gazetteer(self._corpus.cultures)

    @cached_property
    def attribution(self) -> AttributionWeights:
        """Whose culture a mention tells of.

        Raises:
            EncoderError: the weights are missing or damaged.
        """
        return load_attribution()

    def read(self, account: Account) -> Reading:
        """Read one account.

        Raises:
            AccountError: the text cannot be read as an account.
            EncoderError: the encoder or the heads cannot be loaded, or do not fit each other.
        """
        check_account(account.text)
        text = account.text
        spans = units(text)
        words = [span.of(text) for span in spans]
        embeddings = self._encoder.encode(words)
        features = unit_features(embeddings, words)
        if features.shape[1] != self.weights.unit_size:
            raise EncoderError(
                "The reader's weights were trained for another sentence encoder.",
                "Unset COACH_ENCODER, or train weights for this encoder with `coach train`.",
            )
        probabilities = self.weights.indicators(features)
        length = len(text.split())
        pooled = pool(features, probabilities, length)
        pair = read_cultures(
            text, self.gazetteer, self._corpus.culture_of, self.attribution, account.profile.salesperson_culture
        )
        salesperson, customer = pair.salesperson, pair.customer
        name = read_customer_name(text, {text[m.start : m.end] for m in self.gazetteer.mentions(text)})
        mean = embeddings.mean(axis=0)
        return Reading(
            account=account,
            units=self._units(spans, features, probabilities, pooled, length),
            probabilities={judgement: head.probabilities(pooled) for judgement, head in self.weights.judgements.items()},
            salesperson=CultureReading(culture=salesperson.culture, context=salesperson.context),
            customer=CultureReading(culture=customer.culture, context=customer.context),
            culture_flags=_flags(salesperson, customer),
            culture_evidence=_culture_evidence(text, salesperson, customer),
            customer_name=name.name,
            customer_pronoun=name.pronoun,
            vector=tuple((mean / max(float(np.linalg.norm(mean)), 1e-9)).tolist()),
        )

    def _units(
        self,
        spans: list[Span],
        features: NDArray[np.float32],
        probabilities: NDArray[np.float32],
        pooled: NDArray[np.float32],
        length: int,
    ) -> tuple[UnitReading, ...]:
        weights = self.weights
        scope_columns = [(i, Scope(code.split(".")[1])) for i, code in enumerate(weights.codes) if code.startswith("scope.")]
        influence: dict[str, NDArray[np.float32]] = {}
        if len(spans) > 1:
            without = pool_without_each(features, probabilities, length)
            for judgement, head in weights.judgements.items():
                full, reduced = _log_softmax(head.scores(pooled)), _log_softmax(head.scores(without))
                influence[judgement] = full - reduced
        readings = []
        for row, span in enumerate(spans):
            scope, strongest = Scope.ACTUAL, 0.0
            for column, candidate in scope_columns:
                margin = float(probabilities[row, column] - weights.thresholds[column])
                if margin >= 0 and margin + 1e-6 > strongest:
                    scope, strongest = candidate, margin
            readings.append(
                UnitReading(
                    start=span.start,
                    end=span.end,
                    indicators={
                        code: float(probabilities[row, column])
                        for column, code in enumerate(weights.codes)
                        if probabilities[row, column] >= max(_WEAKEST_SHOWN, weights.thresholds[column])
                        and not code.startswith("scope.")
                    },
                    scope=scope,
                    influence={
                        judgement: dict(zip(weights.judgements[judgement].labels, values[row].tolist(), strict=True))
                        for judgement, values in influence.items()
                    },
                )
            )
        return tuple(readings)


def unit_features(embeddings: NDArray[np.float32], texts: list[str]) -> NDArray[np.float32]:
    """Return the features of units: embedding and cues side by side, shape (units, dimension + cues)."""
    if not texts:
        return np.zeros((0, embeddings.shape[1] + len(CUES)), dtype=np.float32)
    return np.hstack([embeddings, cue_features(texts)])


def _log_softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    shifted = scores - scores.max(axis=-1, keepdims=True)
    result: NDArray[np.float32] = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result


def _flags(salesperson: PersonCulture, customer: PersonCulture) -> tuple[CultureFlag, ...]:
    flags = []
    if salesperson.borderline or customer.borderline:
        flags.append(CultureFlag.BORDERLINE)
    if salesperson.bicultural or customer.bicultural:
        flags.append(CultureFlag.BICULTURAL)
    if salesperson.context is Context.HIGH:
        flags.append(CultureFlag.SCOPE_CAVEAT)
    return tuple(flags)


def _culture_evidence(text: str, salesperson: PersonCulture, customer: PersonCulture) -> tuple[Evidence, ...]:
    evidence = []
    for role, person in (("salesperson", salesperson), ("customer", customer)):
        if person.span is not None:
            evidence.append(
                Evidence(
                    quote=person.span.of(text),
                    start=person.span.start,
                    end=person.span.end,
                    indicator=f"culture.{role}",
                    supports=f"diversity.{role}.{person.context}",
                    weight=1.0,
                )
            )
    return tuple(evidence)
