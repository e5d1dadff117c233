"""Whether an account tells of several customers: a reading is of one relationship, so the coach must ask which.

Two signs count: the user says so ("I have two customers"), or two persons are each introduced as a customer. A colleague of the
customer, a predecessor or a competitor is no second customer.
"""

from __future__ import annotations

import re

from coach.reading.persons import NAME, TITLE

_CUSTOMER = r"(?:customer|client|buyer|contact|distributor|dealer|purchaser|account)"
_SAID = re.compile(
    rf"\b(?:i have|i['’]ve got|i['’]ve|there are|i look after|i sell to|i deal with|i work with|these are|my)\s+(?:my\s+)?"
    rf"(?:two|three|four|several|a couple of|[2-4])\s+(?:(?!contact)[\w-]+\s+){{0,2}}{_CUSTOMER}s\b(?!['’])",
    re.IGNORECASE,
)
_PERSON = rf"((?:{TITLE}\s+)?{NAME})"
_PLACED = r"(?: (?:at|in|for|from) [\w .&'’-]{2,30}?)?"
_WHICH = r"(?:(?:other|second|first|biggest|oldest|newest|main|[A-Z]\w+) ){0,2}"
_INTRODUCED = (
    re.compile(rf"\b[Mm]y {_WHICH}{_CUSTOMER}{_PLACED}(?:,| is| is called| there is)? {_PERSON}\b"),
    re.compile(rf"\b{_PERSON},? (?:is )?(?:my|another) {_WHICH}{_CUSTOMER}\b"),
    re.compile(rf"\b(?:[Aa]nother|[Tt]he other|[Tt]he second) {_CUSTOMER}{_PLACED}(?:,| is| is called)? {_PERSON}\b"),
)
_OTHER = re.compile(rf"\b(?:another|my other|the other|my second|a second) {_CUSTOMER}\b", re.IGNORECASE)


def several_customers(text: str) -> tuple[str, ...]:
    """Return what the customers of an account are called where it tells of several; empty where it tells of one.

    A name is missing where the account gives none, so that one name or none may stand for several customers; then the text
    "your customers" stands in its place.
    """
    named = list(dict.fromkeys(match.group(1) for pattern in _INTRODUCED for match in pattern.finditer(text)))
    if len(named) > 1 and _OTHER.search(text):
        return tuple(sorted(named, key=text.find))
    if _SAID.search(text):
        return tuple(sorted(named, key=text.find)) or ("your customers",)
    return ()
