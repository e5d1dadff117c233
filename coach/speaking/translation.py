"""The finished reply in the language of the user, line by line, each line checked before anybody sees it.

What must not change is held out of the translation: Markdown marks, tags, sources and the user's own words. A line that comes
back without what was held out of it, or with anything that could act, stays English. What a line says in the other language
cannot be checked against the record; what it can do to the page, and whose words it gives as the user's, can.
"""

from __future__ import annotations

import logging
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import count
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, create_model

from coach.library.prompts import Prompt
from coach.models.failures import FailureReason, ModelFailure
from coach.models.usage import Meter
from coach.reading.language import foreign_language
from coach.reading.translation import TranslatingModel

log = logging.getLogger(__name__)


MOST_LINES = 10
"""Lines that are translated in one call."""

_SHORTEST, _LONGEST, _SPARE = 0.4, 2.5, 12
"""A line may have so many times the English line's characters, and a few more."""

_SHORTEST_DENSE = 0.15
_DENSE = frozenset({"Chinese", "Japanese", "Korean"})
"""Languages whose script holds much in few characters."""

_ALIKE = (
    frozenset({"Danish", "Norwegian", "Swedish"}),
    frozenset({"Portuguese", "Spanish"}),
    frozenset({"Bulgarian", "Russian", "Ukrainian"}),
    frozenset({"Estonian", "Finnish"}),
    frozenset({"Arabic", "Persian"}),
    frozenset({"Chinese", "Japanese"}),
)
"""Languages that a single line may be mistaken for."""

_UNNAMED = "another language"
_LETTERS_TO_TELL, _LETTERS_TO_TELL_DENSE = 40, 12
"""Letters from which the language of a line is looked at."""

_QUOTATION = r"“[^“”]*”|„[^„“”]*[“”]|«[^«»]*»|\"[^\"]*\""
_CITATION = r"\[[A-Z](?:-[A-Z])?\d{2,3}\]"
_TAG = r"<[^<>]*>"
_ACTIVE = r"[\\`*_{}\[\]<>#|~^$@⟦⟧]"
_FIXED = re.compile(rf"{_QUOTATION}|{_CITATION}|{_TAG}|&#?\w+;|\\.|(?:{_ACTIVE})+")
_CITED = re.compile(rf"\s*{_CITATION}")
_LEAD = re.compile(rf"(?:\s|[-+•>]\s|\d{{1,3}}[.)]\s|\#+\s|{_TAG}|[*_])*")
_TAIL = re.compile(rf"(?:\s|{_TAG}|\s{_CITATION}|(?<!\\)\*)*\Z")
_PLACEHOLDER = re.compile(r"⟦\s*(\d{1,4})\s*⟧")
_NUMBERED = re.compile(r"\s*(\d{1,3})\s*:\s+")

_MARKUP = re.compile(rf"{_ACTIVE}|&#?\w+;|\A(?:[-+•=>]|\d+[.)])(?:\s|\Z)")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://|www\.|(?:javascript|data|mailto):\S|\b[a-z0-9-]{2,}\.[a-z]{2,}\b", re.IGNORECASE)
_MARKS = re.compile(r"[“”„‟«»「」『』〝〞＂\"]")
_NUMBER = re.compile(r"\d+")
_JOINERS = "\u200c\u200d\u200e\u200f"
"""What some scripts need between letters; other invisible characters could hide or turn text."""

_ACTING = re.compile(r"<[^<>]*>?|\][\[(:]")
"""Tags and links: held out, they may still not be put together anew."""

_EMPHASIS = re.compile(r"(\*{1,2})(?=[^\s*])[^*]*(?<=[^\s*])\1")


class Lines(BaseModel):
    """The numbered lines in the other language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lines: list[str]


@dataclass(frozen=True, slots=True)
class TranslatedReply:
    """A reply in another language, as far as its lines held.

    Attributes:
        text: Markdown.
        kept: how many lines are translated.
        failure: why the model's answer was missing, if it was; the lines it would have held are English.
        left: how many lines that say anything stayed English.
    """

    text: str
    kept: int
    failure: FailureReason | None
    left: int = 0


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the reply, taken apart.

    Attributes:
        lead: what stands before the words: list number, emphasis, tags.
        words: what is translated, with placeholders.
        tail: what stands behind the words.
        held: what each placeholder stands for.
    """

    lead: str
    words: str
    tail: str
    held: Mapping[int, str]

    @property
    def bare(self) -> str:
        """The words without placeholders."""
        return _PLACEHOLDER.sub(" ", self.words)

    def with_words(self, words: str) -> str:
        """Return the line with other words, in which each placeholder gives way to what it stands for."""
        return self.lead + _PLACEHOLDER.sub(lambda match: self.held[int(match.group(1))], words) + self.tail


