"""The Coach page: a conversation about one customer, and beside it where the relationship stands.

The layout comes first and the wiring after it; what the handlers show is made in `desk`, `render` and `panel`.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.events import api

from coach.errors import CoachError
from coach.journal.feedback import Rating, feedback_on
from coach.records import Account, Profile
from coach.web import texts
from coach.web.desk import Desk, converse, stopped
from coach.web.examples import EXAMPLES
from coach.web.panel import empty_panel
from coach.web.render import masthead, standing_note, transcript, welcome
from coach.web.session import Session

_log = logging.getLogger(__name__)

_Update = dict[Any, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Page:
    """The components that handlers read or change."""

    session: gr.State
    culture_kept: gr.BrowserState
    renew: gr.Button
    welcome: gr.HTML
    examples: gr.Column
    starters: tuple[gr.Button, ...]
    transcript: gr.HTML
    rating: gr.Column
    rated: gr.State
    helpful: gr.Button
    not_helpful: gr.Button
    remark: gr.Column
    comment: gr.Textbox
    include: gr.Checkbox
    save: gr.Button
    thanks: gr.HTML
    said: gr.Textbox
    send: gr.Button
    stop: gr.Button
    standing: gr.HTML
    culture: gr.Dropdown
    panel: gr.HTML


def build_coach_page(desk: Desk, voice: Callable[[], str] | None = None) -> None:
    """Lay out the page inside the Blocks that is open, and wire it to the services.

    Args:
        desk: the services.
        voice: says which voice speaks just now, where that can change while the app runs.
    """
    page = _layout(desk)

    def speaking() -> str:
        """Show which voice speaks."""
        return standing_note(voice() if voice else desk.voice)

    gr.on(None, speaking, None, page.standing, show_progress="hidden", queue=False, api_visibility="private")
    _wire_conversation(page, desk, speaking)
    _wire_rating(page, desk)
    _wire_profile(page)
    api(
        _diagnose(desk),
        api_name="diagnose",
        api_description="Diagnose one account of a customer relationship; returns the diagnosis record.",
        api_visibility="public",
    )


def _layout(desk: Desk) -> _Page:
    session, rated = gr.State(Session()), gr.State(None)
    # A fixed key: a random one would make what the browser kept unreadable after a restart. It guards no secret.
    culture_kept = gr.BrowserState("", storage_key="rapport-culture", secret="rapport")  # noqa: S106
    with gr.Row(elem_id="masthead-row"):
        gr.HTML(masthead(), elem_id="masthead", apply_default_css=False)
        renew = gr.Button(texts.NEW_CUSTOMER, elem_id="renew", elem_classes="quiet")
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="talk"):
            greeting = gr.HTML(welcome(), elem_id="welcome", apply_default_css=False)
            with gr.Column(elem_id="examples") as examples:
                starters = tuple(gr.Button(f"{example.title}\n{example.hint}") for example in EXAMPLES)
            conversation = gr.HTML("", elem_id="conversation", apply_default_css=False)
            with gr.Column(elem_id="rating", visible=False) as rating:
                with gr.Row(elem_id="rating-row"):
                    gr.HTML(f"<p>{texts.RATING_QUESTION}</p>", apply_default_css=False)
                    helpful = gr.Button(texts.HELPFUL, elem_id="helpful", elem_classes="quiet")
                    not_helpful = gr.Button(texts.NOT_HELPFUL, elem_id="not-helpful", elem_classes="quiet")
                thanks = gr.HTML("", elem_id="thanks", apply_default_css=False)
                with gr.Column(elem_id="remark", visible=False) as remark:
                    comment = gr.Textbox(label=texts.COMMENT_LABEL, lines=2, max_lines=6, elem_id="comment")
                    include = gr.Checkbox(label=texts.INCLUDE_ACCOUNT, value=False, elem_id="include")
                    save = gr.Button(texts.SAVE_RATING, elem_id="save", elem_classes="quiet")
            with gr.Accordion(texts.ABOUT_YOU, open=False, elem_id="about"):
                culture = gr.Dropdown(
                    choices=list(desk.countries),
                    value=None,
                    label=texts.CULTURE_LABEL,
                    info=texts.CULTURE_INFO,
                    allow_custom_value=True,
                    elem_id="culture",
                )
            with gr.Column(elem_id="composer"):
                said = gr.Textbox(
                    label=texts.COMPOSER_LABEL,
                    placeholder=texts.COMPOSER_FIRST,
                    lines=1,
                    max_lines=14,
                    autofocus=True,
                    elem_id="said",
                )
                with gr.Row(elem_id="keys"):
                    standing = gr.HTML(standing_note(desk.voice), elem_id="standing", apply_default_css=False)
                    stop = gr.Button(texts.STOP, visible=False, elem_id="stop", elem_classes="quiet")
                    send = gr.Button(texts.SEND, elem_id="send", elem_classes="loud")
        with gr.Column(elem_id="beside"):
            panel = gr.HTML(empty_panel(), elem_id="panel", apply_default_css=False)
    return _Page(
        session=session,
        culture_kept=culture_kept,
        renew=renew,
        welcome=greeting,
        examples=examples,
        starters=starters,
        transcript=conversation,
        rating=rating,
        rated=rated,
        helpful=helpful,
        not_helpful=not_helpful,
        remark=remark,
        comment=comment,
        include=include,
        save=save,
        thanks=thanks,
        said=said,
        send=send,
        stop=stop,
        standing=standing,
        culture=culture,
        panel=panel,
    )


def _wire_conversation(page: _Page, desk: Desk, speaking: Callable[[], str]) -> None:
    def answer(session: Session, said: str, culture: str | None) -> Iterator[_Update]:
        """Show the coach at work on one more message."""
        if not said.strip():
            gr.Warning(texts.NOTHING_SAID, title="")
            yield {page.said: gr.skip()}
            return
        opening = True
        for view in converse(desk, session, said, culture):
            latest = view.session.exchanges[-1]
            busy = latest.stage is not None
            shown: _Update = {page.session: view.session, page.transcript: transcript(view.session)}
            if view.panel is not None:
                shown[page.panel] = view.panel
            if opening:
                shown |= _under_way(page) | {page.standing: speaking()}
                opening = False
            if not busy:
                shown |= _at_rest(page, rateable=latest.record is not None)
                if view.unsent:
                    shown[page.said] = view.unsent
            yield shown

    def interrupt(session: Session) -> _Update:
        """Show that the coach was stopped."""
        halted = stopped(session)
        return {page.session: halted, page.transcript: transcript(halted)} | _at_rest(page, rateable=False)

    def start_over() -> _Update:
        """Forget the present customer and show the empty page."""
        return {
            page.session: Session(),
            page.transcript: "",
            page.panel: empty_panel(),
            page.welcome: gr.update(visible=True),
            page.examples: gr.update(visible=True),
            page.said: gr.update(value="", placeholder=texts.COMPOSER_FIRST),
        } | _at_rest(page, rateable=False)

    shown = [page.session, page.transcript, page.panel, page.welcome, page.examples, page.said, page.send, page.stop]
    shown += [page.rating, page.rated, page.remark, page.thanks, page.comment, page.include, page.standing]
    answering = gr.on(
        [page.said.submit, page.send.click],
        answer,
        [page.session, page.said, page.culture],
        shown,
        show_progress="hidden",
        trigger_mode="once",
        concurrency_limit=4,
        api_visibility="private",
    )
    page.stop.click(
        interrupt,
        page.session,
        shown,
        cancels=[answering],
        show_progress="hidden",
        queue=False,
        api_visibility="private",
    )
    page.renew.click(
        start_over, None, shown, cancels=[answering], show_progress="hidden", queue=False, api_visibility="private"
    ).then(None, js="() => document.querySelector('#said textarea')?.focus()", api_visibility="private")
    for starter, example in zip(page.starters, EXAMPLES, strict=True):
        _wire_starter(starter, example.text, page.said)


def _wire_starter(starter: gr.Button, text: str, said: gr.Textbox) -> None:
    def lay_out() -> str:
        """Put the example where it can be changed and sent."""
        return text

    starter.click(lay_out, None, said, show_progress="hidden", queue=False, api_visibility="private").then(
        None, js="() => document.querySelector('#said textarea')?.focus()", api_visibility="private"
    )


def _under_way(page: _Page) -> _Update:
    return {
        page.said: gr.update(value="", placeholder=texts.COMPOSER_MORE),
        page.welcome: gr.update(visible=False),
        page.examples: gr.update(visible=False),
        page.send: gr.update(visible=False),
        page.stop: gr.update(visible=True),
        page.rating: gr.update(visible=False),
    }


def _at_rest(page: _Page, *, rateable: bool) -> _Update:
    return {
        page.send: gr.update(visible=True),
        page.stop: gr.update(visible=False),
        page.rating: gr.update(visible=rateable),
        page.rated: None,
        page.remark: gr.update(visible=False),
        page.thanks: "",
        page.comment: "",
        page.include: False,
    }


def _wire_rating(page: _Page, desk: Desk) -> None:
    def keep(session: Session, rated: tuple[str, Rating], comment: str, include: bool) -> str:
        """Write one line of feedback and say so."""
        answer, rating = rated
        account = session.account if include else None
        try:
            desk.book.add(feedback_on(session.thread.records[-1], answer, rating, comment, account))
        except CoachError as error:
            return f'<p class="notice" role="status">{error.message} {error.remedy}</p>'
        return f'<p class="saved" role="status">{texts.RATING_SAVED}</p>'

    def rate(session: Session, rating: Rating) -> _Update:
        """Keep the rating at once, and offer a place for a comment."""
        if not session.thread.records:
            return {page.thanks: ""}
        rated = (uuid.uuid4().hex, rating)
        return {
            page.rated: rated,
            page.thanks: keep(session, rated, "", False),
            page.remark: gr.update(visible=True),
            page.helpful: gr.update(elem_classes=["quiet", "chosen"] if rating is Rating.HELPFUL else ["quiet"]),
            page.not_helpful: gr.update(elem_classes=["quiet", "chosen"] if rating is Rating.NOT_HELPFUL else ["quiet"]),
        }

    def remark(session: Session, rated: tuple[str, Rating] | None, comment: str, include: bool) -> _Update:
        """Keep the comment, and the account where that was ticked."""
        if rated is None or not session.thread.records:
            return {page.thanks: ""}
        return {page.thanks: keep(session, rated, comment, include), page.remark: gr.update(visible=False)}

    shown = [page.rated, page.thanks, page.remark, page.helpful, page.not_helpful]
    quietly: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    page.helpful.click(lambda session: rate(session, Rating.HELPFUL), page.session, shown, **quietly)
    page.not_helpful.click(lambda session: rate(session, Rating.NOT_HELPFUL), page.session, shown, **quietly)
    page.save.click(remark, [page.session, page.rated, page.comment, page.include], shown, **quietly)


def _wire_profile(page: _Page) -> None:
    page.culture.change(
        lambda culture: culture or "", page.culture, page.culture_kept, show_progress="hidden", api_visibility="private"
    )
    gr.on(
        None,
        lambda kept: kept or None,
        page.culture_kept,
        page.culture,
        show_progress="hidden",
        api_visibility="private",
    )


def _diagnose(desk: Desk) -> Any:
    def diagnose(account: str, salesperson_culture: str = "") -> dict[str, Any]:
        """Diagnose one account of a customer relationship and return the record."""
        profile = Profile(salesperson_culture=salesperson_culture.strip() or None)
        try:
            record = desk.coach.invoke(Account(text=account, profile=profile))["record"]
        except CoachError as error:
            raise gr.Error(f"{error.message} {error.remedy}") from error
        except Exception as error:  # What the caller sent stays out of the log.
            _log.error("Diagnosing failed with %s", type(error).__name__)
            raise gr.Error(texts.UNEXPECTED) from None
        return dict(record.model_dump(mode="json"))

    return diagnose
