"""The report as a page: every figure is there, in words too, and nothing from a report becomes HTML of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from measured import rich_report

from coach.evaluation import page_texts
from coach.evaluation.charts import number, percent
from coach.evaluation.figures import Agreement, Confusion, Figure, LearningPoint, RankingFigures, Report, Slice, Table
from coach.evaluation.page import report_file, report_html
from coach.evaluation.targets import outcomes
from coach.web import texts

_VOID = {"meta", "br", "hr", "img", "input", "link"}
_BARE = Report(corpus="0", accounts=0, writers=0, folds=0, tables=())
_EMPTY_PARTS = {
    "confusions": (page_texts.CONFUSION, ()),
    "calibration": (page_texts.CALIBRATION, ()),
    "risk_coverage": (page_texts.COVERAGE, ()),
    "learning_curve": (page_texts.LEARNING, ()),
    "slices": (page_texts.SLICES, ()),
    "second_coder": (page_texts.SECOND_CODER, {}),
    "retrieval": (page_texts.RETRIEVAL, ()),
    "tables": (page_texts.AGREEMENT, ()),
}


class _Page(HTMLParser):
    """Reads a page as a browser would, and fails where an element is closed that is not the open one."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] not in (["style"], ["script"]):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def report() -> Report:
    return rich_report()


@pytest.fixture(scope="module")
def page(report: Report) -> _Page:
    return _Page(report_html(report))


def _figures(report: Report) -> Iterator[str]:
    for table in report.tables:
        yield f"{table.accounts:,}"
        for row in table.judgements:
            for figure in (row.kappa, row.weighted_kappa, row.macro_f1):
                if figure is not None:
                    yield from (number(value, 3) for value in (figure.value, figure.low, figure.high))
            yield from (number(value, 3) for value in row.baselines.values())
            if row.target is not None:
                yield number(row.target)
        shares = (table.dimensions_macro_f1, table.asks_when_unclear, table.asks_when_clear, table.calibration_error)
        yield from (number(value, 3) for value in shares if value is not None)
        yield from map(number, table.targets.values())
    for confusion in report.confusions:
        yield from (f"{count:,}" for counts in confusion.counts for count in counts)
    for point in report.calibration:
        yield from (number(point.confidence, 3), number(point.hit_rate, 3), f"{point.accounts:,}")
    for covered in report.risk_coverage:
        yield from (percent(covered.coverage).replace("\N{NO-BREAK SPACE}", " "), number(covered.error, 3))
    for learnt in report.learning_curve:
        yield from (f"{learnt.accounts:,}", *(number(value, 3) for value in learnt.kappas.values()))
    for piece in report.slices:
        yield from (piece.name, f"{piece.accounts:,}", *(number(value) for value in piece.kappas.values() if value is not None))
    yield from (number(value, 3) for value in report.second_coder.values())
    for found in report.retrieval:
        yield from (f"{found.questions:,}", number(found.hit_at_5, 3), number(found.mean_reciprocal_rank, 3))
    yield from (f"{report.accounts:,}", str(report.writers), str(report.folds), report.corpus)


def test_every_figure_of_the_report_is_on_the_page(report: Report, page: _Page) -> None:
    assert [figure for figure in _figures(report) if figure not in page.text] == []


def test_what_falls_short_is_said_before_the_figures(report: Report, page: _Page) -> None:
    missed = [outcome for outcome in outcomes(report) if not outcome.met]
    assert missed
    said = page.text[: page.text.index(page_texts.AGREEMENT.plain)]
    assert page_texts.reached(len(outcomes(report)) - len(missed), len(outcomes(report))) in said
    for outcome in missed:
        name = page_texts.SHARES.get(outcome.subject, (page_texts.judgement_name(outcome.subject),))[0]
        assert name in said
    # A figure that its target's decimals would hide is written out: 0.9496 is not 0.95.
    assert "0.9496, kappa; wanted 0.95" in said


@pytest.mark.parametrize(
    ("value", "target", "at_most", "met"),
    [(0.95, 0.95, False, True), (0.9499, 0.95, False, False), (0.05, 0.05, True, True), (0.051, 0.05, True, False)],
)
def test_a_target_is_reached_or_it_is_not(value: float, target: float, at_most: bool, met: bool) -> None:
    field = "calibration_error" if at_most else "asks_when_unclear"
    shares = dict.fromkeys(("dimensions_macro_f1", "asks_when_unclear", "asks_when_clear", "calibration_error"))
    table = Table.model_validate(
        {"name": "x", "accounts": 1, "judgements": (), "targets": {field: target}} | shares | {field: value}
    )
    (outcome,) = outcomes(_BARE.model_copy(update={"tables": (table,)}))
    assert outcome.met is met
    assert ("missed" in report_html(_BARE.model_copy(update={"tables": (table,)}))) is not met


