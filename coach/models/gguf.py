"""A LangChain chat model over a GGUF file, run by llama.cpp within this process.

Text goes in and comes out; tools, images and the model's thinking are not for it. Structured answers are held to their schema
by llama.cpp's grammar, so that only an answer that was cut off can be malformed. llama.cpp does not show the schema to the
model: the prompt has to say what is wanted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.exceptions import ContextOverflowError
from langchain_core.language_models import BaseChatModel, LangSmithParams, LanguageModelInput
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    BaseMessageChunk,
    ChatMessage,
    HumanMessage,
    SystemMessage,
)
from langchain_core.messages.ai import InputTokenDetails, UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable, RunnableLambda, RunnablePassthrough
from langchain_core.utils.function_calling import convert_to_json_schema
from langchain_core.utils.pydantic import is_basemodel_subclass
from pydantic import BaseModel, Field, field_validator

from coach.errors import ModelError
from coach.models.gguf_file import GGUFFile, inspect_gguf
from coach.models.llama_server import LlamaServer, Loading, close_servers, open_server

_ROLES: dict[type[BaseMessage], str] = {SystemMessage: "system", HumanMessage: "user", AIMessage: "assistant"}
_PER_CALL = frozenset({"response_format", "temperature", "seed", "max_tokens"})
"""What a call may set beside `timeout` and `stop`."""


class GGUFChatModel(BaseChatModel):
    """A chat model in a GGUF file.

    The model is loaded at the first call, once for a file, context size and number of threads in a process, and answers one
    call at a time. What two calls' prompts have in common from their beginning is read once.

    Raises:
        ModelError: the file is missing, not a GGUF file, or cut short; also of every call where it cannot be loaded.
    """

    path: Path
    """The GGUF file."""
    context_size: int = Field(default=8192, ge=64)
    """Tokens that prompt and answer may have together, unless the model was made for fewer."""
    threads: int = Field(default=1, ge=1)
    """Of the processor; more than there are idle cores makes it far slower."""
    temperature: float = Field(default=0.0, ge=0)
    """Chance in the choice of words; none at 0."""
    seed: int = 0
    """Makes what chance there is the same each time."""
    repeat_penalty: float = Field(default=1.0, ge=1)
    """Makes words that were just used less likely; 1 for not at all. Small models repeat themselves without end, but what
    an answer is to quote should be as likely the second time."""
    max_tokens: int | None = Field(default=1024, ge=1)
    """Tokens an answer may have; None for as many as the context holds."""
    timeout: float | None = Field(default=None, gt=0)
    """Seconds a call may take, waiting and loading included; None for no limit. A call's own `timeout` wins."""
    stop: list[str] | None = None
    """Texts that end an answer; a call's own `stop` wins."""

    @field_validator("path")
    @classmethod
    def _sound_file(cls, path: Path) -> Path:
        return inspect_gguf(path).path

    @property
    def _llm_type(self) -> str:
        return "gguf"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        """What an answer depends on. The file counts by its content, wherever it lies."""
        file = self._file
        return {
            "model": file.path.name,
            "size": file.size,
            "fingerprint": file.fingerprint,
            "context_size": self.context_size,
            "temperature": self.temperature,
            "seed": self.seed,
            "repeat_penalty": self.repeat_penalty,
            "max_tokens": self.max_tokens,
            "stop": self.stop,
        }

    def release(self) -> None:
        """Stop the calls under way and free the model's memory; the next call loads it again."""
        close_servers(self._loading)

    def get_token_ids(self, text: str) -> list[int]:
        """Return a text's tokens by the model's own tokenizer.

        Raises:
            ModelError: the model cannot be loaded.
        """
        return self._server.tokens(text)

    def get_num_tokens_from_messages(self, messages: list[BaseMessage], tools: Sequence[Any] | None = None) -> int:  # noqa: ARG002
        """Return how many tokens of the context messages take, with what the chat template adds.

        Raises:
            ModelError: the model cannot be loaded.
        """
        return len(self.get_token_ids(self._server.render(_request_messages(messages))))

    def with_structured_output(
        self,
        schema: dict[str, Any] | type,
        *,
        include_raw: bool = False,
        method: Literal["json_schema", "function_calling", "json_mode"] = "json_schema",
        strict: bool | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, Any]:
        """Return a model whose answers have the form of a schema.

        Args:
            schema: a pydantic class, a TypedDict, or a JSON schema; answers are instances of the first, dicts for the others.
            include_raw: answer with a dict of `raw`, `parsed` and `parsing_error`, raising nothing for a malformed answer.
            method: as other models have it; here the grammar holds the answer to the schema by each of them.
            strict: no less strict where False.
            kwargs: of every call, such as `max_tokens`.

        Raises:
            ValueError: by the calls, where an answer was cut off.
        """
        form = _json_schema(schema)
        llm = self.bind(
            response_format={"type": "json_schema", "json_schema": {"name": "answer", "schema": form}},
            ls_structured_output_format={"kwargs": {"method": method}, "schema": convert_to_json_schema(schema)},
            **kwargs,
        )
        parse = RunnableLambda(_parser(schema, form))
        if not include_raw:
            return llm | parse
        parsed = RunnablePassthrough.assign(parsed=(lambda answer: answer["raw"]) | parse, parsing_error=lambda _: None)
        failed = RunnablePassthrough.assign(parsed=lambda _: None)
        return {"raw": llm} | parsed.with_fallbacks([failed], exceptions_to_handle=(ValueError,), exception_key="parsing_error")

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        whole: BaseMessageChunk = AIMessageChunk(content="")
        with closing(self._stream(messages, stop, run_manager, **kwargs)) as chunks:
            for chunk in chunks:
                whole += chunk.message
        message = AIMessage(
            content=whole.content,
            response_metadata=whole.response_metadata,
            usage_metadata=whole.usage_metadata if isinstance(whole, AIMessageChunk) else None,
        )
        return ChatResult(generations=[ChatGeneration(message=message, generation_info=whole.response_metadata)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Generator[ChatGenerationChunk, None, None]:
        seconds = kwargs.pop("timeout", self.timeout)
        if surplus := set(kwargs) - _PER_CALL:
            raise TypeError(f"GGUF models do not take {', '.join(sorted(surplus))}.")
        request = self._request(messages, stop, kwargs)
        finish_reason, usage = None, None
        with closing(self._server.events(request, seconds=seconds)) as events:
            for event in events:
                if "error" in event:
                    raise self._failure(event["error"])
                usage = event.get("usage") or usage
                for choice in event.get("choices", ()):
                    finish_reason = choice.get("finish_reason") or finish_reason
                    if text := choice["delta"].get("content"):
                        chunk = ChatGenerationChunk(message=AIMessageChunk(content=text))
                        if run_manager:
                            run_manager.on_llm_new_token(text, chunk=chunk)
                        yield chunk
        if finish_reason is None:
            raise ModelError("The model stopped in the middle of its answer.", "Try again.")
        yield ChatGenerationChunk(
            message=AIMessageChunk(
                content="",
                usage_metadata=_usage(usage or {}),
                response_metadata={
                    "finish_reason": finish_reason,
                    "model_name": self.path.name,
                    "model_provider": "llama_cpp",
                },
                chunk_position="last",
            )
        )

    def _request(self, messages: list[BaseMessage], stop: list[str] | None, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        request: dict[str, Any] = {
            "messages": _request_messages(messages),
            "temperature": self.temperature,
            "seed": self.seed,
            "repeat_penalty": self.repeat_penalty,
            "max_tokens": self.max_tokens,
            "stop": stop if stop is not None else self.stop,
            **kwargs,
            "cache_prompt": True,
            "chat_template_kwargs": {"enable_thinking": False},
            "stream": True,
            "stream_options": {"include_usage": True},
            # Events while a prompt is read, each of them a chance to stop.
            "return_progress": True,
        }
        return {name: value for name, value in request.items() if value is not None}

    def _failure(self, error: Mapping[str, Any]) -> Exception:
        kind = error.get("type")
        if kind == "exceed_context_size_error":
            return ContextOverflowError(
                f"The prompt has {error.get('n_prompt_tokens')} tokens; the model takes {error.get('n_ctx')} with its answer."
            )
        return ModelError(
            f"llama.cpp could not answer with the model {self.path.name} ({kind}).", "Try again, or choose another model."
        )

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        parameters = super()._get_ls_params(stop=stop, **kwargs)
        parameters["ls_provider"], parameters["ls_model_name"] = "llama_cpp", str(kwargs.get("model", self.path.name))
        if stop is None and self.stop:
            parameters["ls_stop"] = self.stop
        return parameters

    @property
    def _file(self) -> GGUFFile:
        return inspect_gguf(self.path)

    @property
    def _loading(self) -> Loading:
        return Loading(path=self.path, fingerprint=self._file.fingerprint, context_size=self.context_size, threads=self.threads)

    @property
    def _server(self) -> LlamaServer:
        return open_server(self._loading)


def _request_messages(messages: Sequence[BaseMessage]) -> list[dict[str, str]]:
    """Return messages as llama.cpp takes them; neighbours of one role are joined, since many templates allow no two.

    Raises:
        ValueError: a message is not text, or of a role that is not known here.
    """
    runs = groupby(messages, key=_role)
    return [{"role": role, "content": "\n".join(_text(message) for message in run)} for role, run in runs]


def _role(message: BaseMessage) -> str:
    if isinstance(message, ChatMessage):
        return message.role
    for kind, role in _ROLES.items():
        if isinstance(message, kind):
            return role
    raise ValueError(f"GGUF models do not take a {type(message).__name__}.")


def _text(message: BaseMessage) -> str:
    blocks = [message.content] if isinstance(message.content, str) else message.content
    if any(not isinstance(block, str) and block.get("type") != "text" for block in blocks):
        raise ValueError("GGUF models take messages of text only.")
    return "".join(block if isinstance(block, str) else str(block["text"]) for block in blocks)


def _usage(usage: Mapping[str, Any]) -> UsageMetadata:
    sent, answered = int(usage.get("prompt_tokens", 0)), int(usage.get("completion_tokens", 0))
    cached = int((usage.get("prompt_tokens_details") or {}).get("cached_tokens", 0))
    return UsageMetadata(
        input_tokens=sent,
        output_tokens=answered,
        total_tokens=sent + answered,
        input_token_details=InputTokenDetails(cache_read=cached),
    )


def _json_schema(schema: dict[str, Any] | type) -> dict[str, Any]:
    if isinstance(schema, type) and issubclass(schema, BaseModel):
        # LangChain's own conversion cannot follow a schema that refers to itself.
        return schema.model_json_schema()
    return convert_to_json_schema(schema)


def _parser(schema: dict[str, Any] | type, form: Mapping[str, Any]) -> Callable[[BaseMessage], Any]:
    """Return what makes a schema's instance of an answer; it raises a ValueError for an answer that has not its form."""

    def parse(message: BaseMessage) -> Any:
        if isinstance(schema, type) and issubclass(schema, BaseModel):
            return schema.model_validate_json(message.text)
        answer = json.loads(message.text)
        if not isinstance(schema, dict) and is_basemodel_subclass(schema):
            of_version_one: Any = schema
            return of_version_one.parse_obj(answer)
        if missing := set(form.get("required", ())) - set(answer):
            raise ValueError(f"The answer lacks {', '.join(sorted(missing))}.")
        return answer

    return parse
