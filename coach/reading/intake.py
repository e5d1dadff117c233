"""What is let in: the checks that a text must pass before it is read as an account.

Each refusal names the remedy. Whether the text says enough for a judgement is not decided here but in `diagnosis`, where
unclear is an answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from coach.errors import AccountError
from coach.reading.language import ENGLISH, foreign_language

LONGEST = 20_000
"""Characters of an account, about 3,500 words: far more than anyone tells of one relationship."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_ENOUGH_TO_TELL_LANGUAGE = 4


def check_account(text: str, languages: Collection[str] = ENGLISH) -> None:
    """Let an account pass, or say why it cannot be read.

    Args:
        text: the account.
        languages: ISO codes of the languages that can be read.

    Raises:
        AccountError: the text is empty, too long, binary, without words, or in a language that cannot be read.
    """
    if not text.strip():
        raise AccountError(
            "There is nothing to read yet.",
            "Tell in a few sentences how things stand with one customer: who they are, what you talk about, where you meet.",
        )
    if len(text) > LONGEST:
        raise AccountError(
            f"This is {len(text):,} characters long; up to {LONGEST:,} can be read as one account.",
            "Tell the story of one customer in your own words, and leave out attachments and mail threads.",
        )
    if _CONTROL.search(text) or _SURROGATE.search(text) or text.count("\ufffd") > 2:
        raise AccountError(
            "This is not readable text: it looks like a file's raw content.",
            "Paste the words themselves, or save the file as plain UTF-8 text.",
        )
    words = _WORD.findall(text)
    if not words:
        raise AccountError(
            "There are no words in this.",
            "Tell in a few sentences how things stand with one customer.",
        )
    if len(words) >= _ENOUGH_TO_TELL_LANGUAGE and (language := foreign_language(text, languages)):
        raise AccountError(
            f"This seems to be written in {language}, which the built-in reader does not know.",
            "Write it in English, as simply as you like. Other languages need a multilingual encoder: name its folder in "
            "COACH_ENCODER, a folder for its weights in COACH_WEIGHTS_DIR, run `coach train`, and list the languages in "
            "COACH_LANGUAGES.",
        )
