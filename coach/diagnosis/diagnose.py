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
from coach.library.corpus import Corpus
from coach.records import Diagnosis, Reading


def diagnose(reading: Reading, corpus: Corpus) -> Diagnosis:
    """Return the diagnosis of a reading; a pure function of both."""
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
