"""Connecting a language model: what is wrong is said at once; what goes wrong later lets the built-in voice answer."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from coach.chain import build_coach
from coach.errors import ModelError
from coach.models import connect
from coach.records import Account, Record
from coach.settings import Settings, load_settings
from coach.speaking.voices import BUILT_IN, FAILED_CHECK, FELL_BACK

ACCOUNT = "I'm Finnish. Mr Kuroda in Osaka and I talk about the weather and the flight, and then about the order."
GOOD = "You and Mr Kuroda are on polite terms: “talk about the weather and the flight”. Keep it light for now."
INVENTED = f"{GOOD} He told you “I have never had a better supplier” [Q99]."
TIMEOUT = 1.0


def test_without_a_name_there_is_no_model() -> None:
    assert connect(load_settings()) is None


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    model: str
    message: str
    remedy: str


CASES = [
    Case(id="no provider", model="gpt-5-mini", message="provider and a model", remedy="COACH_MODEL=openai:"),
    Case(id="no name", model="openai:", message="provider and a model", remedy="COACH_MODEL=openai:"),
    Case(id="nothing before the colon", model=":gpt-5-mini", message="provider and a model", remedy="unset it"),
    Case(id="empty", model="", message="provider and a model", remedy="unset it"),
    Case(id="unknown provider", model="nosuch:thing", message="provider nosuch", remedy="openai"),
    Case(
        id="package not installed",
        model="anthropic:claude",
        message="anthropic is not installed",
        remedy="pip install 'rapport-coach[anthropic]'",
    ),
    Case(
        id="package not installed, no extra of ours",
        model="groq:llama",
        message="groq is not installed",
        remedy="pip install langchain-groq",
    ),
    Case(id="no key", model="openai:gpt-5-mini", message="openai:gpt-5-mini cannot be connected", remedy="key"),
]


@pytest.fixture
def _no_other_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stops provider packages that a developer has installed from changing what a test sees."""
    for package in ("langchain_anthropic", "langchain_groq"):
        monkeypatch.setitem(sys.modules, package, None)


@pytest.mark.usefixtures("_no_other_providers")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_cannot_be_connected_is_said_with_the_remedy(case: Case, settings: Settings) -> None:
    with pytest.raises(ModelError) as caught:
        build_coach(settings.model_copy(update={"model": case.model}))
    assert case.message in caught.value.message
    assert case.remedy in caught.value.remedy


@dataclass
class Provider:
    """A server on this machine that speaks OpenAI's chat-completions protocol, as a script has it.

    Attributes:
        reply: what it answers; None where it never does.
        status: its HTTP status.
        requests: what it was asked.
    """

    reply: str | None = GOOD
    status: int = 200
    requests: list[dict[str, Any]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    address: str = ""


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """A provider that runs for one test, reached without any proxy of the developer's."""
    script = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            script.requests.append({"path": self.path, **body})
            if script.reply is None:
                script.released.wait(20)
                return
            answer: dict[str, Any] = {"error": {"message": "broken", "type": "server_error"}}
            if script.status == 200:
                choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": script.reply}}
                answer = {"id": "1", "object": "chat.completion", "created": 0, "model": "test", "choices": [choice]}
            payload = json.dumps(answer).encode()
            self.send_response(script.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named by http.server
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    script.address = f"http://127.0.0.1:{server.server_port}/v1"
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COACH_MODEL", "openai:test")
    monkeypatch.setenv("COACH_MODEL_BASE_URL", script.address)
    monkeypatch.setenv("COACH_MODEL_TIMEOUT", str(TIMEOUT))
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    yield script
    script.released.set()
    server.shutdown()
    server.server_close()
    thread.join(5)


def _ask(settings: Settings) -> Record:
    coach = build_coach(load_settings(data_dir=settings.data_dir))
    assert coach.voice_name == "openai:test"
    return coach.invoke(Account(text=ACCOUNT))["record"]


@dataclass(frozen=True, kw_only=True)
class Answer:
    id: str
    reply: str | None
    status: int = 200
    voice: str = BUILT_IN
    note: str | None


ANSWERS = [
    Answer(id="a good reply is used", reply=GOOD, voice="openai:test", note=None),
    Answer(id="an inventing one falls back", reply=INVENTED, note=FAILED_CHECK),
    Answer(id="a hanging one falls back", reply=None, note=FELL_BACK),
    Answer(id="a failing one falls back", reply="", status=500, note=FELL_BACK),
]


@pytest.mark.slow
@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.id)
def test_a_connected_model_words_the_reply_or_the_built_in_voice_does(
    answer: Answer, provider: Provider, settings: Settings
) -> None:
    provider.reply, provider.status = answer.reply, answer.status
    record = _ask(settings)
    assert (record.engine.voice, record.engine.note) == (answer.voice, answer.note)
    assert (record.reply == GOOD) == (answer.voice == "openai:test")
    assert provider.requests[0]["path"] == "/v1/chat/completions"


@pytest.mark.slow
def test_a_model_changes_the_words_and_nothing_else(provider: Provider, settings: Settings, coach: Any) -> None:
    worded, composed = _ask(settings), coach.invoke(Account(text=ACCOUNT))["record"]
    assert (worded.diagnosis, worded.advice, worded.questions) == (
        composed.diagnosis,
        composed.advice,
        composed.questions,
    )
    assert worded.reply == GOOD != composed.reply
    assert str(worded.engine.prompt).startswith("speaking/reply@")


@pytest.mark.slow
def test_a_model_is_asked_without_chance(provider: Provider, settings: Settings) -> None:
    _ask(settings)
    (request,) = provider.requests
    assert (request["model"], request["temperature"]) == ("test", 0)
    assert ACCOUNT in json.dumps(request["messages"], ensure_ascii=False)
