"""Texts from outside turned into safe HTML: the account with its marked words, and the coach's Markdown.

Everything from users, corpus and models is escaped here. Pictures are made in `pictures`, whole panels in `panel`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import pairwise
from string import ascii_lowercase

from markdown_it import MarkdownIt

from coach.framework import Scope
from coach.records import Diagnosis, Evidence, Source
from coach.web import texts

_CODE = r"[A-Z](?:-[A-Z])?\d{2,}"
_CITATION = re.compile(rf"[ \t]*\[({_CODE}(?:\s*[,;]\s*{_CODE})*)\]")
_FOLD = re.compile(r"\s*(<details>|</details>|<summary>.*?</summary>)\s*", re.IGNORECASE | re.DOTALL)
_PARAGRAPH = re.compile(r"[^\n]*\n+|[^\n]+\Z")


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A passage of the account that is marked, with the note in the margin."""

    start: int
    end: int
    scope: Scope
    against: bool
    """True where everything said of it speaks against the label given."""
    observations: tuple[str, ...]
    """What was seen in it."""
    supports: tuple[str, ...]
    """What it speaks for, in plain words."""

    @property
    def counted(self) -> bool:
        """Whether the passage is about this relationship as it is now."""
        return self.scope is Scope.ACTUAL


def marks_of(diagnosis: Diagnosis, account: str, notes: Mapping[str, str]) -> tuple[Mark, ...]:
    """Gather the evidence of all judgements, one mark for each passage, in reading order.

    Args:
        diagnosis: the judgements about the account.
        account: the text that the spans point into; a span that does not fit it is left out.
        notes: the note for the margin by indicator code.
    """
    judged: list[tuple[Evidence, bool]] = [(item, False) for item in diagnosis.phase.evidence]
    judged += [(item, True) for item in diagnosis.phase.against]
    for evidence in (
        diagnosis.disclosure.evidence,
        diagnosis.diversity.evidence,
        *(dimension.evidence for dimension in diagnosis.cq.dimensions.values()),
        diagnosis.willingness.evidence,
        diagnosis.business_stage.evidence,
    ):
        judged += [(item, False) for item in evidence]
    grouped: dict[tuple[int, int, Scope], list[tuple[Evidence, bool]]] = {}
    for item, against in judged:
        if 0 <= item.start < item.end <= len(account) and account[item.start : item.end] == item.quote:
            grouped.setdefault((item.start, item.end, item.scope), []).append((item, against))
    return tuple(
        Mark(
            start=start,
            end=end,
            scope=scope,
            against=all(against for _, against in items),
            observations=_distinct(notes.get(item.indicator, "") for item, _ in items),
            supports=_distinct(texts.supports_in_words(item.supports) for item, _ in items),
        )
        for (start, end, scope), items in sorted(grouped.items(), key=lambda entry: (entry[0][0], -entry[0][1]))
    )


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))


