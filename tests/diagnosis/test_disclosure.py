"""The disclosure verdict: the deepest mutual rung, and who alone has gone deeper."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from coach.diagnosis.disclosure import judge_disclosure
from coach.framework import Depth, OneSided, Scope
from coach.library import Corpus
from diagnosis.readings import Unit, a_reading

FAMILY = Unit(text="He asks about my boys and I about his.", shows={"disclosure.family": 0.9})
DENIED = Unit(text="We never speak of family.", shows={"disclosure.family": 0.9}, scope=Scope.NEGATED)
RAIN = Unit(text="Mostly it is the rain.", shows={"disclosure.small_talk": 0.9})


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    depth: Depth
    told: OneSided = OneSided.NONE
    one_sided: OneSided = OneSided.NONE
    units: tuple[Unit, ...] = (RAIN, FAMILY)
    shown: tuple[str, ...] = ()


CASES = [
    Case(id="small talk", depth=Depth.SUPERFICIAL, shown=(RAIN.text,)),
    Case(id="family", depth=Depth.MORE_INTIMATE, shown=(FAMILY.text,)),
    Case(id="what is denied is no evidence (P8)", depth=Depth.MORE_INTIMATE, units=(DENIED, FAMILY), shown=(FAMILY.text,)),
    Case(
        id="the customer alone opens up",
        depth=Depth.SUPERFICIAL,
        told=OneSided.CUSTOMER,
        one_sided=OneSided.CUSTOMER,
        shown=(RAIN.text,),
    ),
    Case(
        id="the salesperson alone opens up",
        depth=Depth.SUPERFICIAL,
        told=OneSided.SALESPERSON,
        one_sided=OneSided.SALESPERSON,
        shown=(RAIN.text,),
    ),
    Case(
        id="nobody goes deeper than the deepest mutual rung",
        depth=Depth.MOST_INTIMATE,
        told=OneSided.CUSTOMER,
        units=(Unit(text="We both lost a parent.", shows={"disclosure.grief": 0.9}),),
        shown=("We both lost a parent.",),
    ),
    Case(id="unclear has no evidence", depth=Depth.UNCLEAR),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_depth_and_side(case: Case, corpus: Corpus) -> None:
    reading = a_reading(*case.units, labels={"disclosure": case.depth, "one_sided": case.told})
    judgement = judge_disclosure(reading, corpus.indicators)
    assert (judgement.label, judgement.one_sided) == (case.depth, case.one_sided)
    assert tuple(item.quote for item in judgement.evidence) == case.shown
