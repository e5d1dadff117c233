"""Putting the user's own words into running Markdown: shortened at a natural place, and never able to act as markup."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")
_GRACE = 3
"""Words over the limit that are not worth an ellipsis."""

_LEADING = re.compile(r"^(?:and|but|so|because|then|or)\b,?\s+", re.IGNORECASE)
_BREAK = re.compile(r"[,;:]\s|\s[–—-]\s|\s(?=(?:and|but|so|because|which|who|when|while|although)\s)")


def shorten(quote: str, most_words: int) -> str:
    """Return the quote, or its beginning up to the last natural break within `most_words`, with an ellipsis."""
    quote = _LEADING.sub("", " ".join(quote.split()))
    words = quote.split()
    if len(words) <= most_words + _GRACE:
        return quote.rstrip(".,;:") if not quote.endswith(("?", "!", "…")) else quote
    head = " ".join(words[:most_words])
    breaks = [match.start() for match in _BREAK.finditer(head) if len(head[: match.start()].split()) >= most_words // 2]
    return (head[: breaks[-1]] if breaks else head).rstrip(".,;:–—- ") + " …"


def quoted(quote: str, most_words: int = 14) -> str:
    """Return the user's words in quotation marks, shortened and escaped."""
    inner = shorten(quote, most_words).replace("“", "‘").replace("”", "’").replace('"', "'")
    return f"“{plain(inner)}”"


def plain(text: str) -> str:
    """Return text that Markdown shows as it stands."""
    return _SPECIAL.sub(r"\\\1", text).replace("\\<", "&lt;").replace("\\>", "&gt;")


def words(markdown: str) -> int:
    """Return how many words a reader sees."""
    return len(re.sub(r"<[^>]+>|[*_#>]|\[[QFC]\d\d\]", " ", markdown).split())
