"""`coach train`: from the labelled accounts of the corpus to the reader's packaged weights."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import numpy as np

from coach.library.corpus import Corpus
from coach.library.embedder import SentenceEncoder
from coach.reading.attribution import PACKAGED_ATTRIBUTION, save_attribution
from coach.reading.attribution_training import fit_attribution
from coach.reading.fusion import Fusion, fit_fusion
from coach.reading.gazetteer import Gazetteer
from coach.reading.labelled import JUDGEMENTS, LabelledAccount, read_writers
from coach.reading.network import PACKAGED_NETWORK, AccountNetwork, NetworkReading, save_network
from coach.reading.network_training import EPOCHS, train_network
from coach.reading.sentences import units
from coach.reading.training import HeldOut, TrainingSet, best_thresholds, fit_with_held_out, prepare, subset
from coach.reading.weights import PACKAGED_WEIGHTS, save_weights

Report = Callable[[str], None]
"""Told in a few words what is being done."""

Progress = Callable[[int, int], None]
"""Told the number of batches done and in all."""

PACKAGED_WEIGHTS_FOLDER = PACKAGED_WEIGHTS.parent


def held_out_writers(writers: Collection[str]) -> list[str]:
    """Return the writers that the network never sees: every fifth, so that mixing it in can be learnt and measured."""
    return sorted(set(writers))[2::5]


def train_reader(
    corpus: Corpus,
    encoder: SentenceEncoder,
    *,
    report: Report,
    progress: Progress,
    folder: Path = PACKAGED_WEIGHTS_FOLDER,
    epochs: int = EPOCHS,
) -> None:
    """Train everything that the reader learns and write it; the same corpus and machine give the same files.

    Args:
        corpus: with its labelled accounts.
        encoder: the packaged sentence encoder.
        report: told what is being done.
        progress: told how far the network's training is.
        folder: where the weights go.
        epochs: passes of the network over the accounts.

    Raises:
        CorpusError: a labelled account is broken.
        EncoderError: the encoder cannot be loaded.
    """
    accounts = read_writers(corpus.folder / "accounts")
    codes = list(corpus.indicators)
    report(f"{len(accounts)} labelled accounts by {len({a.writer for a in accounts})} writers")
    attribution = fit_attribution(accounts, Gazetteer(corpus.cultures), corpus.culture_of)
    save_attribution(attribution, folder / PACKAGED_ATTRIBUTION.name)
    report("whose culture a mention tells of: trained")
    data = prepare(accounts, encoder, codes)
    report(f"{len(data.features)} units embedded")
    card = {
        "accounts": str(len(accounts)),
        "writers": str(len(set(data.writers))),
        "spans": str(sum(len(account.spans) for account in accounts)),
        "accounts_sha256": accounts_hash(corpus.folder / "accounts"),
        "encoder": encoder.name,
    }
    weights, held_out = fit_with_held_out(data, card=card)
    save_weights(weights, folder / PACKAGED_WEIGHTS.name)
    report("linear heads: trained")
    unseen = held_out_writers(set(data.writers))
    seen = [account for account in accounts if account.writer not in unseen]
    network = train_network(seen, encoder, codes, progress=progress, epochs=epochs)
    report(f"network: trained on {len(seen)} accounts, without {', '.join(unseen)}")
    fusion = fuse(data, held_out, network, unseen)
    extra = {"fusion": fusion.as_json(), "held_out": unseen, "card": card}
    save_network(network, folder / PACKAGED_NETWORK.name, extra=extra)
    report("how the two are joined: learnt")


def fuse(data: TrainingSet, held_out: HeldOut, network: AccountNetwork, writers: Collection[str]) -> Fusion:
    """Return how linear heads and network are joined, learnt on accounts whose writers neither had seen."""
    chosen = np.isin(data.writers, sorted(writers))
    part = subset(data, chosen)
    read = [_read(network, account) for account in part.accounts]
    shown = np.concatenate([reading.indicators for reading in read])
    averaged = ((held_out.indicators[chosen[data.owner]] + shown) / 2).astype(np.float32)
    return fit_fusion(
        {name: held_out.scores[name][chosen] for name in JUDGEMENTS},
        {name: np.stack([reading.scores[name] for reading in read]) for name in JUDGEMENTS},
        {name: _gold(part.accounts, name) for name in JUDGEMENTS},
        best_thresholds(part, averaged),
    )


def accounts_hash(folder: Path) -> str:
    """Return the first 12 digits of the SHA-256 over the labelled accounts."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.jsonl")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _read(network: AccountNetwork, account: LabelledAccount) -> NetworkReading:
    return network.read([span.of(account.text) for span in units(account.text)])


def _gold(accounts: Sequence[LabelledAccount], name: str) -> list[int]:
    labels = [str(label) for label in JUDGEMENTS[name]]
    return [labels.index(account.gold.label(name)) for account in accounts]
