"""The rules that all advice keeps (codebook, section 7), as checks that a plan must pass.

The planner is built to keep them; these functions prove it for every plan, whatever the playbook holds, and drop a step
that would break one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from coach.advising.situation import Situation
from coach.framework import DEPTHS, Depth, Incident, StepKind, Willingness, deepest_advisable
from coach.library.schema import PlaybookStep

UNWILLING = (Willingness.CUSTOMER_ONLY, Willingness.SALESPERSON_ONLY, Willingness.NEITHER)


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a step would break, and why."""

    rule: str
    why: str


def breaches(step: PlaybookStep, situation: Situation, known_sources: Collection[str]) -> tuple[Breach, ...]:
    """Return the rules that a step would break in a situation; empty where it may be given."""
    found = []
    if step.kind is StepKind.DISCLOSURE and step.depth is not None:
        limit = deepest_advisable(situation.depth, situation.phase, situation.willingness)
        if _deeper(step.depth, limit):
            rule = "A2" if situation.willingness in UNWILLING else "A1"
            found.append(Breach(rule, f"{step.depth} lies above {limit}, the deepest advisable rung"))
    if step.when.incident and not any(incident in situation.incident for incident in step.when.incident):
        found.append(Breach("A4", "it mends something that did not happen"))
    if missing := [source for source in step.sources if source not in known_sources]:
        found.append(Breach("A7", f"it cites {missing[0]}, which is not known"))
    return tuple(found)


def grief_is_near(situation: Situation) -> bool:
    """Say whether somebody is mourning or ill: then nothing is asked for and nothing is sold."""
    return Incident.GRIEF in situation.incident or Incident.ILLNESS in situation.incident


def _deeper(depth: Depth, limit: Depth) -> bool:
    return DEPTHS.index(depth) > (DEPTHS.index(limit) if limit in DEPTHS else 0)
