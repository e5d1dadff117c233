"""`coach train`: from the labelled accounts of the corpus to the reader's packaged weights."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from coach.library.corpus import Corpus
from coach.library.embedder import SentenceEncoder
from coach.reading.attribution import PACKAGED_ATTRIBUTION, save_attribution
from coach.reading.attribution_training import fit_attribution
from coach.reading.gazetteer import Gazetteer
from coach.reading.labelled import read_writers
from coach.reading.training import fit, prepare
from coach.reading.weights import PACKAGED_WEIGHTS, save_weights

Report = Callable[[str], None]
"""Told in a few words what is being done."""


def train_reader(
    corpus: Corpus,
    encoder: SentenceEncoder,
    *,
    report: Report,
    weights_path: Path = PACKAGED_WEIGHTS,
    attribution_path: Path = PACKAGED_ATTRIBUTION,
) -> None:
    """Train everything that the reader learns and write it; the same corpus and machine give the same files.

    Raises:
        CorpusError: a labelled account is broken.
        EncoderError: the encoder cannot be loaded.
    """
    accounts = read_writers(corpus.folder / "accounts")
    report(f"{len(accounts)} labelled accounts")
    save_attribution(fit_attribution(accounts, Gazetteer(corpus.cultures), corpus.culture_of), attribution_path)
    report("whose culture a mention tells of: trained")
    data = prepare(accounts, encoder, list(corpus.indicators))
    report(f"{len(data.features)} units embedded")
    card = {
        "accounts": str(len(accounts)),
        "writers": str(len(set(data.writers))),
        "spans": str(sum(len(account.spans) for account in accounts)),
        "accounts_sha256": accounts_hash(corpus.folder / "accounts"),
        "encoder": encoder.name,
    }
    save_weights(fit(data, card=card), weights_path)
    report("heads: trained")


def accounts_hash(folder: Path) -> str:
    """Return the first 12 digits of the SHA-256 over the labelled accounts."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.jsonl")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
