"""The reader measured on writers it never saw, beside a bag of words and the most frequent label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from coach.diagnosis import diagnose
from coach.evaluation.agreement import Figures, agreement, calibration_error
from coach.framework import PHASES, Dimension
from coach.library.corpus import Corpus
from coach.library.embedder import SentenceEncoder
from coach.reading.attribution_training import fit_attribution
from coach.reading.fused_network import load_fused_network
from coach.reading.labelled import LabelledAccount
from coach.reading.reader import Reader
from coach.reading.training import fit, prepare
from coach.records import Account, Diagnosis

if TYPE_CHECKING:
    from numpy.typing import NDArray

JUDGED = ("phase", "disclosure", "diversity", "cq", "willingness", "regressed", *(f"cq.{d}" for d in Dimension))
"""What is compared with gold labels."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One account as a coder and as the reader labelled it."""

    account: LabelledAccount
    diagnosis: Diagnosis


def read_unseen(
    corpus: Corpus, encoder: SentenceEncoder, accounts: Sequence[LabelledAccount], say: Callable[[str], None]
) -> list[Reading]:
    """Diagnose the accounts of the writers that the packaged network never saw.

    The linear heads, and whose culture a mention tells of, are trained anew without these writers. What joins the two was
    learnt on their accounts (two numbers a judgement), which flatters the figures a little.

    Raises:
        EncoderError: the encoder or the packaged network cannot be loaded.
    """
    network = load_fused_network(encoder)
    say(f"writers never seen: {', '.join(network.held_out)}; training linear heads without them")
    seen = [account for account in accounts if account.writer not in network.held_out]
    reader = Reader(corpus, encoder, fit(prepare(seen, encoder, list(corpus.indicators))), network)
    reader.attribution = fit_attribution(seen, reader.gazetteer, corpus.culture_of)
    say("diagnosing")
    return diagnose_all(corpus, reader, [account for account in accounts if account.writer in network.held_out])


def diagnose_all(corpus: Corpus, reader: Reader, accounts: Sequence[LabelledAccount]) -> list[Reading]:
    """Diagnose labelled accounts with one reader."""
    return [
        Reading(account, diagnose(reader.read(Account(text=account.text, profile=account.profile)), corpus))
        for account in accounts
    ]


def figures(readings: Sequence[Reading]) -> dict[str, Figures]:
    """Return the agreement of each judgement, and the calibration error of the phase."""
    results = {
        name: agreement(
            name, [gold_label(r.account, name) for r in readings], [told_label(r.diagnosis, name) for r in readings]
        )
        for name in JUDGED
    }
    clear = [r for r in readings if r.account.gold.phase in PHASES and r.diagnosis.phase.label in PHASES]
    results["phase"]["calibration_error"] = calibration_error(
        [r.diagnosis.phase.confidence for r in clear],
        [r.account.gold.phase is r.diagnosis.phase.label for r in clear],
    )
    unclear = [r.diagnosis.phase.label == "unclear" for r in readings if r.account.gold.phase == "unclear"]
    named = [r.diagnosis.phase.label == "unclear" for r in readings if r.account.gold.phase != "unclear"]
    results["phase"]["asked_when_unclear"] = float(np.mean(unclear)) if unclear else float("nan")
    results["phase"]["asked_when_clear"] = float(np.mean(named)) if named else float("nan")
    return results


def baselines(accounts: Sequence[LabelledAccount], unseen: Collection[str]) -> dict[str, dict[str, Figures]]:
    """Return for each judgement the agreement of a bag of words and of the most frequent label on unseen writers."""
    seen = [account for account in accounts if account.writer not in unseen]
    tested = [account for account in accounts if account.writer in unseen]
    results: dict[str, dict[str, Figures]] = {"bag of words": {}, "majority": {}}
    for name in JUDGED:
        gold = [gold_label(account, name) for account in tested]
        labels = [gold_label(account, name) for account in seen]
        told = _bag_of_words([account.text for account in seen], labels)([account.text for account in tested])
        results["bag of words"][name] = agreement(name, gold, [str(label) for label in told])
        results["majority"][name] = agreement(name, gold, [Counter(labels).most_common(1)[0][0]] * len(gold))
    return results


def _bag_of_words(texts: list[str], labels: list[str]) -> Callable[[list[str]], NDArray[Any]]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(
        TfidfVectorizer(min_df=3, ngram_range=(1, 2), sublinear_tf=True),
        LogisticRegression(C=10, max_iter=300, class_weight="balanced"),
    )
    model.fit(texts, labels)
    return lambda unseen: np.asarray(model.predict(unseen))


def gold_label(account: LabelledAccount, name: str) -> str:
    """Return a coder's label of a judgement."""
    return str(account.gold.cq.level) if name == "cq" else account.gold.label(name)


def told_label(diagnosis: Diagnosis, name: str) -> str:
    """Return a diagnosis' label of a judgement."""
    if name == "cq":
        return str(diagnosis.cq.level)
    if name.startswith("cq."):
        return str(diagnosis.cq.dimensions[Dimension(name.removeprefix("cq."))].state)
    if name == "regressed":
        return str(diagnosis.phase.regressed).lower()
    return str(getattr(diagnosis, name).label)