def test_every_picture_has_a_text_equivalent(page: _Page) -> None:
    pictures = [attributes for tag, attributes in page.elements if tag == "svg" and attributes.get("class")]
    assert pictures
    for attributes in pictures:
        if attributes.get("aria-hidden") != "true":
            assert attributes.get("role") == "img"
            assert attributes.get("aria-label")
    rows = [attributes["aria-label"] or "" for attributes in pictures if attributes["class"] == "row-marks"]
    first = rich_report().tables[1].judgements[0]
    assert any("kappa 0.96" in row and "target 0.95, reached" in row and "bag of words" in row for row in rows), first
    for tag, attributes in page.elements:
        if attributes.get("class") == "scroller":
            assert tag == "div"
            assert attributes["tabindex"] == "0"
            assert attributes["aria-label"]
    assert sum(tag == "table" for tag, _ in page.elements) == sum(tag == "caption" for tag, _ in page.elements)
    assert all(attributes.get("scope") for tag, attributes in page.elements if tag == "th")


@pytest.mark.parametrize("part", _EMPTY_PARTS)
def test_a_missing_part_leaves_no_heading(report: Report, part: str) -> None:
    heading, nothing = _EMPTY_PARTS[part]
    page = _Page(report_html(report.model_copy(update={part: nothing})))
    assert heading.plain in _Page(report_html(report)).words
    assert heading.plain not in page.words


def test_an_empty_report_is_still_a_page() -> None:
    assert page_texts.TITLE in _Page(report_html(_BARE)).text
    nothing = Agreement(judgement="phase", kappa=None, macro_f1=None, target=0.9, target_of="kappa")
    shares = dict.fromkeys(("dimensions_macro_f1", "asks_when_unclear", "asks_when_clear", "calibration_error"))
    table = Table.model_validate({"name": "x", "accounts": 0, "judgements": (nothing,)} | shares)
    sparse = _BARE.model_copy(
        update={
            "tables": (table,),
            "learning_curve": (LearningPoint(accounts=0, kappas={}),),
            "confusions": (Confusion(judgement="phase", labels=("trial",), counts=((0,),)),),
            "slices": (Slice(kind="tag", name="y", accounts=0, kappas={"phase": None}),),
        }
    )
    assert page_texts.TOO_FEW in _Page(report_html(sparse)).text


def test_the_file_stands_alone(report: Report) -> None:
    document = report_file(report)
    page = _Page(document.removeprefix("<!doctype html>"))
    tags = {tag for tag, _ in page.elements}
    assert {"html", "head", "title", "style", "body", "main", "h1", "h2"} <= tags
    assert not tags & {"script", "link", "img", "iframe"}
    assert not re.search(r"https?:|url\(|@import|\son\w+=", document)
    assert "prefers-color-scheme: dark" in document
    assert "@media print" in document


def test_headings_go_down_one_level_at_a_time(report: Report) -> None:
    page = _Page(report_file(report).removeprefix("<!doctype html>"))
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


_NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30) | st.sampled_from(
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'&amp;</td>", "</title>", "{{7*7}} ${1}"]
)
_FIGURE = Figure(value=0.5, low=0.4, high=0.6)


@given(name=_NAMES)
def test_a_hostile_name_stays_text(name: str) -> None:
    def written(word: str) -> Report:
        row = Agreement(judgement=word, kappa=_FIGURE, macro_f1=_FIGURE, target=0.7, target_of="kappa", baselines={word: 0.1})
        return Report(
            corpus=word,
            accounts=10,
            writers=2,
            folds=2,
            tables=(
                Table(
                    name=word,
                    accounts=10,
                    judgements=(row,),
                    dimensions_macro_f1=None,
                    asks_when_unclear=None,
                    asks_when_clear=None,
                    calibration_error=None,
                ),
            ),
            confusions=(Confusion(judgement=word, labels=(word, word), counts=((1, 2), (3, 4))),),
            learning_curve=(LearningPoint(accounts=5, kappas={word: 0.2}),),
            slices=(Slice(kind=word, name=word, accounts=3, kappas={word: 0.3}),),
            second_coder={word: 0.9},
            retrieval=(RankingFigures(ranking=word, questions=1, hit_at_5=0.5, mean_reciprocal_rank=0.5),),
        )

    hostile, plain = _Page(report_html(written(name))), _Page(report_html(written("plain")))
    assert [tag for tag, _ in hostile.elements] == [tag for tag, _ in plain.elements]
    assert [set(attributes) for _, attributes in hostile.elements] == [set(attributes) for _, attributes in plain.elements]
    assert " ".join(name.split()) in hostile.text


@pytest.mark.parametrize(
    "judgement", ["phase", "disclosure", "diversity", "cq", "cq.cognitive", "willingness", "business_stage"]
)
def test_names_are_those_of_the_app(judgement: str) -> None:
    assert page_texts.judgement_name(judgement) == texts.judgement_in_words(judgement)
    labels = ["trial", "superficial", "more_intimate", "low", "high", "unclear", "evident", "contrary", "mutual", "neither"]
    for label in [*labels, "customer_only", "collaborative_partners", "enmeshment", "not_evident", "most_intimate"]:
        assert page_texts.label_name(judgement, label) == texts.label_in_words(judgement, label)


@pytest.mark.parametrize(("value", "written"), [(-0.0004, "0.00"), (-0.5, "−0.50"), (0.006, "0.01"), (1.0, "1.00")])
def test_figures_are_written_with_a_true_minus(value: float, written: str) -> None:
    assert number(value) == written
