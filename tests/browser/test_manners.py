"""How the page behaves whatever the coach says: stopping, starting over, keyboard, narrow screens, hostile text."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from playwright.sync_api import Page, expect

from coach.web import texts

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OpenPage = Callable[..., Page]


def _send(page: Page, words: str) -> None:
    page.fill("#said textarea", words)
    page.press("#said textarea", "Enter")


def _answered(page: Page, times: int = 1) -> None:
    expect(page.locator(".sources")).to_have_count(times)
    expect(page.locator("#send")).to_be_visible()


def test_a_second_message_shows_what_changed(rehearsed, open_page: OpenPage, messages) -> None:
    page = open_page(rehearsed.url)
    _send(page, messages[0])
    _answered(page)
    assert page.locator(".place h2").inner_text() == "Just getting to know each other"
    _send(page, messages[1])
    _answered(page, 2)
    assert page.locator(".place h2").inner_text() == "Growing closer"
    assert "Just getting to know each other → now Growing closer" in " ".join(
        page.locator(".changes li").first.inner_text().split()
    )


def test_a_new_customer_leaves_nothing_of_the_old(rehearsed, open_page: OpenPage, messages) -> None:
    page = open_page(rehearsed.url)
    _send(page, messages[0])
    _answered(page)
    page.click("#renew")
    expect(page.locator(".exchange")).to_have_count(0)
    expect(page.locator("#examples")).to_be_visible()
    assert "Osaka" not in page.locator("#beside").inner_text()
    _send(page, "A buyer in Lyon.")
    _answered(page)
    expect(page.locator(".changes")).to_have_count(0)
    assert page.locator(".account .words").all_text_contents() == ["A buyer in Lyon."]


def test_a_new_customer_in_mid_answer_is_not_overtaken_by_the_old(rehearsed, open_page: OpenPage) -> None:
    page = open_page(rehearsed.url)
    _send(page, "About Elif; take your time.")
    expect(page.locator(".progress .now")).to_be_visible()
    page.click("#renew")
    expect(page.locator(".exchange")).to_have_count(0)
    page.wait_for_timeout(3500)
    expect(page.locator(".exchange")).to_have_count(0)
    expect(page.locator("#send")).to_be_visible()
    _send(page, "A buyer in Lyon.")
    _answered(page)
    assert "Elif" not in page.locator("#desk").inner_text()


def test_escape_stops_the_coach_and_keeps_the_words(rehearsed, open_page: OpenPage) -> None:
    page = open_page(rehearsed.url)
    _send(page, "About Elif; take your time.")
    expect(page.locator("#stop")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".notice")).to_have_text(texts.STOPPED)
    page.wait_for_timeout(2500)
    expect(page.locator(".reply")).to_have_count(0)
    _send(page, "She wrote again.")
    _answered(page)
    assert "take your time" in page.locator(".account").inner_text()


def test_all_can_be_done_by_keyboard(rehearsed, open_page: OpenPage, messages) -> None:
    page = open_page(rehearsed.url)
    expect(page.locator("#said textarea")).to_be_focused()
    page.keyboard.type("Two lines")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("of an account.")
    expect(page.locator("#said textarea")).to_have_value("Two lines\nof an account.")
    page.keyboard.press("Enter")
    _answered(page)

    def reach(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Shift+Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert outline != "none", selector
                return
        pytest.fail(f"{selector} cannot be reached by keyboard")

    reach("#helpful")
    reach("button.copy")
    reach("a.cite-link")
    page.keyboard.press("Enter")
    expect(page.locator("details.source[open]")).to_have_count(1)
    reach("#renew")
    page.keyboard.press("Enter")
    expect(page.locator(".exchange")).to_have_count(0)


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_no_width_scrolls_sideways(rehearsed, open_page: OpenPage, messages, width: int) -> None:
    page = open_page(rehearsed.url, width=width)
    _send(page, messages[0] + " " + "x" * 300)
    _answered(page)
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_phone_leads_down_to_where_you_stand(rehearsed, open_page: OpenPage, messages) -> None:
    page = open_page(rehearsed.url, width=390)
    _send(page, messages[0])
    _answered(page)
    page.locator("a.jump").click()
    expect(page.locator(".place h2")).to_be_in_viewport()


def test_hostile_text_stays_text(rehearsed, open_page: OpenPage) -> None:
    hostile = '<img src=x onerror="window.harmed=1"><script>window.harmed=1</script> ${window.harmed=1} {{7*7}}'
    page = open_page(rehearsed.url)
    _send(page, hostile)
    _answered(page)
    assert page.locator(".said .words").inner_text() == hostile
    assert "".join(page.locator(".account .words").all_text_contents()) == hostile
    assert page.evaluate("window.harmed") is None
    assert page.locator("#desk img").count() == 0


def test_an_error_is_said_calmly_and_the_words_come_back(rehearsed, open_page: OpenPage) -> None:
    page = open_page(rehearsed.url)
    _send(page, "This is too long.")
    expect(page.locator(".notice")).to_have_text("The account is longer than I can read. Shorten it, please.")
    expect(page.locator("#said textarea")).to_have_value("This is too long.")
    _send(page, "   ")
    expect(page.get_by_text(texts.NOTHING_SAID)).to_be_visible()


def test_a_rating_is_kept_on_this_computer(rehearsed, open_page: OpenPage, messages) -> None:
    page = open_page(rehearsed.url)
    _send(page, messages[0])
    _answered(page)
    page.click("#helpful")
    page.fill("#comment textarea", "That helped.")
    page.click("#save")
    expect(page.locator("#remark")).to_be_hidden()
    lines = [json.loads(line) for line in (rehearsed.data_dir / "feedback.jsonl").read_text().splitlines()]
    assert [(line["rating"], line["comment"]) for line in lines] == [("helpful", ""), ("helpful", "That helped.")]
    assert lines[0]["answer"] == lines[1]["answer"]
    assert lines[1]["account"] is None


def test_ones_own_culture_is_remembered_by_the_browser(rehearsed, open_page: OpenPage) -> None:
    page = open_page(rehearsed.url)
    page.get_by_role("button", name=texts.ABOUT_YOU).click()
    page.fill("#culture input", "Denmark")
    page.press("#culture input", "Enter")
    page.wait_for_timeout(800)
    page.reload()
    page.get_by_role("button", name=texts.ABOUT_YOU).click()
    expect(page.locator("#culture input")).to_have_value("Denmark")


def test_other_programs_can_ask_for_a_diagnosis(rehearsed, messages) -> None:
    client = Client(rehearsed.url, verbose=False)
    record = client.predict(account=messages[0], salesperson_culture="Finland", api_name="/diagnose")
    assert record["diagnosis"]["phase"]["label"] == "trial"
    with pytest.raises(AppError, match="Shorten it, please"):
        client.predict(account="too long", salesperson_culture="", api_name="/diagnose")
    client.close()
