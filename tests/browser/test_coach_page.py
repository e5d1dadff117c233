"""The Coach page in a real browser, with the real coach behind it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from coach.web import texts
from coach.web.examples import EXAMPLES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OpenPage = Callable[..., Page]

_SCREENSHOTS = Path(__file__).parents[2] / "docs" / "screenshots"


def _send(page: Page, words: str) -> None:
    answers = page.locator(".sources").count()
    page.fill("#said textarea", words)
    page.press("#said textarea", "Enter")
    expect(page.locator(".sources")).to_have_count(answers + 1)
    expect(page.locator("#send")).to_be_visible()


def test_an_account_gets_a_diagnosis_with_evidence_and_a_source_that_opens(real, open_page: OpenPage) -> None:
    page = open_page(real.url)
    page.get_by_role("button", name=EXAMPLES[0].title).click()
    expect(page.locator("#said textarea")).to_have_value(EXAMPLES[0].text)
    page.press("#said textarea", "Enter")
    expect(page.locator(".sources")).to_be_visible()

    assert page.locator(".place h2").inner_text() in {term.plain for term in texts.PHASES.values()}
    assert page.locator(".account mark").count() > 0
    assert page.locator(".notes li").count() > 0
    words = "".join(page.locator(".account .words").all_text_contents())
    assert words == EXAMPLES[0].text

    cited = page.locator("a.cite-link").first
    cited.click()
    opened = page.locator("details.source[open]")
    expect(opened).to_have_count(1)
    expect(opened.locator("blockquote")).to_be_visible()
    expect(opened.locator(".attribution")).not_to_be_empty()
    assert page.get_by_text("Nothing leaves this computer").is_visible()


def test_a_further_message_adds_to_the_account_and_says_what_changed(real, open_page: OpenPage) -> None:
    page = open_page(real.url)
    _send(page, EXAMPLES[0].text)
    expect(page.locator(".changes")).to_have_count(0)
    more = "Last week she told me about her mother's illness and wept, and I told her about my own father's last months."
    _send(page, more)
    expect(page.locator(".changes")).to_be_visible()
    words = "".join(page.locator(".account .words").all_text_contents())
    assert words.startswith(EXAMPLES[0].text)
    assert words.endswith(more)


def test_an_unclear_account_is_answered_with_a_question(real, open_page: OpenPage) -> None:
    page = open_page(real.url)
    _send(page, EXAMPLES[3].text)
    assert page.locator(".reply").inner_text().strip()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")])
def test_the_page_can_be_photographed(real, open_page: OpenPage, width: int, scheme: str) -> None:
    if os.environ.get("COACH_SCREENSHOTS") != "1":
        pytest.skip("set COACH_SCREENSHOTS=1 to write docs/screenshots")
    _SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page = open_page(real.url, width=width, scheme=scheme)
    page.wait_for_timeout(500)
    page.screenshot(path=_SCREENSHOTS / f"empty-{width}-{scheme}.png")
    _send(page, EXAMPLES[0].text)
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_timeout(800)
    page.screenshot(path=_SCREENSHOTS / f"answer-{width}-{scheme}.png")
    page.evaluate("document.querySelector('.evidence').scrollIntoView({block: 'start', behavior: 'instant'})")
    page.wait_for_timeout(300)
    page.screenshot(path=_SCREENSHOTS / f"evidence-{width}-{scheme}.png")
