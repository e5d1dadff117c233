"""Sentences that limit what a diagnosis may be taken to mean (codebook, D1 and D3)."""

from __future__ import annotations

from collections.abc import Sequence

from coach.framework import Context, CultureFlag, Diversity, Phase
from coach.library.schema import Caveat
from coach.records import DiversityJudgement, PhaseJudgement

_UNCERTAIN = 0.6


def caveats_for(
    phase: PhaseJudgement, diversity: DiversityJudgement, table: Sequence[Caveat], *, several: bool = False
) -> tuple[str, ...]:
    """Return the caveats that hold, in the order of the corpus; `several` where the account tells of several customers."""
    holding = {"several_customers"} if several else set()
    if CultureFlag.SCOPE_CAVEAT in diversity.flags:
        both = diversity.customer.context is Context.HIGH
        holding.add("both_hc" if both else "salesperson_hc")
    if CultureFlag.BORDERLINE in diversity.flags and diversity.label is not Diversity.UNCLEAR:
        holding.add("borderline")
    if CultureFlag.BICULTURAL in diversity.flags:
        holding.add("bicultural")
    if phase.label is not Phase.UNCLEAR and phase.confidence < _UNCERTAIN:
        holding.add("phase_uncertain")
    return tuple(caveat.text for caveat in table if caveat.applies in holding)
