"""The account with its marks and the coach's Markdown: nothing from outside becomes HTML, and no word is lost."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.framework import Scope
from coach.records import Source
from coach.web.markup import (
    Mark,
    cited_ids,
    letter,
    margin_notes,
    marked_text,
    marks_of,
    plain_reply,
    reply_html,
    sources_html,
)

_TAG = re.compile(r"<[^>]*>")
_ALLOWED_TAGS = {
    "p", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre", "hr", "br", "h1", "h2", "h3", "h4", "h5", "h6",
    "details", "summary", "sup", "a",
}  # fmt: skip


def _without_tags(html: str) -> str:
    return unescape(_TAG.sub("", html))


class _Tags(HTMLParser):
    """Collects the tags and attributes that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


@st.composite
def _accounts(draw: st.DrawFn) -> tuple[str, list[Mark]]:
    # Carriage returns and nulls are changed by HTML itself, so the reader takes them out before.
    text = draw(st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n<>&\"'"), max_size=120))
    spans = draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text))), max_size=8))
    marks = [
        Mark(
            start=min(span),
            end=max(span),
            scope=draw(st.sampled_from(Scope)),
            against=draw(st.booleans()),
            observations=("<b>seen</b>",),
            supports=("growing & closer",),
        )
        for span in spans
        if span[0] != span[1]
    ]
    return text, sorted(marks, key=lambda mark: (mark.start, -mark.end))


@given(_accounts())
def test_marked_account_without_tags_is_the_account(case: tuple[str, list[Mark]]) -> None:
    text, marks = case
    html = marked_text(text, marks)
    assert _without_tags(html) == text
    assert _Tags(html).tags <= {"mark", "sup"}


@given(_accounts())
def test_rows_of_words_make_up_the_account(case: tuple[str, list[Mark]]) -> None:
    text, marks = case
    html = margin_notes(text, marks)
    words = re.findall(r'<div class="words">(.*?)</div>', html, re.DOTALL)
    assert "".join(_without_tags(row) for row in words) == text
    assert html.count("<li") == len(marks)


@given(st.text(max_size=200))
def test_a_reply_brings_no_tag_and_no_attribute_of_its_own(reply: str) -> None:
    seen = _Tags(reply_html(reply))
    assert seen.tags <= _ALLOWED_TAGS
    assert seen.attributes <= {"class", "start"}


@pytest.mark.parametrize(
    "hostile",
    [
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "![x](http://example.org/x.png)",
        "[x](javascript:alert(1))",
        "<details open ontoggle=alert(1)>x</details>",
        "<summary onclick=alert(1)>x</summary>",
        "<http://example.org>",
        "[x]: http://example.org\n\n[x]",
    ],
)
def test_hostile_markdown_fetches_and_runs_nothing(hostile: str) -> None:
    seen = _Tags(reply_html(hostile))
    assert not seen.tags & {"img", "script", "a", "iframe"}
    assert not seen.attributes - {"class"}


def test_overlapping_marks_share_their_common_words() -> None:
    marks = [
        Mark(start=0, end=5, scope=Scope.ACTUAL, against=False, observations=("x",), supports=()),
        Mark(start=3, end=8, scope=Scope.HYPOTHETICAL, against=False, observations=("y",), supports=()),
    ]
    html = marked_text("abcdefghij", marks)
    assert html == (
        '<mark class="counted">abc</mark><mark class="counted">de</mark><sup class="ref" data-n="a"></sup>'
        '<mark class="uncounted">fgh</mark><sup class="ref" data-n="b"></sup>ij'
    )


def test_evidence_of_all_judgements_becomes_one_mark_for_each_passage(first, glossary) -> None:
    marks = marks_of(first.record.diagnosis, first.said, glossary.notes)
    spans = [(mark.start, mark.end, mark.scope) for mark in marks]
    assert len(spans) == len(set(spans))
    assert any(len(mark.supports) > 1 for mark in marks)
    assert "said not to be so, not counted" in margin_notes(first.said, marks)


def test_a_span_that_does_not_fit_the_account_is_left_out(first, glossary) -> None:
    assert marks_of(first.record.diagnosis, "Something else entirely.", glossary.notes) == ()


@pytest.mark.parametrize(("index", "name"), [(0, "a"), (25, "z"), (26, "aa"), (51, "az"), (52, "ba")])
def test_marks_are_lettered(index: int, name: str) -> None:
    assert letter(index) == name


_SOURCES = (
    Source(id="Q07", kind="quote", text='He said "ciao" & left <b>.', attribution="Salesperson F, Table 3"),
    Source(id="P-D01", kind="playbook", text="Tell a little first.", attribution="Rapport's playbook"),
)


def test_citations_become_numbered_links_to_their_source() -> None:
    html = reply_html("So it is [P-D01], and so [Q07, P-D01].", _SOURCES, "s-1-")
    assert html.count("<sup") == 3
    assert html.index('href="#s-1-P-D01"') < html.index('href="#s-1-Q07"')
    assert "[Q07" not in html
    below = sources_html("So it is [P-D01], and so [Q07, P-D01].", _SOURCES, "s-1-")
    assert below.index('id="s-1-P-D01"') < below.index('id="s-1-Q07"')
    assert "He said &quot;ciao&quot; &amp; left &lt;b&gt;." in below


def test_an_unknown_citation_does_not_link() -> None:
    assert "href" not in reply_html("So [Q99].", _SOURCES)
    assert cited_ids("So [Q99] and [Q07; Q99].") == ("Q99", "Q07")


def test_folds_are_kept_and_closed() -> None:
    html = reply_html("A\n\n<details><summary>Why [Q07]</summary>\n\n- one\n- two\n\nstill open", _SOURCES)
    assert html.count("<details>") == html.count("</details>") == 1
    assert "<li>one</li>" in html


def test_the_copied_answer_is_plain() -> None:
    copied = plain_reply("**Well** done [Q07].\n\n<details><summary>Why</summary>\n\nBecause [F01][F02].\n\n</details>")
    assert copied == "Well done.\n\nWhy\n\nBecause."
