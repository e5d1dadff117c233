"""What the user is told where a connected model failed: one calm line for every reason."""

from __future__ import annotations

import pytest

from coach.models.failures import FailureReason
from coach.speaking.notes import BROKE_OFF, FAILED_CHECK, reading_failed, voice_failed

NOTES = [BROKE_OFF, FAILED_CHECK] + [note(reason) for note in (voice_failed, reading_failed) for reason in FailureReason]


@pytest.mark.parametrize("note", NOTES)
def test_a_note_is_one_calm_sentence_that_says_who_speaks(note: str) -> None:
    assert note.startswith("The connected model")
    assert "built-in" in note
    assert note.endswith(".")
    assert note.count(".") == 1
    assert not any(word in note.lower() for word in ("error", "exception", "fatal", "!", "_"))


def test_every_reason_is_told_apart() -> None:
    assert len({voice_failed(reason) for reason in FailureReason}) == len(FailureReason)
