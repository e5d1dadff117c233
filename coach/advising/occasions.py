"""Whether a step fits the occasions that the account speaks of: a dinner, a fair, a chat, a price talk.

A step for an occasion that the user named is what they came for; one for an occasion they never mentioned reads as if it
were meant for somebody else.
"""

from __future__ import annotations

import re

_OCCASIONS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:dinner|lunch|restaurant|supper|banquet|at table|toast|karaoke|meal)\b",
        r"\b(?:fair|exhibition|expo|stand|booth)\b",
        r"\b(?:holidays?|summer plans|vacation|new year|christmas|eid|diwali)\b",
        r"\b(?:chat|whatsapp|wechat|teams|messenger|kakaotalk)\b",
        r"\b(?:video|screen|camera|online)\b",
        r"\b(?:price (?:talk|round|list|increase|rise|cut)|prices|discount|negotiat\w+|margin|% off)\b",
        r"\b(?:invit\w+|wedding|party|at home|house)\b",
        r"\b(?:complaint|claim|defect|error|mistake|slip|late|delay\w*|bad news|apolog\w+)\b",
        r"\b(?:gift|present)\b",
        r"\b(?:factory|shop floor|plant|workshop|line)\b",
        r"\b(?:review|year-end|yearly|annual)\b",
        r"\b(?:dictionary|language|words of|phrase|interpreter)\b",
        r"\b(?:team|colleagues|engineers|boss|superior|director)\b",
        r"\b(?:mail|e-mail|letter|write)\b",
        r"\b(?:call|phone|ring)\b",
        r"\b(?:visit|trip|travel|town|airport|flight)\b",
    )
)
_COMMON_FROM = 12
"""Occasions from here on are so everyday that a step may bring them up unasked."""

NAMED, UNNAMED, ASKED = 0.25, -0.35, 0.5


def asked_about(step_text: str, question: str) -> bool:
    """Say whether a step is for the very occasion that the user asks about; everyday channels do not count."""
    return any(pattern.search(step_text) and pattern.search(question) for pattern in _OCCASIONS[:_COMMON_FROM])


def occasion_fit(step_text: str, account_text: str, question: str) -> float:
    """Return how well a step's occasions fit, from about -1 to 1; 0 where the step is tied to none.

    Args:
        step_text: what the step says to do.
        account_text: everything the user told.
        question: what the user asked at the end, empty where nothing; an occasion asked about counts most.
    """
    fit = 0.0
    for number, pattern in enumerate(_OCCASIONS):
        if not pattern.search(step_text):
            continue
        if question and pattern.search(question):
            fit += ASKED
        elif pattern.search(account_text):
            fit += NAMED if number < _COMMON_FROM else NAMED / 2
        elif number < _COMMON_FROM:
            fit += UNNAMED
    return max(-1.0, min(1.0, fit))
