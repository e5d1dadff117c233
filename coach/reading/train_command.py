"""From the labelled accounts of the corpus to the reader's packaged weights, cross-validated by writer.

The parts are trained once on everything, for use, and once without each fold of writers, to learn how they are joined and to
measure them on voices that they never heard. Jobs run side by side, one thread each: the same corpus and machine give the
same weights.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from coach.errors import CorpusError
from coach.library.atomic import write_atomically
from coach.library.corpus import Corpus
from coach.library.embedder import SentenceEncoder
from coach.reading.attribution import PACKAGED_ATTRIBUTION
from coach.reading.fusion import Fusion
from coach.reading.labelled import read_writers
from coach.reading.network import PACKAGED_NETWORK, load_network, save_network
from coach.reading.network_training import EPOCHS
from coach.reading.side_by_side import Progress, run_side_by_side
from coach.reading.training import embedded
from coach.reading.training_job import TrainingJob, fuse, run_job
from coach.reading.weights import PACKAGED_WEIGHTS

Report = Callable[[str], None]
"""Told in a few words what is being done."""

PACKAGED_FOLDER = PACKAGED_WEIGHTS.parent

FOLDS = 4
_FEWEST_WRITERS = 3
"""Joining heads and network is learnt on two folds when the third is measured."""

CURVE = (0.25, 0.5)
"""Parts of the accounts on which the reader is trained as well, without the first fold, for a learning curve."""


@dataclass(frozen=True, slots=True)
class Fold:
    """A reader trained without some writers.

    Attributes:
        held_out: those writers.
        folder: its weights.
        fusion: how its parts are joined, learnt on the writers of the other folds.
        accounts: how many accounts it was trained on.
    """

    held_out: tuple[str, ...]
    folder: Path
    fusion: Fusion
    accounts: int


@dataclass(frozen=True, slots=True)
class Folds:
    """The readers of a cross-validation, and those of a learning curve, smallest first."""

    validation: Sequence[Fold]
    curve: Sequence[Fold]


def folds_of(writers: Collection[str], count: int = FOLDS) -> list[tuple[str, ...]]:
    """Return the writers of each fold; every writer is in one."""
    names = sorted(set(writers))
    return [tuple(names[first::count]) for first in range(min(count, len(names)))]


def train_reader(
    corpus: Corpus,
    encoder: SentenceEncoder,
    *,
    report: Report,
    progress: Progress,
    workbench: Path,
    folder: Path = PACKAGED_FOLDER,
    epochs: int = EPOCHS,
    curve: Sequence[float] = CURVE,
) -> Folds:
    """Train everything that the reader learns and write it; the same corpus and machine give the same files.

    Args:
        corpus: with its labelled accounts.
        encoder: the packaged sentence encoder.
        report: told what is being done.
        progress: told how far the networks' training is, all jobs together.
        workbench: a folder for the weights of the folds, new or left by a run of the same code that was broken off; jobs that
            it finished are not done again.
        folder: where the weights for use go.
        epochs: passes of a network over the accounts.
        curve: parts of the accounts for the learning curve.

    Returns:
        The readers of the cross-validation, to be measured.

    Raises:
        CorpusError: a labelled account is broken, or there are too few writers.
        EncoderError: the encoder cannot be loaded.
    """
    accounts = read_writers(corpus.folder / "accounts")
    writers = {account.writer for account in accounts}
    report(f"{len(accounts)} labelled accounts by {len(writers)} writers")
    if len(writers) < _FEWEST_WRITERS:
        raise CorpusError(
            f"{corpus.folder / 'accounts'} holds accounts of {len(writers)} writers, too few to measure a reader on new ones.",
            f"Give accounts of {_FEWEST_WRITERS} writers or more, one file each.",
        )
    data = embedded(accounts, encoder, list(corpus.indicators), workbench / "units.npz")
    report(f"{len(data.features)} units embedded")
    card = {
        "accounts": str(len(accounts)),
        "writers": str(len(writers)),
        "spans": str(sum(len(account.spans) for account in accounts)),
        "accounts_sha256": accounts_hash(corpus.folder / "accounts"),
        "encoder": encoder.name,
    }
    folds = folds_of(writers)

    def job(name: str, held_out: tuple[str, ...], share: float = 1.0) -> TrainingJob:
        return TrainingJob(
            corpus=corpus,
            data=data,
            encoder=encoder.name,
            held_out=held_out,
            folder=workbench / name,
            epochs=epochs,
            share=share,
            card=card,
        )

    jobs = [job("everything", ()), *(job(f"fold_{number}", fold) for number, fold in enumerate(folds))]
    jobs += [job(f"curve_{number}", folds[0], share) for number, share in enumerate(curve)]
    report(f"training on everything, without each of {len(folds)} folds of writers, and on {len(curve)} smaller parts")
    held_out = run_side_by_side(run_job, jobs, progress)[1 : 1 + len(folds)]
    fusion = fuse([scores for scores in held_out if scores is not None])
    _publish(workbench / "everything", folder, encoder, fusion, card)
    report("how heads and network are joined: learnt")

    def trained(number: int, path: Path, share: float = 1.0) -> Fold:
        others = [scores for other, scores in enumerate(held_out) if other != number and scores is not None]
        seen = sum(account.writer not in folds[number] for account in accounts)
        return Fold(folds[number], path, fuse(others), round(share * seen))

    return Folds(
        validation=[trained(number, workbench / f"fold_{number}") for number in range(len(folds))],
        curve=[trained(0, workbench / f"curve_{number}", share) for number, share in enumerate(curve)],
    )


def accounts_hash(folder: Path) -> str:
    """Return the first 12 digits of the SHA-256 over the labelled accounts."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.jsonl")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _publish(trained: Path, folder: Path, encoder: SentenceEncoder, fusion: Fusion, card: dict[str, str]) -> None:
    for name in (PACKAGED_WEIGHTS.name, PACKAGED_ATTRIBUTION.name):
        write_atomically(folder / name, (trained / name).read_bytes())
    network, _ = load_network(encoder, trained / PACKAGED_NETWORK.name)
    save_network(network, folder / PACKAGED_NETWORK.name, extra={"fusion": fusion.as_json(), "card": card})
