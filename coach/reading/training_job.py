"""Training every part of the reader once, on all writers but some; a job runs in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from coach.errors import EncoderError
from coach.library.corpus import Corpus
from coach.library.embedder import SentenceEncoder
from coach.reading.attribution import (
    PACKAGED_ATTRIBUTION,
    AttributionWeights,
    Owner,
    load_attribution,
    owner_scores,
    save_attribution,
)
from coach.reading.attribution_training import fit_attribution, owned_mentions
from coach.reading.features import pool
from coach.reading.fusion import OWNER, Fusion, fit_fusion
from coach.reading.gazetteer import Gazetteer, load_gazetteer
from coach.reading.labelled import JUDGEMENTS, LabelledAccount
from coach.reading.network import PACKAGED_NETWORK, AccountNetwork, load_network, places_in, save_network
from coach.reading.network_training import TrainingAccount, train_network
from coach.reading.sentences import units
from coach.reading.side_by_side import Progress
from coach.reading.training import TrainingSet, best_thresholds, fit, subset
from coach.reading.weights import PACKAGED_WEIGHTS, ReaderWeights, load_weights, save_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SAMPLE_SEED = 20211101


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingJob:
    """What one process trains.

    Attributes:
        corpus: for its indicators and cultures.
        data: all labelled accounts, embedded.
        encoder: name of the sentence encoder.
        held_out: writers that take no part.
        folder: where the weights go.
        epochs: passes of the network over the accounts.
        share: part of the other writers' accounts to train on, for a learning curve.
        card: what is written beside the weights.
    """

    corpus: Corpus
    data: TrainingSet
    encoder: str
    held_out: tuple[str, ...]
    folder: Path
    epochs: int
    share: float
    card: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class HeldOutScores:
    """What both readers say of accounts that neither saw, and what a coder says.

    Attributes:
        linear: scores of the linear heads for each judgement, shape (accounts, labels), and for the owners of named places.
        network: the same of the network.
        gold: numbers of the gold labels.
        shown: which indicators each unit shows, shape (units, codes).
        indicators: their probabilities, averaged over both readers.
    """

    linear: Mapping[str, NDArray[np.float32]]
    network: Mapping[str, NDArray[np.float32]]
    gold: Mapping[str, list[int]]
    shown: NDArray[np.bool_]
    indicators: NDArray[np.float32]


def run_job(job: TrainingJob, progress: Progress) -> HeldOutScores | None:
    """Train heads, attribution and network, write them, and return what they say of the writers held out, if any.

    What the job's folder already holds of the same accounts is not trained again.

    Raises:
        EncoderError: the encoder cannot be loaded.
    """
    gazetteer = load_gazetteer(job.corpus)
    unseen = np.isin(job.data.writers, job.held_out)
    data = subset(job.data, _sample(~unseen, job.share))
    encoder = SentenceEncoder(job.encoder)
    if not _is_done(job, encoder):
        _train(job, data, gazetteer, encoder, progress)
    if not unseen.any():
        return None
    attribution = load_attribution(job.folder / PACKAGED_ATTRIBUTION.name)
    heads = load_weights(job.folder / PACKAGED_WEIGHTS.name)
    network, _ = load_network(encoder, job.folder / PACKAGED_NETWORK.name)
    rest = subset(job.data, unseen)
    named = [_named(account, job, gazetteer, attribution) for account in rest.accounts]
    return _held_out(rest, named, attribution, heads, network)


def _is_done(job: TrainingJob, encoder: SentenceEncoder) -> bool:
    """Return whether the folder holds all parts, trained on these accounts; the network is written last."""
    try:
        _, extra = load_network(encoder, job.folder / PACKAGED_NETWORK.name)
    except EncoderError:
        return False
    return bool(extra.get("card") == dict(job.card))


def _named(
    account: LabelledAccount, job: TrainingJob, gazetteer: Gazetteer, attribution: AttributionWeights
) -> TrainingAccount:
    return TrainingAccount(account, owned_mentions(account, gazetteer, job.corpus.culture_of, attribution))


def _train(job: TrainingJob, data: TrainingSet, gazetteer: Gazetteer, encoder: SentenceEncoder, progress: Progress) -> None:
    attribution = fit_attribution(data.accounts, gazetteer, job.corpus.culture_of)
    save_attribution(attribution, job.folder / PACKAGED_ATTRIBUTION.name)
    save_weights(fit(data, card=job.card), job.folder / PACKAGED_WEIGHTS.name)
    named = [_named(account, job, gazetteer, attribution) for account in data.accounts]
    network = train_network(named, encoder, job.corpus.indicators, progress=progress, epochs=job.epochs)
    save_network(network, job.folder / PACKAGED_NETWORK.name, extra={"card": dict(job.card)})


def fuse(held_out: Sequence[HeldOutScores]) -> Fusion:
    """Return how linear heads and network are joined, learnt on accounts whose writers neither had seen."""
    names = [*JUDGEMENTS, OWNER]
    return fit_fusion(
        {name: np.concatenate([scores.linear[name] for scores in held_out]) for name in names},
        {name: np.concatenate([scores.network[name] for scores in held_out]) for name in names},
        {name: [label for scores in held_out for label in scores.gold[name]] for name in names},
        best_thresholds(
            np.concatenate([scores.shown for scores in held_out]), np.concatenate([scores.indicators for scores in held_out])
        ),
    )


def _sample(kept: NDArray[np.bool_], share: float) -> NDArray[np.bool_]:
    """Return a random part of the accounts that are kept."""
    numbers = np.random.default_rng(_SAMPLE_SEED).permutation(np.flatnonzero(kept))
    chosen = np.zeros_like(kept)
    chosen[numbers[: round(share * len(numbers))]] = True
    return chosen


def _held_out(
    data: TrainingSet,
    accounts: Sequence[TrainingAccount],
    attribution: AttributionWeights,
    heads: ReaderWeights,
    network: AccountNetwork,
) -> HeldOutScores:
    names = [*JUDGEMENTS, OWNER]
    linear: dict[str, list[NDArray[np.float32]]] = {name: [] for name in names}
    deep: dict[str, list[NDArray[np.float32]]] = {name: [] for name in names}
    gold: dict[str, list[int]] = {name: [] for name in names}
    shown, indicators = [], []
    for number, account in enumerate(accounts):
        labelled, mentions = account.labelled, [owned.mention for owned in account.named]
        spans = units(labelled.text)
        texts = [span.of(labelled.text) for span in spans]
        read = network.read(texts, places_in(mentions, spans))
        features = data.features[data.owner == number]
        told = heads.indicators(features)
        pooled = pool(features, told, len(labelled.text.split()))
        for name, labels in JUDGEMENTS.items():
            linear[name].append(heads.judgements[name].scores(pooled)[None])
            deep[name].append(read.scores[name][None])
            gold[name].append([str(label) for label in labels].index(labelled.gold.label(name)))
        owners = [[scores[owner] for owner in Owner] for scores in owner_scores(labelled.text, mentions, attribution)]
        linear[OWNER].append(np.array(owners, dtype=np.float32).reshape(-1, len(Owner)))
        deep[OWNER].append(read.owners)
        gold[OWNER] += [list(Owner).index(owned.owner) for owned in account.named]
        if labelled.spans:
            shown.append(data.shown[data.owner == number])
            indicators.append((told + read.indicators) / 2)
    return HeldOutScores(
        linear={name: np.concatenate(rows) for name, rows in linear.items()},
        network={name: np.concatenate(rows) for name, rows in deep.items()},
        gold=gold,
        shown=np.concatenate([np.zeros((0, len(heads.codes)), dtype=np.bool_), *shown]),
        indicators=np.concatenate([np.zeros((0, len(heads.codes)), dtype=np.float32), *indicators]),
    )
