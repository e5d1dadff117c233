"""What the pages need from the rest of Rapport, and a conversation with it as plain values.

No Gradio here: `converse` yields what is to be seen, and the page shows it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from coach.conversation import Change, changes
from coach.errors import CoachError
from coach.journal.feedback import FeedbackBook
from coach.library import load_corpus
from coach.models.choice import chosen
from coach.records import Account, Diagnosis, Profile, Question, Record
from coach.settings import Settings
from coach.web import texts
from coach.web.glossary import Glossary, glossary_of
from coach.web.panel import empty_panel, stand_panel
from coach.web.session import Exchange, Session

_log = logging.getLogger(__name__)

_FRAME_SECONDS = 0.06
_NEXT_STAGE = {"reading": 1, "diagnosis": 2, "passages": 3, "advice": 4}


class Coach(Protocol):
    """The part of the chain that the pages use."""

    def stream(self, account: Account) -> Iterator[Mapping[str, Any]]:
        """Yield what is known so far, stage by stage, then the reply in pieces, then the record."""

    def invoke(self, account: Account) -> Mapping[str, Any]:
        """Return everything about an account at once."""

    def warm(self) -> None:
        """Load what the first account would have to wait for."""

    def reconnect(self, settings: Settings) -> None:
        """Use the language model that these settings name, or none, from the next account on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """The services behind the pages, built once."""

    coach: Coach
    glossary: Glossary
    book: FeedbackBook
    voice: str
    """Which voice speaks, in a line for the head of the page."""
    countries: tuple[str, ...]
    warmed: threading.Event = field(default_factory=threading.Event)
    """Set once the encoder has been used for the first time."""

    def warm_up(self) -> None:
        """Load the encoder and the store, so that the first visitor does not wait for them."""
        try:
            self.coach.warm()
        except CoachError as error:
            _log.warning("The coach could not warm up: %s", error)
        finally:
            self.warmed.set()


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """What the page is to show now."""

    session: Session
    panel: str | None = None
    """New content for the panel; null where it stays as it is."""
    unsent: str = ""
    """Words to give back to the writer, because they could not be used."""


def build_desk(settings: Settings) -> Desk:
    """Build the services from the settings.

    Raises:
        CoachError: the corpus, the store or a setting cannot be used.
    """
    from coach.chain import build_coach

    corpus = load_corpus(settings.corpus_dir)
    used = chosen(settings)
    return Desk(
        coach=build_coach(settings),
        glossary=glossary_of(corpus),
        book=FeedbackBook(Path(settings.data_dir) / "feedback.jsonl"),
        voice=texts.voice_line(used.model, used.model_base_url, used.tracing),
        countries=tuple(sorted(item.country for item in corpus.cultures)),
    )


def converse(desk: Desk, session: Session, said: str, culture: str | None) -> Iterator[View]:
    """Take one more message about the present customer and yield what to show while the coach works.

    A message that the coach cannot use leaves the thread as it was and is given back to the writer.
    """
    thread = session.thread.with_turn(said)
    account = thread.account(Profile(salesperson_culture=(culture or "").strip() or None))
    stage = texts.STAGES[0] if desk.warmed.is_set() else texts.WARMING
    exchange = Exchange(said=said, stage=stage)
    current = replace(session, thread=thread).opened(exchange)
    yield View(session=current)
    try:
        for view in _follow(desk, current, account):
            current = view.session
            yield view
    except CoachError as error:
        notice, unsent = f"{error.message} {error.remedy}", said
    except Exception as error:  # A defect of ours must not end in a blank page; the words of the user stay out of the log.
        _log.error("Answering failed with %s", type(error).__name__)
        notice, unsent = texts.UNEXPECTED, said
    else:
        return
    failed = Exchange(said=said, notice=notice)
    yield View(session=replace(session.opened(failed), thread=session.thread), panel=_panel_of(desk, session), unsent=unsent)


def _follow(desk: Desk, session: Session, account: Account) -> Iterator[View]:
    before = session.thread.records[-1].diagnosis if session.thread.records else None
    exchange = session.exchanges[-1]
    shown = 0.0
    for part in desk.coach.stream(account):
        panel = None
        for key, place in _NEXT_STAGE.items():
            if key in part:
                desk.warmed.set()
                exchange = replace(exchange, stage=texts.STAGES[place])
        if "diagnosis" in part:
            panel = _panel(desk, account.text, part["diagnosis"], before)
        if isinstance(record := part.get("record"), Record):
            yield _finished(desk, session, exchange, account, record, before)
            return
        if isinstance(piece := part.get("reply"), str):
            exchange = replace(exchange, reply=exchange.reply + piece)
            if time.monotonic() - shown < _FRAME_SECONDS:
                continue
            shown = time.monotonic()
        yield View(session=session.with_latest(exchange), panel=panel)


def _finished(
    desk: Desk, session: Session, exchange: Exchange, account: Account, record: Record, before: Diagnosis | None
) -> View:
    done = replace(exchange, reply=record.reply, record=record, stage=None)
    after = replace(
        session.with_latest(done),
        thread=session.thread.with_record(record),
        changes=changes(before, record.diagnosis) if before else None,
        account=account.text,
    )
    return View(session=after, panel=_panel_of(desk, after))


def _panel(
    desk: Desk, account: str, diagnosis: Diagnosis, before: Diagnosis | None, questions: tuple[Question, ...] = ()
) -> str:
    moved: tuple[Change, ...] | None = changes(before, diagnosis) if before else None
    return stand_panel(diagnosis, account, desk.glossary, changes=moved, questions=questions)


def _panel_of(desk: Desk, session: Session) -> str:
    if not session.thread.records:
        return empty_panel()
    record = session.thread.records[-1]
    return stand_panel(record.diagnosis, session.account, desk.glossary, changes=session.changes, questions=record.questions)


def stopped(session: Session) -> Session:
    """Return the session after the writer stopped the coach; their words stay part of the account."""
    latest = session.latest
    if latest is None or latest.stage is None:
        return session
    return session.with_latest(replace(latest, stage=None, notice=texts.STOPPED))
