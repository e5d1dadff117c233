"""Finding the names of countries, peoples, cities and languages in a text.

Look-up is by dictionary over one to five words. Names are matched as people write them: capitalised, or in lower case for
countries and demonyms where that cannot be an ordinary word (`china`, `polish` and `turkey` can).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from coach.library.corpus import Corpus
from coach.library.schema import Culture
from coach.reading.towns import Towns, read_towns, state_behind

_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*")
_LONGEST_NAME = 5

_ORDINARY_WORDS = frozenset(
    "us turkey china polish swede swedes dane danish jordan georgia jersey chad guinea japan scotch mobile nice "
    "reading bath split cork hull sale essen orange male finish bergen can may of man yank brit kiwi cuba mali "
    "niger togo peru oman wales island norge moss swiss lima leon turin delta".split()
)
_PERSON_BEFORE = re.compile(r"\b[A-Z][\w’'-]+(?:,|,? \(|;| [–—]) ?$")
_TITLED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Herr|Frau|Don|Doña|Dona|Dom|Señor|Señora|Sr|Sra|Signor|Signora|Monsieur|Madame|Pan|Pani|Sheikh|Engineer|Eng|Prof)"
    r"\.? (?:[A-Z][\w’'.-]* ?){1,3}(?:,|,? \(|;| [–—]) ?$"
)
_MARK_BEHIND = re.compile(r"[,;)/.]|\s?[–—]|$")
_LOCATIVE = frozenset({"in", "from", "at", "near", "outside", "of"})


_BEFORE_LANGUAGE = frozenset(
    "in my our his her their speak speaks spoke learn learns learning learnt study studying poor bad broken stiff little some "
    "simple perfect good better decent fluent of into practise practice understand your".split()
)
_AFTER_LANGUAGE = re.compile(r"^\s*(?:lesson|course|class|teacher|word|grammar|phrase|app\b|tutor|verb)")


class NameKind(StrEnum):
    """What sort of name points to a country."""

    COUNTRY = "country"
    DEMONYM = "demonym"
    CITY = "city"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text that points to a country: `text[start:end]`."""

    start: int
    end: int
    country: str
    kind: NameKind


@dataclass(frozen=True, slots=True)
class _Name:
    country: str
    kind: NameKind
    ambiguous: bool = False


