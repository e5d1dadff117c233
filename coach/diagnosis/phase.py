"""The phase verdict (codebook, section 1)."""

from __future__ import annotations

from collections.abc import Mapping

from coach.diagnosis.evidence import evidence_against, evidence_for
from coach.framework import PHASES, Phase
from coach.library.schema import Indicator
from coach.records import PhaseJudgement, Reading

_REGRESSED_FROM = 0.5


def judge_phase(reading: Reading, indicators: Mapping[str, Indicator]) -> PhaseJudgement:
    """Return the phase that the account shows best, or unclear where it shows none (P7).

    The probabilities are those of the three phases given that there is one; the confidence is the largest of them.
    """
    probabilities = reading.probabilities["phase"]
    label = Phase(max(probabilities, key=lambda name: probabilities[name]))
    named = sum(probabilities[phase] for phase in PHASES)
    shares = {str(phase): round(probabilities[phase] / max(named, 1e-9), 4) for phase in PHASES}
    if label is Phase.UNCLEAR:
        return PhaseJudgement(
            label=label,
            probabilities=shares,
            confidence=max(shares.values()),
            against=evidence_against(reading, indicators, "phase", label),
        )
    return PhaseJudgement(
        label=label,
        probabilities=shares,
        confidence=max(shares.values()),
        regressed=reading.probabilities["regressed"]["true"] >= _REGRESSED_FROM and label is not Phase.RENEGOTIATION,
        evidence=evidence_for(
            reading,
            indicators,
            {f"phase.{label}"},
            judgement="phase",
            label=label,
            families=("disclosure.", "contact.", "identity.", "trust."),
        ),
        against=evidence_against(reading, indicators, "phase", label),
    )
