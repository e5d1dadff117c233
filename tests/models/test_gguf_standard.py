"""LangChain's own tests of a chat model, on GGUFChatModel with a real model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_tests.integration_tests import ChatModelIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests

from coach.models.gguf import GGUFChatModel
from coach.models.llama_server import close_servers


@pytest.fixture(scope="module", autouse=True)
def _memory_given_back() -> Iterator[None]:
    """Stops a loaded model from lasting for the rest of the tests."""
    yield
    close_servers()


class _Standard:
    """What both sets of tests are told.

    Nothing is expected to fail. Tests that LangChain skips are of what the model does not claim: tools, images, sound,
    PDF, JSON without a schema, another model's name for a call.
    """

    path: Path

    @pytest.fixture(autouse=True)
    def _model_file(self, smollm2_path: Path) -> None:
        """Hands the file to the properties below, which take no fixtures."""
        type(self).path = smollm2_path

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return GGUFChatModel

    @property
    def chat_model_params(self) -> dict[str, Any]:
        # Without the penalty so small a model repeats itself until its JSON is cut off.
        return {"path": self.path, "context_size": 2048, "repeat_penalty": 1.3}

    @property
    def standard_chat_model_params(self) -> dict[str, Any]:
        return {"temperature": 0, "max_tokens": 100, "timeout": 300, "stop": [], "max_retries": 2}

    @property
    def has_tool_calling(self) -> bool:
        return False

    @property
    def has_structured_output(self) -> bool:
        return True

    @property
    def structured_output_kwargs(self) -> dict[str, Any]:
        return {"method": "json_schema"}

    @pytest.fixture
    def model(self) -> BaseChatModel:
        return GGUFChatModel(**{**self.standard_chat_model_params, **self.chat_model_params})


class TestUnit(_Standard, ChatModelUnitTests):
    """Without a call."""


@pytest.mark.slow
class TestIntegration(_Standard, ChatModelIntegrationTests):
    """With calls."""
