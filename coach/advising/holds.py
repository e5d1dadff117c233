"""What to hold back from, and why: a table of conditions and warnings, in `corpus/holds.yaml`."""

from __future__ import annotations

from coach.advising.situation import Situation, conditions_hold
from coach.library.schema import Hold

MOST_HOLDS = 2


def holds_for(situation: Situation, table: tuple[Hold, ...]) -> tuple[Hold, ...]:
    """Return the warnings that a situation calls for, the closest-cut first, at most two."""
    fitting = [hold for hold in table if conditions_hold(hold.when, situation)]
    return tuple(sorted(fitting, key=lambda hold: -_count(hold)))[:MOST_HOLDS]


def _count(hold: Hold) -> int:
    return len(hold.when.model_dump(exclude_none=True))
