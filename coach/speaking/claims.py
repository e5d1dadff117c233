"""The claim check: a line that a language model worded, against the composed line that it was to word.

A line passes only if it keeps the composed line's sources and quotations and adds none, says the same, names no other
finding, opens nothing more private, says nothing of a people as a whole, brings in no name or number of its own, and holds
no markup that could act. Each rule errs on the side of the composed line, which is always at hand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from coach.speaking.claim_words import (
    AUTHORITY,
    FINDINGS,
    HARMLESS_NEGATION,
    MACHINE,
    NEGATION,
    NUMBER_WORDS,
    OPPOSITES,
    OTHER_PEOPLES,
    SOFT_NEGATION,
    TOPICS,
    UNKNOWN,
    people_as_a_whole,
)

Likeness = Callable[[str, str], float]
"""How alike two texts are in meaning: the cosine similarity of their embeddings, from -1 to 1."""

LEAST_LIKENESS = 0.6
"""Cosine similarity below which a line no longer says what it was to say."""

_LEAST_LIKENESS_BESIDE_QUOTES = 0.4
"""The same for what stands around quotations, which alone would make any two lines alike."""

_SPARE_WORDS = 8
_STRETCH = 1.5
"""A line may have so many times the composed line's words, and a few more."""

_SPARE_CHARACTERS = 80

_CITATION = re.compile(r"(?<!\\)\[([^\]]*)\]|\b([A-Z](?:-[A-Z])?\d{2,3})\b")
_QUOTE = re.compile(r"\"([^\"]+)\"|(?<!\w)'((?:[^']|(?<=\w)'(?=\w)){12,}?)'(?!\w)")
_FEWEST_QUOTED_WORDS = 3
_MARKUP = re.compile(
    r"<\s*[/!?a-z]|\w:/|//|\bwww\.|\b[\w-]+\.(?:com|org|net|io|info|biz|co|ru|cn|xyz|dev|app)\b|\w@\w|\]\(|!\[|(?:javascript|data):"
    r"|&#?\w+;|```|^\s*(?:[-+>#]|\d+[.)]\s)",
    re.IGNORECASE,
)
_SPECIAL = re.compile(r"[*_`~#|<>\\{}\[\]^]")
_NUMBER = re.compile(r"\d+")
_NAME = re.compile(r"(?<![.!?:\"]\s)(?<!^)(?<!^\")\b[^\W\d_][\w'-]+")
_SPEAKER = re.compile(
    r"(?:^|[.!?:\"]\s+)([^\W\d_][\w-]+)(?:'s\b|\s+(?:says?|said|tells?|told|writes?|wrote|thinks?|thought|wants?|likes?|asks?|asked"
    r"|hopes?|knows?|found|shows?|believes?)\b|[.!?]|$)"
)
_CAPITALS = re.compile(r"\b[^\W\d_a-z]{3,}\b")
_PRONOUNS = frozenset(
    "i i'm i'd i'll i've he she they it you we who what that there this one everyone nobody yes no thanks right good".split()
)


