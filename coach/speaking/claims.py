"""The claim check: what a language model wrote, against the record it was to word.

A reply passes only if it cites nothing unknown, quotes nothing that was not said, names no other finding, goes no deeper
than the next rung, says nothing of a people as a whole, and holds no markup that could act.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from coach.framework import DEPTHS, Depth, Phase
from coach.records import Diagnosis

LONGEST = 320
"""Words; the prompt asks for 180."""

_CITATION = re.compile(r"\b([A-Z](?:-[A-Z])?\d{2,3})\b")
_QUOTE = re.compile(r"[“\"«„]([^“”\"«»„]{3,}?)[”\"»“]|(?<!\w)[‘']([^‘’']{12,}?)[’'](?!\w)")
_MARKUP = re.compile(r"<\s*/?\s*[a-zA-Z!][^>]*>|https?://|www\.|\]\(|javascript:", re.IGNORECASE)
_FEWEST_QUOTED_WORDS = 3

_DEEPER: dict[Depth, re.Pattern[str]] = {
    Depth.MORE_INTIMATE: re.compile(
        r"\b(?:your|tell (?:him|her|them)|share|ask|talk) [^.!?]{0,40}"
        r"\b(?:children|kids|wife|husband|marriage|family|values)\b",
        re.IGNORECASE,
    ),
    Depth.MOST_INTIMATE: re.compile(
        r"\b(?:divorce|illness|disability|bankruptcy|miscarriage|depression|grief|shame|suicide|addiction|death|died|cancer|bankrupt|therapist)\b",
        re.IGNORECASE,
    ),
}


@dataclass(frozen=True, slots=True)
class Claim:
    """Something in a reply that the record does not bear."""

    rule: str
    excerpt: str


def unborne_claims(
    reply: str,
    *,
    diagnosis: Diagnosis,
    sources: Collection[str],
    allowed_texts: Collection[str],
    deepest: Depth,
    peoples: Collection[str],
) -> tuple[Claim, ...]:
    """Return what a reply claims that the record does not bear; empty where it passes.

    Args:
        reply: what the model wrote.
        diagnosis: what was decided.
        sources: ids that may be cited.
        allowed_texts: texts that may be quoted: the account, the steps' lines, the cited passages.
        deepest: the deepest rung that may be advised.
        peoples: demonyms, for statements about a whole people.
    """
    claims = [Claim("source", match.group()) for match in _CITATION.finditer(reply) if match.group(1) not in sources]
    said = [_normal(text) for text in allowed_texts]
    for match in _QUOTE.finditer(reply):
        pieces = [piece for piece in re.split(r"\s*(?:…|\.\.\.)\s*", match.group(1) or match.group(2)) if piece]
        claims += [Claim("quote", piece[:60]) for piece in pieces if not _was_said(piece, said)]
    for phase in Phase:
        if (
            phase is not diagnosis.phase.label
            and phase is not Phase.UNCLEAR
            and re.search(rf"\b(?:in|at|reached|entered) (?:the )?{phase}\b", reply, re.IGNORECASE)
        ):
            claims.append(Claim("finding", str(phase)))
    unquoted = _QUOTE.sub(" ", reply)
    limit = DEPTHS.index(deepest) if deepest in DEPTHS else 0
    for depth, pattern in _DEEPER.items():
        if DEPTHS.index(depth) > limit and (found := pattern.search(unquoted)):
            claims.append(Claim("rung", found.group()[:60]))
    if found := _generalisation(peoples).search(unquoted):
        claims.append(Claim("stereotype", found.group()[:60]))
    if found := _MARKUP.search(reply):
        claims.append(Claim("markup", found.group()[:60]))
    if not reply.strip() or len(reply.split()) > LONGEST:
        claims.append(Claim("length", f"{len(reply.split())} words"))
    return tuple(claims)


def _was_said(piece: str, said: Sequence[str]) -> bool:
    """Say whether a quoted piece occurs in one of the texts; one or two words are a manner of speaking, no quote."""
    wanted = _normal(piece).strip(" .,;:!?")
    return len(wanted.split()) < _FEWEST_QUOTED_WORDS or any(wanted in text for text in said)


def _generalisation(peoples: Collection[str]) -> re.Pattern[str]:
    known = {*peoples, "Asians", "Asian", "Westerners", "Western", "Africans", "Arabs", "Latins", "Europeans", "Southerners"}
    names = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    return re.compile(
        rf"\b(?:the |all |most )?(?:{names})(?: people| customers| buyers| clients| businessmen)?\s+"
        r"(?:are|always|never|tend|like|love|hate|prefer|value|expect|do not|don['’]t|will)\b"
        r"|\bin [A-Z][a-z]+,? (?:people|they|everyone|one|nobody)\b|\bpeople (?:there|from there|down there|over there)\b"
        r"|\b(?:their|that) culture (?:is|always|never|values|expects)\b",
        re.IGNORECASE,
    )


def _normal(text: str) -> str:
    """Return text with white space and quotation marks made alike, in lower case."""
    folded = unicodedata.normalize("NFKC", text).translate(str.maketrans("“”‘’„«»", '""\'\'"""'))
    return " ".join(folded.lower().split())
