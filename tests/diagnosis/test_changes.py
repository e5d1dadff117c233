"""What a further turn changed: only what differs, in the order of the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from advising.situations import a_diagnosis

from coach.diagnosis import Change, changes
from coach.framework import Context, Depth, Phase, Willingness


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    before: dict[str, Any]
    after: dict[str, Any]
    told: tuple[Change, ...]


CASES = [
    Case(id="nothing new", before={}, after={}, told=()),
    Case(id="surer of the same", before={"confidence": 0.6}, after={"confidence": 0.9}, told=()),
    Case(
        id="a phase, and the stage beside it",
        before={"phase": Phase.TRIAL},
        after={"phase": Phase.ENMESHMENT},
        told=(
            Change("phase", "trial", "enmeshment"),
            Change("business_stage", "becoming_business_partners", "collaborative_partners"),
        ),
    ),
    Case(id="it has cooled", before={}, after={"regressed": True}, told=(Change("regressed", "false", "true"),)),
    Case(
        id="a country told",
        before={"customer": Context.UNCLEAR},
        after={"customer": Context.HIGH},
        told=(Change("diversity", "unclear", "high"),),
    ),
    Case(
        id="conduct told, and the level with it",
        before={"states": "nnnn"},
        after={"states": "nnee"},
        told=(
            Change("cq", "unclear", "low"),
            Change("cq.motivational", "not_evident", "evident"),
            Change("cq.behavioural", "not_evident", "evident"),
        ),
    ),
    Case(
        id="several, in the order of the record",
        before={"willingness": Willingness.UNCLEAR, "depth": Depth.UNCLEAR},
        after={"willingness": Willingness.MUTUAL, "depth": Depth.SUPERFICIAL},
        told=(Change("disclosure", "unclear", "superficial"), Change("willingness", "unclear", "mutual")),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_changed(case: Case) -> None:
    assert changes(a_diagnosis(**case.before), a_diagnosis(**case.after)) == case.told


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_going_back_tells_the_same_turned_round(case: Case) -> None:
    back = changes(a_diagnosis(**case.after), a_diagnosis(**case.before))
    assert [Change(c.judgement, c.after, c.before) for c in back] == list(case.told)
