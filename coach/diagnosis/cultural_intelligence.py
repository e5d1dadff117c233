"""The salesperson's cultural intelligence: four dimensions, and the level that follows (codebook, section 4)."""

from __future__ import annotations

from collections.abc import Mapping

from coach.diagnosis.evidence import evidence_for
from coach.framework import Dimension, DimensionState, cq_level
from coach.library.schema import Indicator
from coach.records import CQJudgement, DimensionJudgement, Reading


def judge_cultural_intelligence(reading: Reading, indicators: Mapping[str, Indicator]) -> CQJudgement:
    """Return the state of each dimension with the words that show it, and the level by Table A1's rule."""
    dimensions = {dimension: _judge_dimension(reading, indicators, dimension) for dimension in Dimension}
    return CQJudgement(
        level=cq_level({dimension: judgement.state for dimension, judgement in dimensions.items()}),
        dimensions=dimensions,
    )


def _judge_dimension(reading: Reading, indicators: Mapping[str, Indicator], dimension: Dimension) -> DimensionJudgement:
    name = f"cq.{dimension}"
    probabilities = reading.probabilities[name]
    state = DimensionState(max(probabilities, key=lambda label: probabilities[label]))
    if state is DimensionState.NOT_EVIDENT:
        return DimensionJudgement(state=state)
    return DimensionJudgement(
        state=state,
        evidence=evidence_for(reading, indicators, {f"{name}.{state}"}, judgement=name, label=state, families=(name,))[:2],
    )
