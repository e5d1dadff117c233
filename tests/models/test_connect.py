"""Connecting a language model: what is wrong is said at once, what is sent goes where it should, and nothing is sent before."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from coach.chain import Coach, build_coach
from coach.errors import ModelError
from coach.models import LanguageModel, connect
from coach.models.usage import Meter
from coach.records import Account
from coach.settings import Settings, load_settings
from models import faulty_server as faulty
from models.faulty_server import Behaviour, FaultyServer, Handler, Request

PROMPT = "Mr Kuroda and I talk about the weather."


def connected(**settings: Any) -> LanguageModel:
    model = connect(load_settings(**settings))
    assert model is not None
    return model


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
    Case(id="no file", model="gguf:/nowhere/model.gguf", message="no model file", remedy="coach model list"),
    Case(id="no model fetched", model="gguf:nosuch", message="no model file nosuch", remedy="coach model list"),
]


@pytest.fixture
def _no_other_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stops provider packages that a developer has installed from changing what a test sees."""
    for package in ("langchain_anthropic", "langchain_groq"):
        monkeypatch.setitem(sys.modules, package, None)


@pytest.mark.usefixtures("_no_other_providers")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_cannot_be_connected_is_said_with_the_remedy(case: Case) -> None:
    with pytest.raises(ModelError) as caught:
        connect(load_settings(model=case.model))
    assert case.message in caught.value.message
    assert case.remedy in caught.value.remedy


def test_a_file_that_is_no_model_is_said_at_once(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"no model")
    with pytest.raises(ModelError):
        connect(load_settings(model=f"gguf:{path}"))


def test_the_runner_of_files_that_is_not_installed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    monkeypatch.setitem(sys.modules, "coach.models.gguf", None)
    with pytest.raises(ModelError, match="pip install"):
        connect(load_settings(model=f"gguf:{tmp_path / 'model.gguf'}"))


