"""An account in another language, read in an English translation and told in its own words.

A connected language model translates sentence by sentence, so that whatever is read in the English text can be shown in the
sentence of the user that it comes from. A translation that cannot be trusted to keep that order is none.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import Annotated, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, create_model

from coach.library.prompts import Prompt
from coach.models.failures import FailureReason, ModelFailure
from coach.models.usage import Meter
from coach.reading.language import foreign_language
from coach.reading.persons import TITLE
from coach.reading.sentences import Span, sentences
from coach.records import Account, Evidence, Reading, UnitReading

Schema = TypeVar("Schema", bound=BaseModel)

MOST_SENTENCES = 12
"""Sentences that are translated in one call."""

_MOST_CHARACTERS = 2400
"""Characters of one call, so that a small model's context holds prompt and answer."""

_LONGEST_SENTENCE = 300
"""Characters from which a sentence is cut at a comma or space; some scripts have few other marks."""

_SLACK = 200
"""Characters before that within which a place to cut is looked for."""

_END = re.compile(r"[。｡！？؟۔।॥։።፧။។]+[\"'”’)\]」』】》〉）]*")
"""Marks that end a sentence without a space after them, or that Latin script does not have."""

_COMMA = re.compile(r"[,;:，、；：،؛—–]+\s*")
_SPACE = re.compile(r"\s+")
_RUNS_ON = re.compile(
    r"(?<![^\W_])(?:\d{1,2}|(?:[A-Za-zÀ-ɏЀ-ӿ]\.\s?)*[A-Za-zÀ-ɏЀ-ӿ]|bzw|ggf|evtl|inkl|bijv|dhr|mevr|sra|srta|mme|mlle|dott|esim|tzv|npr)"
    r"\.$",
    re.IGNORECASE,
)
"""Ends of what is no sentence: the ordinal of a date, an initial, an abbreviation that English does not have."""

