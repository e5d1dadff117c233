"""Sentences and clauses with exact character spans.

Accounts are typed on phones, dictated and pasted: line breaks, bullets, missing capitals and ellipses all occur. A unit is
a sentence, or a clause of it where the sentence is long; units never overlap, keep their order, and cover every character
that is not white space or a bullet mark.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONG_SENTENCE = 28
"""Words from which a sentence is read clause by clause."""

SHORTEST_CLAUSE = 5
"""Words that a clause must have to stand alone."""

_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st nr inc ltd co corp dept approx vs etc e.g i.e eg ie jr sr fig ca tel vol eng ing sig".split()
)
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)|\n+")
_CLAUSE_END = re.compile(
    r"[;:](?=\s)|\s[–—-]{1,2}(?=\s)|,(?=\s(?:and|but|so|then|yet|because|although|though|while|whereas|which|when|where|"
    r"after|before|until|unless|if|or|nor|he|she|they|we|i|it)\b)",
    re.IGNORECASE,
)
_BULLET = re.compile(r"[\s•*>·▪◦-]+(?=\S)")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text: `text[start:end]`."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the words of the span."""
        return text[self.start : self.end]


def sentences(text: str) -> list[Span]:
    """Return the sentences of a text, in order, without surrounding white space."""
    spans: list[Span] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if match.group()[0] == "." and _is_abbreviation(text, match.start(), match.end()):
            continue
        _append(spans, text, start, match.end())
        start = match.end()
    _append(spans, text, start, len(text))
    return spans


def clauses(text: str, sentence: Span) -> list[Span]:
    """Return the clauses of a sentence; a sentence that is not long is one clause."""
    if len(sentence.of(text).split()) < LONG_SENTENCE:
        return [sentence]
    spans: list[Span] = []
    start = sentence.start
    for match in _CLAUSE_END.finditer(text, sentence.start, sentence.end):
        head, tail = text[start : match.end()], text[match.end() : sentence.end]
        if min(len(head.split()), len(tail.split())) >= SHORTEST_CLAUSE:
            _append(spans, text, start, match.end())
            start = match.end()
    _append(spans, text, start, sentence.end)
    return spans


def units(text: str) -> list[Span]:
    """Return the units in which an account is read: sentences, the long ones clause by clause."""
    return [clause for sentence in sentences(text) for clause in clauses(text, sentence)]


def _append(spans: list[Span], text: str, start: int, end: int) -> None:
    if bullet := _BULLET.match(text, start, end):
        start = bullet.end()
    while end > start and text[end - 1].isspace():
        end -= 1
    if any(character.isalnum() for character in text[start:end]):
        spans.append(Span(start, end))
    elif spans and start < end:
        # Stray punctuation belongs to the sentence before it, so that nothing is lost.
        spans[-1] = Span(spans[-1].start, end)


def _is_abbreviation(text: str, dot: int, end: int) -> bool:
    """Say whether the full stop at `dot` ends an abbreviation or an initial, not a sentence."""
    before = re.search(r"[\w.]+$", text[max(0, dot - 12) : dot])
    if before is None:
        return False
    word = before.group().lower()
    following = text[end : end + 2].strip()
    if word == "no":
        return following[:1].isdigit()
    if word in _ABBREVIATIONS:
        return True
    return len(word) == 1 and word.isalpha() and word != "i" and following[:1].isupper()
