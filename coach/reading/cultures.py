"""Which culture each of the two persons belongs to, read from the account and the profile (codebook, section 3).

The gazetteer finds the places, attribution says whose they are, and a person's own history beats the passport (D1): where
somebody grew up or has lived most decides the category, and the history is flagged. Nothing is inferred from a name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coach.framework import Context
from coach.library.schema import Culture
from coach.reading.attribution import AttributionWeights, Owner, attribute, mention_features
from coach.reading.gazetteer import Gazetteer, Mention
from coach.reading.sentences import Span

_RAISED = re.compile(
    r"\b(?:grew up|grown up|raised|childhood|brought up|schooled|went to school|been here since|since (?:she|he|i) was|"
    r"never lived anywhere|from age|since kindergarten|since primary school"
    r"|(?:came|moved|arrived|carried|brought|went)(?: (?:here|over|there|to [\w ]{2,20}))? at (?:the age of )?"
    r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d|1[0-7])"
    r"|at (?:twenty|thirty|forty|fifty|[2-5]\d)[\w-]* from)\b",
    re.IGNORECASE,
)
_LONG_STAY = re.compile(
    r"\b(?:(?:fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|1[5-9]|[2-5]\d)(?:[- ]\w+)? years|"
    r"most of (?:his|her|my|their) life|half (?:his|her|my|their) life)\s+(?:in|here|over here|living)\b",
    re.IGNORECASE,
)
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
    gazetteer: Gazetteer,
    table: Mapping[str, Culture],
    weights: AttributionWeights,
    profile_culture: str | None,
) -> PairCultures:
    """Return the cultures of the salesperson and of the customer.

    Args:
        text: the account.
        gazetteer: finds the names.
        table: cultures by country.
        weights: say whose a mention is.
        profile_culture: what the user's profile says of the salesperson; the account itself wins over it.
    """
    mentions = gazetteer.mentions(text)
    profile = gazetteer.country(profile_culture) if profile_culture else None
    pair = attribute(text, mentions, weights, salesperson_country=profile)
    own = pair.salesperson.country if pair.salesperson else profile
    histories = _histories(text, mentions, weights)
    return PairCultures(
        salesperson=_person(pair.salesperson, own, histories.get(Owner.SALESPERSON, []), table),
        customer=_person(
            pair.customer, pair.customer.country if pair.customer else None, histories.get(Owner.CUSTOMER, []), table
        ),
    )


@dataclass(frozen=True, slots=True)
class _History:
    """A mention in somebody's life story; `settles` where they grew up or have lived most there."""

    mention: Mention
    settles: bool


def _histories(text: str, mentions: Sequence[Mention], weights: AttributionWeights) -> dict[Owner, list[_History]]:
    found: dict[Owner, list[_History]] = {}
    for mention, features in zip(mentions, mention_features(text, mentions), strict=True):
        near = _clause_around(text, mention)
        cue = _RAISED.search(near) or _LONG_STAY.search(near)
        # "Born in Madurai, but here since she was three": the life was lived where the person is now.
        settles = cue is not None and "here" not in cue.group().lower().split()
        if not settles and not _BORN.search(near):
            continue
        owner = _subject(near)
        if owner is None:
            scores = weights.scores(features)
            owner = max((Owner.SALESPERSON, Owner.CUSTOMER), key=lambda candidate: scores[candidate])
        found.setdefault(owner, []).append(_History(mention, settles))
    return found


def _subject(clause: str) -> Owner | None:
    """Return whose life a clause tells: the last person named before its verb of history, None where there is none."""
    cue = next((found for pattern in (_RAISED, _LONG_STAY, _BORN) if (found := pattern.search(clause))), None)
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
    mention: Mention | None, country: str | None, histories: Sequence[_History], table: Mapping[str, Culture]
) -> PersonCulture:
    if country is None:
        return PersonCulture()
    span = Span(mention.start, mention.end) if mention else None
    others = [h for h in histories if h.mention.country != country]
    moved = next((h for h in others if h.settles), None)
    settled_here = any(h.settles and h.mention.country == country for h in histories)
    bicultural = bool(others) or (settled_here and len({h.mention.country for h in histories}) > 1)
    if moved is not None and not settled_here:
        country, span = moved.mention.country, Span(moved.mention.start, moved.mention.end)
    culture = table[country]
    return PersonCulture(
        culture=country, context=culture.context, borderline=culture.borderline, bicultural=bicultural, span=span
    )
