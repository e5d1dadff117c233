"""Whether a text is English, and if not, which language it seems to be.

The packaged encoder and the reader's weights know English only; others may know more, and the settings say which. An account in
another language is never silently misread: it is recognised here and answered with a clear message.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_FUNCTION_WORDS = frozenset(
    "the a an and or but so i i'm im i've you he she it we they me him her us them my your his its our their this "
    "that these those is am are was were be been being have has had do does did not no never to of in on at for "
    "with from by about as if when who what how than then there here will would can could should may must just only "
    "very more after before now".split()
)
ENGLISH = frozenset({"en"})

_ENOUGH = 0.22
"""Share of English function words from which a text counts as English; running English has about 0.45."""

_LANGUAGE_NAMES = {
    "en": "English",
    "ar": "Arabic", "bg": "Bulgarian", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "es": "Spanish",
    "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian",
    "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian",
    "nb": "Norwegian", "nl": "Dutch", "nn": "Norwegian", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sv": "Swedish", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian",
    "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip


def function_word_share(text: str) -> float:
    """Return the share of English function words among the words of a text, from 0 to 1."""
    words = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", text.lower())
    if not words:
        return 0.0
    return sum(word.replace("’", "'") in _FUNCTION_WORDS for word in words) / len(words)


def foreign_language(text: str, known: Collection[str] = ENGLISH) -> str | None:
    """Return the name of the language of a text where it is none of those known, or None.

    Function words decide first, because short English notes full of foreign names mislead statistical identifiers.

    Args:
        text: at least a few words.
        known: ISO codes of the languages that can be read.
    """
    if "en" in known and function_word_share(text) >= _ENOUGH:
        return None
    import py3langid

    code, _ = py3langid.classify(text)
    return None if code in known else _LANGUAGE_NAMES.get(code, "another language")
