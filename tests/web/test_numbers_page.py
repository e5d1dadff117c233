"""The Numbers page: a report where there is one, a calm word where there is none, and a way there and back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from measured import rich_report

from coach.evaluation import page_texts
from coach.settings import Settings
from coach.web import app as web_app
from coach.web import texts
from coach.web.app import create_app
from coach.web.numbers_page import numbers_html
from coach.web.render import masthead
from coach.web.theme import head


def _shown(app: object, page: str) -> str:
    config = app.config  # type: ignore[attr-defined]
    wanted = set(config["page"][page]["components"])
    return "".join(str(item["props"].get("value", "")) for item in config["components"] if item["id"] in wanted)


def test_the_report_stands_on_a_page_of_its_own(tmp_path: Path, desk_with, first) -> None:
    app = create_app(Settings(data_dir=tmp_path), desk_with(lambda _: first.record), rich_report())
    assert [page[0] for page in app.pages] == ["", texts.NUMBERS_PATH, texts.SETTINGS_PATH]
    assert page_texts.TITLE in _shown(app, texts.NUMBERS_PATH)
    assert page_texts.TITLE not in _shown(app, "")
    assert list(app.get_api_info()["named_endpoints"]) == ["/diagnose"]


def test_the_packaged_report_is_shown_where_none_is_given(
    tmp_path: Path, desk_with, first, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_app, "packaged_report", rich_report)
    app = create_app(Settings(data_dir=tmp_path), desk_with(lambda _: first.record))
    assert page_texts.TITLE in _shown(app, texts.NUMBERS_PATH)


def test_without_a_report_the_page_says_how_to_measure(
    tmp_path: Path, desk_with, first, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_app, "packaged_report", lambda: None)
    shown = _shown(create_app(Settings(data_dir=tmp_path), desk_with(lambda _: first.record)), texts.NUMBERS_PATH)
    assert texts.NO_NUMBERS_HEAD in shown
    assert "coach eval" in shown
    assert numbers_html(None) in shown


@pytest.mark.parametrize("page", texts.PAGES)
def test_the_present_page_is_marked_and_the_other_linked(page: str) -> None:
    links = re.findall(r'<a href="([^"]*)"( aria-current="page")?>([^<]*)</a>', masthead(page))
    assert [(name, address) for address, _, name in links] == list(texts.PAGES.items())
    assert [name for _, current, name in links if current] == [page]


def test_the_report_is_dressed_by_the_app() -> None:
    assert ".report .row" in head()
    assert ".pages a[aria-current]" in head()