class Gazetteer:
    """Finds mentions of countries; built once from corpus/cultures.yaml.

    Args:
        cultures: the table.
        towns: smaller places, looked up where the table knows no name; none where None.
    """

    def __init__(self, cultures: Sequence[Culture], towns: Towns | None = None) -> None:
        self._towns = towns
        self._names: dict[str, _Name] = {}
        self._upper: dict[str, _Name] = {}
        self._languages = {fold(language) for culture in cultures for language in culture.languages}
        for culture in cultures:
            self._add(culture, (culture.country, *culture.names, *culture.misspellings), NameKind.COUNTRY)
            self._add(culture, culture.demonyms, NameKind.DEMONYM)
            self._add(culture, culture.cities, NameKind.CITY)
            for city in culture.ambiguous_cities:
                self._names.setdefault(fold(city), _Name(culture.country, NameKind.CITY, ambiguous=True))

    def _add(self, culture: Culture, names: Iterable[str], kind: NameKind) -> None:
        for name in names:
            entry = _Name(culture.country, kind)
            if name.isupper() and len(name) <= 3:
                self._upper.setdefault(name, entry)
            elif kind is NameKind.COUNTRY:
                self._names[fold(name)] = entry
            else:
                self._names.setdefault(fold(name), entry)

    def country(self, name: str) -> str | None:
        """Return the country that a single name or demonym stands for, as a profile gives it; None if unknown."""
        entry = self._upper.get(name.strip().upper()) or self._names.get(fold(name.strip()))
        return entry.country if entry else None

    def knows(self, name: str) -> bool:
        """Return whether the table of cultures holds a name, ambiguous ones included."""
        return fold(name) in self._names

    def mentions(self, text: str) -> list[Mention]:
        """Return the mentions in a text, in order; longer names win over the names inside them."""
        words = list(_WORD.finditer(text))
        mostly_lower = sum(w.group()[0].isupper() for w in words) < 0.02 * len(words) or text.islower()
        found: list[Mention] = []
        position = 0
        while position < len(words):
            for length in range(min(_LONGEST_NAME, len(words) - position), 0, -1):
                first, last = words[position], words[position + length - 1]
                if (mention := self._match(text, first, last, mostly_lower, words, position)) is not None:
                    found.append(mention)
                    position += length
                    break
            else:
                position += 1
        found = _georgia_the_state(text, found)
        return _settled_by_next(text, self._with_towns(text, found, words) if self._towns and not mostly_lower else found)

    def _with_towns(self, text: str, found: list[Mention], words: Sequence[re.Match[str]]) -> list[Mention]:
        """Return the mentions with those of towns that the table lacks; one of several countries is settled by the others."""
        assert self._towns is not None  # noqa: S101 - asked by the caller
        taken = {position for mention in found for position in range(mention.start, mention.end)}
        sure = [mention.country for mention in found]
        towns: list[Mention] = []
        for at, first in enumerate(words):
            if not first.group()[0].isupper() or first.start() in taken or (towns and first.start() < towns[-1].end):
                continue
            if (state := state_behind(text, first.end())) is not None:
                end, code = state
                # "Bunbury, WA" lies in Western Australia and not in Washington.
                codes = self._towns.codes.get(fold(first.group()), (code,))
                country = self._towns.country_of[code if code in codes else codes[0]]
                towns.append(Mention(first.start(), end, country, NameKind.CITY))
                continue
            for last in reversed(words[at : at + _LONGEST_NAME]):
                countries = self._countries(text, words, at, last)
                if countries:
                    country = next((country for country in countries if country in sure), countries[0])
                    end = last.end() - 2 * last.group().endswith(("'s", "’s"))
                    towns.append(Mention(first.start(), end, country, NameKind.CITY))
                    break
        return sorted([*found, *towns], key=lambda mention: mention.start)

    def _countries(self, text: str, words: Sequence[re.Match[str]], at: int, last: re.Match[str]) -> tuple[str, ...]:
        """Return the countries that the words from number `at` to `last` may be a town of."""
        assert self._towns is not None  # noqa: S101 - asked by the caller
        first = words[at]
        name = text[first.start() : last.end()].removesuffix("'s").removesuffix("’s")
        apart = at == 0 or text[words[at - 1].end() : first.start()].strip()
        # A capital right behind makes it part of a longer name: "in Hell's Gate", "from Nelson Ltd".
        longer = re.match(r" [A-Z]", text[last.end() : last.end() + 2])
        if longer or not last.group()[0].isupper():
            return ()
        if apart:
            if name.isupper() or not _stands_behind_person(text, first.start(), last.end()):
                return ()
            return self._towns.behind_person(fold(name), titled=bool(_TITLED.search(text, 0, first.start())))
        before = words[at - 2].group().lower() if at > 1 else ""
        return self._towns.countries(fold(name), after=words[at - 1].group().lower(), before_that=before)

    def _match(
        self, text: str, first: re.Match[str], last: re.Match[str], lower: bool, words: list[re.Match[str]], at: int
    ) -> Mention | None:
        raw = text[first.start() : last.end()]
        end = last.end()
        if raw.endswith(("'s", "’s")):
            raw, end = raw[:-2], end - 2
        stripped = raw.replace(".", "")
        entry = self._upper.get(stripped) if stripped.isupper() else None
        if entry is None:
            entry = self._names.get(fold(raw))
            # A compound such as "Helsinki-based" or "Finnish-Swedish" is looked up by its first part.
            if entry is None and "-" in raw and first is last:
                head = raw.split("-")[0]
                entry, end = self._names.get(fold(head)), first.start() + len(head)
                raw = head
        if entry is None:
            return None
        before = words[at - 1].group().lower() if at else ""
        if entry.ambiguous and before not in _LOCATIVE:
            titled = _TITLED.search(text, 0, first.start()) and _MARK_BEHIND.match(text, end)
            if not titled:
                return None
        if not raw[0].isupper():
            ordinary = fold(raw) in _ORDINARY_WORDS or len(raw) < 5
            if ordinary or (entry.kind is NameKind.CITY and not lower and before not in ("from", "in")):
                return None
        if entry.kind is NameKind.DEMONYM and fold(raw) in self._languages:
            after = text[end : end + 14].lower()
            if before in _BEFORE_LANGUAGE or _AFTER_LANGUAGE.match(after):
                # Everybody writes and speaks English; it places nobody.
                return None if raw == "English" else Mention(first.start(), end, entry.country, NameKind.LANGUAGE)
        return Mention(first.start(), end, entry.country, entry.kind)


