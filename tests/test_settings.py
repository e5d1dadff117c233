"""Settings come from COACH_* variables, once, and a wrong one is named with an example."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import pytest
from pydantic import ValidationError

from coach.errors import SettingsError
from coach.settings import Settings, go_offline, load_settings


def test_without_variables_everything_has_a_default(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.data_dir == tmp_path / "data"
    assert (settings.encoder, settings.model, settings.host, settings.port) == ("packaged", None, "127.0.0.1", 7860)


def test_the_data_folder_falls_back_to_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COACH_DATA_DIR")
    assert load_settings().data_dir.name == "rapport"
    assert load_settings().data_dir.is_absolute()


class Good(NamedTuple):
    variable: str
    value: str
    field: str
    expected: object


GOOD = [
    Good("COACH_DATA_DIR", "/var/lib/rapport", "data_dir", Path("/var/lib/rapport")),
    Good("COACH_CORPUS_DIR", "/srv/corpus", "corpus_dir", Path("/srv/corpus")),
    Good("COACH_PROMPTS_DIR", "/srv/prompts", "prompts_dir", Path("/srv/prompts")),
    Good("COACH_ENCODER", "/srv/model", "encoder", "/srv/model"),
    Good("COACH_ENCODER_THREADS", "4", "encoder_threads", 4),
    Good("COACH_WEIGHTS_DIR", "/srv/weights", "weights_dir", Path("/srv/weights")),
    Good("COACH_LANGUAGES", '["en", "fi"]', "languages", frozenset({"en", "fi"})),
    Good("COACH_MODEL", "openai:some-model", "model", "openai:some-model"),
    Good("COACH_MODEL_BASE_URL", "http://127.0.0.1:11434/v1", "model_base_url", "http://127.0.0.1:11434/v1"),
    Good("COACH_MODEL_READING_SECONDS", "2.5", "model_reading_seconds", 2.5),
    Good("COACH_MODEL_WORDING_SECONDS", "600", "model_wording_seconds", 600.0),
    Good("COACH_MODEL_CACHE", "false", "model_cache", False),
    Good("COACH_MODEL_PRICE_INPUT", "0.25", "model_price_input", 0.25),
    Good("COACH_MODEL_PRICE_OUTPUT", "2", "model_price_output", 2.0),
    Good("COACH_MODEL_CONTEXT", "4096", "model_context", 4096),
    Good("COACH_TRACING", "langsmith", "tracing", "langsmith"),
    Good("COACH_HOST", "0.0.0.0", "host", "0.0.0.0"),
    Good("COACH_PORT", "7861", "port", 7861),
]


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.variable)
def test_a_variable_sets_its_field(case: Good, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(case.variable, case.value)
    assert getattr(load_settings(), case.field) == case.expected


def test_every_setting_has_a_variable_that_is_tried() -> None:
    assert {case.field for case in GOOD} == set(Settings.model_fields)


class Bad(NamedTuple):
    variable: str
    value: str


BAD = [
    Bad("COACH_PORT", "0"),
    Bad("COACH_PORT", "65536"),
    Bad("COACH_PORT", "http"),
    Bad("COACH_PORT", ""),
    Bad("COACH_ENCODER_THREADS", "0"),
    Bad("COACH_ENCODER_THREADS", "257"),
    Bad("COACH_ENCODER_THREADS", "two"),
    Bad("COACH_MODEL_READING_SECONDS", "0"),
    Bad("COACH_MODEL_READING_SECONDS", "601"),
    Bad("COACH_MODEL_READING_SECONDS", "nan"),
    Bad("COACH_MODEL_WORDING_SECONDS", "0"),
    Bad("COACH_MODEL_WORDING_SECONDS", "601"),
    Bad("COACH_MODEL_CACHE", "perhaps"),
    Bad("COACH_MODEL_PRICE_INPUT", "-1"),
    Bad("COACH_MODEL_PRICE_INPUT", "nan"),
    Bad("COACH_MODEL_PRICE_OUTPUT", "cheap"),
    Bad("COACH_MODEL_CONTEXT", "0"),
    Bad("COACH_TRACING", "everywhere"),
]


@pytest.mark.parametrize("case", BAD, ids=lambda case: f"{case.variable}={case.value}")
def test_a_wrong_value_is_named_with_an_example(case: Bad, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(case.variable, case.value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert case.variable in caught.value.message
    assert f"{case.variable}=" in caught.value.remedy


def test_overrides_win_and_none_is_no_override(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_PORT", "7861")
    assert load_settings(port=7862).port == 7862
    assert load_settings(port=None).port == 7861


def test_foreign_variables_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_SOMETHING_ELSE", "1")
    assert load_settings() == Settings()


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load_settings().port = 1


def test_going_offline_keeps_what_the_operator_has_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.delenv("ANONYMIZED_TELEMETRY", raising=False)
    go_offline()
    assert (os.environ["HF_HUB_OFFLINE"], os.environ["ANONYMIZED_TELEMETRY"]) == ("0", "False")


def _tracing_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let monkeypatch put back what `go_offline` writes."""
    for prefix in ("LANGSMITH", "LANGCHAIN"):
        for name in ("TRACING", "TRACING_V2", "OTEL_ENABLED", "OTEL_ONLY", "TRACING_MODE"):
            monkeypatch.setenv(f"{prefix}_{name}", "hybrid" if name == "TRACING_MODE" else "true")


class Tracing(NamedTuple):
    setting: str | None
    is_on: bool
    mode: str


TRACING = [
    Tracing(None, False, "langsmith"),
    Tracing("off", False, "langsmith"),
    Tracing("everywhere", False, "langsmith"),
    Tracing("langsmith", True, "langsmith"),
    Tracing("opentelemetry", True, "otel"),
]


@pytest.mark.parametrize("case", TRACING, ids=lambda case: str(case.setting))
def test_only_our_own_setting_switches_tracing_on(case: Tracing, monkeypatch: pytest.MonkeyPatch) -> None:
    from langsmith import client, utils

    _tracing_variables(monkeypatch)
    if case.setting is not None:
        monkeypatch.setenv("COACH_TRACING", case.setting)
    try:
        go_offline()
        assert utils.tracing_is_enabled() is case.is_on
        # Where traces would go, as LangSmith itself resolves it.
        assert client._resolve_tracing_mode(None) == case.mode
    finally:
        utils.get_env_var.cache_clear()