_ENDED = re.compile(r"[.!?…][\"'”’)\]]*$")
_NUMBERED = re.compile(r"\s*(\d{1,3})\s*:\s+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_ENOUGH_TO_TELL_LANGUAGE = 4
"""Words."""

_LATIN = 0.7
"""Share of Latin letters that English has at least, foreign names included."""

_UNTOLD = frozenset("Finnish Estonian Hungarian Turkish Persian Indonesian Japanese Korean Vietnamese Thai".split())
"""Languages that mostly do not tell a man from a woman: a pronoun in the translation is a guess."""


class TranslatingModel(Protocol):
    """The part of a connected model that translates."""

    def extract(self, prompt: str, schema: type[Schema], *, seconds: float, meter: Meter | None = None) -> Schema:
        """Return the answer in the form of the schema; raises ModelFailure."""


class English(BaseModel):
    """The numbered sentences in English."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    english: list[str]


@dataclass(frozen=True, slots=True)
class TranslatedSentence:
    """A sentence of an account.

    Attributes:
        span: where it stands in the original.
        english: what it says, ended like a sentence.
    """

    span: Span
    english: str


@dataclass(frozen=True, slots=True)
class Translation:
    """An account in English, sentence by sentence."""

    pairs: tuple[TranslatedSentence, ...]

    @property
    def english(self) -> str:
        """The whole account in English: the sentences with one space between them."""
        return " ".join(pair.english for pair in self.pairs)

    @property
    def english_spans(self) -> tuple[Span, ...]:
        """Where each sentence stands in `english`."""
        ends = accumulate(len(pair.english) + 1 for pair in self.pairs)
        return tuple(Span(end - 1 - len(pair.english), end - 1) for pair, end in zip(self.pairs, ends, strict=True))

    def origin_of(self, start: int, end: int) -> int:
        """Return the index of the sentence in which most of `english[start:end]` stands, the first of equals."""
        overlaps = [min(end, span.end) - max(start, span.start) for span in self.english_spans]
        return overlaps.index(max(overlaps))


def translate(
    text: str,
    model: TranslatingModel,
    prompt: Prompt,
    *,
    seconds: float,
    meter: Meter | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Translation:
    """Return an account in English.

    Args:
        text: the account, in any language.
        model: what translates.
        prompt: what it is told; takes `sentences`.
        seconds: for all calls together.
        meter: counts the calls.
        clock: seconds since some moment.

    Raises:
        ModelFailure: the model failed, took too long, or its answer is no translation of the sentences, one by one.
    """
    deadline = clock() + seconds

    def ask(originals: Sequence[str]) -> list[str]:
        left = deadline - clock()
        if left <= 0:
            raise ModelFailure(FailureReason.TOO_SLOW)
        numbered = "\n".join(f"{number}: {original}" for number, original in enumerate(originals, 1))
        answer = model.extract(prompt.render({"sentences": numbered}), _exactly(len(originals)), seconds=left, meter=meter)
        return _checked(answer.english, originals)

    spans = original_sentences(text)
    english = [
        sentence
        for chunk in _chunks([" ".join(span.of(text).split()) for span in spans])
        for sentence in _asked_twice(chunk, ask)
    ]
    return Translation(tuple(TranslatedSentence(span, sentence) for span, sentence in zip(spans, english, strict=True)))


def original_sentences(text: str) -> list[Span]:
    """Return the sentences of a text in any language, in order, whatever mark ends them and whether or not a space follows."""
    spans: list[Span] = []
    for sentence in sentences(text):
        if spans and _RUNS_ON.search(spans[-1].of(text)) and "\n" not in text[spans[-1].end : sentence.start]:
            sentence = Span(spans.pop().start, sentence.end)
        start = sentence.start
        for end in (*(match.end() for match in _END.finditer(text, sentence.start, sentence.end)), sentence.end):
            for piece in _bounded(text, start, end):
                _append(spans, text, piece)
            start = end
    return spans


def told_in_original(reading: Reading, translation: Translation, original: Account) -> Reading:
    """Return the reading of a translation as one of the original: every passage is a sentence, or words, of the user.

    Args:
        reading: what was read in `translation.english`.
        translation: of the original.
        original: what the user wrote, in the text that was translated.
    """
    located = [(translation.origin_of(unit.start, unit.end), unit) for unit in reading.units]
    units = (
        _merged(translation.pairs[index].span, [unit for _, unit in group])
        for index, group in groupby(sorted(located, key=lambda item: item[0]), key=lambda item: item[0])
    )
    names = tuple(dict.fromkeys(name for called in reading.customers if (name := _as_called(called, original.text))))
    return reading.model_copy(
        update={
            "account": original,
            "units": tuple(units),
            "culture_evidence": tuple(_in_original(item, translation, original.text) for item in reading.culture_evidence),
            "customer_name": _as_called(reading.customer_name, original.text),
            "customer_pronoun": "them" if foreign_language(original.text) in _UNTOLD else reading.customer_pronoun,
            "customers": names or (("your customers",) if reading.customers else ()),
        }
    )


def _exactly(count: int) -> type[English]:
    """Return the form of an answer of so many sentences; models that write by a grammar cannot miss it."""
    sentences_of_it = Annotated[list[str], Field(min_length=count, max_length=count, description=f"Exactly {count} sentences.")]
    return create_model("English", __base__=English, __doc__=English.__doc__, english=(sentences_of_it, ...))


def _chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    for text in texts:
        if chunk and (len(chunk) == MOST_SENTENCES or sum(map(len, chunk)) + len(text) > _MOST_CHARACTERS):
            yield chunk
            chunk = []
        chunk.append(text)
    if chunk:
        yield chunk


def _asked_twice(originals: Sequence[str], ask: Callable[[Sequence[str]], list[str]]) -> list[str]:
    """Return the sentences in English; a wrong answer is asked for once more, in halves, which are easier to count."""
    try:
        return ask(originals)
    except ModelFailure as failure:
        if failure.reason is not FailureReason.MALFORMED:
            raise
    middle = (len(originals) + 1) // 2
    return [sentence for half in (originals[:middle], originals[middle:]) if half for sentence in ask(half)]


def _checked(answers: Sequence[str], originals: Sequence[str]) -> list[str]:
    """Return the answers as sentences.

    Raises:
        ModelFailure: they are not as many English sentences, each of about its original's length.
    """
    if len(answers) != len(originals):
        raise ModelFailure(FailureReason.MALFORMED)
    english = []
    for number, (answer, original) in enumerate(zip(answers, originals, strict=True), 1):
        match = _NUMBERED.match(answer)
        sentence = " ".join(answer[match.end() if match else 0 :].split())
        misplaced = match is not None and int(match.group(1)) != number
        if misplaced or not _may_translate(sentence, original):
            raise ModelFailure(FailureReason.MALFORMED)
        english.append(sentence if _ENDED.search(sentence) else f"{sentence.rstrip(' ,;:–—-')}.")
    if _is_foreign(" ".join(english)):
        raise ModelFailure(FailureReason.MALFORMED)
    return english


def _may_translate(sentence: str, original: str) -> bool:
    """Say whether a sentence can be the English of an original, by its letters and its length."""
    letters = [character for character in sentence if character.isalpha()]
    latin = sum(unicodedata.name(character, "").startswith("LATIN") for character in letters)
    if not any(character.isalnum() for character in sentence) or latin < _LATIN * len(letters):
        return False
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in original)
    shortest, longest = (0.5, 9) if 3 * wide > len(original) else (0.25, 3)
    if not shortest * len(original) - 10 <= len(sentence) <= longest * len(original) + 40:
        return False
    return sentence.casefold() != original.casefold() or not _is_foreign(sentence)


def _is_foreign(text: str) -> bool:
    return len(_WORD.findall(text)) >= _ENOUGH_TO_TELL_LANGUAGE and foreign_language(text) is not None


def _bounded(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield a sentence in pieces of bearable length."""
    while end - start > _LONGEST_SENTENCE:
        limit = start + _LONGEST_SENTENCE
        breaks = (match.end() for mark in (_COMMA, _SPACE) for match in _last(mark, text, limit - _SLACK, limit))
        cut = next(breaks, limit)
        yield Span(start, cut)
        start = cut
    yield Span(start, end)


def _last(pattern: re.Pattern[str], text: str, start: int, end: int) -> list[re.Match[str]]:
    return list(pattern.finditer(text, start, end))[-1:]


def _append(spans: list[Span], text: str, span: Span) -> None:
    """Add a span without the white space around it; one without letters and figures belongs to the one before."""
    words = span.of(text)
    start = span.start + len(words) - len(words.lstrip())
    end = span.end - len(words) + len(words.rstrip())
    if any(character.isalnum() for character in words):
        spans.append(Span(start, end))
    elif spans and start < end:
        spans[-1] = Span(spans[-1].start, end)


def _merged(span: Span, units: Sequence[UnitReading]) -> UnitReading:
    """Return units that come from one sentence as one unit."""
    indicators: dict[str, float] = {}
    influence: dict[str, dict[str, float]] = {}
    for unit in units:
        for code, strength in unit.indicators.items():
            indicators[code] = max(strength, indicators.get(code, 0.0))
        for judgement, labels in unit.influence.items():
            summed = influence.setdefault(judgement, {})
            for label, pull in labels.items():
                summed[label] = summed.get(label, 0.0) + pull
    telling = max(units, key=lambda unit: max(unit.indicators.values(), default=-1.0))
    return UnitReading(start=span.start, end=span.end, indicators=indicators, scope=telling.scope, influence=influence)


def _in_original(evidence: Evidence, translation: Translation, text: str) -> Evidence:
    """Return evidence with the same words in the original where they stand there, such as a place's name, else the sentence."""
    span = translation.pairs[translation.origin_of(evidence.start, evidence.end)].span
    same = re.compile(rf"(?<!\w){re.escape(evidence.quote)}").search(text, span.start, span.end)
    if same is not None and evidence.quote:
        span = Span(same.start(), same.end())
    return evidence.model_copy(update={"quote": span.of(text), "start": span.start, "end": span.end})


def _as_called(name: str | None, text: str) -> str | None:
    """Return a name as the original has it, None where it does not: the English text may spell or title it in its own way."""
    if name is None:
        return None
    if re.search(rf"(?<!\w){re.escape(name)}", text):
        return name
    bare = re.sub(rf"^{TITLE}\s+", "", name)
    for known in dict.fromkeys((bare, re.split(r"[ -]", bare)[0])):
        # Languages that inflect add to a name's end, so only its beginning is bounded.
        if known and (match := re.search(rf"(?<!\w)(?:{TITLE}\s+)?{re.escape(known)}", text)):
            return match.group()
    return None
