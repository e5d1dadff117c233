"""From a reading to a diagnosis: every judgement by its own module, by the codebook."""

from __future__ import annotations

from coach.diagnosis.business_stage import judge_business_stage
from coach.diagnosis.caveats import caveats_for
from coach.diagnosis.cultural_intelligence import judge_cultural_intelligence
from coach.diagnosis.disclosure import judge_disclosure
from coach.diagnosis.diversity import judge_diversity
from coach.diagnosis.incidents import find_incidents
from coach.diagnosis.phase import judge_phase
from coach.diagnosis.willingness import judge_willingness
from coach.framework import PHASES, Context, CultureFlag, Depth, Diversity, Phase, Willingness
from coach.library.corpus import Corpus
from coach.records import (
    CultureReading,
    Diagnosis,
    DisclosureJudgement,
    DiversityJudgement,
    PhaseJudgement,
    Reading,
    WillingnessJudgement,
)


def diagnose(reading: Reading, corpus: Corpus) -> Diagnosis:
    """Return the diagnosis of a reading; a pure function of both.

    The unit is one relationship. Where the account tells of several customers none is placed, and the coach asks which.
    """
    if reading.customers:
        return _undecided(reading, corpus)
    phase = judge_phase(reading, corpus.indicators)
    diversity = judge_diversity(reading)
    return Diagnosis(
        phase=phase,
        disclosure=judge_disclosure(reading, corpus.indicators),
        diversity=diversity,
        cq=judge_cultural_intelligence(reading, corpus.indicators),
        willingness=judge_willingness(reading, corpus.indicators),
        business_stage=judge_business_stage(phase),
        incidents=find_incidents(reading, regressed=phase.regressed),
        caveats=caveats_for(phase, diversity, corpus.caveats),
    )


def _undecided(reading: Reading, corpus: Corpus) -> Diagnosis:
    """Return what can be said before it is known which customer is meant: the salesperson's own side."""
    even = {str(phase): round(1 / len(PHASES), 4) for phase in PHASES}
    phase = PhaseJudgement(label=Phase.UNCLEAR, probabilities=even, confidence=max(even.values()))
    diversity = DiversityJudgement(
        label=Diversity.UNCLEAR,
        salesperson=reading.salesperson,
        customer=CultureReading(),
        flags=(CultureFlag.SCOPE_CAVEAT,) if reading.salesperson.context is Context.HIGH else (),
    )
    return Diagnosis(
        phase=phase,
        disclosure=DisclosureJudgement(label=Depth.UNCLEAR),
        diversity=diversity,
        cq=judge_cultural_intelligence(reading, corpus.indicators),
        willingness=WillingnessJudgement(label=Willingness.UNCLEAR),
        business_stage=judge_business_stage(phase),
        caveats=caveats_for(phase, diversity, corpus.caveats, several=True),
        customers=reading.customers,
    )
