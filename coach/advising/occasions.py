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


def occasions_of(text: str) -> frozenset[int]:
    """Return the numbers of the occasions that a text speaks of."""
    return frozenset(number for number, pattern in enumerate(_OCCASIONS) if pattern.search(text))


def asked_about(step: frozenset[int], question: frozenset[int]) -> bool:
    """Say whether a step is for the very occasion that the user asks about; everyday channels do not count."""
    return any(number < _COMMON_FROM for number in step & question)


def occasion_fit(step: frozenset[int], told: frozenset[int], asked: frozenset[int]) -> float:
    """Return how well a step's occasions fit, from -1 to 1; 0 where the step is tied to none.

    Args:
        step: the occasions of the step.
        told: those of the whole account.
        asked: those of the user's question, which count most.
    """
    fit = 0.0
    for number in step:
        if number in asked:
            fit += ASKED
        elif number in told:
            fit += NAMED if number < _COMMON_FROM else NAMED / 2
        elif number < _COMMON_FROM:
            fit += UNNAMED
    return max(-1.0, min(1.0, fit))
