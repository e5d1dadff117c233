"""Measuring the readers of a cross-validation on the writers that they never saw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from coach.evaluation.verdicts import CrossValidation, Verdict, read_all
from coach.library.corpus import Corpus
from coach.library.embedder import SentenceEncoder
from coach.reading.attribution import PACKAGED_ATTRIBUTION, load_attribution
from coach.reading.fused_network import FusedNetwork
from coach.reading.labelled import read_writers
from coach.reading.network import PACKAGED_NETWORK, load_network
from coach.reading.reader import Reader
from coach.reading.side_by_side import Progress, run_side_by_side
from coach.reading.train_command import Fold, Folds, accounts_hash
from coach.reading.weights import PACKAGED_WEIGHTS, load_weights

PACKAGED_RESULTS = PACKAGED_WEIGHTS.parent / "cross_validation.json"


@dataclass(frozen=True, slots=True)
class _Task:
    corpus: Corpus
    encoder: str
    fold: Fold


def measure(corpus: Corpus, encoder: SentenceEncoder, folds: Folds, *, report: Callable[[str], None]) -> CrossValidation:
    """Return what each reader says of the accounts of its held-out writers.

    Raises:
        EncoderError: the encoder or the weights of a fold cannot be loaded.
    """
    report("reading the writers held out")
    tasks = [_Task(corpus, encoder.name, fold) for fold in (*folds.validation, *folds.curve)]
    told = run_side_by_side(_measure, tasks)
    count = len(folds.validation)
    by_id = {verdict.id: verdict for verdicts in told[:count] for verdict in verdicts}
    return CrossValidation(
        accounts_sha256=accounts_hash(corpus.folder / "accounts"),
        folds=tuple(fold.held_out for fold in folds.validation),
        verdicts=tuple(by_id[account.id] for account in read_writers(corpus.folder / "accounts") if account.id in by_id),
        curve=tuple((fold.accounts, tuple(verdicts)) for fold, verdicts in zip(folds.curve, told[count:], strict=True)),
    )


def _measure(task: _Task, _: Progress) -> list[Verdict]:
    """Return what the reader of a fold says of its held-out writers."""
    fold, encoder = task.fold, SentenceEncoder(task.encoder)
    network, _extra = load_network(encoder, fold.folder / PACKAGED_NETWORK.name)
    heads = load_weights(fold.folder / PACKAGED_WEIGHTS.name)
    reader = Reader(task.corpus, encoder, heads, FusedNetwork(network, fold.fusion))
    reader.attribution = load_attribution(fold.folder / PACKAGED_ATTRIBUTION.name)
    accounts = read_writers(task.corpus.folder / "accounts")
    return read_all(task.corpus, reader, [account for account in accounts if account.writer in fold.held_out])
