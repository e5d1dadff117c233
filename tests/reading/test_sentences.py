"""Units are found where a reader would find them, and lose no word of the account."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.reading.sentences import LONG_SENTENCE, SHORTEST_CLAUSE, Span, clauses, sentences, units


class Case(NamedTuple):
    id: str
    text: str
    expected: list[str]


SENTENCES = [
    Case("two sentences", "He nodded. I left.", ["He nodded.", "I left."]),
    Case("question and exclamation", "Am I? Yes! Fine.", ["Am I?", "Yes!", "Fine."]),
    Case("a title", "I met Mr. Sato. He smiled.", ["I met Mr. Sato.", "He smiled."]),
    Case("e.g.", "We talk of e.g. this mill. No more.", ["We talk of e.g. this mill.", "No more."]),
    Case("an initial", "J. Smith came. He left.", ["J. Smith came.", "He left."]),
    Case("I at the end", "So said I. Then we left.", ["So said I.", "Then we left."]),
    Case("a number", "It cost 3.5 million. Next.", ["It cost 3.5 million.", "Next."]),
    Case("an ellipsis", "Wow... ok", ["Wow...", "ok"]),
    Case("quotation marks", '"Yes." He said it twice.', ['"Yes."', "He said it twice."]),
    Case("bullets", "- one\n- two\n\n* three\n• four", ["one", "two", "three", "four"]),
    Case("lines without stops", "we meet twice a year\nhe is polite", ["we meet twice a year", "he is polite"]),
    Case("no capitals", "we met. he nodded", ["we met.", "he nodded"]),
    Case("no space after the stop", "Hello.World", ["Hello.World"]),
    Case("nothing but signs", "... !\n---", []),
    Case("nothing", "", []),
    Case("white space", " \n\t ", []),
]


@pytest.mark.parametrize("case", SENTENCES, ids=lambda case: case.id)
def test_sentences_end_where_a_reader_would_end_them(case: Case) -> None:
    assert [span.of(case.text) for span in sentences(case.text)] == case.expected


def test_a_short_sentence_stays_whole() -> None:
    text = "We talk about the weather, and then we open the folder."
    assert units(text) == sentences(text)


def test_a_long_sentence_is_read_clause_by_clause() -> None:
    text = (
        "We have known each other for six years now, and every spring we drive out to his cottage by the lake, "
        "but when the new owners came in he stopped calling me, so I am no longer sure what he thinks of us."
    )
    found = [span.of(text) for span in units(text)]
    assert len(found) == 4
    assert found[1].startswith("and every spring")
    assert all(len(clause.split()) >= SHORTEST_CLAUSE for clause in found)


def test_a_long_sentence_without_joints_stays_whole() -> None:
    text = " ".join(["word"] * (LONG_SENTENCE + 5)) + "."
    assert clauses(text, Span(0, len(text))) == [Span(0, len(text))]


_WORDS = ("we met", "Mr. Sato", "e.g. this", "I said no", "and he", "but when", "a", "9.5", "漢字", "é", "and")
_SIGNS = (*". ... ? ! , ; – ' ” ) ( \" … * -".split(), " ", ", ", "; ", " – ", "\n", "\n\n", "\n- ", "\n• ", "\t")
_TEXTS = st.lists(st.sampled_from(_WORDS + _SIGNS), max_size=120).map("".join)


@settings(max_examples=100)
@given(text=_TEXTS | st.text(max_size=80))
def test_units_are_in_order_and_lose_no_letter(text: str) -> None:
    spans = units(text)
    covered = {place for span in spans for place in range(span.start, span.end)}
    assert all(first.end <= second.start for first, second in pairwise(spans))
    assert all(span.of(text) == span.of(text).strip() != "" for span in spans)
    assert {place for place, character in enumerate(text) if character.isalnum()} <= covered
