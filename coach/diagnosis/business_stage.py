"""Where business and social penetration stand (codebook, section 6)."""

from __future__ import annotations

from coach.framework import business_stage_of
from coach.records import BusinessStageJudgement, PhaseJudgement


def judge_business_stage(phase: PhaseJudgement) -> BusinessStageJudgement:
    """Return the stage that runs beside the phase; it rests on the same words (the pairing is ours)."""
    return BusinessStageJudgement(label=business_stage_of(phase.label), evidence=phase.evidence[:2])
