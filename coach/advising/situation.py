"""What a playbook step is matched against: the labels of a diagnosis, and which steps they admit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from coach.framework import (
    Context,
    CQLevel,
    Depth,
    Dimension,
    Diversity,
    Incident,
    OneSided,
    Phase,
    Willingness,
    weakest_dimension,
)
from coach.library.schema import Conditions, PlaybookStep
from coach.records import Diagnosis


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """The labels that decide which steps hold."""

    phase: Phase
    depth: Depth
    diversity: Diversity
    customer_context: Context
    weakest_cq: Dimension | None
    cq_level: CQLevel
    willingness: Willingness
    incident: tuple[Incident, ...]
    one_sided: OneSided

    @classmethod
    def of(cls, diagnosis: Diagnosis) -> Situation:
        """Return the situation that a diagnosis describes; where CQ is unclear, no dimension is the weakest."""
        states = {dimension: judgement.state for dimension, judgement in diagnosis.cq.dimensions.items()}
        return cls(
            phase=diagnosis.phase.label,
            depth=diagnosis.disclosure.label,
            diversity=diagnosis.diversity.label,
            customer_context=diagnosis.diversity.customer.context,
            weakest_cq=None if diagnosis.cq.level is CQLevel.UNCLEAR else weakest_dimension(states),
            cq_level=diagnosis.cq.level,
            willingness=diagnosis.willingness.label,
            incident=diagnosis.incidents,
            one_sided=diagnosis.disclosure.one_sided,
        )


_KEYS = (
    "phase",
    "depth",
    "diversity",
    "customer_context",
    "weakest_cq",
    "cq_level",
    "willingness",
    "incident",
    "one_sided",
)


def conditions_hold(when: Conditions, situation: Situation) -> bool:
    """Say whether every condition that is given holds in a situation."""
    return all(_holds(getattr(when, key), getattr(situation, key)) for key in _KEYS)


def admits(step: PlaybookStep, situation: Situation) -> bool:
    """Say whether a step's conditions hold in a situation."""
    return conditions_hold(step.when, situation)


def specificity(step: PlaybookStep) -> int:
    """Return how many conditions a step names: the more, the closer it is cut to the situation."""
    return sum(getattr(step.when, key) is not None for key in _KEYS)


def _holds(allowed: tuple[StrEnum, ...] | None, actual: StrEnum | tuple[StrEnum, ...] | None) -> bool:
    if allowed is None:
        return True
    if isinstance(actual, tuple):
        return any(value in allowed for value in actual)
    return actual in allowed
