"""`coach eval`: everything that is measured, as one report, and as a page of text."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from coach.chain import Coach
from coach.errors import CorpusError
from coach.evaluation.agreement import (
    ORDERED,
    calibration,
    calibration_error,
    confusion,
    kappa,
    risk_coverage,
    with_interval,
)
from coach.evaluation.baselines import baselines, kappas
from coach.evaluation.cross_validation import PACKAGED_RESULTS
from coach.evaluation.figures import Agreement, Confusion, LearningPoint, RankingFigures, Report, Slice, Table
from coach.evaluation.retrieval import evaluate_retrieval, read_questions
from coach.evaluation.second_coder import second_coder_kappas
from coach.evaluation.verdicts import JUDGED, Compared, CrossValidation, compare, read_all
from coach.framework import PHASES, CQLevel, Dimension, Diversity
from coach.reading.labelled import JUDGEMENTS, LabelledAccount, read_labelled, read_writers
from coach.reading.train_command import accounts_hash

UNSEEN = "unseen writers"
"""Name of the table of all accounts, each read by a reader that had not seen its writer."""

_HARD = "hard"
_SHOWN = ("phase", "disclosure", "diversity", "cq", "willingness")
"""Judgements of which confusions, slices and the learning curve are shown."""

_LABELS: Mapping[str, Sequence[str]] = {**JUDGEMENTS, "diversity": tuple(Diversity), "cq": tuple(CQLevel)}

_FEWEST_WITH_TAG = 30
_LENGTHS = ((0, 30), (30, 80), (80, 150), (150, 250), (250, None))

_TARGETS: Mapping[str, Mapping[str, tuple[str, float]]] = {
    "plain": {
        "phase": ("kappa", 0.95),
        "disclosure": ("weighted_kappa", 0.94),
        "diversity": ("kappa", 0.97),
        "cq": ("weighted_kappa", 0.78),
        "willingness": ("kappa", 0.78),
    },
    "hard": {
        "phase": ("kappa", 0.85),
        "disclosure": ("weighted_kappa", 0.86),
        "diversity": ("kappa", 0.95),
        "cq": ("weighted_kappa", 0.74),
        "willingness": ("kappa", 0.70),
    },
}
"""What the project set itself for accounts of writers that took no part in training."""

_OTHER_TARGETS: Mapping[str, Mapping[str, float]] = {
    "plain": {"dimensions_macro_f1": 0.75, "asks_when_unclear": 0.90, "asks_when_clear": 0.02, "calibration_error": 0.05},
    "hard": {"dimensions_macro_f1": 0.70, "asks_when_unclear": 0.85, "asks_when_clear": 0.05, "calibration_error": 0.06},
}

Beside = Mapping[str, Mapping[str, float]]
"""For each judgement the kappa of each baseline."""


def evaluate_all(coach: Coach, accounts: Path | None, *, say: Callable[[str], None]) -> Report:
    """Measure retrieval, and the reader.

    Args:
        coach: whose corpus, store and encoder are measured.
        accounts: labelled accounts that took no part in training, to score the shipped reader on; where None, the
            cross-validation by writer that training left, and the development accounts.
        say: told what is being done.

    Raises:
        CorpusError: a file of questions, accounts or results is broken, or the results are of other accounts.
    """
    say("retrieval")
    retrieval = ranking_figures(coach)
    if accounts is not None:
        labelled = read_labelled(accounts)
        say("reading")
        tables = [table_of(accounts.name, compare(labelled, read_all(coach.corpus, coach.reader, labelled)))]
        return Report(
            corpus=coach.corpus.version, accounts=len(labelled), writers=1, folds=0, tables=tuple(tables), retrieval=retrieval
        )
    labelled = read_writers(coach.corpus.folder / "accounts")
    folder = coach.settings.weights_dir or PACKAGED_RESULTS.parent
    results = CrossValidation.load(folder / PACKAGED_RESULTS.name)
    if results.accounts_sha256 != accounts_hash(coach.corpus.folder / "accounts"):
        raise CorpusError(
            "The labelled accounts have changed since the reader was cross-validated on them.",
            "Train and measure anew with `coach train`, or score one file with `coach eval FILE`.",
        )
    compared = compare(labelled, results.verdicts)
    told = baselines(coach.corpus, coach.encoder, labelled, results.folds, say=say)
    measured = [any(account.writer in fold for fold in results.folds) for account in labelled]
    hard = [_HARD in account.tags for account in labelled]
    say("development accounts")
    development = read_labelled(coach.corpus.folder / "evaluation" / "development.jsonl")
    say("bootstrap intervals")
    subsets = {
        "": measured,
        "plain": [known and not flag for known, flag in zip(measured, hard, strict=True)],
        "hard": [known and flag for known, flag in zip(measured, hard, strict=True)],
    }
    tables = [
        table_of(
            f"{UNSEEN}, {name} accounts" if name else UNSEEN,
            compare([account for account, kept in zip(labelled, keep, strict=True) if kept], results.verdicts),
            beside=kappas(labelled, told, keep),
            targets=name,
        )
        for name, keep in subsets.items()
    ]
    tables.append(table_of("development accounts", compare(development, read_all(coach.corpus, coach.reader, development))))
    confidences, hits = _phase_confidence(compared)
    return Report(
        corpus=coach.corpus.version,
        accounts=len(compared),
        writers=len({row.account.writer for row in compared}),
        folds=len(results.folds),
        tables=tuple(tables),
        confusions=tuple(_confusion(compared, judgement) for judgement in _SHOWN),
        calibration=tuple(calibration(confidences, hits)),
        risk_coverage=tuple(risk_coverage(confidences, hits)),
        learning_curve=tuple(_learning_curve(labelled, results)) if results.curve else (),
        slices=tuple(_slices(compared)),
        second_coder=second_coder_kappas(coach.corpus.folder, labelled),
        retrieval=retrieval,
    )


def ranking_figures(coach: Coach) -> tuple[RankingFigures, ...]:
    """Return how well the coach's passages answer the questions, by ranking."""
    return tuple(evaluate_retrieval(coach.retriever, read_questions(coach.corpus.folder)))


