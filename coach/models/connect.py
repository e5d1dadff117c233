"""Connecting a language model by name, through LangChain's `init_chat_model`.

No model is needed. One that is named but cannot be connected is a clear error at once; one that fails later is a reason for
the built-in voice to answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coach.errors import ModelError
from coach.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_EXTRAS = {"openai": "openai", "anthropic": "anthropic", "google_genai": "google"}


def connect(settings: Settings) -> BaseChatModel | None:
    """Return the chat model that the settings name, or None where none is named.

    Raises:
        ModelError: the name has the wrong form, the provider is unknown or not installed, or a key is missing.
    """
    if settings.model is None:
        return None
    provider, separator, name = settings.model.partition(":")
    if not separator or not provider or not name:
        raise ModelError(
            "COACH_MODEL must name a provider and a model.", "Set it like COACH_MODEL=openai:gpt-5-mini, or unset it."
        )
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {"temperature": 0, "timeout": settings.model_timeout, "max_retries": 1}
    if settings.model_base_url:
        options["base_url"] = settings.model_base_url
    try:
        model: BaseChatModel = init_chat_model(name, model_provider=provider, **options)
        return model
    except ImportError as error:
        extra = _EXTRAS.get(provider)
        install = f"pip install 'rapport-coach[{extra}]'" if extra else f"pip install langchain-{provider}"
        raise ModelError(f"The package for the provider {provider} is not installed.", f"Run: {install}") from error
    except ValueError as error:
        raise ModelError(
            f"The model {settings.model} cannot be connected: LangChain does not know the provider {provider}.",
            "Use one such as openai, anthropic, google_genai or ollama, or unset COACH_MODEL for the built-in voice.",
        ) from error
    except Exception as error:
        # Each provider raises errors of its own for a missing key or a wrong address; all mean the same to the user.
        raise ModelError(
            f"The model {settings.model} cannot be connected ({type(error).__name__}).",
            "Check its key and address, or unset COACH_MODEL for the built-in voice.",
        ) from error
