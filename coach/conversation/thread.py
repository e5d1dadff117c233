"""One customer relationship as it is told over several turns.

Each turn adds to one growing account; the record of every turn is kept, so that what a turn changed can be shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from coach.diagnosis import Change, changes
from coach.records import Account, Profile, Record

_BETWEEN_TURNS = "\n\n"


@dataclass(frozen=True, slots=True)
class Thread:
    """The turns told so far, and the record after each that was answered."""

    turns: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()

    def with_turn(self, text: str) -> Thread:
        """Return the thread with one more turn."""
        return replace(self, turns=(*self.turns, text.strip()))

    def without_last_turn(self) -> Thread:
        """Return the thread without its last turn, as where that turn could not be read."""
        return replace(self, turns=self.turns[:-1])

    def with_record(self, record: Record) -> Thread:
        """Return the thread with the record of its last turn."""
        return replace(self, records=(*self.records, record))

    def account(self, profile: Profile) -> Account:
        """Return everything told so far as one account; spans of its record point into its text."""
        return Account(text=_BETWEEN_TURNS.join(self.turns), profile=profile)

    @property
    def last_changes(self) -> tuple[Change, ...]:
        """What the last record says differently from the one before; empty after the first."""
        if len(self.records) < 2:
            return ()
        return changes(self.records[-2].diagnosis, self.records[-1].diagnosis)