@pytest.fixture
def fetched(smollm2_path: Path, tmp_path: Path) -> Path:
    """A data folder with a fetched model."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "smollm2.gguf").symlink_to(smollm2_path)
    return tmp_path


def test_a_fetched_model_is_connected_by_its_name_or_its_path(fetched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(fetched))
    for name in ("smollm2", str(fetched / "models" / "smollm2.gguf"), "~/models/smollm2.gguf"):
        model = connected(model=f"gguf:{name}", data_dir=fetched, model_context=2048)
        assert str(fetched) not in model.name
        assert model.name.startswith("gguf:")
        assert model.name.endswith(".gguf")


@pytest.mark.slow
def test_a_model_in_a_file_answers_and_costs_nothing(fetched: Path) -> None:
    model, meter = connected(model="gguf:smollm2", data_dir=fetched, model_context=1024), Meter()
    pieces = model.stream("Say hello.", seconds=60, meter=meter)
    assert next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert (meter.usage.calls, meter.usage.failed_calls, meter.usage.cost) == (1, 0, 0.0)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyServer]:
    """A provider on this machine."""
    with FaultyServer().running() as running:
        monkeypatch.setenv("COACH_MODEL", "openai:test")
        monkeypatch.setenv("COACH_MODEL_BASE_URL", running.address)
        yield running


def test_connecting_sends_nothing(server: FaultyServer) -> None:
    assert connected().name == "openai:test"
    assert server.requests == []


def test_a_model_is_asked_without_chance(server: FaultyServer) -> None:
    connected().complete(PROMPT, seconds=5)
    (request,) = server.requests
    assert (request["path"], request["model"], request["temperature"]) == ("/v1/chat/completions", "test", 0)
    assert request["messages"] == [{"role": "user", "content": PROMPT}]


TEMPERATURES = [("gpt-5-mini", None), ("gpt-5-chat-latest", 0), ("o3-mini", None), ("gpt-4.1", 0), ("gpt-oss-20b", 0)]


@pytest.mark.parametrize(("name", "temperature"), TEMPERATURES)
def test_models_that_take_no_temperature_get_none(
    name: str, temperature: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a key")
    assert getattr(connected(model=f"openai:{name}")._chat, "temperature", None) == temperature


def test_a_server_on_this_machine_needs_no_key(server: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    connected().complete(PROMPT, seconds=5)
    monkeypatch.setenv("OPENAI_API_KEY", "")
    connected(model_cache=False).complete(PROMPT, seconds=5)
    monkeypatch.setenv("OPENAI_API_KEY", "a-key")
    connected(model_cache=False).complete(PROMPT, seconds=5)
    assert [request["key"] for request in server.requests] == ["Bearer none", "Bearer none", "Bearer a-key"]


NEAR = ["http://localhost:1/v1", "http://127.0.0.1:1/v1", "http://127.9.9.9/v1", "http://[::1]:1/v1", "http://llm.localhost/v1"]
FAR = [
    "https://llm.example.org/v1",
    "http://192.168.1.2/v1",
    "http://127.0.0.1.example.org/v1",
    "http://localhost@example.org/",
]


@pytest.mark.parametrize("address", NEAR)
def test_this_machine_is_known_by_its_names(address: str) -> None:
    assert connected(model="openai:test", model_base_url=address).name == "openai:test"


@pytest.mark.parametrize("address", FAR)
def test_other_machines_need_a_key(address: str) -> None:
    with pytest.raises(ModelError, match="key"):
        connect(load_settings(model="openai:test", model_base_url=address))


def test_a_server_on_this_machine_is_not_reached_through_a_proxy(server: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultyServer().running() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "OPENAI_PROXY"):
            monkeypatch.setenv(name, proxy.address.removesuffix("/v1"))
        connected().complete(PROMPT, seconds=5)
        assert len(server.requests) == 1
        assert proxy.requests == []


def test_answers_are_kept_in_the_data_folder_unless_switched_off(server: FaultyServer, tmp_path: Path) -> None:
    for is_kept in (False, True):
        folder = tmp_path / str(is_kept)
        for _ in range(2):
            connected(data_dir=folder, model_cache=is_kept).complete(PROMPT, seconds=5)
        assert (folder / "model-calls.sqlite").exists() is is_kept
    assert len(server.requests) == 3


def test_a_data_folder_that_cannot_be_used_does_not_stop_the_model(server: FaultyServer, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert connected(data_dir=tmp_path / "file").complete(PROMPT, seconds=5) == f"{faulty.GOOD_TEXT} "


def test_a_cost_needs_both_prices(server: FaultyServer) -> None:
    for prices, is_known in (
        ({}, False),
        ({"model_price_input": 1.0}, False),
        ({"model_price_input": 1.0, "model_price_output": 2.0}, True),
    ):
        meter = Meter()
        connected(model_cache=False, **prices).complete(PROMPT, seconds=5, meter=meter)
        assert (meter.usage.cost is not None) is is_known


def test_the_package_imports_no_library_of_models() -> None:
    import subprocess

    heavy = "langchain, langchain_core, langchain_openai, openai, httpx, xllamacpp"
    code = f"import sys, coach.models; print([m for m in '{heavy}'.split(', ') if m in sys.modules])"
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    began = time.monotonic()
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert ran.stdout.strip() == "[]"
    assert time.monotonic() - began < 30


ACCOUNT = "I'm Finnish. Mr Kuroda in Osaka and I talk about the weather and the flight, and then about the order."


def _echoes(handler: Handler, request: Request) -> None:
    """Answer with the very lines that are to be worded."""
    lines = request["messages"][-1]["content"].rsplit("<lines>", 1)[1].split("</lines>")[0]
    faulty.answers(lines)(handler, request)


@dataclass(frozen=True, kw_only=True)
class Turn:
    id: str
    behaviour: Behaviour
    is_used: bool = False


TURNS = [
    Turn(id="a good reply is used", behaviour=_echoes, is_used=True),
    Turn(id="an inventing one is not", behaviour=faulty.answers("1: He told you “I have never had a better supplier” [Q99].")),
    Turn(id="a hanging one is not", behaviour=faulty.hangs),
    Turn(id="a failing one is not", behaviour=faulty.error(500)),
]


@pytest.mark.slow
@pytest.mark.parametrize("turn", TURNS, ids=lambda turn: turn.id)
def test_a_connected_model_words_the_reply_or_the_built_in_voice_does(
    turn: Turn, server: FaultyServer, settings: Settings, coach: Coach
) -> None:
    server.script = [turn.behaviour]
    talking = build_coach(load_settings(data_dir=settings.data_dir, model_wording_seconds=4.0, model_cache=False))
    record = talking.invoke(Account(text=ACCOUNT))["record"]
    composed = coach.invoke(Account(text=ACCOUNT))["record"]
    assert server.requests
    assert (record.engine.voice, record.engine.note is None) == (
        ("openai:test", True) if turn.is_used else (composed.engine.voice, False)
    )
    assert record.diagnosis == composed.diagnosis
    assert record.advice == composed.advice
    assert record.questions == composed.questions
