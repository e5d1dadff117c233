"""Which culture each of the two persons belongs to, read from the account and the profile (codebook, section 3).

The gazetteer finds the places, attribution says whose they are, and a person's own history beats the passport (D1): where
somebody grew up or has lived most decides the category, and the history is flagged. Nothing is inferred from a name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from coach.framework import Context
from coach.library.schema import Culture
from coach.reading.attribution import Owner, OwnerScores, attribute
from coach.reading.gazetteer import Mention
from coach.reading.sentences import Span

_CHILD_AGE = r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d|1[0-7])"
_GROWN_AGE = r"(?:nineteen|twenty|thirty|forty|fifty|sixty|[2-6]\d)[\w-]*"
_MANY_YEARS = r"(?:fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|1[5-9]|[2-6]\d)(?:[- ]\w+)? years"
_RAISED_IN = re.compile(
    rf"\b(?:grew up|grown up|raised|childhood|brought up|schooled|went to school|never lived anywhere|at {_GROWN_AGE} from"
    rf"|(?:{_MANY_YEARS}|most of (?:his|her|my|their) life|half (?:his|her|my|their) life)\s+(?:in|here|over here|living))\b",
    re.IGNORECASE,
)
"""Words before the place where somebody grew up or has lived most."""
_CAME_TO = re.compile(
    rf"\b(?:as a (?:baby|toddler|newborn|(?:small |little )?(?:child|kid|boy|girl))|from (?:the )?age (?:of )?{_CHILD_AGE}"
    rf"|at (?:the age of )?(?:\w+ )?(?:months|weeks)(?: old)?|(?:here |there |over )?at (?:the age of )?{_CHILD_AGE}"
    rf"|(?:when|since|from when) (?:he|she|i) was (?:a (?:baby|child|boy|girl|toddler)|{_CHILD_AGE})"
    r"|since (?:his|her|my) (?:first|second|third) birthday|since (?:kindergarten|nursery|primary school)|been here since"
    rf"|(?:till|until) (?:he|she|i) was (?:{_GROWN_AGE}|1[89])|got here at {_GROWN_AGE})\b(?! per)",
    re.IGNORECASE,
)
"""Words behind the place to which somebody came as a child, or where they lived until they were grown."""
_MOVED = re.compile(r"\b(?:came|come|moved|arrived|carried|brought|went|flew|adopted)\b[^.!?;\n]*$", re.IGNORECASE)
_LEAVING = re.compile(r"\b(?:from|left|born in|out of|leaving)\s+(?:the\s+)?$", re.IGNORECASE)
_REACH_FORWARD, _REACH_BACK = 25, 45
_LINKED = math.log(0.3)
"""Log-probability from which a place may be a person's, beside the one where they grew up."""
_BORN = re.compile(
    r"\b(?:born|roots|originally|half|passport|mother|father|parents|emigrated|moved (?:to|here|there|over)|lived)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"\b(?:(?P<own>i|i['’]m|i['’]ve|me|myself)|(?P<other>he|she|him|her|his|they|their|who|customer|buyer|contact|client|"
    r"manager|director|owner|boss|engineer))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCulture:
    """The culture that one person is taken to belong to.

    Attributes:
        culture: country name, or None where nothing tells.
        context: its communication context.
        borderline: the country lies between the categories.
        bicultural: the person's history joins two cultures (D1).
        span: the mention that tells it, None where it comes from the profile.
    """

    culture: str | None = None
    context: Context = Context.UNCLEAR
    borderline: bool = False
    bicultural: bool = False
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class PairCultures:
    """The cultures of the two persons of an account."""

    salesperson: PersonCulture
    customer: PersonCulture


def read_cultures(
    text: str,
    mentions: Sequence[Mention],
    owners: Sequence[OwnerScores],
    table: Mapping[str, Culture],
    profile_country: str | None,
) -> PairCultures:
    """Return the cultures of the salesperson and of the customer.

    Args:
        text: the account.
        mentions: the places that the gazetteer found in it.
        owners: for each mention the log-probability of each owner.
        table: cultures by country.
        profile_country: the salesperson's country by the user's profile; the account itself wins over it.
    """
    pair = attribute(text, mentions, owners, salesperson_country=profile_country)
    own = pair.salesperson.country if pair.salesperson else profile_country
    histories = _histories(text, mentions, owners)
    other = pair.customer.country if pair.customer else None

    def person(owner: Owner, mention: Mention | None, country: str | None, partner: str | None) -> PersonCulture:
        linked = {m.country for m, scores in zip(mentions, owners, strict=True) if scores[owner] >= _LINKED}
        return _person(mention, country, histories.get(owner, []), linked - {partner}, table)

    return PairCultures(
        salesperson=person(Owner.SALESPERSON, pair.salesperson, own, other),
        customer=person(Owner.CUSTOMER, pair.customer, other, own),
    )


@dataclass(frozen=True, slots=True)
class _History:
    """A mention in somebody's life story; `settles` where they grew up or have lived most there."""

    mention: Mention
    settles: bool


def _histories(text: str, mentions: Sequence[Mention], owners: Sequence[OwnerScores]) -> dict[Owner, list[_History]]:
    settled = _settled(text, mentions)
    found: dict[Owner, list[_History]] = {}
    for mention, scores in zip(mentions, owners, strict=True):
        near = _clause_around(text, mention)
        if mention not in settled and not _BORN.search(near):
            continue
        owner = _subject(near)
        if owner is None:
            owner = max((Owner.SALESPERSON, Owner.CUSTOMER), key=lambda candidate: scores[candidate])
        found.setdefault(owner, []).append(_History(mention, mention in settled))
    return found


def _settled(text: str, mentions: Sequence[Mention]) -> set[Mention]:
    """Return the mentions of places where somebody grew up or has lived most: the nearest to each word that says so."""
    settled = set()
    for cue in _RAISED_IN.finditer(text):
        ahead = [m for m in mentions if 0 <= m.start - cue.end() <= _REACH_FORWARD and _one_clause(text, cue.end(), m.start)]
        if ahead and "here" not in cue.group().lower().split():
            settled.add(min(ahead, key=lambda m: m.start))
    for cue in _CAME_TO.finditer(text):
        behind = [m for m in mentions if 0 <= cue.start() - m.end <= _REACH_BACK and _one_clause(text, m.end, cue.start())]
        # "Came to Tampere at three" tells a life, "the lesson in Tampere at three" does not.
        if "at" in cue.group().lower().split()[:3] and not _MOVED.search(text, max(0, cue.start() - _REACH_BACK), cue.start()):
            continue
        # "Born in Madurai, but here since she was three": the life was lived where the person is now.
        if behind and "here" not in cue.group().lower().split():
            nearest = max(behind, key=lambda m: m.end)
            if not _LEAVING.search(text, max(0, nearest.start - 12), nearest.start):
                settled.add(nearest)
    return settled


def _one_clause(text: str, start: int, end: int) -> bool:
    return not re.search(r"[.!?;\n]", text[start:end])


def _subject(clause: str) -> Owner | None:
    """Return whose life a clause tells: the last person named before its verb of history, None where there is none."""
    cue = next((found for pattern in (_RAISED_IN, _CAME_TO, _BORN) if (found := pattern.search(clause))), None)
    persons = list(_PERSON.finditer(clause, 0, cue.start() if cue else len(clause)))
    if not persons:
        return None
    return Owner.SALESPERSON if persons[-1].group("own") else Owner.CUSTOMER


def _clause_around(text: str, mention: Mention) -> str:
    left = max(text.rfind(mark, max(0, mention.start - 70), mention.start) for mark in ".!?;\n")
    start = left + 1 if left >= 0 else max(0, mention.start - 70)
    ends = [text.find(mark, mention.end, mention.end + 50) for mark in ".!?;\n"]
    end = min((e for e in ends if e >= 0), default=min(len(text), mention.end + 50))
    return text[start:end]


def _person(
    mention: Mention | None,
    country: str | None,
    histories: Sequence[_History],
    linked: Collection[str],
    table: Mapping[str, Culture],
) -> PersonCulture:
    if country is None:
        return PersonCulture()
    span = Span(mention.start, mention.end) if mention else None
    others = [h for h in histories if h.mention.country != country]
    moved = next((h for h in others if h.settles), None)
    settled_here = any(h.settles and h.mention.country == country for h in histories)
    # Somebody who grew up in one place and is linked with another as well has lived in both.
    bicultural = bool(others) or (settled_here and any(other != country for other in linked))
    if moved is not None and not settled_here:
        country, span = moved.mention.country, Span(moved.mention.start, moved.mention.end)
    culture = table[country]
    return PersonCulture(
        culture=country, context=culture.context, borderline=culture.borderline, bicultural=bicultural, span=span
    )