def letter(index: int) -> str:
    """Name the mark at `index`: a to z, then aa, ab and so on."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, len(ascii_lowercase))
        name = ascii_lowercase[rest] + name
    return name


def marked_text(account: str, marks: Sequence[Mark], start: int = 0, end: int | None = None) -> str:
    """Return `account[start:end]` as HTML with its marks; overlapping marks share their common words.

    Letters that tie a mark to its note stand in attributes, so that the text without its tags is the account's own.
    """
    stop = len(account) if end is None else end
    cuts = {start, stop}
    for mark in marks:
        cuts |= {cut for cut in (mark.start, mark.end) if start < cut < stop}
    borders = sorted(cuts)
    pieces = []
    for left, right in pairwise(borders):
        covering = [index for index, mark in enumerate(marks) if mark.start <= left and right <= mark.end]
        words = escape(account[left:right])
        if covering:
            words = f'<mark class="{_kind([marks[index] for index in covering])}">{words}</mark>'
        ends = "".join(f'<sup class="ref" data-n="{letter(index)}"></sup>' for index in covering if marks[index].end == right)
        pieces.append(words + ends)
    return "".join(pieces)


def _kind(covering: Sequence[Mark]) -> str:
    if any(mark.counted and not mark.against for mark in covering):
        return "counted"
    return "against" if any(mark.counted for mark in covering) else "uncounted"


def margin_notes(account: str, marks: Sequence[Mark]) -> str:
    """Return the account paragraph by paragraph, each beside the notes to the marks that begin in it."""
    rows = []
    for paragraph in _PARAGRAPH.finditer(account):
        notes = "".join(
            _note(index, mark, account) for index, mark in enumerate(marks) if paragraph.start() <= mark.start < paragraph.end()
        )
        words = marked_text(account, marks, paragraph.start(), paragraph.end())
        listed = f'<ol class="notes">{notes}</ol>' if notes else ""
        rows.append(f'<div class="passage"><div class="words">{words}</div>{listed}</div>')
    return f'<div class="account">{"".join(rows)}</div>'


def _note(index: int, mark: Mark, account: str) -> str:
    observed = "; ".join(mark.observations)
    observed = observed[:1].upper() + observed[1:]
    asides = [*mark.supports] if mark.counted else []
    if mark.against and mark.counted:
        asides.append(texts.AGAINST)
    if not mark.counted:
        asides.append(texts.SCOPES[mark.scope])
    quote = account[mark.start : mark.end]
    return (
        f'<li class="{_kind([mark])}"><span class="ref">{letter(index)}</span> '
        f'<span class="unseen">{escape(quote)}: </span>'
        f"{escape(observed)} <small>{escape('; '.join(asides))}</small></li>"
    )


@cache
def _markdown() -> MarkdownIt:
    # Links and images stay text: an answer must not be able to fetch anything or lead anywhere.
    return MarkdownIt("commonmark", {"html": False}).disable(["image", "link", "autolink", "reference", "html_block"])


def cited_ids(reply: str) -> tuple[str, ...]:
    """Return the source ids that a reply cites, in order of first citation."""
    return tuple(dict.fromkeys(code for found in _CITATION.finditer(reply) for code in re.findall(_CODE, found[1])))


def reply_html(reply: str, sources: Sequence[Source] = (), anchor: str = "") -> str:
    """Return a reply's Markdown as HTML, with folding passages kept and citations turned into numbered references.

    Args:
        reply: the coach's Markdown; of HTML only `<details>` and `<summary>` without attributes are honoured.
        sources: the record's sources; while they have not come, citations are numbered and do not link.
        anchor: prefix of the ids of the source entries that `sources_html` makes for the same reply.
    """
    by_id = {source.id: source for source in sources}
    numbers = {code: number for number, code in enumerate(cited_ids(reply), start=1)}

    def refer(found: re.Match[str]) -> str:
        codes = re.findall(_CODE, found[1])
        return "".join(_reference(code, numbers[code], by_id.get(code), anchor) for code in codes)

    pieces: list[str] = []
    depth = 0
    for piece in _FOLD.split(reply):
        tag = piece.lower()
        if tag == "<details>":
            depth += 1
            pieces.append("<details>")
        elif tag == "</details>":
            if depth:
                depth -= 1
                pieces.append("</details>")
        elif tag.startswith("<summary>"):
            inner = _markdown().renderInline(re.sub(r"(?i)</?summary>", "", piece))
            pieces.append(f"<summary>{_CITATION.sub(refer, inner)}</summary>" if depth else f"<p>{inner}</p>")
        elif piece.strip():
            pieces.append(_CITATION.sub(refer, _markdown().render(piece)))
    return "".join(pieces) + "</details>" * depth


def _reference(code: str, number: int, source: Source | None, anchor: str) -> str:
    if source is None:
        return f'<sup class="cite">{number}</sup>'
    hint = escape(f"{source.attribution}: {source.text}", quote=True)
    name = escape(f"{texts.SOURCE} {number}: {source.attribution}", quote=True)
    return (
        f'<sup class="cite"><a href="#{anchor}{escape(code)}" class="cite-link" title="{hint}" '
        f'aria-label="{name}">{number}</a></sup>'
    )


def sources_html(reply: str, sources: Sequence[Source], anchor: str = "") -> str:
    """Return the sources under a reply, cited ones first, each opening to its full text."""
    if not sources:
        return ""
    cited = cited_ids(reply)
    order = {code: place for place, code in enumerate(cited)}
    ranked = sorted(sources, key=lambda source: order.get(source.id, len(order)))
    entries = "".join(_source(source, order[source.id] + 1 if source.id in order else None, anchor) for source in ranked)
    return f'<section class="sources"><h3>{escape(texts.SOURCES_HEAD)}</h3>{entries}</section>'


def _source(source: Source, number: int | None, anchor: str) -> str:
    lead = f'<span class="number">{number}</span> ' if number else '<span class="number" aria-hidden="true">·</span> '
    kind = texts.SOURCE_KINDS.get(source.kind, source.kind)
    first = source.text if len(source.text) <= 64 else source.text[:64].rsplit(" ", 1)[0] + "…"
    body = escape(source.text)
    return (
        f'<details class="source" id="{anchor}{escape(source.id, quote=True)}">'
        f'<summary>{lead}<span class="first">{escape(first)}</span></summary>'
        f'<blockquote>{body}</blockquote><p class="attribution">{escape(kind)}. {escape(source.attribution)} '
        f'<span class="code">{escape(source.id)}</span></p></details>'
    )


def plain_reply(reply: str) -> str:
    """Return a reply as text to paste elsewhere, without citations, folds and emphasis marks."""
    text = _CITATION.sub("", re.sub(r"(?i)</?(details|summary)>", "\n", reply))
    text = re.sub(r"(\*\*|__)(.+?)\1", r"\2", text)
    text = re.sub(r"[ \t]+([.,;:!?])", r"\1", re.sub(r"[ \t]{2,}", " ", text))
    return re.sub(r"\n{3,}", "\n\n", text).strip()
