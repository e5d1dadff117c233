"""Chromium, and the page served in this process, around the real coach or around a recorded conversation."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from rehearsal import RehearsedCoach

from coach.errors import AccountError
from coach.journal.feedback import FeedbackBook
from coach.records import Account, Record
from coach.settings import Settings
from coach.web.app import create_app, launch_settings
from coach.web.desk import Desk, build_desk
from coach.web.glossary import Glossary, Placing

_ROOT = Path(__file__).parents[2]
_DATA = json.loads((_ROOT / "tests" / "web" / "data" / "osaka.json").read_text(encoding="utf-8"))
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


class Served(NamedTuple):
    """A page that is being served."""

    url: str
    data_dir: Path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("COACH_CHROMIUM", "/usr/bin/chromium"), args=_ARGUMENTS
        )
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page of a given width; a request to anywhere but this computer, or a script error, fails the test."""
    contexts, strays = [], []

    def open_at(url: str, *, width: int = 1440, scheme: str = "light") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900 if width > 500 else 844}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: strays.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith((url, "data:", "blob:")) else strays.append(f"request to {request.url}")
            ),
        )
        page.goto(url)
        page.wait_for_selector("#said textarea")
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert strays == []


def _serve(settings: Settings, desk: Desk) -> Iterator[Served]:
    app = create_app(settings, desk)
    # Gradio looks for a free port itself where none is given.
    _, url, _ = app.launch(**launch_settings(settings) | {"server_port": None}, prevent_thread_lock=True)
    yield Served(url, Path(settings.data_dir))
    app.close()


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The page with the real coach behind it, its state in a folder of its own."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    desk = build_desk(settings)
    desk.warm_up()
    yield from _serve(settings, desk)


@pytest.fixture(scope="session")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The page with a recorded conversation behind it: quick, or slow where the account says "take your time"."""
    first, second = (Record.model_validate(_DATA[name]["record"]) for name in ("first", "second"))

    def script(account: Account) -> Record:
        if "too long" in account.text:
            raise AccountError("The account is longer than I can read.", "Shorten it, please.")
        if "take your time" in account.text:
            time.sleep(1.5)
        return second if _DATA["second"]["said"] in account.text else first

    data_dir = tmp_path_factory.mktemp("data")
    desk = Desk(
        coach=RehearsedCoach(script, pause=0.05),
        glossary=Glossary(notes=_DATA["notes"], placings={"Japan": Placing("hall", False)}),
        book=FeedbackBook(data_dir / "feedback.jsonl"),
        voice="Built-in voice. Nothing leaves this computer.",
        countries=("Denmark", "Finland", "Japan"),
    )
    desk.warmed.set()
    yield from _serve(Settings(data_dir=data_dir), desk)


@pytest.fixture(scope="session")
def messages() -> tuple[str, str]:
    """The two messages of the recorded conversation."""
    return _DATA["first"]["said"], _DATA["second"]["said"]
