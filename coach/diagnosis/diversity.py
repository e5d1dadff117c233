"""How culturally diverse the pair is (codebook, section 3)."""

from __future__ import annotations

from coach.framework import diversity_between
from coach.records import DiversityJudgement, Reading


def judge_diversity(reading: Reading) -> DiversityJudgement:
    """Return low for two cultures of one context, high for different ones, unclear where either is not told (D2)."""
    return DiversityJudgement(
        label=diversity_between(reading.salesperson.context, reading.customer.context),
        salesperson=reading.salesperson,
        customer=reading.customer,
        flags=reading.culture_flags,
        evidence=reading.culture_evidence,
    )
