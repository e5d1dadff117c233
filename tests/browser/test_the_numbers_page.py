"""The Numbers page in a real browser: reached from Coach by click and by keyboard, legible on any screen."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from measured import rich_report
from playwright.sync_api import Page, expect
from rehearsal import RehearsedCoach

from coach.evaluation import page_texts
from coach.evaluation.figures import Report, packaged_report
from coach.evaluation.page import report_file
from coach.journal.feedback import FeedbackBook
from coach.records import Record
from coach.settings import Settings
from coach.web import app as web_app
from coach.web import texts
from coach.web.app import create_app, launch_settings
from coach.web.desk import Desk
from coach.web.glossary import Glossary

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OpenPage = Callable[..., Page]

_ROOT = Path(__file__).parents[2]
_SCREENSHOTS = _ROOT / "docs" / "screenshots"
_DATA = json.loads((_ROOT / "tests" / "web" / "data" / "osaka.json").read_text(encoding="utf-8"))


def _served(data_dir: Path, report: Report | None) -> Iterator[str]:
    desk = Desk(
        coach=RehearsedCoach(lambda _: Record.model_validate(_DATA["first"]["record"])),
        glossary=Glossary(notes=_DATA["notes"]),
        book=FeedbackBook(data_dir / "feedback.jsonl"),
        voice="Built-in voice. Nothing leaves this computer.",
        countries=("Finland", "Japan"),
    )
    desk.warmed.set()
    settings = Settings(data_dir=data_dir)
    app = create_app(settings, desk, report)
    _, url, _ = app.launch(**launch_settings(settings) | {"server_port": None}, prevent_thread_lock=True)
    yield url
    app.close()


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app with a report in which nothing is missing."""
    yield from _served(tmp_path_factory.mktemp("data"), rich_report())


@pytest.fixture
def unmeasured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The app without a report."""
    monkeypatch.setattr(web_app, "packaged_report", lambda: None)
    yield from _served(tmp_path, None)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app with the report that came with this version, so that what is published shows true figures."""
    yield from _served(tmp_path_factory.mktemp("data"), packaged_report() or rich_report())


def _to_numbers(page: Page) -> None:
    page.get_by_role("link", name=texts.NUMBERS).click()
    expect(page.locator("#numbers h2").first).to_be_visible()


def test_numbers_is_a_click_away_and_so_is_the_way_back(measured: str, open_page: OpenPage) -> None:
    page = open_page(measured)
    ways = page.get_by_role("navigation", name=texts.PAGES_LABEL)
    expect(ways).to_have_count(1)
    expect(page.get_by_role("navigation")).to_have_count(1)
    expect(ways.get_by_role("link", name=texts.COACH)).to_have_attribute("aria-current", "page")
    _to_numbers(page)
    assert page.url == f"{measured}{texts.NUMBERS_PATH}"
    expect(page).to_have_title(texts.NUMBERS_TITLE)
    expect(page.get_by_role("heading", name=page_texts.TITLE)).to_be_visible()
    expect(page.get_by_role("navigation")).to_have_count(1)
    expect(ways.get_by_role("link", name=texts.NUMBERS)).to_have_attribute("aria-current", "page")
    expect(ways.get_by_role("link", name=texts.COACH)).not_to_have_attribute("aria-current", "page")
    ways.get_by_role("link", name=texts.COACH).click()
    expect(page.locator("#said textarea")).to_be_visible()
    assert page.url == measured


def test_numbers_can_be_reached_and_read_by_keyboard(measured: str, open_page: OpenPage) -> None:
    page = open_page(measured)

    def reach(selector: str, key: str) -> None:
        for _ in range(60):
            page.keyboard.press(key)
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", selector
                return
        pytest.fail(f"{selector} cannot be reached by keyboard")

    reach(f".pages a[href='{texts.NUMBERS_PATH}']", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#numbers h2").first).to_be_visible()
    reach("#numbers summary", "Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#numbers details[open]")).to_have_count(1)


def test_a_conversation_is_not_ended_by_a_look_at_the_numbers(measured: str, open_page: OpenPage) -> None:
    page = open_page(measured)
    page.fill("#said textarea", _DATA["first"]["said"])
    page.press("#said textarea", "Enter")
    expect(page.locator(".sources")).to_be_visible()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name=texts.NUMBERS).click()
    expect(opened.value.locator("#numbers h2").first).to_be_visible()
    expect(page.locator(".exchange")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 768, 1440])
def test_no_width_scrolls_sideways(measured: str, open_page: OpenPage, width: int, scheme: str) -> None:
    page = open_page(measured, width=width, scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    _to_numbers(page)
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate(
        "[...document.querySelectorAll('#numbers :is(p, td, th, li, small, dd, dt, text)')]"
        ".filter(e => parseFloat(getComputedStyle(e).fontSize) < 12).length"
    )
    assert small == 0


def test_without_a_report_the_page_says_so(unmeasured: str, open_page: OpenPage) -> None:
    page = open_page(unmeasured, width=390)
    _to_numbers(page)
    expect(page.get_by_role("heading", name=texts.NO_NUMBERS_HEAD)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("width", [390, 1440])
def test_the_file_opens_by_itself(open_page: OpenPage, measured: str, tmp_path: Path, width: int) -> None:
    path = tmp_path / "report.html"
    path.write_text(report_file(rich_report()), encoding="utf-8")
    context = open_page(measured, width=width, scheme="dark").context
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    assert asked == [path.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(24, 26, 30)"


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")])
def test_the_page_can_be_photographed(shipped: str, open_page: OpenPage, width: int, scheme: str) -> None:
    if os.environ.get("COACH_SCREENSHOTS") != "1":
        pytest.skip("set COACH_SCREENSHOTS=1 to write docs/screenshots")
    _SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page = open_page(shipped, width=width, scheme=scheme)
    _to_numbers(page)
    page.wait_for_timeout(500)
    page.screenshot(path=_SCREENSHOTS / f"numbers-{width}-{scheme}.png")
    for name, place in (
        ("agreement", "section:has(.key)"),
        ("confusions", "section:has(.confusion)"),
        ("curves", "section:has(.curves)"),
    ):
        # A report of a run that was broken off has no learning curve.
        if page.locator(place).count() == 0:
            continue
        page.evaluate("place => document.querySelector(place).scrollIntoView({block: 'start', behavior: 'instant'})", place)
        page.wait_for_timeout(300)
        page.screenshot(path=_SCREENSHOTS / f"numbers-{name}-{width}-{scheme}.png")
