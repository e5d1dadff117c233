"""What one diagnosis says differently from the one before."""

from __future__ import annotations

from dataclasses import dataclass

from coach.framework import Dimension
from coach.records import Diagnosis


@dataclass(frozen=True, slots=True)
class Change:
    """A judgement whose label is not what it was.

    Attributes:
        judgement: its name, such as `phase` or `cq.behavioural`.
        before: the former label.
        after: the present label.
    """

    judgement: str
    before: str
    after: str


def changes(before: Diagnosis, after: Diagnosis) -> tuple[Change, ...]:
    """Return the judgements that differ, in the order of the record."""
    old, new = _labels(before), _labels(after)
    return tuple(Change(name, old[name], new[name]) for name in new if old[name] != new[name])


def _labels(diagnosis: Diagnosis) -> dict[str, str]:
    labels = {
        "phase": str(diagnosis.phase.label),
        "regressed": str(diagnosis.phase.regressed).lower(),
        "disclosure": str(diagnosis.disclosure.label),
        "diversity": str(diagnosis.diversity.label),
        "cq": str(diagnosis.cq.level),
    }
    labels |= {f"cq.{dimension}": str(diagnosis.cq.dimensions[dimension].state) for dimension in Dimension}
    labels |= {
        "willingness": str(diagnosis.willingness.label),
        "business_stage": str(diagnosis.business_stage.label),
    }
    return labels
