"""What the user calls the customer, so that the coach can say the same.

Names are taken only where the grammar shows a person ("Mr Kuroda", "Cemal told me", "with Ilse at the mill"). Nothing else
is inferred from a name, least of all a culture.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

NAME = r"(?!I['’])[A-ZÀ-ÖØ-ÞŁŚŞİÇĞŽŠČ][\w’'-]*[a-zà-öø-ÿłśşıçğžšč]"
_TITLES = frozenset(
    "Mr Mrs Ms Miss Dr Prof Herr Frau Sr Sra Senhor Senhora Señor Señora Signor Signora Madame Monsieur Mme Don Doña "
    "Dottor Dott Ing Sig Pan Pani Domnul Doamna Licenciado Engineer Sheikh Director President Chairman Manager Chief "
    "Comrade Pak Bapak Bu Ibu Puan Encik Khun Shri Ustad Hajji Haji Abu Umm".split()
)
TITLE = r"(?:" + "|".join(sorted(_TITLES, key=len, reverse=True)) + r")\.?"
_TITLED = re.compile(rf"\b({TITLE}\s+(?:(?:van|de|von|der|al|el|bin|di|da)[ -])?{NAME}(?:\s(?:van|de|von)\s{NAME})?)")
_HONOURED = re.compile(
    rf"\b({NAME}(?:[- ](?:san|sama|sensei|ssi|nim|bey|Bey|hanim|hanım|Hanım|ji|abi|agha|gong|laoban|zong|bucho|buchō)))\b"
)
_DOES = re.compile(
    rf"\b({NAME})(?:,? who)?\s+(?:told|tells|said|says|asks|asked|wants|wanted|buys|bought|runs|called|calls|rang|rings|wrote|writes|"
    r"invited|invites|is|was|has|had|knows|likes|loves|hates|sent|sends|brought|came|comes|took|takes|gave|gives|never|always|"
    r"still|just|only|and I|showed|shows|answers|answered|laughs|laughed|nods|nodded|signs|signed|keeps|kept|replied|replies)\b"
)
_WITH = re.compile(
    rf"\b(?:with|to|from|by|ask|asked|told|tell|met|meet|called|call|rang|ring|see|visit|visited|customer|buyer|contact|client|about|"
    rf"manager|engineer|director|owner|between|know|knew|known|like|drove|thank|invited|and I,|me and)\s+({NAME})\b"
)
_IS = re.compile(
    rf"\b(?i:customer|buyer|contact|client|man|guy|counterpart|name)(?: (?:at|in|for) [\w .-]{{2,40}}?| there)?(?: is|['’]s|:|,| there is|"
    rf" was)\s+(?:an? )?((?:{TITLE}\s+)?{NAME})\b"
)
_AT = re.compile(rf"\b({NAME})\s+(?:at|from|in|of|over at)\s+(?:a|an|the|our|my|{NAME})")
_POSSESSIVE = re.compile(
    rf"\b({NAME})['’]s\s+(?:wife|husband|son|daughter|mother|father|boss|office|desk|kids|team|family|house|home|firm|plant|reply|mail)\b"
)
_ROLE = re.compile(
    rf"\b({NAME})(?: {NAME})?, (?:(?:the|a|an|our|my|from our) )?(?:[\w-]+ ){{0,2}}"
    r"(?:buyer|purchaser|purchasing|procurement|desk|head|owner|manager|director|engineer|customer|client|contact)\b"
)
_FIRST_NAMED = 4
"""Points for being the first person named in an account: that is mostly whom it is about."""
_OWN_NAME = re.compile(
    rf"(?:\b(?:[Mm]y name is|(?:Ciao|Hi|Hello|Hey|Moin|Servus)[.,!]|call me|calls? me|called me|name['’]s|signed,?|regards,?|cheers,?|greetings,?|this is|it['’]s)\s+"
    rf"(?:{TITLE}\s+)?({NAME})\b"
    rf"|\bI['’]?m ({NAME}),|\bI am ({NAME}),)"
)
_FIRM = re.compile(
    rf"\b({NAME})\s+(?:GmbH|AG|AB|Oy|Oyj|AS|ApS|BV|NV|Ltd|Inc|SpA|Srl|SA|Group|Corp|Holding|Foods|Steel|Motors|Industries)\b"
)
_NOT_NAMES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august "
    "september october november december christmas easter ramadan eid diwali whatsapp wechat linkedin teams zoom "
    "kakaotalk telegram excel outlook google english european europe asia asian africa western west east north "
    "south covid corona ceo cto cfo crm erp the a an and but so then there here that this what when where who why "
    "how he she they we you it my our his her their not no yes well now since after before if once last first "
    "second third every each most some all both nobody nothing everything everyone someone god lord sir madam boss "
    "customer buyer sales business question coach me from she's he's they're i'm with for at by to of in on as american canadian dear hello hi hey moin ciao".split()
)


@dataclass(frozen=True, slots=True)
class CustomerName:
    """What the user calls the customer.

    Attributes:
        name: the name as the user wrote it, None where the account gives none.
        pronoun: the object pronoun that fits: him, her or them.
    """

    name: str | None = None
    pronoun: str = "them"

    @property
    def possessive(self) -> str:
        """The possessive that goes with the pronoun."""
        return {"him": "his", "her": "her"}.get(self.pronoun, "their")


def read_customer_name(text: str, places: Collection[str] = ()) -> CustomerName:
    """Return what the user calls the customer.

    Args:
        text: the account.
        places: words of the text that name places or peoples; they are never persons, but a name often stands before one.
    """
    name = _name(text, frozenset(places))
    return CustomerName(name, _titled_pronoun(name) or _pronoun(text))


def _name(text: str, places: frozenset[str]) -> str | None:
    scores: Counter[str] = Counter()
    if places:
        names = "|".join(re.escape(place) for place in sorted(places, key=len, reverse=True))
        for match in re.finditer(rf"(?:^|[.!?:\n]\s*)({NAME}),? (?:in |of |from |at )?(?:{names})\b", text):
            scores[match.group(1)] += 2
    for pattern, points in (
        (_TITLED, 3),
        (_HONOURED, 3),
        (_DOES, 2),
        (_WITH, 2),
        (_AT, 1),
        (_POSSESSIVE, 2),
        (_IS, 3),
        (_ROLE, 2),
    ):
        for match in pattern.finditer(text):
            scores[re.sub(r"['’]s$", "", match.group(1))] += points
    own = {name for match in _OWN_NAME.finditer(text) for name in match.groups() if name}
    firms = {match.group(1) for match in _FIRM.finditer(text)}
    lower_words = set(re.findall(r"\b[a-zà-öø-ÿ]{3,}\b", text))
    candidates: dict[str, int] = {}
    for name, points in scores.items():
        core = _core(name)
        if core.lower() in _NOT_NAMES | lower_words or core in places or {core, name} & (own | firms):
            continue
        candidates[name] = points + len(re.findall(rf"\b{re.escape(core)}\b", text))
    # "Mr Kuroda" and "Kuroda" are one person: the fuller form is kept.
    for name in [n for n in candidates if _core(n) != n]:
        if (core := _core(name)) in candidates:
            candidates[name] += candidates.pop(core)
    if not candidates:
        return None
    candidates[min(candidates, key=text.find)] += _FIRST_NAMED
    best = max(candidates.values())
    return min((name for name, points in candidates.items() if points == best), key=text.find)


def _core(name: str) -> str:
    """Return the part of a name that stands for the person: after a title, before an honorific."""
    parts = re.split(r"[ -]", name)
    return parts[-1] if parts[0].rstrip(".") in _TITLES else parts[0]


_HER_TITLES = frozenset("Puan Mrs Ms Miss Frau Sra Senhora Señora Signora Madame Mme Doña Doamna Pani Ibu Bu".split())
_HIS_TITLES = frozenset("Encik Mr Herr Sr Senhor Señor Signor Monsieur Don Domnul Pan Pak Bapak Abu".split())


def _titled_pronoun(name: str | None) -> str | None:
    """Return the pronoun that a title settles, None where there is none."""
    title = name.split(" ")[0].rstrip(".") if name else ""
    return "her" if title in _HER_TITLES else "him" if title in _HIS_TITLES else None


def _pronoun(text: str) -> str:
    he = len(re.findall(r"\b(?:he|him|his|himself)\b", text, re.IGNORECASE))
    she = len(re.findall(r"\b(?:she|her|hers|herself)\b", text, re.IGNORECASE))
    if he > 2 * she:
        return "him"
    if she > 2 * he:
        return "her"
    return "them"