def in_language(
    reply: str,
    language: str,
    model: TranslatingModel,
    prompt: Prompt,
    *,
    account: str,
    seconds: float,
    meter: Meter | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> TranslatedReply:
    """Return a reply in another language; nothing is raised, what fails stays English.

    Args:
        reply: the finished English reply in Markdown, with quotations in the user's language.
        language: the English name of the language, as `coach.reading.language.foreign_language` gives it.
        model: what translates.
        prompt: what it is told; takes `language` and `lines`.
        account: what the user wrote: quotations of it stay as they are.
        seconds: for all calls together.
        meter: counts the calls.
        clock: seconds since some moment.
    """
    deadline = clock() + seconds
    numbers, own = count(1), _normal(unescape(account))
    result = reply.split("\n")
    apart = {place: _taken_apart(text, own, numbers) for place, text in enumerate(result)}
    lines = {place: line for place, line in apart.items() if any(character.isalpha() for character in line.bare)}
    kept, failure = 0, None
    # A language without a name cannot be asked for.
    places = [] if language == _UNNAMED else list(lines)
    pending = [places[start : start + MOST_LINES] for start in range(0, len(places), MOST_LINES)]
    while pending:
        places = pending.pop(0)
        try:
            answers = _asked([lines[place] for place in places], language, model, prompt, deadline - clock(), meter)
        except ModelFailure as failed:
            if failed.reason is FailureReason.MALFORMED and len(places) > MOST_LINES // 2:
                # Fewer lines are easier to count.
                middle = (len(places) + 1) // 2
                pending[:0] = [places[:middle], places[middle:]]
                continue
            log.warning("lines could not be translated: %s", failed.reason)
            failure = failure or failed.reason
            if failed.reason in _PASSING:
                continue
            break
        for place, answer in zip(places, answers, strict=True):
            if _holds(answer, lines[place], language):
                result[place] = lines[place].with_words(_ended_alike(answer, lines[place]))
                kept += 1
    return TranslatedReply("\n".join(result), kept, failure, len(lines) - kept)


_PASSING = frozenset({FailureReason.MALFORMED, FailureReason.EMPTY, FailureReason.REFUSED, FailureReason.CUT_OFF})
"""Failures that other lines need not meet."""


def _asked(
    lines: Sequence[_Line],
    language: str,
    model: TranslatingModel,
    prompt: Prompt,
    seconds: float,
    meter: Meter | None,
) -> list[str]:
    """Return the model's translations of the lines, unchecked.

    Raises:
        ModelFailure: there are none, or not as many.
    """
    if seconds <= 0:
        raise ModelFailure(FailureReason.TOO_SLOW)
    numbered = "\n".join(f"{number}: {line.words}" for number, line in enumerate(lines, 1))
    form = Annotated[list[str], Field(min_length=len(lines), max_length=len(lines), description=f"Exactly {len(lines)} lines.")]
    schema = create_model("Lines", __base__=Lines, __doc__=Lines.__doc__, lines=(form, ...))
    rendered = prompt.render({"language": language, "lines": numbered})
    answers = model.extract(rendered, schema, seconds=seconds, meter=meter).lines
    found = [_NUMBERED.match(answer) for answer in answers]
    if len(answers) != len(lines) or any(match and int(match.group(1)) != number for number, match in enumerate(found, 1)):
        raise ModelFailure(FailureReason.MALFORMED)
    return [answer[match.end() if match else 0 :].strip() for answer, match in zip(answers, found, strict=True)]


def _taken_apart(text: str, own: str, numbers: Iterator[int]) -> _Line:
    lead = match.group() if (match := _LEAD.match(text)) else ""
    rest = text[len(lead) :]
    tail = match.group() if (match := _TAIL.search(rest)) else ""
    rest = rest[: len(rest) - len(tail)]
    words: list[str] = []
    held: dict[int, str] = {}
    start = place = 0
    while match := _FIXED.search(rest, place):
        if match.group()[0] in '“„«"' and not _stays(match, rest + tail, own):
            # The words inside are translated, but may hold what is not.
            place = match.start() + 1
            continue
        number = next(numbers)
        held[number] = match.group()
        words += [rest[start : match.start()], f"⟦{number}⟧"]
        start = place = match.end()
    return _Line(lead, "".join(words) + rest[start:], tail, held)


def _stays(quotation: re.Match[str], line: str, own: str) -> bool:
    """Say whether a quotation is the user's, or cited from the research."""
    inner = unescape(re.sub(r"\\(.)", r"\1", quotation.group()[1:-1]))
    parts = [part for part in map(_normal, re.split(r"…|\.\.\.", inner)) if part]
    return (bool(parts) and all(_is_in(own, part) for part in parts)) or _CITED.match(line, quotation.end()) is not None


def _is_in(text: str, words: str) -> bool:
    """Say whether words stand in a text, as whole words where the script has spaces between them."""
    if any(character.isalpha() and character.lower() == character.upper() for character in words):
        return words in text
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None


def _holds(answer: str, line: _Line, language: str) -> bool:
    """Say whether an answer may stand in the place of a line."""
    if sorted(map(int, _PLACEHOLDER.findall(answer))) != sorted(line.held):
        return False
    bare, english = _PLACEHOLDER.sub(" ", answer).strip(), line.bare.strip()
    before, after = line.with_words(line.words), line.with_words(answer)
    shortest = _SHORTEST_DENSE if language in _DENSE else _SHORTEST
    return (
        answer != line.words
        and any(character.isalpha() for character in bare)
        and not _MARKUP.search(bare)
        and not any(_is_hidden(character) for character in answer)
        and _found(_ADDRESS, bare) <= _found(_ADDRESS, english)
        and len(_MARKS.findall(bare)) == len(_MARKS.findall(english))
        and _numbers(english) <= _numbers(bare)
        and shortest * len(english) <= len(bare) <= _LONGEST * len(english) + _SPARE
        and _may_be(language, bare)
        and _loose_emphasis(after) == _loose_emphasis(before)
        and _ACTING.findall(after) == _ACTING.findall(before)
    )


def _is_hidden(character: str) -> bool:
    """Say whether a character is a control, an invisible mark or a line break."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp") and character not in _JOINERS


def _found(pattern: re.Pattern[str], text: str) -> set[str]:
    return {match.group().lower() for match in pattern.finditer(text)}


def _numbers(text: str) -> Counter[str]:
    """Return the numbers of a text, in whatever figures they are written."""
    return Counter("".join(str(unicodedata.decimal(figure)) for figure in number) for number in _NUMBER.findall(text))


def _may_be(language: str, text: str) -> bool:
    """Say whether a line can be in a language; short lines can be in any."""
    letters = sum(character.isalpha() for character in text)
    dense = any(unicodedata.east_asian_width(character) == "W" for character in text)
    if letters < (_LETTERS_TO_TELL_DENSE if dense else _LETTERS_TO_TELL):
        return True
    found = foreign_language(text, known=())
    if found == language:
        return True
    is_english = foreign_language(text) is None
    return not is_english and (found == _UNNAMED or any({language, found} <= alike for alike in _ALIKE))


def _loose_emphasis(markdown: str) -> int:
    """Return how many marks of emphasis stand alone, so that a reader would see them."""
    return _EMPHASIS.sub("", re.sub(r"\\.", "", markdown)).count("*")


def _ended_alike(answer: str, line: _Line) -> str:
    """Return an answer without the full stop that it adds to a title, or before a source."""
    return answer if line.words.rstrip().endswith((".", "!", "?", "…")) else answer.rstrip(".。।")


def _normal(text: str) -> str:
    """Return text with white space and quotation marks made alike, in lower case."""
    folded = re.sub(r"[“”„‟«»‘’‚‛\"'`´]", "", unicodedata.normalize("NFKC", text))
    return " ".join(folded.casefold().split()).strip(" .,;:–—-")
