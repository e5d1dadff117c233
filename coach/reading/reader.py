"""The built-in reader: an account in, a reading out.

Units are embedded once for the linear heads, and the account is read once as a whole by the fine-tuned network; the two are
joined. Leaving each unit out in turn says which words a verdict rests on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from coach.errors import EncoderError
from coach.framework import Context, CultureFlag, Scope
from coach.library.corpus import Corpus
from coach.library.embedder import SentenceEncoder
from coach.reading.attribution import PACKAGED_ATTRIBUTION, AttributionWeights, load_attribution, owner_scores
from coach.reading.cues import CUES, cue_features
from coach.reading.cultures import PersonCulture, read_cultures
from coach.reading.customers import several_customers
from coach.reading.features import pool, pool_without_each
from coach.reading.fusion import Judged, log_softmax
from coach.reading.gazetteer import Gazetteer, load_gazetteer
from coach.reading.intake import check_account
from coach.reading.language import ENGLISH
from coach.reading.persons import read_customer_name
from coach.reading.sentences import Span, units
from coach.reading.weights import PACKAGED_WEIGHTS, ReaderWeights, load_weights
from coach.records import Account, CultureReading, Evidence, Reading, UnitReading

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from coach.reading.fused_network import FusedNetwork

_WEAKEST_SHOWN = 0.05
"""Indicators below this probability are not passed on."""


class Reader:
    """Reads accounts with an encoder, trained heads, the fine-tuned network and the corpus' cultures.

    Args:
        corpus: for indicators and cultures.
        encoder: what embeds the units.
        weights: linear heads to read with; the packaged ones, joined with the packaged network, where None.
        network: what to join given heads with; they read alone where None.
        folder: of weights to use in place of the packaged ones.
        languages: ISO codes of the languages that the encoder and the weights read.
    """

    def __init__(
        self,
        corpus: Corpus,
        encoder: SentenceEncoder,
        weights: ReaderWeights | None = None,
        network: FusedNetwork | None = None,
        *,
        folder: Path | None = None,
        languages: Collection[str] = ENGLISH,
    ) -> None:
        self._corpus = corpus
        self._encoder = encoder
        self._given = weights
        self._joined = network
        self._folder = folder or PACKAGED_WEIGHTS.parent
        self._languages = languages
        self._lock = Lock()

    @cached_property
    def weights(self) -> ReaderWeights:
        """The linear heads.

        Raises:
            EncoderError: they are missing or damaged.
        """
        return self._given or load_weights(self._folder / PACKAGED_WEIGHTS.name)

    @cached_property
    def network(self) -> FusedNetwork | None:
        """The fine-tuned network and how it is joined with the linear heads; None where heads were given to read alone.

        Raises:
            EncoderError: it is missing or damaged.
        """
        if self._given is not None:
            return self._joined
        from coach.reading.fused_network import load_fused_network
        from coach.reading.network import PACKAGED_NETWORK

        with self._lock:
            return load_fused_network(self._encoder, self._folder / PACKAGED_NETWORK.name)

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """The names of countries, peoples and cities."""
        return load_gazetteer(self._corpus)

    @cached_property
    def attribution(self) -> AttributionWeights:
        """Whose culture a mention tells of.

        Raises:
            EncoderError: the weights are missing or damaged.
        """
        return load_attribution(self._folder / PACKAGED_ATTRIBUTION.name)

    def warm(self) -> None:
        """Load everything that reading needs."""
        self._encoder.encode(["Good morning."])
        _ = self.weights, self.network, self.gazetteer, self.attribution

    def read(self, account: Account) -> Reading:
        """Read one account.

        Raises:
            AccountError: the text cannot be read as an account.
            EncoderError: the encoder or what was trained cannot be loaded, or they do not fit each other.
        """
        check_account(account.text, self._languages)
        text = account.text
        spans = units(text)
        words = [span.of(text) for span in spans]
        embeddings = self._encoder.encode(words)
        features = unit_features(embeddings, words)
        if features.shape[1] != self.weights.unit_size:
            raise EncoderError(
                "The reader's weights were trained for another sentence encoder.",
                "Unset COACH_ENCODER, or name a folder in COACH_WEIGHTS_DIR and train weights for it with `coach train`.",
            )
        shown = self.weights.indicators(features)
        thresholds = self.weights.thresholds
        judged = self._judge(features, shown, len(text.split()))
        mentions = self.gazetteer.mentions(text)
        owners = owner_scores(text, mentions, self.attribution)
        if self.network is not None:
            from coach.reading.network import places_in

            shown, judged, owners = self.network.join(words, places_in(mentions, spans), shown, judged, owners)
            thresholds = self.network.fusion.thresholds
        profile = account.profile.salesperson_culture
        country = self.gazetteer.country(profile) if profile else None
        pair = read_cultures(text, mentions, owners, self._corpus.culture_of, country)
        salesperson, customer = pair.salesperson, pair.customer
        name = read_customer_name(text, {text[m.start : m.end] for m in mentions})
        mean = embeddings.mean(axis=0)
        return Reading(
            account=account,
            units=_unit_readings(spans, self.weights.codes, shown, thresholds, judged),
            probabilities={
                judgement: dict(zip(found.labels, np.exp(found.scores).clip(0, 1).tolist(), strict=True))
                for judgement, found in judged.items()
            },
            salesperson=CultureReading(culture=salesperson.culture, context=salesperson.context),
            customer=CultureReading(culture=customer.culture, context=customer.context),
            culture_flags=_flags(salesperson, customer),
            culture_evidence=_culture_evidence(text, salesperson, customer),
            customers=several_customers(text),
            customer_name=name.name,
            customer_pronoun=name.pronoun,
            vector=tuple((mean / max(float(np.linalg.norm(mean)), 1e-9)).tolist()),
        )

    def _judge(self, features: NDArray[np.float32], shown: NDArray[np.float32], length: int) -> dict[str, Judged]:
        """Return what the linear heads say of each judgement, with and without each unit."""
        pooled = pool(features, shown, length)
        without = pool_without_each(features, shown, length) if len(features) > 1 else None
        judged = {}
        for judgement, head in self.weights.judgements.items():
            scores = log_softmax(head.scores(pooled))
            reduced = log_softmax(head.scores(without)) if without is not None else scores[None, :]
            judged[judgement] = Judged(labels=head.labels, scores=scores, reduced=reduced)
        return judged


def _unit_readings(
    spans: Sequence[Span],
    codes: Sequence[str],
    shown: NDArray[np.float32],
    thresholds: NDArray[np.float32],
    judged: Mapping[str, Judged],
) -> tuple[UnitReading, ...]:
    content = [column for column, code in enumerate(codes) if not code.startswith("scope.")]
    scopes = [(column, Scope(code.split(".")[1])) for column, code in enumerate(codes) if code.startswith("scope.")]
    enough = shown >= np.maximum(thresholds, _WEAKEST_SHOWN)
    if not enough[:, content].any():
        # Nothing stands out: the likeliest sign of each unit is passed on, so that a verdict need not go bare.
        enough[np.arange(len(spans)), np.array(content)[shown[:, content].argmax(axis=1)]] = True
    influence = {name: found.scores - found.reduced for name, found in judged.items()}
    readings = []
    for row, span in enumerate(spans):
        margins = {scope: float(shown[row, column] - thresholds[column]) for column, scope in scopes}
        likeliest = max(margins, key=lambda scope: margins[scope], default=Scope.ACTUAL)
        readings.append(
            UnitReading(
                start=span.start,
                end=span.end,
                indicators={codes[column]: float(shown[row, column]) for column in content if enough[row, column]},
                scope=likeliest if margins and margins[likeliest] >= 0 else Scope.ACTUAL,
                influence={
                    name: dict(zip(found.labels, influence[name][row].tolist(), strict=True)) for name, found in judged.items()
                },
            )
        )
    return tuple(readings)


def unit_features(embeddings: NDArray[np.float32], texts: list[str]) -> NDArray[np.float32]:
    """Return the features of units: embedding and cues side by side, shape (units, dimension + cues)."""
    if not texts:
        return np.zeros((0, embeddings.shape[1] + len(CUES)), dtype=np.float32)
    return np.hstack([embeddings, cue_features(texts)])


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
