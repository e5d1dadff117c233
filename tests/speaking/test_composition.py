"""A composed reply as segments: they add up to its text, and what may be worded is marked."""

from __future__ import annotations

import re

import pytest
from advising.situations import a_diagnosis, every_diagnosis

from coach.library import Corpus
from coach.speaking.composition import Composition, LineKind, Segment, joined, separated
from coach.speaking.voices import BuiltInVoice
from speaking.messages import a_message


def test_the_segments_are_the_text() -> None:
    composition = Composition((Segment("You bow.", LineKind.ANSWER), Segment("\n\n"), Segment("Why not?", LineKind.WHY)))
    assert composition.text == joined(composition.segments) == "You bow.\n\nWhy not?"
    assert [line.kind for line in composition.lines] == [LineKind.ANSWER, LineKind.WHY]


@pytest.mark.parametrize(
    ("groups", "text"),
    [([], ""), ([()], ""), ([(Segment("a"),), (Segment(""),), (Segment("b"),)], "a|b"), ([(Segment("a"), Segment("b"))], "ab")],
    ids=["nothing", "an empty group", "an empty group between two", "one group"],
)
def test_only_groups_that_hold_something_are_separated(groups: list[tuple[Segment, ...]], text: str) -> None:
    assert joined(separated(groups, "|")) == text


def test_a_real_reply_offers_its_lines_and_keeps_its_fold(corpus: Corpus) -> None:
    for diagnosis in every_diagnosis(step=211):
        composition = BuiltInVoice(corpus).compose(a_message(diagnosis, corpus))
        kinds = [line.kind for line in composition.lines]
        assert kinds[0] is LineKind.ANSWER
        assert (
            kinds.count(LineKind.STEP) == kinds.count(LineKind.SAY) == kinds.count(LineKind.WAIT) == kinds.count(LineKind.WHY)
        )
        assert composition.segments[-1].kind is None
        assert composition.segments[-1].text.startswith("\n\n<details>")


def test_a_line_is_one_line_and_its_frame_is_fixed(corpus: Corpus) -> None:
    composition = BuiltInVoice(corpus).compose(a_message(a_diagnosis(), corpus))
    assert all(line.text.strip() and "\n" not in line.text for line in composition.lines)
    fixed = [segment.text for segment in composition.segments if segment.kind is None]
    assert any(re.search(r"\d\. \*\*$", text) for text in fixed)
    assert any("Say: “" in text for text in fixed)
