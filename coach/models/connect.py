"""Connecting a language model by name: a provider's through LangChain's `init_chat_model`, or a GGUF file on this machine.

No model is needed. One that is named but cannot be connected is a clear error at once; one that fails later is a reason for
the built-in voice to answer. Connecting sends nothing.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from coach.errors import ModelError
from coach.models.language_model import LanguageModel
from coach.models.usage import Price
from coach.settings import Settings, is_local

if TYPE_CHECKING:
    from langchain_core.caches import BaseCache
    from langchain_core.language_models import BaseChatModel
    from pydantic import SecretStr

_EXTRAS = {"openai": "openai", "anthropic": "anthropic", "google_genai": "google"}

_FIXED_TEMPERATURE = re.compile(r"o\d|gpt-[5-9](?!.*chat)")
"""OpenAI's reasoning models take no temperature."""
_NO_KEY = "none"
"""What a server on this machine gets for a key where none is set; the client insists on one."""


def connect(settings: Settings, *, key: SecretStr | None = None) -> LanguageModel | None:
    """Return the language model that the settings name, or None where none is named.

    Args:
        settings: they name the model.
        key: what its provider asks for, where that is not to come from the environment; a file needs none.

    Raises:
        ModelError: the name has the wrong form, the provider is unknown or not installed, a key is missing, or the file is
            missing or no model.
    """
    if settings.model is None:
        return None
    provider, separator, name = settings.model.partition(":")
    if not separator or not provider or not name:
        raise ModelError(
            "COACH_MODEL must name a provider and a model.", "Set it like COACH_MODEL=openai:gpt-5-mini, or unset it."
        )
    if provider == "gguf":
        return _from_file(name, settings)
    return LanguageModel(
        _from_provider(provider, name, settings, key),
        name=settings.model,
        protocol="openai" if provider == "openai" else "other",
        address=settings.model_base_url,
        cache=_cache(settings),
        price=_price(settings),
    )


def _from_file(name: str, settings: Settings) -> LanguageModel:
    path = _model_file(name, settings.data_dir)
    try:
        from coach.models.gguf import GGUFChatModel
    except ImportError as error:
        raise ModelError(
            "The package that runs models on this machine is not installed.", "Run: pip install 'rapport-coach[gguf]'"
        ) from error
    return LanguageModel(
        GGUFChatModel(path=path, context_size=settings.model_context),
        name=f"gguf:{path.name}",
        protocol="gguf",
        cache=_cache(settings),
        price=_price(settings) or Price(input=0.0, output=0.0),
    )


def _model_file(name: str, data_dir: Path) -> Path:
    """Return the file that is meant: a path, or the name of a model that was fetched into the data folder."""
    path = Path(name).expanduser()
    if path.is_file():
        return path
    fetched = data_dir / "models" / f"{name}.gguf"
    if path.name == name and fetched.is_file():
        return fetched
    raise ModelError(
        f"There is no model file {name}.",
        "Set COACH_MODEL to gguf: and the path of a GGUF file, or fetch a model first: coach model list.",
    )


def _from_provider(provider: str, name: str, settings: Settings, key: SecretStr | None) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {
        # Time and second attempts are the business of LanguageModel; this is the outer bound.
        "timeout": max(settings.model_reading_seconds, settings.model_wording_seconds),
        "max_retries": 0,
        # Answers are kept by LanguageModel, once they have proved usable.
        "cache": False,
    }
    if settings.model_base_url:
        options["base_url"] = settings.model_base_url
    on_this_machine = _is_loopback(settings.model_base_url)
    if provider != "openai" or on_this_machine or not _FIXED_TEMPERATURE.match(name):
        options["temperature"] = 0
    try:
        if provider == "openai":
            options |= _openai_options(on_this_machine=on_this_machine)
        if key is not None and provider in _EXTRAS:
            options["api_key"] = key
        model: BaseChatModel = init_chat_model(name, model_provider=provider, **options)
        return model
    except ImportError as error:
        extra = _EXTRAS.get(provider)
        install = f"pip install 'rapport-coach[{extra}]'" if extra else f"pip install langchain-{provider}"
        raise ModelError(f"The package for the provider {provider} is not installed.", f"Run: {install}") from error
    except ValueError as error:
        raise ModelError(
            f"The model {settings.model} cannot be connected: LangChain does not know the provider {provider}.",
            "Use one such as openai, anthropic, google_genai, ollama or gguf, or unset COACH_MODEL for the built-in voice.",
        ) from error
    except Exception as error:
        # Each provider raises errors of its own for a missing key or a wrong address; all mean the same to the user.
        raise ModelError(
            f"The model {settings.model} cannot be connected ({type(error).__name__}).",
            "Check its key and address, or unset COACH_MODEL for the built-in voice.",
        ) from error


def _openai_options(*, on_this_machine: bool) -> dict[str, Any]:
    """Return what the client for OpenAI's protocol needs besides.

    Its requests end with their call's time, and what was written goes to the host that was named and no other: redirects
    are not followed, and a server on this machine is not reached through a proxy.
    """
    from langchain_core.utils import secret_from_env
    from openai import DefaultHttpxClient
    from pydantic import SecretStr

    from coach.models.deadline import before_body, before_request

    options: dict[str, Any] = {
        "stream_usage": True,
        "http_client": DefaultHttpxClient(
            follow_redirects=False,
            trust_env=not on_this_machine,
            event_hooks={"request": [before_request], "response": [before_body]},
        ),
        # Else langchain-openai would ask for a client of its own; the usual HTTPS_PROXY counts.
        "openai_proxy": None,
    }
    if on_this_machine:
        key = secret_from_env("OPENAI_API_KEY", default=_NO_KEY)()
        options["api_key"] = SecretStr(key.get_secret_value() or _NO_KEY)
    return options


def _is_loopback(address: str | None) -> bool:
    """Return whether an address is that of a server on this machine."""
    try:
        return is_local(urlsplit(address or "").hostname or "")
    except ValueError:
        return False


def _cache(settings: Settings) -> BaseCache | None:
    if not settings.model_cache:
        return None
    from coach.models.call_cache import FILE_NAME, SqliteCallCache

    return SqliteCallCache(settings.data_dir / FILE_NAME)


def _price(settings: Settings) -> Price | None:
    if settings.model_price_input is None or settings.model_price_output is None:
        return None
    return Price(input=settings.model_price_input, output=settings.model_price_output)
