"""Willingness: each verdict rests on the two signs that make it, one a side."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from coach.diagnosis.willingness import judge_willingness
from coach.framework import Willingness
from coach.library import Corpus
from diagnosis.readings import Unit, a_reading

SIGNS = ("will.customer_yes", "will.customer_no", "will.salesperson_yes", "will.salesperson_no")


@dataclass(frozen=True, kw_only=True)
class Case:
    label: Willingness
    shown: tuple[str, ...]


CASES = [
    Case(label=Willingness.MUTUAL, shown=("will.customer_yes", "will.salesperson_yes")),
    Case(label=Willingness.CUSTOMER_ONLY, shown=("will.customer_yes", "will.salesperson_no")),
    Case(label=Willingness.SALESPERSON_ONLY, shown=("will.customer_no", "will.salesperson_yes")),
    Case(label=Willingness.NEITHER, shown=("will.customer_no", "will.salesperson_no")),
    Case(label=Willingness.UNCLEAR, shown=()),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_a_verdict_shows_the_signs_of_both_sides(case: Case, corpus: Corpus) -> None:
    units = [Unit(text=f"Sign {number}.", shows={code: 0.9}) for number, code in enumerate(SIGNS)]
    judgement = judge_willingness(a_reading(*units, labels={"willingness": case.label}), corpus.indicators)
    assert judgement.label is case.label
    assert tuple(item.indicator for item in judgement.evidence) == case.shown
