"""Measuring the readers of a cross-validation on the writers that they never saw."""

from __future__ import annotations

from collections.abc import Callable

from coach.evaluation.verdicts import CrossValidation, Verdict, read_all
from coach.library.corpus import Corpus
from coach.library.embedder import SentenceEncoder
from coach.reading.attribution import PACKAGED_ATTRIBUTION, load_attribution
from coach.reading.fused_network import FusedNetwork
from coach.reading.labelled import LabelledAccount, read_writers
from coach.reading.network import PACKAGED_NETWORK, load_network
from coach.reading.reader import Reader
from coach.reading.train_command import Fold, Folds, accounts_hash
from coach.reading.weights import PACKAGED_WEIGHTS, load_weights

PACKAGED_RESULTS = PACKAGED_WEIGHTS.parent / "cross_validation.json"


def measure(corpus: Corpus, encoder: SentenceEncoder, folds: Folds, *, report: Callable[[str], None]) -> CrossValidation:
    """Return what each reader says of the accounts of its held-out writers.

    Raises:
        EncoderError: the encoder or the weights of a fold cannot be loaded.
    """
    accounts = read_writers(corpus.folder / "accounts")
    verdicts: dict[str, Verdict] = {}
    for number, fold in enumerate(folds.validation, start=1):
        report(f"reading the writers of fold {number} of {len(folds.validation)}")
        verdicts |= {verdict.id: verdict for verdict in _measure(corpus, encoder, fold, accounts)}
    return CrossValidation(
        accounts_sha256=accounts_hash(corpus.folder / "accounts"),
        folds=tuple(fold.held_out for fold in folds.validation),
        verdicts=tuple(verdicts[account.id] for account in accounts),
        curve=tuple((fold.accounts, tuple(_measure(corpus, encoder, fold, accounts))) for fold in folds.curve),
    )


def _reader(corpus: Corpus, encoder: SentenceEncoder, fold: Fold) -> Reader:
    """Return the reader of a fold.

    Raises:
        EncoderError: its weights cannot be loaded.
    """
    network, _ = load_network(encoder, fold.folder / PACKAGED_NETWORK.name)
    reader = Reader(corpus, encoder, load_weights(fold.folder / PACKAGED_WEIGHTS.name), FusedNetwork(network, fold.fusion))
    reader.attribution = load_attribution(fold.folder / PACKAGED_ATTRIBUTION.name)
    return reader


def _measure(corpus: Corpus, encoder: SentenceEncoder, fold: Fold, accounts: list[LabelledAccount]) -> list[Verdict]:
    unseen = [account for account in accounts if account.writer in fold.held_out]
    return read_all(corpus, _reader(corpus, encoder, fold), unseen)
