"""The Settings page: which language model speaks and what it is worth, what leaves the computer, and what this is.

The layout comes first and the wiring after it; what is shown is made in `settings_view`, what is done is done in `model_desk`.
"""

from __future__ import annotations

import importlib.metadata
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import gradio as gr

from coach.errors import CoachError
from coach.library import load_corpus
from coach.web import settings_texts as texts
from coach.web.model_desk import ModelDesk, Wish, fetched_models
from coach.web.render import masthead
from coach.web.settings_view import (
    Lock,
    Standing,
    about_html,
    encoder_html,
    head_html,
    model_name,
    privacy_html,
    report_html,
    said_html,
    standing_html,
    trial_html,
    worth_html,
)
from coach.web.texts import SETTINGS, SETTINGS_TITLE

_log = logging.getLogger(__name__)

_Update = dict[Any, Any]

ACCOUNT_COUNTS = (24, 60, 120)
"""On how many labelled accounts a model can be tried."""

_NEWS_SECONDS = 5.0
_WITH_KEY = ("openai", "anthropic", "google_genai")
_SAID, _WORTH = "model-said", "worth"
# Marked here, as Gradio gives its components no roles: what these two come to hold is read out.
_ON_LOAD = (
    f"() => {{ document.title = '{SETTINGS_TITLE}'; for (const name of ['{_SAID}', '{_WORTH}']) "
    "{ document.getElementById(name)?.setAttribute('role', 'status'); } }"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Page:
    """The components that handlers read or change."""

    standing: gr.HTML
    form: gr.Column
    provider: gr.Radio
    name: gr.Textbox
    file: gr.Dropdown
    address: gr.Textbox
    key: gr.Textbox
    connect: gr.Button
    disconnect: gr.Button
    said: gr.HTML
    worth: gr.HTML
    trial_form: gr.Column
    count: gr.Radio
    start: gr.Button
    stop: gr.Button
    trial: gr.HTML
    figures: gr.HTML
    encoder: gr.HTML
    privacy: gr.HTML
    about: gr.HTML


def build_settings_page(models: ModelDesk) -> None:
    """Lay out the page inside the route that is open, and wire it to the language model."""
    page = _layout()

    _wire_opening(page, models)
    _wire_choice(page, models)
    _wire_trial(page, models)


def _layout() -> _Page:
    with gr.Row(elem_id="masthead-row"):
        gr.HTML(masthead(SETTINGS), elem_id="masthead", apply_default_css=False)
    with gr.Column(elem_id="settings"):
        gr.HTML(head_html(texts.MODEL_HEAD, texts.MODEL_INTRO), apply_default_css=False)
        standing = gr.HTML("", elem_id="standing-model", apply_default_css=False)
        with gr.Column(elem_id="model-form", visible=False) as form:
            provider = gr.Radio(
                [(provider.name, prefix) for prefix, provider in texts.PROVIDERS.items()],
                value="none",
                label=texts.PROVIDER,
                elem_id="provider",
            )
            name = gr.Textbox(label=texts.NAME, info=texts.NAME_INFO, visible=False, elem_id="model-name", **_typed())
            file = gr.Dropdown(
                [], label=texts.FILE, info=texts.FILE_INFO, allow_custom_value=True, visible=False, elem_id="model-file"
            )
            address = gr.Textbox(
                label=texts.ADDRESS, info=texts.ADDRESS_INFO, visible=False, elem_id="model-address", **_typed()
            )
            key = gr.Textbox(
                label=texts.KEY, info=texts.KEY_INFO, type="password", visible=False, elem_id="model-key", **_typed()
            )
            with gr.Row(elem_id="model-keys"):
                connect = gr.Button(texts.CONNECT, visible=False, elem_id="connect", elem_classes="loud")
                disconnect = gr.Button(texts.DISCONNECT, visible=False, elem_id="disconnect", elem_classes="quiet")
        said = gr.HTML("", elem_id=_SAID, apply_default_css=False)
        gr.HTML(head_html(texts.WORTH_HEAD, texts.WORTH_INTRO), apply_default_css=False)
        with gr.Column(elem_id="trial-form", visible=False) as trial_form:
            count = gr.Radio(list(ACCOUNT_COUNTS), value=ACCOUNT_COUNTS[0], label=texts.HOW_MANY, elem_id="trial-count")
            with gr.Row(elem_id="trial-keys"):
                start = gr.Button(texts.TRY, elem_id="try", elem_classes="quiet")
                stop = gr.Button(texts.STOP_TRIAL, visible=False, elem_id="stop-trial", elem_classes="quiet")
        trial = gr.HTML("", elem_id="trial", apply_default_css=False)
        worth = gr.HTML("", elem_id=_WORTH, apply_default_css=False)
        figures = gr.HTML("", elem_id="figures", apply_default_css=False)
        encoder = gr.HTML("", elem_id="encoder", apply_default_css=False)
        privacy = gr.HTML("", elem_id="privacy", apply_default_css=False)
        about = gr.HTML("", elem_id="about-rapport", apply_default_css=False)
    return _Page(
        standing=standing,
        form=form,
        provider=provider,
        name=name,
        file=file,
        address=address,
        key=key,
        connect=connect,
        disconnect=disconnect,
        said=said,
        worth=worth,
        trial_form=trial_form,
        count=count,
        start=start,
        stop=stop,
        trial=trial,
        figures=figures,
        encoder=encoder,
        privacy=privacy,
        about=about,
    )


def _typed() -> dict[str, Any]:
    """Return what fields for names and keys have in common: nothing is suggested, corrected or remembered."""
    plain = gr.InputHTMLAttributes(autocapitalize="off", autocorrect="off", spellcheck=False, autocomplete="off")
    return {"max_lines": 1, "html_attributes": plain}


def _wire_opening(page: _Page, models: ModelDesk) -> None:
    def open_page() -> Iterator[_Update]:
        """Show how things stand, and follow a trial that goes on."""
        yield _everything(page, models, fill=True)
        yield from _follow(page, models)

    @cache
    def about(corpus_dir: Any) -> str:
        version = importlib.metadata.version("rapport-coach")
        return about_html(version, load_corpus(corpus_dir).version)

    def unchanging() -> _Update:
        """Show what does not change while the app runs."""
        settings = models.own_settings
        return {page.encoder: encoder_html(settings), page.about: about(settings.corpus_dir)}

    quietly: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    gr.on(None, js=_ON_LOAD, api_visibility="private")
    gr.on(None, unchanging, None, [page.encoder, page.about], **quietly)
    gr.on(None, open_page, None, _changing(page), concurrency_limit=8, **quietly)


def _wire_choice(page: _Page, models: ModelDesk) -> None:
    def choose(provider: str) -> _Update:
        """Show the fields that a provider needs."""
        return _fields(page, models, provider)

    def connect(provider: str, name: str, file: str | None, address: str, key: str) -> Iterator[_Update]:
        """Connect what was filled in; where that fails, say why and leave everything as it was."""
        yield {page.said: said_html(texts.CONNECTING), page.connect: gr.update(interactive=False)}
        wish = Wish(provider=provider, name=(file or "") if provider == "gguf" else name, address=address, key=key)
        amiss = _attempt(lambda: models.connect(wish))
        if amiss:
            yield {page.said: said_html(amiss, amiss=True), page.connect: gr.update(interactive=True)}
            return
        done = {page.said: said_html(texts.CONNECTED), page.connect: gr.update(interactive=True)}
        yield _everything(page, models, fill=True) | done

    def disconnect() -> _Update:
        """Let go of the model."""
        amiss = _attempt(models.disconnect)
        if amiss:
            return {page.said: said_html(amiss, amiss=True)}
        return _everything(page, models, fill=True) | {page.said: said_html(texts.DISCONNECTED)}

    quietly: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    page.provider.input(choose, page.provider, _changing(page), queue=False, **quietly)
    filled_in = [page.provider, page.name, page.file, page.address, page.key]
    gr.on(
        [page.connect.click, page.name.submit, page.address.submit, page.key.submit],
        connect,
        filled_in,
        _changing(page),
        trigger_mode="once",
        **quietly,
    )
    page.disconnect.click(disconnect, None, _changing(page), trigger_mode="once", **quietly)


def _wire_trial(page: _Page, models: ModelDesk) -> None:
    def start(count: int) -> Iterator[_Update]:
        """Try the connected model and show how far that is, then what it brought."""
        amiss = _attempt(lambda: models.start_trial(count if count in ACCOUNT_COUNTS else ACCOUNT_COUNTS[0]))
        if amiss:
            yield {page.worth: said_html(amiss, amiss=True)}
        else:
            yield {page.worth: said_html(texts.TRIAL_STARTED), page.figures: ""}
        yield from _follow(page, models)

    quietly: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    page.start.click(start, page.count, _changing(page), trigger_mode="once", concurrency_limit=8, **quietly)
    page.stop.click(models.stop_trial, None, None, queue=False, **quietly)


def _changing(page: _Page) -> list[Any]:
    """Return the components that change while the app runs."""
    fields = [page.form, page.provider, page.name, page.file, page.address, page.key, page.connect, page.disconnect]
    trial = [page.worth, page.trial_form, page.start, page.stop, page.trial, page.figures]
    return [page.standing, *fields, page.said, *trial, page.privacy]


def _attempt(deed: Any) -> str:
    """Do something and return what to say where it failed, nothing where it did not."""
    try:
        deed()
    except CoachError as error:
        return f"{error.message} {error.remedy}".strip()
    except Exception as error:  # A defect of ours must not end in a blank page; what was filled in stays out of the log.
        _log.error("Changing the language model failed with %s", type(error).__name__)
        return texts.UNEXPECTED
    return ""


def _follow(page: _Page, models: ModelDesk) -> Iterator[_Update]:
    """Show a running trial until it ends, then what it brought."""
    trial = models.trial
    if trial is None or not trial.running:
        return
    while trial is not None and trial.running:
        under_way = {page.start: gr.update(visible=False), page.stop: gr.update(visible=not trial.stopping)}
        yield {page.trial: trial_html(trial)} | under_way
        trial = models.await_news(trial, _NEWS_SECONDS)
    yield _everything(page, models, fill=False)


def _everything(page: _Page, models: ModelDesk, *, fill: bool) -> _Update:
    """Return how things stand now; with `fill`, the fields as they were chosen."""
    amiss = ""
    try:
        standing = models.standing()
    except CoachError as error:
        standing = Standing(settings=models.own_settings, lock=models.lock)
        amiss = f"{error.message} {error.remedy}"
    trial = models.trial
    running = trial is not None and trial.running
    connected = standing.settings.model is not None
    shown: _Update = {
        page.standing: standing_html(standing),
        page.worth: worth_html(standing, trial),
        page.trial_form: gr.update(visible=connected and standing.lock is not Lock.SHARED),
        page.start: gr.update(visible=not running),
        page.stop: gr.update(visible=running),
        page.trial: trial_html(trial) if trial else "",
        page.figures: report_html(trial.report) if trial and trial.report else "",
        page.privacy: privacy_html(standing.settings),
    }
    if fill:
        shown |= _filled(page, models, standing) | {page.said: said_html(amiss, amiss=True)}
    return shown


def _filled(page: _Page, models: ModelDesk, standing: Standing) -> _Update:
    if standing.lock is not None:
        return {page.form: gr.update(visible=False)}
    used = standing.settings
    provider, _, name = (used.model or "none").partition(":")
    fetched = fetched_models(used)
    first = fetched[0][1] if fetched else None
    is_file = provider == "gguf"
    values = {
        page.provider: gr.update(value=provider),
        page.name: {"value": "" if is_file or used.model is None else model_name(used)},
        page.file: {"value": name if is_file else first, "choices": fetched},
        page.address: {"value": used.model_base_url or ""},
        page.key: {"value": "", "info": texts.KEY_KEPT if standing.key_kept else texts.KEY_INFO},
    }
    fields = _fields(page, models, provider)
    merged = {field: {**fields.get(field, {}), **value} for field, value in values.items()}
    return {**fields, **merged, page.form: gr.update(visible=True), page.disconnect: gr.update(visible=used.model is not None)}


def _fields(page: _Page, models: ModelDesk, provider: str) -> _Update:
    """Return which fields a provider needs."""
    fixed = models.own_settings.model_base_url is not None
    return {
        page.name: gr.update(visible=provider in _WITH_KEY),
        page.file: gr.update(visible=provider == "gguf"),
        page.address: gr.update(
            visible=provider == "openai" or (fixed and provider in _WITH_KEY),
            interactive=not fixed,
            info=texts.ADDRESS_FIXED if fixed else texts.ADDRESS_INFO,
        ),
        page.key: gr.update(visible=provider in _WITH_KEY),
        page.connect: gr.update(visible=provider != "none"),
    }
