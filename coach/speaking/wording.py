"""A reply that a language model words line by line, each line checked before anybody sees it.

What passes is given out at once. At the first line that fails, the rest is awaited, and all lines that failed are written
once more in one call; what fails again, or never came, is said in the composed words. So nothing that was given out ever has
to be taken back, and the reply is whole whatever the model does.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from coach.library.prompts import Prompt
from coach.models.failures import FailureReason, ModelFailure
from coach.models.usage import Meter
from coach.speaking.claims import Bounds, Rule, broken_rules
from coach.speaking.composition import Composition, LineKind

log = logging.getLogger(__name__)

_LINE = re.compile(r"[*_]*(\d{1,2})[*_]*\s*(?::|[.)](?!\d))[*_]*\s*(?:\[[a-z]+\]\s*)?(\S.*)")
_LEAST_SECONDS = 2.0
"""What must be left of the time for a second try."""


class StreamingModel(Protocol):
    """The part of a connected model that words."""

    @property
    def name(self) -> str:
        """What it is called."""

    def stream(self, prompt: str, *, seconds: float, meter: Meter | None = None) -> Iterator[str]:
        """Yield the answer in pieces; raises ModelFailure."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WordingPrompts:
    """What a model is told: to word the lines, and to word some of them again."""

    reply: Prompt
    rewrite: Prompt


@dataclass(kw_only=True)
class Outcome:
    """How the wording went, known once its last piece has been taken.

    Attributes:
        kept: how many lines are the model's.
        composed: how many are not.
        failure: why the model's answer was missing or broke off, if it did.
        broken: the rules that lines broke at the first try.
        rewritten: whether a second try was asked for.
    """

    kept: int = 0
    composed: int = 0
    failure: FailureReason | None = None
    broken: list[Rule] = field(default_factory=list)
    rewritten: bool = False


def worded(
    composition: Composition,
    account: str,
    model: StreamingModel,
    prompts: WordingPrompts,
    bounds: Bounds,
    *,
    seconds: float,
    outcome: Outcome,
    meter: Meter | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[str]:
    """Yield a reply in pieces, worded by a model as far as its lines hold.

    Args:
        composition: the composed reply.
        account: what the user wrote.
        model: what words it.
        prompts: what the model is told.
        bounds: what the lines are checked against.
        seconds: for everything that the model does here.
        outcome: filled in on the way.
        meter: counts the calls.
        clock: seconds since some moment.
    """
    deadline = clock() + seconds
    asked = wording_prompt(composition, account, prompts.reply)
    arriving = _Arriving(model.stream(asked, seconds=seconds, meter=meter), composition, outcome)
    again: Mapping[int, str] | None = None
    number = 0
    for segment in composition.segments:
        if segment.kind is None:
            yield segment.text
            continue
        number += 1
        line = arriving.line(number)
        broken = broken_rules(line, segment.text, bounds) if line else ()
        if line and not broken:
            outcome.kept += 1
            yield line
            continue
        if again is None:
            again = _again(composition, number, arriving, model, prompts, bounds, deadline - clock(), outcome, meter)
        if number in again:
            outcome.kept += 1
            yield again[number]
        else:
            outcome.composed += 1
            yield segment.text


def wording_prompt(composition: Composition, account: str, prompt: Prompt) -> str:
    """Return what a model is asked: the account and the lines to word."""
    lines = "\n".join(_given(number, line.kind, line.text) for number, line in enumerate(composition.lines, 1))
    return prompt.render({"account": account, "lines": lines})


def _again(
    composition: Composition,
    first: int,
    arriving: _Arriving,
    model: StreamingModel,
    prompts: WordingPrompts,
    bounds: Bounds,
    seconds: float,
    outcome: Outcome,
    meter: Meter | None,
) -> Mapping[int, str]:
    """Return the lines from the first that failed on that hold at the second try."""
    failed = {}
    for number, segment in list(enumerate(composition.lines, 1))[first - 1 :]:
        line = arriving.line(number)
        broken = broken_rules(line, segment.text, bounds) if line else ()
        if line and broken:
            failed[number] = broken
            outcome.broken.extend(broken)
    if not failed or outcome.failure is not None or seconds < _LEAST_SECONDS:
        return {}
    outcome.rewritten = True
    lines = {number: composition.lines[number - 1] for number in failed}
    asked = prompts.rewrite.render(
        {
            "faults": "\n".join(f"{number}: {', '.join(broken)}" for number, broken in failed.items()),
            "lines": "\n".join(_given(number, line.kind, line.text) for number, line in lines.items()),
        }
    )
    second = _Arriving(model.stream(asked, seconds=seconds, meter=meter), composition, Outcome())
    held = {}
    for number in failed:
        line = second.line(number)
        if line and not broken_rules(line, composition.lines[number - 1].text, bounds):
            held[number] = line
    return held


def _given(number: int, kind: LineKind | None, text: str) -> str:
    return f"{number}: [{kind}] {' '.join(text.split())}"


class _Arriving:
    """Numbered lines out of a stream of pieces, as they are asked for."""

    def __init__(self, pieces: Iterator[str], composition: Composition, outcome: Outcome) -> None:
        self._pieces = pieces
        self._kinds = {number: line.kind for number, line in enumerate(composition.lines, 1)}
        self._outcome = outcome
        self._rest = ""
        self._found: dict[int, str] = {}
        self._ended = False

    def line(self, number: int) -> str | None:
        """Return a line, waiting for it; None where it never comes. The first line of a number counts."""
        while number not in self._found and not self._ended:
            self._pull()
        return self._found.get(number)

    def _pull(self) -> None:
        try:
            self._rest += next(self._pieces)
        except StopIteration:
            self._end(self._rest.split("\n"))
        except ModelFailure as failure:
            self._outcome.failure = failure.reason
            # What was being written when a stream broke off is no line.
            self._end(self._rest.split("\n")[:-1])
        else:
            *whole, self._rest = self._rest.split("\n")
            self._take(whole)

    def _end(self, lines: Sequence[str]) -> None:
        self._take(lines)
        self._ended = True

    def _take(self, lines: Sequence[str]) -> None:
        for line in lines:
            if match := _LINE.fullmatch(line.strip()):
                number = int(match.group(1))
                self._found.setdefault(number, _bare(match.group(2), self._kinds.get(number)))


_LABELS = {
    LineKind.SAY: re.compile(r"say:\s+", re.IGNORECASE),
    LineKind.WAIT: re.compile(r"wait for:?\s+", re.IGNORECASE),
    LineKind.WHY: re.compile(r"why:\s+", re.IGNORECASE),
}
"""What stands before such a line in the reply, and is not to stand there twice."""


def _bare(line: str, kind: LineKind | None) -> str:
    """Return a line without what the reply has of its own: a label, emphasis, quotation marks around the whole of it."""
    text = line.strip().strip("*_").strip()
    if kind in _LABELS and (label := _LABELS[kind].match(text)):
        text = text[label.end() :]
    if len(text) > 1 and text[0] in '“"' and text[-1] in '”"' and not re.search(r"[“”\"]", text[1:-1]):
        text = text[1:-1]
    return text