class Rule(StrEnum):
    """What a worded line can break."""

    SOURCE = "source"
    QUOTE = "quote"
    FINDING = "finding"
    RUNG = "rung"
    STEREOTYPE = "stereotype"
    MARKUP = "markup"
    POLARITY = "polarity"
    INVENTION = "invention"
    LENGTH = "length"
    MEANING = "meaning"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What holds for all lines of a reply.

    Attributes:
        known: texts whose names may be used: the whole composed reply.
        peoples: demonyms and countries, for statements about a whole people.
        likeness: how alike two texts are in meaning.
    """

    known: str
    peoples: Collection[str]
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class _Line:
    """A line in plain characters.

    Attributes:
        text: the whole of it.
        own: what stands outside the quotations that were to be kept; all but that is the wording's own.
    """

    text: str
    own: str


def broken_rules(worded: str, composed: str, bounds: Bounds) -> tuple[Rule, ...]:
    """Return the rules that a worded line breaks, in the order of `Rule`; empty where it passes.

    Args:
        worded: what the model wrote for the line.
        composed: what it was to word.
        bounds: what holds for the whole reply.
    """
    kept = {_normal(quote) for quote in _quotes(_folded(composed))}
    said, meant = (_Line(folded, _without(folded, kept)) for folded in (_folded(worded), _folded(composed)))
    checks = {
        Rule.SOURCE: _citations(said.text) != _citations(meant.text)
        or (not _citations(meant.text) and _adds(AUTHORITY, said, meant)),
        Rule.QUOTE: not _quotes_kept(said.text, kept),
        Rule.FINDING: _finds_otherwise(said, meant),
        Rule.RUNG: any(topic.search(said.own) and not topic.search(meant.text) for topic in TOPICS),
        Rule.STEREOTYPE: _generalises(said, meant, bounds.peoples),
        Rule.MARKUP: _acts(worded, composed, said, meant),
        Rule.POLARITY: _turned_round(said, meant),
        Rule.INVENTION: _adds(MACHINE, said, meant)
        or ("(" in worded and "(" not in composed)
        or not _nothing_invented(said, meant, _folded(bounds.known)),
        Rule.LENGTH: not _fitting(said, meant),
    }
    broken = [rule for rule, fails in checks.items() if fails]
    if not broken and not _alike(said, meant, bounds.likeness):
        broken = [Rule.MEANING]
    return tuple(broken)


def _adds(pattern: re.Pattern[str], said: _Line, meant: _Line) -> bool:
    return bool(pattern.search(said.own) and not pattern.search(meant.own))


def _finds_otherwise(said: _Line, meant: _Line) -> bool:
    """Say whether a line names a finding of its own, or decides what cannot be told."""
    return (
        any(_adds(finding, said, meant) for finding in FINDINGS)
        or bool(UNKNOWN.search(meant.own) and not UNKNOWN.search(said.own))
        # What the study says of its pairs must not become what is said of the user.
        or bool(_citations(meant.text) and _adds(_YOU, said, meant))
    )


_YOU = re.compile(r"\b(?:you|your|yours)\b", re.IGNORECASE)


def _citations(text: str) -> set[str]:
    """Return what is cited, and whatever else stands in square brackets."""
    return {(match.group(1) or match.group(2) or "").strip() for match in _CITATION.finditer(text)}


def _quotes(text: str) -> list[str]:
    return [match.group(1) or match.group(2) for match in _QUOTE.finditer(text)]


def _without(text: str, kept: Collection[str]) -> str:
    """Return a text without its citations and without the quotations that are kept."""
    bare = _QUOTE.sub(lambda match: " " if _normal(match.group(1) or match.group(2)) in kept else match.group(), text)
    return re.sub(r"(?<!\\)\[[A-Z]\d\d\]", " ", bare)


def _quotes_kept(said: str, kept: Collection[str]) -> bool:
    """Say whether the quotations are all there, and no other, but for words that are only set off."""
    found = {_normal(quote) for quote in _quotes(said)}
    return (
        found.issuperset(kept)
        and all(len(quote.split()) < _FEWEST_QUOTED_WORDS for quote in found.difference(kept))
        and '"' not in _QUOTE.sub(" ", said)
    )


def _generalises(said: _Line, meant: _Line, peoples: Collection[str]) -> bool:
    """Say whether a line speaks of a people as a whole, or names one that was not named."""
    named, whole = _about_peoples(frozenset(peoples))
    new = {match.group().lower() for match in named.finditer(said.own)} - {
        match.group().lower() for match in named.finditer(meant.own)
    }
    return bool(new) or len(whole.findall(said.own)) > len(whole.findall(meant.own))


@lru_cache(maxsize=4)
def _about_peoples(peoples: frozenset[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    names = "|".join(re.escape(_folded(name)) for name in sorted({*peoples, *OTHER_PEOPLES}, key=len, reverse=True))
    return re.compile(rf"\b(?:{names})(?:s|ers?|ness)?\b", re.IGNORECASE), people_as_a_whole(names)


def _acts(worded: str, composed: str, said: _Line, meant: _Line) -> bool:
    """Say whether a line could act as markup, or is not one line of plain characters."""
    text = worded.strip()
    return (
        bool(_MARKUP.search(said.own))
        or bool(set(_SPECIAL.findall(said.own)) - set(_SPECIAL.findall(meant.own)))
        or len(text.splitlines()) > 1
        or any(unicodedata.category(character) in _UNSEEN and character not in composed for character in text)
    )


_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Mn", "Me", "Zl", "Zp"})
"""Categories of characters that show nothing of their own or change how others look."""


def _turned_round(said: _Line, meant: _Line) -> bool:
    """Say whether a denial came or went, or a word stands where its opposite did."""
    pairs = ((HARMLESS_NEGATION.sub(" ", said.own), meant.own), (meant.own, said.own))
    for one, other in pairs:
        if NEGATION.search(one) and not NEGATION.search(other) and not SOFT_NEGATION.search(other):
            return True
    # One denial less or more among several turns a part of the line round.
    if (len(NEGATION.findall(pairs[0][0])) - len(NEGATION.findall(HARMLESS_NEGATION.sub(" ", meant.own)))) % 2:
        return True
    return any(
        _count(new, said) > _count(new, meant) and _count(old, said) < _count(old, meant)
        for pair in OPPOSITES
        for new, old in (pair, pair[::-1])
    )


def _count(pattern: re.Pattern[str], line: _Line) -> int:
    return len(pattern.findall(line.own))


def _nothing_invented(said: _Line, meant: _Line, known: str) -> bool:
    """Say whether each number stands in the composed line, and each name and foreign letter in what is known."""
    plain = set(re.findall(r"[\w-]+", known.lower()))
    # A name at the beginning of a sentence looks like any other word there; who speaks or owns something is one.
    speakers = {name for name in _SPEAKER.findall(said.text.strip()) if name[0].isupper() and name.lower() not in _PRONOUNS}
    names = {match.group() for match in _NAME.finditer(said.text.strip()) if match.group()[0].isupper()}
    shouted = {word for word in _CAPITALS.findall(said.own) if word.isupper()}
    foreign = {character for character in said.text if character.isalpha() and not _is_latin(character)}
    return (
        _numbers(said.own) <= _numbers(meant.own)
        and foreign <= set(known)
        and all(
            part in plain or part in _PRONOUNS
            for name in names | speakers | shouted
            for part in re.findall(r"[\w-]+", re.sub(r"'(?:s|d|m|ll|ve|re)?$", "", name.lower()))
        )
    )


def _is_latin(character: str) -> bool:
    return unicodedata.name(character, "").startswith("LATIN")


def _numbers(text: str) -> set[str]:
    """Return the numbers in a text, in digits; `you two` counts nothing."""
    counted = re.sub(r"\b(?:you|the|us|these) two\b", " ", text.lower())
    found = {number.lstrip("0") or "0" for number in _NUMBER.findall(counted)}
    return found | {NUMBER_WORDS[word] for word in re.findall(r"[a-z]+", counted) if word in NUMBER_WORDS}


def _fitting(said: _Line, meant: _Line) -> bool:
    count, model = len(said.text.split()), len(meant.text.split())
    own, own_model = len(said.own.split()), len(meant.own.split())
    return (
        model / 3 <= count <= _STRETCH * model + _SPARE_WORDS
        and own <= _STRETCH * own_model + _SPARE_WORDS
        and len(said.text) <= 2 * len(meant.text) + _SPARE_CHARACTERS
    )


def _alike(said: _Line, meant: _Line, likeness: Likeness) -> bool:
    if likeness(said.text, meant.text) < LEAST_LIKENESS:
        return False
    has_quotes = said.own != said.text and _quotes(meant.text)
    return not has_quotes or likeness(said.own, meant.own) >= _LEAST_LIKENESS_BESIDE_QUOTES


_PLAIN_MARKS = str.maketrans("“”„‟«»「」『』‘’‚‛‹›´", '"' * 10 + "'" * 7)


def _folded(text: str) -> str:
    """Return text with compatible characters, white space and quotation marks made alike."""
    return " ".join(unicodedata.normalize("NFKC", text.translate(_PLAIN_MARKS)).translate(_PLAIN_MARKS).split())


def _normal(quote: str) -> str:
    """Return a quotation without what a sentence around it may change: its first capital, and the marks at its end."""
    text = " ".join(quote.split()).strip(" .,;:")
    return text[:1].lower() + text[1:]
