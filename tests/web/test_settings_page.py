"""The Settings page: what it does with a model, and that no key leaves it."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pydantic import SecretStr
from trialled import Provider, report, trier

from coach.connected import TRUST_FILE
from coach.errors import ModelError
from coach.models.choice import ModelChoice, keep_choice, load_choice
from coach.models.failures import FailureReason
from coach.settings import Settings
from coach.web import settings_texts as words
from coach.web import texts
from coach.web.app import create_app
from coach.web.model_desk import ModelDesk, Wish, fetched_models
from coach.web.settings_view import (
    Lock,
    Standing,
    Trial,
    destination,
    privacy_html,
    report_html,
    said_html,
    standing_html,
    trial_html,
    worth_html,
)
from coach.web.theme import head

KEY = "sk-that-nobody-may-see"
LOCAL = "http://127.0.0.1:11434/v1"
SECONDS = 20.0


class Chain:
    """Notes what it is told to use; refuses where it should."""

    def __init__(self) -> None:
        self.used: list[str | None] = []
        self.refuses = False

    def reconnect(self, settings: Settings) -> None:
        if self.refuses:
            raise ModelError("It cannot be used.", "Use another.")
        self.used.append(settings.model)


class Bench(NamedTuple):
    """A model desk with everything around it scripted."""

    desk: ModelDesk
    chain: Chain
    provider: Provider
    data_dir: Path


@pytest.fixture
def bench(tmp_path: Path) -> Callable[..., Bench]:
    def build(pause: float = 0.0, figures: dict[str, Any] | None = None, **settings: Any) -> Bench:
        chain, provider = Chain(), Provider()
        own = Settings(data_dir=tmp_path, **settings)
        return Bench(
            ModelDesk(own, chain, connector=provider, trier=trier(pause, **(figures or {}))), chain, provider, tmp_path
        )

    return build


def _ended(desk: ModelDesk) -> Trial:
    deadline = time.monotonic() + SECONDS
    trial = desk.trial
    while trial is not None and trial.running and time.monotonic() < deadline:
        trial = desk.await_news(trial, 1.0)
    assert trial is not None
    assert not trial.running
    return trial


def test_a_model_that_answers_is_kept_and_used(bench) -> None:
    at = bench()
    at.desk.connect(Wish(provider="openai", name=" gpt-5-mini ", key=f" {KEY}\n"))
    assert load_choice(at.data_dir) == ModelChoice(model="openai:gpt-5-mini", key=SecretStr(KEY))
    assert at.chain.used == ["openai:gpt-5-mini"]
    assert [(settings.model_cache, key) for settings, key in at.provider.asked] == [(False, KEY)]
    standing = at.desk.standing()
    assert (standing.settings.model, standing.key_kept, standing.lock) == ("openai:gpt-5-mini", True, None)
    at.desk.disconnect()
    assert at.chain.used[-1] is None
    assert list(at.data_dir.iterdir()) == []


class KeyCase(NamedTuple):
    id: str
    wish: Wish
    key: str | None


KEY_CASES = [
    KeyCase("another model of the same provider", Wish(provider="openai", name="gpt-5"), KEY),
    KeyCase("another provider", Wish(provider="anthropic", name="claude"), None),
    KeyCase("another address", Wish(provider="openai", name="gpt-5-mini", address="https://elsewhere.example/v1"), None),
    KeyCase("a new key", Wish(provider="openai", name="gpt-5-mini", key="sk-new"), "sk-new"),
    KeyCase("a file", Wish(provider="gguf", name="model.gguf", key="sk-new"), None),
]


@pytest.mark.parametrize("case", KEY_CASES, ids=lambda case: case.id)
def test_a_kept_key_is_sent_only_where_it_was_kept_for(case: KeyCase, bench) -> None:
    at = bench()
    keep_choice(at.data_dir, ModelChoice(model="openai:gpt-5-mini", key=SecretStr(KEY)))
    at.desk.connect(case.wish)
    kept = load_choice(at.data_dir).key
    assert at.provider.asked[-1][1] == (kept and kept.get_secret_value()) == case.key


class Refused(NamedTuple):
    id: str
    wish: Wish
    message: str


REFUSED = [
    *(
        Refused(reason.value, Wish(provider="openai", name=f"x-{reason.value}", key=KEY), words.FAILURES[reason][0])
        for reason in (FailureReason.WRONG_KEY, FailureReason.UNREACHABLE, FailureReason.TOO_SLOW, FailureReason.MALFORMED)
    ),
    Refused("no name", Wish(provider="anthropic", name="  "), words.NO_NAME[0]),
    Refused("no file", Wish(provider="gguf"), words.NO_FILE[0]),
    Refused("no provider", Wish(provider="evil", name="x"), words.NO_NAME[0]),
    Refused("no scheme", Wish(provider="openai", name="x", address="127.0.0.1:11434"), words.BAD_ADDRESS[0]),
    Refused("another scheme", Wish(provider="openai", name="x", address="file:///etc/passwd"), words.BAD_ADDRESS[0]),
    Refused("a key in the address", Wish(provider="openai", name="x", address=f"https://u:{KEY}@h/v1"), words.BAD_ADDRESS[0]),
    Refused("a broken address", Wish(provider="openai", name="x", address="http://[::1/v1"), words.BAD_ADDRESS[0]),
    Refused("a key of two lines", Wish(provider="openai", name="x", key=f"{KEY}\r\nX-Other: 1"), words.BAD_KEY[0]),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.id)
def test_what_cannot_be_connected_changes_nothing(case: Refused, bench, caplog: pytest.LogCaptureFixture) -> None:
    at = bench()
    before = ModelChoice(model="openai:llama", base_url=LOCAL)
    keep_choice(at.data_dir, before)
    with caplog.at_level(logging.DEBUG), pytest.raises(ModelError) as caught:
        at.desk.connect(case.wish)
    assert caught.value.message == case.message
    assert load_choice(at.data_dir) == before
    assert at.chain.used == []
    assert KEY not in f"{caught.value}{caplog.text}{case.wish!r}"


def test_a_model_that_the_chain_refuses_is_not_kept(bench) -> None:
    at = bench()
    at.chain.refuses = True
    with pytest.raises(ModelError, match="It cannot be used"):
        at.desk.connect(Wish(provider="openai", name="gpt-5-mini", key=KEY))
    assert load_choice(at.data_dir) == ModelChoice()


@pytest.mark.parametrize(
    ("own", "lock"), [({"model": "openai:x"}, Lock.ENVIRONMENT), ({"host": "0.0.0.0"}, Lock.SHARED), ({"host": "::1"}, None)]
)
def test_who_may_choose(own: dict[str, str], lock: Lock | None, bench) -> None:
    at = bench(**own)
    assert at.desk.lock is lock
    if lock is None:
        return
    for deed in (lambda: at.desk.connect(Wish(provider="gguf", name="x")), at.desk.disconnect):
        with pytest.raises(ModelError):
            deed()
    assert at.provider.asked == []
    assert words.BY_ENVIRONMENT in standing_html(at.desk.standing()) or lock is Lock.SHARED


def test_a_damaged_choice_can_be_replaced(bench) -> None:
    at = bench()
    (at.data_dir / "model.json").write_text("{")
    with pytest.raises(ModelError, match="damaged"):
        at.desk.standing()
    at.desk.connect(Wish(provider="openai", name="gpt-5-mini"))
    assert at.desk.standing().settings.model == "openai:gpt-5-mini"


def test_a_trial_tells_how_far_it_is_and_what_the_model_is_worth(bench) -> None:
    at = bench(pause=0.01)
    at.desk.connect(Wish(provider="openai", name="llama", address=LOCAL))
    at.desk.start_trial(24)
    with pytest.raises(ModelError, match="tried already"):
        at.desk.start_trial(24)
    with pytest.raises(ModelError) as caught:
        at.desk.disconnect()
    assert caught.value.remedy == words.STOP_FIRST_REMEDY
    trial = _ended(at.desk)
    assert trial.report is not None
    assert at.desk.standing().trust == trial.report.trust
    assert at.chain.used == ["openai:llama", "openai:llama"]
    assert at.provider.asked[-1][0].model_cache is False


def test_a_stopped_trial_teaches_nothing(bench) -> None:
    at = bench(pause=0.05)
    at.desk.connect(Wish(provider="openai", name="llama", address=LOCAL))
    at.desk.start_trial(60)
    at.desk.stop_trial()
    assert _ended(at.desk).notice == words.TRIAL_STOPPED
    assert not (at.data_dir / TRUST_FILE).exists()
    at.desk.start_trial(24)
    assert _ended(at.desk).report is not None


def test_a_trial_with_too_few_answers_says_so(bench) -> None:
    at = bench(figures={"answered": 12})
    at.desk.connect(Wish(provider="openai", name="llama", address=LOCAL))
    at.desk.start_trial(24)
    shown = worth_html(at.desk.standing(), _ended(at.desk))
    assert words.TOO_FEW in shown
    assert words.UNTRIED in shown


def test_a_trial_that_breaks_is_told_calmly(bench, caplog: pytest.LogCaptureFixture) -> None:
    at = bench(figures={"unknown": KEY})
    at.desk.connect(Wish(provider="openai", name="llama", address=LOCAL))
    at.desk.start_trial(24)
    assert _ended(at.desk).notice == words.UNEXPECTED
    assert KEY not in caplog.text
    assert "TypeError" in caplog.text


def test_nothing_is_tried_where_nothing_is_connected(bench) -> None:
    with pytest.raises(ModelError, match=words.NONE_SPEAKS):
        bench().desk.start_trial(24)


@pytest.mark.parametrize(
    ("model", "address", "host"),
    [
        (None, None, None),
        ("gguf:/models/small.gguf", None, None),
        ("gguf:/models/small.gguf", "https://models.example/v1", None),
        ("openai:llama", LOCAL, None),
        ("openai:llama", "http://[::1]:8080/v1", None),
        ("openai:llama", "http://box.localhost/v1", None),
        ("openai:llama", "http://127.0.0.1.evil.example/v1", "127.0.0.1.evil.example"),
        ("openai:llama", "http://192.168.0.9/v1", "192.168.0.9"),
        ("openai:gpt-5-mini", None, "OpenAI (api.openai.com)"),
        ("mistralai:small", None, "mistralai"),
    ],
)
def test_where_words_go_is_said(model: str | None, address: str | None, host: str | None, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, model=model, model_base_url=address)
    assert destination(settings) == host
    shown = privacy_html(settings)
    assert (words.LEAVES_NOTHING in shown) == (host is None)
    assert (words.UNENCRYPTED in shown) == (host is not None and (address or "").startswith("http:"))
    if host:
        assert host in shown


def test_tracing_is_never_kept_quiet(tmp_path: Path) -> None:
    shown = privacy_html(Settings(data_dir=tmp_path, tracing="langsmith"))
    assert "LangSmith" in shown
    assert words.LEAVES_NOTHING not in shown
    assert "LangSmith" in texts.voice_line(None, None, "langsmith")
    assert "Nothing leaves" not in texts.voice_line("gguf:small.gguf", None, "opentelemetry")


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ({"phase": 0.5}, "Its reading counts for: closeness."),
        ({"phase": 0.5, "cq.cognitive": 1.0}, "Its reading counts for: closeness and knowing."),
        ({}, words.NOT_USED),
    ],
)
def test_what_a_reading_counts_for_is_said_plainly(shares: dict[str, float], said: str, tmp_path: Path) -> None:
    standing = Standing(settings=Settings(data_dir=tmp_path, model="openai:x"), trust=report("x", shares=shares).trust)
    assert said in worth_html(standing)


def test_the_table_names_every_judgement_and_reads_aloud() -> None:
    found = report("openai:x")
    shown = report_html(found)
    assert shown.count('<th scope="row">') == len(found.agreement)
    assert f"<caption>{words.TABLE_CAPTION}</caption>" in shown
    assert "<td>half</td>" in shown
    assert "<td>0.81</td>" in shown
    assert "−0." in shown
    assert report_html(report("openai:x", answered=0)).count("<table") == 0
    assert "24 took too long" in report_html(report("openai:x", answered=0))


def test_names_from_outside_stay_text(tmp_path: Path) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    settings = Settings(data_dir=tmp_path / hostile, model=f"openai:{hostile}", model_base_url=f"http://h{hostile}/v1")
    for shown in (standing_html(Standing(settings=settings)), privacy_html(settings), said_html(hostile, amiss=True)):
        assert "<img" not in shown


def test_a_bar_shows_a_running_trial_alone() -> None:
    assert 'value="3" max="24"' in trial_html(Trial(done=3, total=24))
    assert words.STARTING in trial_html(Trial())
    assert words.STOPPING in trial_html(Trial(stopping=True))
    assert trial_html(Trial(running=False)) == ""


def test_fetched_models_are_offered(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    row = {
        "name": "tiny",
        "title": "Tiny",
        "licence": "MIT",
        "size": 4,
        "sha256": "0" * 64,
        "hub": {"repo": "a/b", "file": "t.gguf"},
    }
    (tmp_path / "corpus" / "models.yaml").write_text(json.dumps([row]), encoding="utf-8")
    settings = Settings(data_dir=tmp_path, corpus_dir=tmp_path / "corpus")
    assert fetched_models(settings) == []
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "tiny.gguf").write_bytes(b"GGUF")
    assert fetched_models(settings) == [("Tiny", str(tmp_path / "models" / "tiny.gguf"))]


def test_the_page_adds_no_public_endpoint_and_holds_no_key(tmp_path: Path, desk_with, bench) -> None:
    at = bench()
    keep_choice(at.data_dir, ModelChoice(model="openai:gpt-5-mini", key=SecretStr(KEY)))
    app = create_app(Settings(data_dir=tmp_path), desk_with(lambda _: None), models=at.desk)
    assert list(app.get_api_info()["named_endpoints"]) == ["/diagnose"]
    assert KEY not in json.dumps(app.config, default=str)
    for block in app.fns.values():
        if (
            block.inputs
            or block.fn is None
            or block.api_visibility != "private"
            or block.name not in ("open_page", "unchanging")
        ):
            continue
        shown = block.fn()
        for update in shown if isinstance(shown, Iterator) else [shown]:
            assert KEY not in str(update)


def test_the_page_is_dressed_by_the_app() -> None:
    assert ".settings-facts" in head()


def test_a_watcher_is_told_of_news_at_once(bench) -> None:
    at = bench(pause=0.02)
    at.desk.connect(Wish(provider="openai", name="llama", address=LOCAL))
    told: list[Trial | None] = []
    watcher = threading.Thread(target=lambda: told.append(at.desk.await_news(None, SECONDS)))
    watcher.start()
    at.desk.start_trial(24)
    watcher.join(SECONDS)
    assert told[0] is not None
    _ended(at.desk)
