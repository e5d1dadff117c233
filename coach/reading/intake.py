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
_LETTERS_TO_TELL_LANGUAGE = 30


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
    if not _WORD.search(text):
        raise AccountError(
            "There are no words in this.",
            "Tell in a few sentences how things stand with one customer.",
        )
    if language := language_to_translate(text, languages):
        raise AccountError(
            f"This seems to be written in {language}, which the built-in reader does not know.",
            "Write it in English, as simply as you like, or connect a language model, which then translates. A multilingual "
            "encoder can also be taught to read it: name its folder in COACH_ENCODER, a folder for its weights in "
            "COACH_WEIGHTS_DIR, run `coach train`, and list the languages in COACH_LANGUAGES.",
        )


def language_to_translate(text: str, languages: Collection[str] = ENGLISH) -> str | None:
    """Return the name of the language of a text that must be translated to be read; None where it can be read, or hardly says.

    Args:
        text: any text.
        languages: ISO codes of the languages that can be read.
    """
    words = _WORD.findall(text)
    # Scripts without spaces have few words, so letters count as well.
    enough = len(words) >= _ENOUGH_TO_TELL_LANGUAGE or sum(map(len, words)) >= _LETTERS_TO_TELL_LANGUAGE
    return foreign_language(text, languages) if enough else None
