"""What to hold back from: the warnings that a situation calls for, the closest-cut first."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from advising.situations import a_diagnosis
from coach.advising.holds import MOST_HOLDS, holds_for
from coach.advising.situation import Situation, conditions_hold
from coach.framework import Depth, Incident, OneSided, Phase, Willingness
from coach.library import Corpus


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    given: dict[str, Any] = field(default_factory=dict)
    about: str
    """Words that one of the warnings holds."""


CASES = [
    Case(id="trial", about="painful or very private"),
    Case(id="no phase", given={"phase": Phase.UNCLEAR}, about="family, health or money"),
    Case(
        id="the deepest rung",
        given={"phase": Phase.ENMESHMENT, "depth": Depth.MORE_INTIMATE},
        about="Do not skip a rung",
    ),
    Case(
        id="nobody wants more",
        given={"phase": Phase.RENEGOTIATION, "willingness": Willingness.NEITHER},
        about="work at deepening",
    ),
    Case(
        id="grief",
        given={"phase": Phase.RENEGOTIATION, "incidents": (Incident.GRIEF,)},
        about="bring business into the mourning",
    ),
    Case(
        id="a confidence not to be matched",
        given={"phase": Phase.RENEGOTIATION, "one_sided": OneSided.CUSTOMER},
        about="one of the same weight",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_is_held_back(case: Case, corpus: Corpus) -> None:
    held = holds_for(Situation.of(a_diagnosis(**case.given)), corpus.holds)
    assert case.about in " ".join(hold.text for hold in held)


def test_the_closest_cut_come_first_and_two_suffice(corpus: Corpus) -> None:
    situation = Situation.of(
        a_diagnosis(incidents=tuple(Incident), willingness=Willingness.NEITHER, one_sided=OneSided.CUSTOMER)
    )
    held = holds_for(situation, corpus.holds)
    counts = [len(hold.when.model_dump(exclude_none=True)) for hold in held]
    fitting = [hold for hold in corpus.holds if conditions_hold(hold.when, situation)]
    assert len(held) == MOST_HOLDS < len(fitting)
    assert counts == sorted(counts, reverse=True)


def test_every_warning_cites_what_it_names(corpus: Corpus) -> None:
    cited = {hold.id: set(re.findall(r"\[([QFC]\d{2})\]", hold.text)) for hold in corpus.holds}
    assert all(cited[hold.id] and cited[hold.id] <= set(hold.sources) for hold in corpus.holds)