def table_of(name: str, compared: Sequence[Compared], *, beside: Beside | None = None, targets: str = "") -> Table:
    """Return the agreement of each judgement on some accounts.

    Args:
        name: of the table.
        compared: the accounts with what was told.
        beside: kappa of each baseline by judgement.
        targets: `plain` or `hard`, whose targets apply; none otherwise.
    """
    judgements = []
    for judgement in JUDGED:
        pairs = [row.pair(judgement) for row in compared]
        target_of, target = _TARGETS.get(targets, {}).get(judgement, (None, None))
        judgements.append(
            Agreement(
                judgement=judgement,
                kappa=with_interval(pairs, "kappa"),
                weighted_kappa=with_interval(pairs, "weighted_kappa", ORDERED[judgement]) if judgement in ORDERED else None,
                macro_f1=with_interval(pairs, "macro_f1"),
                target=target,
                target_of=target_of,
                baselines=dict((beside or {}).get(judgement, {})),
            )
        )
    scores = [row.macro_f1.value for row in judgements if row.judgement.startswith("cq.") and row.macro_f1]
    unclear = [told == "unclear" for gold, told in (row.pair("phase") for row in compared) if gold == "unclear"]
    clear = [told == "unclear" for gold, told in (row.pair("phase") for row in compared) if gold != "unclear"]
    return Table(
        name=name,
        accounts=len(compared),
        judgements=tuple(judgements),
        dimensions_macro_f1=sum(scores) / len(scores) if len(scores) == len(Dimension) else None,
        asks_when_unclear=_share(unclear),
        asks_when_clear=_share(clear),
        calibration_error=calibration_error(calibration(*_phase_confidence(compared))),
        targets=dict(_OTHER_TARGETS.get(targets, {})),
    )


def _share(flags: Sequence[bool]) -> float | None:
    return sum(flags) / len(flags) if flags else None


def _phase_confidence(compared: Sequence[Compared]) -> tuple[list[float], list[bool]]:
    """Return confidence and hit of the phase, over accounts with a phase that were told one."""
    named = [row for row in compared if all(label in PHASES for label in row.pair("phase"))]
    return [row.verdict.confidence for row in named], [row.pair("phase")[0] == row.pair("phase")[1] for row in named]


def _confusion(compared: Sequence[Compared], judgement: str) -> Confusion:
    labels = tuple(str(label) for label in _LABELS[judgement])
    table = confusion([row.pair(judgement) for row in compared], labels)
    return Confusion(
        judgement=judgement, labels=labels, counts=tuple(tuple(int(count) for count in row) for row in table.tolist())
    )


def _learning_curve(accounts: Sequence[LabelledAccount], results: CrossValidation) -> list[LearningPoint]:
    """Return the kappas on the first fold by readers trained on ever more accounts, the whole of the others last."""
    first = [account for account in accounts if account.writer in results.folds[0]]
    steps = [*results.curve, (len(accounts) - len(first), results.verdicts)]
    return [LearningPoint(accounts=count, kappas=_kappas(compare(first, verdicts))) for count, verdicts in steps]


def _slices(compared: Sequence[Compared]) -> list[Slice]:
    found = []
    for low, high in _LENGTHS:
        rows = [row for row in compared if low <= len(row.account.text.split()) < (high or math.inf)]
        name = f"under {high} words" if low == 0 else f"{low} words and more" if high is None else f"{low} to {high - 1} words"
        if rows:
            found.append(Slice(kind="length", name=name, accounts=len(rows), kappas=dict(_kappas(rows))))
    counts = Counter(tag for row in compared for tag in set(row.account.tags))
    for tag, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if count >= _FEWEST_WITH_TAG:
            rows = [row for row in compared if tag in row.account.tags]
            found.append(Slice(kind="tag", name=tag, accounts=count, kappas=dict(_kappas(rows))))
    return found


def _kappas(compared: Sequence[Compared]) -> dict[str, float]:
    values = {judgement: kappa([row.pair(judgement) for row in compared]) for judgement in _SHOWN}
    return {judgement: value for judgement, value in values.items() if value == value}
