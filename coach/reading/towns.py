"""Towns beyond the table of cultures: where a capitalised word after "in" or "from" is taken for a place.

The list is GeoNames' (CC BY 4.0). It is long, and many towns are named like persons, months or things; so a town counts only
where the sentence puts somebody or something there, and a name that is a given name too needs "in" or its like.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from coach.errors import CorpusError
from coach.library.schema import Culture
from coach.library.yaml_files import read_text

_INSIDE = frozenset({"in", "near", "outside", "around"})
_AT = frozenset({"at", "from"})
_MOVING = frozenset(
    {"came", "come", "moved", "went", "go", "drive", "drove", "flew", "fly", "up", "down", "over", "back", "out"}
)
_BELONGING = frozenset("i'm am is are was were he's she's we're they're come comes came originally".split())
_NO_TOWNS = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul "
    "aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday asia africa america europe "
    "lent god gods tet bayram raya all saints advent easter christmas ramadan eid passover allah castle church "
    "school hall board sales purchasing marketing spring summer autumn winter saint santa fair plant room hotel "
    "english sir madam mama papa sisters brothers arab".split()
)
"""Months, feasts and things that some town somewhere is called like."""

STATE_CODES: Mapping[str, str] = {
    **dict.fromkeys(
        "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI "
        "SC SD TN TX UT VT VA WA WV WI WY".split(),
        "US",
    ),
    **dict.fromkeys("AB BC MB NB NL NS ON PE QC SK YT".split(), "CA"),
    **dict.fromkeys("NSW QLD VIC TAS".split(), "AU"),
}
"""Postal abbreviations of states and provinces, and the ISO code of the country that each stands in."""

_SHORTEST_ALONE = 4

_STATE_BEHIND = re.compile(r",? \(?(?P<state>[A-Z]{2,3})(?![\w-])")


@dataclass(frozen=True, slots=True)
class Towns:
    """The list of towns.

    Attributes:
        codes: ISO codes of the countries of each folded name, the one with the largest such town first.
        given_names: names of towns that are given names too.
        country_of: country by ISO code.
    """

    codes: Mapping[str, tuple[str, ...]]
    given_names: frozenset[str]
    country_of: Mapping[str, str]

    def countries(self, folded: str, *, after: str, before_that: str) -> tuple[str, ...]:
        """Return the countries that a capitalised name may place something in, the likeliest first; none where it is no place.

        Args:
            folded: the name.
            after: the word before it, in lower case.
            before_that: the word before that one.
        """
        reached = after in _AT or (after == "to" and before_that in _MOVING) or (after == "of" and before_that == "out")
        belongs = after == "from" and before_that.replace("’", "'") in _BELONGING
        placed = after in _INSIDE or belongs or (reached and folded not in self.given_names)
        if not placed or folded in _NO_TOWNS:
            return ()
        return tuple(self.country_of[code] for code in self.codes.get(folded, ()))

    def behind_person(self, folded: str, *, titled: bool) -> tuple[str, ...]:
        """Return the countries of a name that stands behind a person's, as in "Herr Tewes, Uelzen, beet lifters".

        Args:
            folded: the name.
            titled: whether the person's name has a title, so that a given name behind it is not one person more.
        """
        if folded in _NO_TOWNS or len(folded) < _SHORTEST_ALONE or (folded in self.given_names and not titled):
            return ()
        return tuple(self.country_of[code] for code in self.codes.get(folded, ()))


def state_behind(text: str, end: int) -> tuple[int, str] | None:
    """Return where a state's abbreviation right behind a name ends, and its country's ISO code: `Dayton, OH`."""
    found = _STATE_BEHIND.match(text, end)
    if found is None or found.group("state") not in STATE_CODES:
        return None
    return found.end("state"), STATE_CODES[found.group("state")]


def read_towns(path: Path, cultures: Sequence[Culture]) -> Towns:
    """Read the list of towns.

    Raises:
        CorpusError: the file is missing or a line is broken; the message holds file and line.
    """
    country_of = {culture.code: culture.country for culture in cultures}
    codes: dict[str, tuple[str, ...]] = {}
    given: set[str] = set()
    for number, line in enumerate(read_text(path).splitlines(), 1):
        name, _, rest = line.partition("\t")
        listed, _, mark = rest.partition("\t")
        countries = tuple(listed.split())
        if not countries or not name or any(code not in country_of for code in countries):
            raise CorpusError(
                f"{path}:{number}: the line does not name a town and countries of cultures.yaml.",
                "Write the list anew with docs/make_towns.py.",
            )
        codes[name] = countries
        if mark:
            given.add(name)
    return Towns(codes, frozenset(given), country_of)
