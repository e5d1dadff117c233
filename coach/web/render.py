"""The conversation as HTML: what was said, how far the coach has got, the answer and its sources."""

from __future__ import annotations

from html import escape

from coach.web import texts
from coach.web.markup import plain_reply, reply_html, sources_html
from coach.web.session import Exchange, Session


def masthead(page: str = texts.COACH) -> str:
    """Return the head of a page, with the way to the others.

    Args:
        page: name of the present page, one of `texts.PAGES`.
    """
    links = "".join(_way(name, address, here=name == page) for name, address in texts.PAGES.items())
    return (
        f'<header class="masthead"><h1>{texts.PRODUCT}</h1><p class="strapline">{texts.STRAPLINE}</p>'
        f'<nav class="pages" aria-label="{texts.PAGES_LABEL}">{links}</nav></header>'
    )


def _way(name: str, address: str, *, here: bool) -> str:
    current = ' aria-current="page"' if here else ""
    return f'<a href="{address}"{current}>{name}</a>'


def standing_note(voice: str) -> str:
    """Return the note under the writing sheet: which voice is speaking, always in sight, and the keys."""
    return f'<p class="voice">{escape(voice)}</p><p class="hint">{texts.KEYS}</p>'


def welcome() -> str:
    """Return what stands in place of a conversation before the first message."""
    return (
        f'<div class="welcome"><h2>{texts.WELCOME_HEAD}</h2><p>{texts.WELCOME_BODY}</p>'
        f'<p class="label">{texts.EXAMPLES_HEAD}</p></div>'
    )


def transcript(session: Session) -> str:
    """Return all that was said about this customer, the latest exchange at the end."""
    entries = "".join(_exchange(number, exchange) for number, exchange in enumerate(session.exchanges, start=1))
    return f'<div class="transcript" role="log" aria-label="Conversation">{entries}</div>' if entries else ""


def _exchange(number: int, exchange: Exchange) -> str:
    said = f'<div class="said"><p class="label">{texts.YOU}</p><div class="words">{escape(exchange.said)}</div></div>'
    answer = f'<div class="answer">{_answer(number, exchange)}</div>'
    return f'<article class="exchange" id="exchange-{number}">{said}{answer}</article>'


def _answer(number: int, exchange: Exchange) -> str:
    parts = [f'<p class="label">{texts.COACH}{_voice(exchange)}</p>']
    if exchange.stage is not None:
        parts.append(progress(exchange.stage))
    anchor = f"source-{number}-"
    sources = exchange.record.sources if exchange.record else ()
    if exchange.reply:
        parts.append(f'<div class="reply">{reply_html(exchange.reply, sources, anchor)}</div>')
    if exchange.notice:
        parts.append(f'<p class="notice" role="status">{escape(exchange.notice)}</p>')
    if exchange.record is not None:
        note = exchange.record.engine.note
        if note:
            parts.append(f'<p class="notice">{escape(note)}</p>')
        copied = escape(plain_reply(exchange.reply), quote=True)
        parts.append(
            f'<p class="after"><button type="button" class="copy" data-copy="{copied}">{texts.COPY}</button>'
            f'<a class="jump" href="#stand">{texts.JUMP}</a></p>'
        )
        parts.append(sources_html(exchange.reply, sources, anchor))
    return "".join(parts)


def _voice(exchange: Exchange) -> str:
    if exchange.record is None:
        return ""
    voice = exchange.record.engine.voice
    said = texts.BUILT_IN if voice == "built-in" else escape(voice)
    return f"<span>, {texts.VOICE_OF_ANSWER} {said}</span>"


def progress(stage: str) -> str:
    """Return the line of stages with the present one marked; a stage outside the usual ones stands before them."""
    stages = texts.STAGES if stage in texts.STAGES else (stage, *texts.STAGES)
    present = stages.index(stage)
    entries = "".join(_stage(name, place - present) for place, name in enumerate(stages))
    return f'<ol class="progress" role="status">{entries}</ol>'


def _stage(name: str, distance: int) -> str:
    if distance == 0:
        return f'<li class="now" aria-current="step">{escape(name)}</li>'
    return f'<li class="{"done" if distance < 0 else "ahead"}">{escape(name)}</li>'
