"""What happened between the two and is still in the air: the occasion for facework."""

from __future__ import annotations

import re
from collections.abc import Mapping

from coach.framework import Incident, Scope
from coach.records import Reading

_CODES: Mapping[str, Incident] = {
    "incident.broken_promise": Incident.BROKEN_PROMISE,
    "incident.face_loss": Incident.FACE_LOSS,
    "incident.misunderstanding": Incident.MISUNDERSTANDING,
    "change.cooled": Incident.COOLED,
    "change.new_contact": Incident.NEW_CONTACT,
    "disclosure.grief": Incident.GRIEF,
    "disclosure.illness": Incident.ILLNESS,
}
_ENOUGH = 0.5
"""Strength from which an incident is taken as told; advice built on an imagined quarrel would do harm."""


_TENDER = (Incident.GRIEF, Incident.ILLNESS)
_RECENT = re.compile(
    r"\b(?:yesterday|today|tonight|just|now|right now|at the moment|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"(?:last|this) (?:night|week|weekend|month)|(?:two|three|ten|\d+) (?:days|weeks) ago|is (?:ill|sick|dying)|in hospital)\b",
    re.IGNORECASE,
)
_THEIRS = re.compile(r"\b(?:his|her|their|he|she)\b", re.IGNORECASE)


def _fresh(words: str) -> bool:
    """Say whether words tell of a loss or illness on the customer's side that is near: an old one needs no condolence."""
    return bool(_RECENT.search(words) and _THEIRS.search(words))


def find_incidents(reading: Reading, *, regressed: bool) -> tuple[Incident, ...]:
    """Return the incidents that the account tells of, the strongest first; none that the account calls repaired."""
    strength: dict[Incident, float] = {}
    repaired = 0.0
    for unit in reading.units:
        repaired = max(repaired, unit.indicators.get("incident.repaired", 0.0))
        for code, incident in _CODES.items():
            value = unit.indicators.get(code, 0.0)
            if incident in _TENDER and not _fresh(reading.account.text[unit.start : unit.end]):
                continue
            if value >= _ENOUGH and unit.scope in (Scope.ACTUAL, Scope.PAST):
                strength[incident] = max(strength.get(incident, 0.0), value)
    if repaired >= _ENOUGH:
        for incident in (Incident.BROKEN_PROMISE, Incident.FACE_LOSS, Incident.MISUNDERSTANDING):
            strength.pop(incident, None)
    if regressed:
        strength.setdefault(Incident.COOLED, _ENOUGH)
    else:
        strength.pop(Incident.COOLED, None)
    return tuple(sorted(strength, key=lambda incident: -strength[incident]))
