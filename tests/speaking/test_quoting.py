"""Quoting: the user's words come out shortened at a natural place and never act as markup."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from coach.speaking.quoting import plain, quoted, shorten, words


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    said: str
    most: int
    shown: str


CASES = [
    Case(id="short enough", said="He bows.", most=5, shown="He bows"),
    Case(id="a question keeps its mark", said="Should I go?", most=5, shown="Should I go?"),
    Case(
        id="white space is made plain",
        said="  He\n\n bows \t low. ",
        most=5,
        shown="He bows low",
    ),
    Case(
        id="up to the last comma",
        said="We met in Oslo in May, and then he never wrote to me again",
        most=8,
        shown="We met in Oslo in May …",
    ),
    Case(
        id="before a joining word",
        said="We met in Oslo every May because he likes the fjord light",
        most=8,
        shown="We met in Oslo every May …",
    ),
    Case(
        id="no break in the second half: cut where it must be",
        said="one, two three four five six seven eight nine ten",
        most=6,
        shown="one, two three four five six …",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_quotes_are_cut_where_a_speaker_would_pause(case: Case) -> None:
    assert shorten(case.said, case.most) == case.shown


HOSTILE = [
    "<script>alert(1)</script>",
    "</details><img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "![x](http://127.0.0.1/p.png)",
    "**bold** _it_ `code` ~~gone~~",
    "# head",
    "| a | b |",
    "a\\*b",
    "<http://example.org>",
    "&lt;b&gt;",
]
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


@pytest.mark.parametrize("said", HOSTILE)
def test_what_acts_in_markdown_is_shown_as_text(said: str) -> None:
    html = _MARKDOWN.render(f"You write {quoted(said, 40)}: a sign.")
    assert set(re.findall(r"</?[a-zA-Z!][^>]*>", html)) == {"<p>", "</p>"}


_USER_TEXT = st.text(
    alphabet=st.sampled_from(list("ab1 \n\t.,;:-–“”\"'<>[](){}!#*_`~|\\/&=@$")) | st.characters(categories=("L", "P", "S")),
    max_size=80,
)


@settings(max_examples=50)
@given(said=_USER_TEXT)
def test_no_text_becomes_markup(said: str) -> None:
    html = _MARKDOWN.render(f"You write {quoted(said)}: a sign.")
    assert set(re.findall(r"</?[a-zA-Z!?][^>]*>", html)) <= {"<p>", "</p>"}
    assert html.count("“") == html.count("”") == 1


@settings(max_examples=50)
@given(said=_USER_TEXT, most=st.integers(1, 20))
def test_a_quote_is_the_beginning_of_what_was_said(said: str, most: int) -> None:
    short = shorten(said, most)
    whole = " ".join(said.split())
    assert short.removesuffix("…").rstrip() in whole
    assert len(short.removesuffix(" …").split()) <= most + 3


@settings(max_examples=50)
@given(said=st.text(alphabet=st.sampled_from(list("ab <>[]*_`#|~\\{}")), max_size=40))
def test_escaping_loses_nothing(said: str) -> None:
    shown = re.sub(r"\\([\\`*_{}\[\]<>#|~])", r"\1", plain(said).replace("&lt;", "\\<").replace("&gt;", "\\>"))
    assert shown == said


@pytest.mark.parametrize(
    ("markdown", "count"),
    [("", 0), ("**Two words**", 2), ("One [Q07] more [F12].", 3), ("<details><summary>A b</summary></details>", 2)],
)
def test_only_what_is_read_is_counted(markdown: str, count: int) -> None:
    assert words(markdown) == count
