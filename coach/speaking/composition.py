"""A composed reply as segments: what must stand as it is, and lines that another voice may word in its own way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class LineKind(StrEnum):
    """What a line of the reply is for."""

    ANSWER = "answer"
    EVIDENCE = "evidence"
    CONDUCT = "conduct"
    STEP = "step"
    SAY = "say"
    WAIT = "wait"
    WHY = "why"


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the reply.

    Attributes:
        text: Markdown.
        kind: what the line is for; None where the text is fixed.
    """

    text: str
    kind: LineKind | None = None


@dataclass(frozen=True, slots=True)
class Composition:
    """A whole reply; its segments, joined, are its text."""

    segments: tuple[Segment, ...]

    @property
    def text(self) -> str:
        """The reply as Markdown."""
        return joined(self.segments)

    @property
    def lines(self) -> tuple[Segment, ...]:
        """The segments that another voice may word."""
        return tuple(segment for segment in self.segments if segment.kind is not None)


def joined(segments: Iterable[Segment]) -> str:
    """Return the segments' text, one after the other."""
    return "".join(segment.text for segment in segments)


def separated(groups: Iterable[tuple[Segment, ...]], separator: str) -> tuple[Segment, ...]:
    """Return the groups that hold anything as one, with a separator between them."""
    result: list[Segment] = []
    for group in groups:
        if not joined(group):
            continue
        if result:
            result.append(Segment(separator))
        result.extend(group)
    return tuple(result)
