"""Ratings of answers, kept as JSON lines on this computer.

A line holds the rating, the comment and the labels of the record it is about. The account itself is kept only where the
salesperson asked for it. An answer rated twice has two lines with the same `answer`; the later one holds.
"""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from pydantic import Field

from coach.errors import JournalError
from coach.records import Record, Value


class Rating(StrEnum):
    """Whether an answer was of use."""

    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"


class Feedback(Value):
    """What one salesperson said of one answer."""

    answer: str
    """Identifier of the answer, made up for this purpose and tied to nobody."""
    at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    rating: Rating
    comment: str = ""
    labels: dict[str, str]
    """The record's labels by judgement."""
    engine: dict[str, str]
    """Reader, voice and corpus version that made the answer."""
    account: str | None = None
    """The salesperson's words, only where they chose to include them."""


def labels_of(record: Record) -> dict[str, str]:
    """Return the labels of a record, without any of the words they rest on."""
    diagnosis = record.diagnosis
    return {
        "phase": diagnosis.phase.label.value,
        "disclosure": diagnosis.disclosure.label.value,
        "diversity": diagnosis.diversity.label.value,
        "cq": diagnosis.cq.level.value,
        "willingness": diagnosis.willingness.label.value,
        "business_stage": diagnosis.business_stage.label.value,
    }


def feedback_on(record: Record, answer: str, rating: Rating, comment: str = "", account: str | None = None) -> Feedback:
    """Make the feedback on a record; `account` only where the salesperson asked to include it."""
    engine = {"reader": record.engine.reader, "voice": record.engine.voice, "corpus": record.engine.corpus}
    return Feedback(
        answer=answer,
        rating=rating,
        comment=comment.strip(),
        labels=labels_of(record),
        engine=engine,
        account=account,
    )


class FeedbackBook:
    """The file of feedback; lines are only ever added, each in one write."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def add(self, feedback: Feedback) -> None:
        """Append one line; a line torn by an earlier crash is closed first, so that it harms no other.

        Raises:
            JournalError: the file cannot be written.
        """
        line = (feedback.model_dump_json() + "\n").encode()
        try:
            with self._lock:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._append(line)
        except OSError as error:
            raise JournalError(
                f"The feedback could not be saved ({error.strerror or type(error).__name__}).",
                "Check that the folder in COACH_DATA_DIR can be written to and has room.",
            ) from error

    def _append(self, line: bytes) -> None:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
        # Comments may be private, so the file is readable by its owner alone.
        handle = os.open(self._path, flags, 0o600)
        try:
            size = os.fstat(handle).st_size
            if size:
                os.lseek(handle, size - 1, os.SEEK_SET)
                if os.read(handle, 1) != b"\n":
                    line = b"\n" + line
            os.write(handle, line)
            os.fsync(handle)
        finally:
            os.close(handle)
