"""Playbook steps keep to the rules of advice before anybody reads them."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from pydantic import ValidationError

from coach.framework import DEPTHS, Depth, StepKind, next_rung
from coach.library import Corpus
from coach.library.schema import PlaybookStep

STEP: dict[str, Any] = {
    "id": "P-D01",
    "kind": "disclosure",
    "title": "A weekend, told first",
    "text": "Tell $customer one thing from your weekend.",
    "say": "We were at the lake. And yours?",
    "avoid": "How is your marriage?",
    "watch_for": "a weekend told back",
    "reason": "Small talk is where it begins.",
    "depth": "superficial",
    "when": {"phase": ["trial"], "depth": ["superficial"]},
    "sources": ["F05"],
}


def test_a_proper_step_passes() -> None:
    assert PlaybookStep.model_validate(STEP).depth is Depth.SUPERFICIAL


class Improper(NamedTuple):
    id: str
    changes: dict[str, Any]
    complaint: str


IMPROPER = [
    Improper("two rungs up", {"depth": "most_intimate"}, "more than one rung"),
    Improper("no rung", {"depth": None}, "depth belongs to disclosure"),
    Improper("a rung of another kind", {"kind": "facework"}, "depth belongs to disclosure"),
    Improper("offered at any phase", {"when": {"depth": ["superficial"]}}, "states when.phase"),
    Improper("offered at any depth", {"when": {"phase": ["trial"]}}, "states when.phase"),
    Improper("slot in a line to say", {"say": "Dear $customer, hello."}, "no slots"),
    Improper("bracket in a line to say", {"say": "Dear [name], hello."}, "no slots"),
    Improper("unknown slot", {"text": "Tell $buyer something."}, "unknown slot"),
    Improper("too long a line", {"say": "word " * 33}, "33 words"),
    Improper("no source", {"sources": []}, "at least 1"),
    Improper("too many sources", {"sources": ["F01", "F02", "F03", "F04"]}, "at most 3"),
    Improper("weak without strong", {"weak_example": "Hm."}, "side by side"),
    Improper("strange id", {"id": "D01"}, "pattern"),
    Improper("unknown condition", {"when": {"mood": ["good"]}}, "Extra inputs"),
]


@pytest.mark.parametrize("case", IMPROPER, ids=lambda case: case.id)
def test_an_improper_step_is_refused(case: Improper) -> None:
    with pytest.raises(ValidationError, match=case.complaint):
        PlaybookStep.model_validate(STEP | case.changes)


def test_every_packaged_disclosure_step_goes_one_rung_at_most(corpus: Corpus) -> None:
    steps = [step for step in corpus.playbook.values() if step.kind is StepKind.DISCLOSURE]
    assert steps
    for step in steps:
        assert step.depth is not None
        assert all(DEPTHS.index(step.depth) <= DEPTHS.index(next_rung(depth)) for depth in step.when.depth or ())
