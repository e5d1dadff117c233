"""How deep the mutual social disclosure goes now (codebook, section 2)."""

from __future__ import annotations

from collections.abc import Mapping

from coach.diagnosis.evidence import evidence_for
from coach.framework import Depth, OneSided
from coach.library.schema import Indicator
from coach.records import DisclosureJudgement, Reading


def judge_disclosure(reading: Reading, indicators: Mapping[str, Indicator]) -> DisclosureJudgement:
    """Return the deepest mutual disclosure, and who alone has gone deeper."""
    probabilities = reading.probabilities["disclosure"]
    label = Depth(max(probabilities, key=lambda name: probabilities[name]))
    sides = reading.probabilities["one_sided"]
    one_sided = OneSided(max(sides, key=lambda name: sides[name]))
    if label is Depth.UNCLEAR:
        return DisclosureJudgement(label=label, one_sided=one_sided)
    return DisclosureJudgement(
        label=label,
        one_sided=one_sided if label is not Depth.MOST_INTIMATE else OneSided.NONE,
        evidence=evidence_for(
            reading,
            indicators,
            {f"disclosure.{label}"},
            judgement="disclosure",
            label=label,
            families=("disclosure.",),
        ),
    )
