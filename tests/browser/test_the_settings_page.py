"""The Settings page in a real browser: a model connected, tried and let go of, by mouse and keyboard, on any screen."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect
from rehearsal import RehearsedCoach
from trialled import Provider, trier

from coach.journal.feedback import FeedbackBook
from coach.models.choice import load_choice
from coach.records import Record
from coach.settings import Settings
from coach.web import settings_texts as words
from coach.web import texts
from coach.web.app import create_app, launch_settings
from coach.web.desk import Desk
from coach.web.glossary import Glossary
from coach.web.model_desk import ModelDesk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OpenPage = Callable[..., Page]

KEY = "sk-that-nobody-may-see"
LONG_ADDRESS = "http://127.0.0.1:11434/a/very/long/path/that/a/server/behind/a/proxy/may/well/have/v1"

_ROOT = Path(__file__).parents[2]
_SCREENSHOTS = _ROOT / "docs" / "screenshots"
_DATA = json.loads((_ROOT / "tests" / "web" / "data" / "osaka.json").read_text(encoding="utf-8"))


class _Coach(RehearsedCoach):
    def reconnect(self, settings: Settings) -> None:
        self.settings = settings


class Served(NamedTuple):
    url: str
    data_dir: Path
    provider: Provider


def _served(settings: Settings, pause: float = 0.05) -> Iterator[Served]:
    coach, provider = _Coach(lambda _: Record.model_validate(_DATA["first"]["record"])), Provider()
    desk = Desk(
        coach=coach,
        glossary=Glossary(notes=_DATA["notes"]),
        book=FeedbackBook(settings.data_dir / "feedback.jsonl"),
        voice="Built-in voice. Nothing leaves this computer.",
        countries=("Finland", "Japan"),
    )
    desk.warmed.set()
    models = ModelDesk(settings, coach, connector=provider, trier=trier(pause))
    app = create_app(settings, desk, models=models)
    _, url, _ = app.launch(
        **launch_settings(settings) | {"server_port": None, "server_name": "127.0.0.1"}, prevent_thread_lock=True
    )
    yield Served(url, settings.data_dir, provider)
    app.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """The app with nothing connected; whatever is connected answers, or fails as its name says."""
    yield from _served(Settings(data_dir=tmp_path))


@pytest.fixture
def unhurried(tmp_path: Path) -> Iterator[Served]:
    """The app with a trial that lasts until it is stopped."""
    yield from _served(Settings(data_dir=tmp_path), pause=1.5)


def _to_settings(page: Page) -> None:
    page.get_by_role("link", name=texts.SETTINGS).click()
    expect(page.locator("#about-rapport h2")).to_be_visible(timeout=60_000)
    expect(page.locator("#standing-model")).not_to_be_empty()


def _fill_in(page: Page, provider: str, name: str, *, key: str = "", address: str = "") -> None:
    page.get_by_role("radio", name=words.PROVIDERS[provider].name, exact=True).check()
    page.get_by_label(words.NAME).fill(name)
    if address:
        page.get_by_label(words.ADDRESS).fill(address)
    if key:
        page.locator("#model-key input").fill(key)


def _connect(page: Page, *fields: str, **more: str) -> None:
    _fill_in(page, *fields, **more)
    page.get_by_role("button", name=words.CONNECT, exact=True).click()


def test_a_model_is_connected_and_let_go_of(served: Served, open_page: OpenPage) -> None:
    page = open_page(served.url)
    _to_settings(page)
    expect(page).to_have_title(texts.SETTINGS_TITLE)
    expect(page.get_by_text(words.NONE_SPEAKS)).to_be_visible()
    expect(page.get_by_role("button", name=words.DISCONNECT)).to_be_hidden()
    _connect(page, "openai", "gpt-5-mini", key=KEY)
    status = page.get_by_role("status").filter(has_text=words.CONNECTED)
    expect(status).to_be_visible()
    expect(page.locator("#model-key input")).to_have_value("")
    expect(page.get_by_text(words.KEY_KEPT)).to_be_visible()
    expect(page.locator("#privacy")).to_contain_text("api.openai.com")
    assert load_choice(served.data_dir).model == "openai:gpt-5-mini"
    assert KEY not in page.content()

    page.get_by_role("link", name=texts.COACH).click()
    expect(page.locator("#standing")).to_contain_text("Worded by gpt-5-mini through openai. What you write is sent there.")
    _to_settings(page)
    expect(page.get_by_label(words.NAME)).to_have_value("gpt-5-mini")
    expect(page.locator("#model-key input")).to_have_value("")
    assert KEY not in page.content()
    page.get_by_role("button", name=words.DISCONNECT).click()
    expect(page.get_by_role("status").filter(has_text=words.DISCONNECTED)).to_be_visible()
    expect(page.locator("#privacy")).to_contain_text(words.LEAVES_NOTHING)
    assert load_choice(served.data_dir).model is None


def test_a_model_that_does_not_answer_changes_nothing(served: Served, open_page: OpenPage) -> None:
    page = open_page(served.url)
    _to_settings(page)
    _connect(page, "anthropic", "wrong_key", key=KEY)
    message, remedy = next(said for reason, said in words.FAILURES.items() if reason.value == "wrong_key")
    expect(page.locator("#model-said")).to_contain_text(f"{message} {remedy}")
    expect(page.get_by_label(words.NAME)).to_have_value("wrong_key")
    expect(page.get_by_role("button", name=words.CONNECT, exact=True)).to_be_enabled()
    expect(page.get_by_text(words.NONE_SPEAKS)).to_be_visible()
    assert not (served.data_dir / "model.json").exists()


def test_a_trial_can_be_left_found_again_and_stopped(unhurried: Served, open_page: OpenPage) -> None:
    page = open_page(unhurried.url)
    _to_settings(page)
    _connect(page, "openai", "llama", address="http://127.0.0.1:11434/v1")
    page.get_by_role("button", name=words.TRY).click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.reload()
    expect(page.get_by_role("progressbar")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name=words.STOP_TRIAL).click()
    expect(page.locator("#worth")).to_contain_text(words.TRIAL_STOPPED, timeout=20_000)
    expect(page.get_by_role("progressbar")).to_have_count(0)
    expect(page.get_by_role("button", name=words.TRY)).to_be_visible()


def test_a_trial_says_what_the_model_is_worth(served: Served, open_page: OpenPage) -> None:
    page = open_page(served.url)
    _to_settings(page)
    _connect(page, "openai", "llama", address="http://127.0.0.1:11434/v1")
    page.get_by_role("button", name=words.TRY).click()
    said = page.get_by_role("status").filter(has_text="Its reading counts for: closeness, what you share and who wants more.")
    expect(said).to_be_visible(timeout=20_000)
    table = page.get_by_role("table", name=words.TABLE_CAPTION)
    expect(table.get_by_role("columnheader")).to_have_count(4)
    expect(table.get_by_role("rowheader").first).to_have_text(texts.JUDGEMENTS["phase"])


def test_all_can_be_done_by_keyboard(served: Served, open_page: OpenPage) -> None:
    page = open_page(served.url)
    _to_settings(page)

    def reach(selector: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", selector
                return
        pytest.fail(f"{selector} cannot be reached by keyboard")

    # Gradio 6.31 names each radio button differently, so that each is a stop of its own and arrow keys do nothing.
    reach("#provider input[value=openai]")
    page.keyboard.press("Space")
    expect(page.locator("#model-name input")).to_be_visible()
    reach("#model-name input")
    page.keyboard.type("gpt-5-mini")
    reach("#model-key input")
    page.keyboard.type(KEY)
    reach("#connect")
    page.keyboard.press("Enter")
    expect(page.locator("#model-said")).to_contain_text(words.CONNECTED)
    reach("#try")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 768, 1440])
def test_no_width_scrolls_sideways(served: Served, open_page: OpenPage, width: int, scheme: str) -> None:
    page = open_page(served.url, width=width, scheme=scheme)
    _to_settings(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    _connect(page, "openai", "a-model-with-a-name-of-considerable-length:q4_k_m", address=LONG_ADDRESS)
    expect(page.locator("#model-said")).to_contain_text(words.CONNECTED)
    page.get_by_role("button", name=words.TRY).click()
    expect(page.get_by_role("table")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate(
        "[...document.querySelectorAll('#settings :is(p, td, th, dd, dt, span, label, input, button)')]"
        ".filter(e => e.offsetParent && parseFloat(getComputedStyle(e).fontSize) < 12).map(e => e.outerHTML.slice(0, 80))"
    )
    assert small == []


@pytest.mark.parametrize("provider", ["openai", "gguf"])
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")])
def test_the_page_can_be_photographed(served: Served, open_page: OpenPage, width: int, scheme: str, provider: str) -> None:
    if os.environ.get("COACH_SCREENSHOTS") != "1":
        pytest.skip("set COACH_SCREENSHOTS=1 to write docs/screenshots")
    _SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page = open_page(served.url, width=width, scheme=scheme)
    _to_settings(page)
    if provider == "gguf":
        page.get_by_role("radio", name=words.PROVIDERS[provider].name).check()
        page.wait_for_timeout(500)
        page.screenshot(path=_SCREENSHOTS / f"settings-file-{width}-{scheme}.png")
        return
    # No trial: what a scripted model reaches is invented, and what is published shows true figures.
    _connect(page, "openai", "gpt-5-mini", key=KEY)
    expect(page.locator("#model-said")).to_contain_text(words.CONNECTED)
    page.evaluate(
        "([folder, usual]) => document.querySelectorAll('#privacy dd').forEach("
        "entry => { entry.textContent = entry.textContent.replace(folder, usual); })",
        [str(served.data_dir), "~/.local/share/rapport"],
    )
    page.wait_for_timeout(500)
    page.screenshot(path=_SCREENSHOTS / f"settings-{width}-{scheme}.png", full_page=True)
