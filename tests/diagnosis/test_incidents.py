"""Incidents: what is told as having happened and is still in the air; advice must not mend an imagined quarrel."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from coach.diagnosis.incidents import find_incidents
from coach.framework import Incident, Scope
from diagnosis.readings import Unit, a_reading


def _unit(code: str, strength: float = 0.9, scope: Scope = Scope.ACTUAL, text: str = "") -> Unit:
    return Unit(text=text or f"{code}.", shows={code: strength}, scope=scope)


LOSS = "Last week his mother died."


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    units: tuple[Unit, ...]
    regressed: bool = False
    found: tuple[Incident, ...] = ()


BROKEN, FACE, MIXED = "incident.broken_promise", "incident.face_loss", "incident.misunderstanding"
CASES = [
    Case(id="nothing happened", units=(_unit("disclosure.family"),)),
    Case(id="a broken promise", units=(_unit(BROKEN),), found=(Incident.BROKEN_PROMISE,)),
    Case(id="a face lost", units=(_unit(FACE),), found=(Incident.FACE_LOSS,)),
    Case(id="a misunderstanding", units=(_unit(MIXED),), found=(Incident.MISUNDERSTANDING,)),
    Case(id="a new contact person", units=(_unit("change.new_contact"),), found=(Incident.NEW_CONTACT,)),
    Case(id="grief", units=(_unit("disclosure.grief", text=LOSS),), found=(Incident.GRIEF,)),
    Case(id="illness", units=(_unit("disclosure.illness", text="She is ill."),), found=(Incident.ILLNESS,)),
    Case(id="an old loss", units=(_unit("disclosure.grief", text="His wife died in 2019."),)),
    Case(id="the teller's own loss", units=(_unit("disclosure.grief", text="I buried my brother last week."),)),
    Case(id="too faint to build on", units=(_unit(BROKEN, 0.49),)),
    Case(id="over, yet it happened", units=(_unit(BROKEN, scope=Scope.PAST),), found=(Incident.BROKEN_PROMISE,)),
    *(
        Case(id=f"not theirs or not so: {scope}", units=(_unit(FACE, scope=scope),))
        for scope in (Scope.NEGATED, Scope.HYPOTHETICAL, Scope.THIRD_PARTY)
    ),
    Case(id="repaired", units=(_unit(BROKEN), _unit(FACE), _unit(MIXED), _unit("incident.repaired"))),
    Case(id="hardly repaired", units=(_unit(BROKEN), _unit("incident.repaired", 0.3)), found=(Incident.BROKEN_PROMISE,)),
    Case(
        id="repair does not end grief",
        units=(_unit("disclosure.grief", text=LOSS), _unit("incident.repaired")),
        found=(Incident.GRIEF,),
    ),
    Case(id="cooled, as the phase says", units=(_unit("disclosure.family"),), regressed=True, found=(Incident.COOLED,)),
    Case(id="a cool word alone is not a cooled relationship", units=(_unit("change.cooled"),)),
    Case(
        id="the strongest first",
        units=(_unit(FACE, 0.6), _unit(BROKEN, 0.8), _unit(FACE, 0.95)),
        found=(Incident.FACE_LOSS, Incident.BROKEN_PROMISE),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_is_in_the_air(case: Case) -> None:
    assert find_incidents(a_reading(*case.units), regressed=case.regressed) == case.found
