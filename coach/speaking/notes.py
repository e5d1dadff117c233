"""Calm lines for the user where a connected model failed, so that nobody wonders who is speaking."""

from __future__ import annotations

from collections.abc import Mapping

from coach.models.failures import FailureReason

FAILED_CHECK = "The connected model's wording did not hold up against the findings, so the built-in voice speaks."
PARTLY_TRANSLATED = "The connected model could not translate all of this, so parts of the answer are in English."
BROKE_OFF = "The connected model stopped in the middle, so the built-in voice finished the answer."

_WHY: Mapping[FailureReason, str] = {
    FailureReason.TOO_SLOW: "took too long",
    FailureReason.UNREACHABLE: "cannot be reached",
    FailureReason.RATE_LIMITED: "has too much to do just now",
    FailureReason.WRONG_KEY: "does not accept its key",
    FailureReason.UNKNOWN_MODEL: "is not known to its server",
    FailureReason.CONTEXT_OVERFLOW: "cannot take in a text of this length",
    FailureReason.REFUSED: "declined to answer",
    FailureReason.MALFORMED: "gave no usable answer",
    FailureReason.EMPTY: "gave an empty answer",
    FailureReason.CUT_OFF: "stopped in the middle",
    FailureReason.BROKEN: "failed",
}


def voice_failed(reason: FailureReason) -> str:
    """Return the line for a reply that the connected model could not word."""
    return f"The connected model {_WHY[reason]}, so the built-in voice speaks."


def reading_failed(reason: FailureReason) -> str:
    """Return the line for an account that the connected model could not read."""
    return f"The connected model {_WHY[reason]}, so only the built-in reader read this."


def not_translated(language: str, reason: FailureReason) -> str:
    """Return what is said where an account in another language could not be translated."""
    return f"This seems to be written in {language}, and the connected model {_WHY[reason]}, so it could not be read."
