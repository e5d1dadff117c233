"""What one visitor's page remembers between two messages: the thread and what was said in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from coach.conversation import Change, Thread
from coach.records import Record


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """One message of the salesperson and what came back."""

    said: str
    """The salesperson's words."""
    reply: str = ""
    """The coach's answer in Markdown, as far as it has come."""
    record: Record | None = None
    """The finished record; null while the answer is coming, and after a stop or a failure."""
    notice: str | None = None
    """A calm line in place of an answer: stopped, or what went wrong and what to do."""
    stage: str | None = None
    """What the coach is doing now; null when nothing is under way."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """All that the page knows about the present customer."""

    thread: Thread = field(default_factory=Thread)
    exchanges: tuple[Exchange, ...] = ()
    changes: tuple[Change, ...] | None = None
    """What the latest message moved in the diagnosis; null while there is nothing to compare with."""
    account: str = ""
    """The text that the latest record's evidence points into."""

    def opened(self, exchange: Exchange) -> Session:
        """Return the session with one more exchange at its end."""
        return replace(self, exchanges=(*self.exchanges, exchange))

    def with_latest(self, exchange: Exchange) -> Session:
        """Return the session with its last exchange replaced."""
        return replace(self, exchanges=(*self.exchanges[:-1], exchange))

    @property
    def latest(self) -> Exchange | None:
        """The exchange at the end, or null before the first message."""
        return self.exchanges[-1] if self.exchanges else None
