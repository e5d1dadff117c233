"""Who wants the relationship to deepen (codebook, section 5)."""

from __future__ import annotations

from collections.abc import Mapping

from coach.diagnosis.evidence import evidence_for
from coach.framework import Willingness, signs_of
from coach.library.schema import Indicator
from coach.records import Reading, WillingnessJudgement


def judge_willingness(reading: Reading, indicators: Mapping[str, Indicator]) -> WillingnessJudgement:
    """Return whose wish for more the account shows."""
    probabilities = reading.probabilities["willingness"]
    label = Willingness(max(probabilities, key=lambda name: probabilities[name]))
    if label is Willingness.UNCLEAR:
        return WillingnessJudgement(label=label)
    return WillingnessJudgement(
        label=label,
        evidence=evidence_for(
            reading,
            indicators,
            signs_of("willingness", label),
            judgement="willingness",
            label=label,
            families=("will.", "cq.motivational", "contact."),
        ),
    )
