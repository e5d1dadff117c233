"""`coach eval`: everything that is measured, as figures and as a page of text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from coach.chain import Coach
from coach.evaluation.agreement import Figures
from coach.evaluation.reader import baselines, diagnose_all, figures, read_unseen
from coach.evaluation.retrieval import evaluate_retrieval, read_questions
from coach.reading.labelled import read_labelled, read_writers

_HARD = "hard"
UNSEEN = "unseen writers"
"""Name of the table of accounts whose writers the network never saw."""


def evaluate_all(coach: Coach, accounts: Path | None, *, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure retrieval, and the reader.

    Args:
        coach: whose corpus, store and encoder are measured.
        accounts: labelled accounts that took no part in training, to score the shipped reader on; where None, the
            development accounts and those of writers that the network never saw.
        say: told what is being done.

    Raises:
        CorpusError: a file of questions or accounts is broken.
    """
    say("retrieval")
    report: dict[str, Any] = {
        "corpus": coach.corpus.version,
        "retrieval": evaluate_retrieval(coach.retriever, read_questions(coach.corpus.folder)),
    }
    if accounts is not None:
        labelled = read_labelled(accounts)
        report["reader"] = {accounts.name: figures(diagnose_all(coach.corpus, coach.reader, labelled))}
        return report
    development = coach.corpus.folder / "evaluation" / "development.jsonl"
    say("development accounts")
    report["reader"] = {"development accounts": figures(diagnose_all(coach.corpus, coach.reader, read_labelled(development)))}
    labelled = read_writers(coach.corpus.folder / "accounts")
    readings = read_unseen(coach.corpus, coach.encoder, labelled, say)
    report["reader"] |= {
        UNSEEN: figures(readings),
        f"{UNSEEN}, plain accounts": figures([r for r in readings if _HARD not in r.account.tags]),
        f"{UNSEEN}, hard accounts": figures([r for r in readings if _HARD in r.account.tags]),
    }
    say("baselines")
    report["baselines"] = baselines(labelled, {r.account.writer for r in readings})
    return report


def render_text(report: dict[str, Any]) -> str:
    """Return the report as a page of text, each figure beside its baselines."""
    lines = [f"Corpus {report['corpus']}", "", "Retrieval", f"{'':16}{'hit@5':>8}{'MRR':>8}"]
    for ranking, row in report["retrieval"].items():
        lines.append(f"{ranking:16}{row['hit_at_5']:8.3f}{row['mrr']:8.3f}")
    measured = report.get("baselines", {})
    for name, table in report["reader"].items():
        # The baselines were measured on all accounts of unseen writers; beside any other table they would mislead.
        beside = measured if name == UNSEEN or UNSEEN not in report["reader"] else {}
        count = int(table["phase"]["accounts"])
        lines += ["", f"Reader, {name} ({count}), 95 % bootstrap intervals", _heading(beside)]
        lines += [_row(judgement, row, beside) for judgement, row in table.items()]
        phase = table["phase"]
        lines.append(
            f"phase calibration error {phase['calibration_error']:.3f}; asks when unclear {phase['asked_when_unclear']:.3f}, "
            f"when clear {phase['asked_when_clear']:.3f}"
        )
    return "\n".join(lines)


def _heading(baselines: Mapping[str, Any]) -> str:
    extra = "".join(f"{name:>16}" for name in baselines)
    return f"{'':20}{'kappa':>8}{'':18}{'weighted':>9}{'macro-F1':>10}{extra}"


def _row(judgement: str, row: Figures, baselines: Mapping[str, Any]) -> str:
    interval = f"[{row['kappa_low']:.3f}, {row['kappa_high']:.3f}]"
    weighted = f"{row['weighted_kappa']:9.3f}" if "weighted_kappa" in row else " " * 9
    extra = "".join(f"{table[judgement]['kappa']:16.3f}" for table in baselines.values())
    return f"{judgement:20}{row['kappa']:8.3f} {interval:17}{weighted}{row['macro_f1']:10.3f}{extra}"
