"""Who wants the relationship to deepen (codebook, section 5)."""

from __future__ import annotations

from collections.abc import Mapping

from coach.diagnosis.evidence import evidence_for
from coach.framework import Willingness
from coach.library.schema import Indicator
from coach.records import Reading, WillingnessJudgement

_SIGNS: Mapping[Willingness, frozenset[str]] = {
    Willingness.MUTUAL: frozenset({"willingness.customer_yes", "willingness.salesperson_yes"}),
    Willingness.CUSTOMER_ONLY: frozenset({"willingness.customer_yes", "willingness.salesperson_no"}),
    Willingness.SALESPERSON_ONLY: frozenset({"willingness.salesperson_yes", "willingness.customer_no"}),
    Willingness.NEITHER: frozenset({"willingness.customer_no", "willingness.salesperson_no"}),
}


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
            _SIGNS[label],
            judgement="willingness",
            label=label,
            families=("will.", "cq.motivational", "contact."),
        ),
    )