def _stands_behind_person(text: str, start: int, end: int) -> bool:
    """Say whether a name stands between marks behind another capitalised one: `Herr Tewes, Uelzen, beet lifters`."""
    return bool(_PERSON_BEFORE.search(text, max(0, start - 40), start) and _MARK_BEHIND.match(text, end))


_STATES = frozenset(
    "alabama alaska arizona arkansas california colorado connecticut delaware florida idaho illinois indiana iowa kansas "
    "kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska nevada ohio "
    "oklahoma oregon pennsylvania tennessee texas utah vermont wisconsin wyoming ontario alberta quebec manitoba "
    "saskatchewan nsw queensland tasmania".split()
) | {"new jersey", "new york", "rhode island", "nova scotia", "new brunswick", "british columbia", "new south wales"}


_THE_STATE = re.compile(r"\s*[,(]?\s*(?:the (?:us |american )?state|usa?\b|not the country)", re.IGNORECASE)
_OF_THE_STATE = re.compile(r"\b(?:Atlanta|Savannah|Macon|Augusta|Marietta|Alpharetta|Valdosta|Athens)(?:,| in)? $")


def _georgia_the_state(text: str, mentions: list[Mention]) -> list[Mention]:
    """Return the mentions with Georgia in the United States where the text says that it means the state."""
    return [
        replace(mention, country="United States")
        if text[mention.start : mention.end] == "Georgia"
        and (_THE_STATE.match(text, mention.end) or _OF_THE_STATE.search(text, 0, mention.start))
        else mention
        for mention in mentions
    ]


def _settled_by_next(text: str, mentions: list[Mention]) -> list[Mention]:
    """Return the mentions with each city placed where the country or state right behind it says: `Toledo, Ohio`."""
    settled = list(mentions)
    for number in range(len(mentions) - 1):
        city, place = mentions[number], mentions[number + 1]
        between = text[city.end : place.start].strip(" ,(").lower()
        says = place.kind is NameKind.COUNTRY or fold(text[place.start : place.end]) in _STATES
        if city.kind is NameKind.CITY and says and between in ("", "in") and place.start - city.end < 6:
            settled[number] = Mention(city.start, city.end, place.country, city.kind)
    return settled


def load_gazetteer(corpus: Corpus) -> Gazetteer:
    """Return the gazetteer of a corpus, with its list of towns.

    Raises:
        CorpusError: the list of towns is missing or broken.
    """
    return Gazetteer(corpus.cultures, read_towns(corpus.folder / "towns.tsv", corpus.cultures))


def fold(name: str) -> str:
    """Return a name in lower case without accents, hyphens or repeated spaces, for comparison."""
    decomposed = unicodedata.normalize("NFKD", name.replace("ø", "o").replace("Ø", "O").replace("ł", "l").replace("ı", "i"))
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(plain.lower().replace("’", "'").replace("-", " ").replace(".", "").split())
