"""The report as a page of text: every figure is on it, each under its own name, and empty parts leave no trace."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from measured import rich_report

from coach.evaluation.figures import Agreement, Figure, LearningPoint, Report, Slice, Table
from coach.evaluation.text_page import render_text

BARE = Report(corpus="0123456789ab", accounts=0, writers=0, folds=0, tables=())
SHOWN = ("phase", "disclosure", "diversity", "cq", "willingness")
HEADINGS = {
    "retrieval": "Retrieval",
    "tables": "Reader, ",
    "second_coder": "A second, blind coder",
    "confusions": "coder (rows) and reader (columns)",
    "calibration": "Phase: how sure",
    "risk_coverage": "Phase: share answered",
    "learning_curve": "Learning curve",
    "slices": "By length and tag",
}


@pytest.fixture(scope="module")
def report() -> Report:
    return rich_report()


@pytest.fixture(scope="module")
def page(report: Report) -> str:
    return render_text(report)


def _part(page: str, heading: str) -> list[list[str]]:
    """Return the words of each line below a heading, up to the next empty line."""
    (part,) = [part for part in page.split("\n\n") if part.startswith(heading)]
    return [line.split() for line in part.splitlines()[1:]]


def _words(row: Agreement, names: list[str]) -> Iterator[str]:
    assert row.kappa is not None
    assert row.macro_f1 is not None
    yield from (row.judgement, f"{row.kappa.value:.3f}", f"[{row.kappa.low:.3f},", f"{row.kappa.high:.3f}]")
    if row.weighted_kappa is not None:
        yield f"{row.weighted_kappa.value:.3f}"
    yield f"{row.macro_f1.value:.3f}"
    if row.target is not None:
        yield from (f"{row.target:.2f}", str(row.target_of).removesuffix("_kappa"))
    yield from (f"{row.baselines[name]:.3f}" for name in names if name in row.baselines)


def test_the_page_says_what_was_measured(report: Report, page: str) -> None:
    assert page.splitlines()[0] == "Corpus f76238eeaf7c; 1634 accounts by 41 writers, 5 folds by writer"


def test_every_judgement_has_its_figures_in_a_line(report: Report, page: str) -> None:
    for table in report.tables:
        lines = _part(page, f"Reader, {table.name} ({table.accounts})")
        names = list(dict.fromkeys(name for row in table.judgements for name in row.baselines))
        assert " ".join(lines[0]) == " ".join(["kappa", "weighted", "macro-F1", "target", *names])
        assert lines[1 : 1 + len(table.judgements)] == [list(_words(row, names)) for row in table.judgements]


def test_what_is_no_judgement_stands_below_with_its_target(report: Report, page: str) -> None:
    for table in report.tables:
        lines = [" ".join(words) for words in _part(page, f"Reader, {table.name} ({table.accounts})")][-4:]
        fields = ("dimensions_macro_f1", "asks_when_unclear", "asks_when_clear", "calibration_error")
        for line, field in zip(lines, fields, strict=True):
            target = f" (target {table.targets[field]:.2f})" if field in table.targets else ""
            assert line.endswith(f": {getattr(table, field):.3f}{target}")


def test_retrieval_and_the_second_coder(report: Report, page: str) -> None:
    assert _part(page, "Retrieval")[1:] == [
        [row.ranking, f"{row.hit_at_5:.3f}", f"{row.mean_reciprocal_rank:.3f}"] for row in report.retrieval
    ]
    assert _part(page, "A second, blind coder") == [[name, f"{value:.3f}"] for name, value in report.second_coder.items()]


def test_every_confusion_is_counted_out(report: Report, page: str) -> None:
    for table in report.confusions:
        lines = _part(page, f"{table.judgement}: coder (rows)")
        assert lines[0] == list(table.labels)
        assert lines[1:] == [[label, *map(str, counts)] for label, counts in zip(table.labels, table.counts, strict=True)]


def test_how_sure_and_how_often_right(report: Report, page: str) -> None:
    assert _part(page, "Phase: how sure") == [
        [f"{found.confidence:.3f}", f"{found.hit_rate:.3f}", str(found.accounts)] for found in report.calibration
    ]
    assert _part(page, "Phase: share answered") == [
        [f"{point.coverage:.2f}", f"{point.error:.3f}"] for point in report.risk_coverage
    ]


def test_the_learning_curve_and_the_slices(report: Report, page: str) -> None:
    assert _part(page, "Learning curve") == [
        list(SHOWN),
        *([str(point.accounts), *(f"{point.kappas[name]:.3f}" for name in SHOWN)] for point in report.learning_curve),
    ]
    lines = _part(page, "By length and tag")
    assert lines[0] == list(SHOWN)
    for words, row in zip(lines[1:], report.slices, strict=True):
        values = [row.kappas[name] for name in SHOWN]
        assert words == [*row.name.split(), str(row.accounts), *(f"{value:.3f}" for value in values if value is not None)]


def test_columns_stand_one_below_the_other(report: Report, page: str) -> None:
    for heading in ("Learning curve", "By length and tag"):
        (part,) = [part for part in page.split("\n\n") if part.startswith(heading)]
        header, *rows = part.splitlines()[1:]
        ends = [match.end() for match in re.finditer(r"\S+", header)]
        assert rows
        assert all({match.end() for match in re.finditer(r"-?\d\.\d{3}", row)} <= set(ends) for row in rows)


@pytest.mark.parametrize("part", HEADINGS)
def test_an_empty_part_leaves_no_heading(part: str, report: Report, page: str) -> None:
    assert HEADINGS[part] in page
    nothing: object = {} if part == "second_coder" else ()
    assert HEADINGS[part] not in render_text(report.model_copy(update={part: nothing}))


def test_an_empty_report_is_its_first_line() -> None:
    assert render_text(BARE) == "Corpus 0123456789ab; 0 accounts by 0 writers, 0 folds by writer"


def test_what_cannot_be_told_is_left_open() -> None:
    half = Agreement(judgement="phase", kappa=None, macro_f1=Figure(value=0.5, low=0.4, high=0.6))
    table = Table(
        name="few.jsonl",
        accounts=3,
        judgements=(half,),
        dimensions_macro_f1=None,
        asks_when_unclear=None,
        asks_when_clear=0.0,
        calibration_error=None,
    )
    sparse = BARE.model_copy(
        update={
            "tables": (table,),
            "learning_curve": (LearningPoint(accounts=7, kappas={"phase": 0.25}),),
            "slices": (Slice(kind="tag", name="hard", accounts=3, kappas={"disclosure": -0.5, "phase": None}),),
        }
    )
    page = render_text(sparse)
    lines = _part(page, "Reader, few.jsonl (3)")
    assert lines[1] == ["phase", "0.500"]
    assert [words[-1] for words in lines[2:]] == ["-", "-", "0.000", "-"]
    assert _part(page, "Learning curve")[1] == ["7", "0.250", *["nan"] * 4]
    assert _part(page, "By length and tag")[1] == ["hard", "3", "-0.500"]
