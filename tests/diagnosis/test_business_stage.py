"""The business stage runs beside the phase and rests on the same words."""

from __future__ import annotations

import pytest

from coach.diagnosis.business_stage import judge_business_stage
from coach.diagnosis.phase import judge_phase
from coach.framework import BusinessStage, Phase
from coach.library import Corpus
from diagnosis.readings import Unit, a_reading

PAIRS = [
    (Phase.TRIAL, BusinessStage.BECOMING_BUSINESS_PARTNERS),
    (Phase.ENMESHMENT, BusinessStage.COLLABORATIVE_PARTNERS),
    (Phase.RENEGOTIATION, BusinessStage.COLLABORATIVE_AND_PERSONAL_PARTNERS),
    (Phase.UNCLEAR, BusinessStage.UNCLEAR),
]


@pytest.mark.parametrize(("phase", "stage"), PAIRS)
def test_the_stage_follows_the_phase(phase: Phase, stage: BusinessStage, corpus: Corpus) -> None:
    units = [Unit(text=f"Dinner {number}.", shows={"contact.off_work": 0.9}) for number in range(4)]
    judged = judge_phase(a_reading(*units, labels={"phase": phase}), corpus.indicators)
    judgement = judge_business_stage(judged)
    assert judgement.label is stage
    assert judgement.evidence == judged.evidence[:2]
