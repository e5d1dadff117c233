"""The phase verdict: the most probable label, its share among the three phases, and when it counts as cooled."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from coach.diagnosis.phase import judge_phase
from coach.framework import PHASES, Phase
from coach.library import Corpus
from diagnosis.readings import Unit, a_reading, sure_of


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    phase: dict[str, float]
    regressed: float = 0.1
    label: Phase
    confidence: float
    cooled: bool = False


CASES = [
    Case(
        id="a sure trial",
        phase={"trial": 0.9, "enmeshment": 0.05, "renegotiation": 0.05, "unclear": 0.0},
        label=Phase.TRIAL,
        confidence=0.9,
    ),
    Case(
        id="what is unclear is left out of the shares",
        phase={"trial": 0.4, "enmeshment": 0.2, "renegotiation": 0.2, "unclear": 0.2},
        label=Phase.TRIAL,
        confidence=0.5,
    ),
    Case(
        id="nothing told (P7)",
        phase={"trial": 0.2, "enmeshment": 0.1, "renegotiation": 0.1, "unclear": 0.6},
        label=Phase.UNCLEAR,
        confidence=0.5,
    ),
    Case(
        id="cooled to trial (P3)",
        phase={"trial": 0.8, "enmeshment": 0.2, "renegotiation": 0.0, "unclear": 0.0},
        regressed=0.5,
        label=Phase.TRIAL,
        confidence=0.8,
        cooled=True,
    ),
    Case(
        id="just under the line is not cooled",
        phase={"trial": 0.8, "enmeshment": 0.2, "renegotiation": 0.0, "unclear": 0.0},
        regressed=0.49,
        label=Phase.TRIAL,
        confidence=0.8,
    ),
    Case(
        id="the deepest phase has nothing to have cooled from",
        phase={"trial": 0.0, "enmeshment": 0.2, "renegotiation": 0.8, "unclear": 0.0},
        regressed=0.9,
        label=Phase.RENEGOTIATION,
        confidence=0.8,
    ),
    Case(
        id="an unclear phase has not cooled",
        phase={"trial": 0.0, "enmeshment": 0.0, "renegotiation": 0.0, "unclear": 1.0},
        regressed=0.9,
        label=Phase.UNCLEAR,
        confidence=0.0,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_verdict_follows_the_probabilities(case: Case, corpus: Corpus) -> None:
    told = {"phase": case.phase, "regressed": {"true": case.regressed, "false": 1 - case.regressed}}
    judgement = judge_phase(a_reading(probabilities=told), corpus.indicators)
    assert (judgement.label, judgement.confidence, judgement.regressed) == (case.label, case.confidence, case.cooled)


@pytest.mark.parametrize("label", [phase for phase in Phase if phase is not Phase.UNCLEAR])
@pytest.mark.parametrize("probability", [0.3, 0.51, 0.77, 1.0])
def test_the_three_shares_add_up_to_one(label: Phase, probability: float, corpus: Corpus) -> None:
    told = {"phase": sure_of("phase", label, probability=probability)}
    shares = judge_phase(a_reading(probabilities=told), corpus.indicators).probabilities
    assert list(shares) == list(map(str, PHASES))
    assert sum(shares.values()) == pytest.approx(1.0, abs=2e-4)


def test_words_for_another_phase_stand_against(corpus: Corpus) -> None:
    reading = a_reading(
        Unit(text="We talk about the rain.", shows={"disclosure.small_talk": 0.9}),
        Unit(text="I was at his daughter's wedding.", shows={"contact.private_circle": 0.8}),
        labels={"phase": "trial"},
    )
    judgement = judge_phase(reading, corpus.indicators)
    assert [item.quote for item in judgement.evidence] == ["We talk about the rain."]
    assert [item.quote for item in judgement.against] == ["I was at his daughter's wedding."]


def test_an_unclear_phase_shows_no_evidence(corpus: Corpus) -> None:
    reading = a_reading(Unit(text="We talk about the rain.", shows={"disclosure.small_talk": 0.9}))
    judgement = judge_phase(reading, corpus.indicators)
    assert judgement.evidence == ()
    assert [item.quote for item in judgement.against] == ["We talk about the rain."]
