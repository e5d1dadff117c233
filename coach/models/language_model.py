"""The one seam through which Rapport calls a language model.

Every call has a budget of seconds, retries included, and either brings a usable answer or raises a `ModelFailure` that says
why not. What the answers say is not judged here.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from coach.models.answers import MOST_BYTES, ending_failure, finish_reason, object_in_result
from coach.models.circuit import Circuit
from coach.models.deadline import Call, pieces_in_time
from coach.models.failures import FailureReason, ModelFailure, failure_of
from coach.models.usage import Meter, Price, Usage

if TYPE_CHECKING:
    from langchain_core.caches import BaseCache
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable

log = logging.getLogger(__name__)

T = TypeVar("T", bound=BaseModel)
A = TypeVar("A")

Protocol = Literal["openai", "gguf", "other"]

_PAUSE = 0.2
"""Seconds before a dropped or failed request is sent again, where the server does not say how long to wait."""
_BROKE = frozenset({FailureReason.BROKEN, FailureReason.UNREACHABLE})
"""What is called cut off where it happens after the first piece."""


@dataclass
class _Attempt:
    """One request on its way.

    Attributes:
        call: its time.
        input_tokens: what the model says it read.
        output_tokens: what it says it wrote.
    """

    call: Call
    input_tokens: int = 0
    output_tokens: int = 0

    def count(self, message: BaseMessage) -> None:
        """Note the tokens that a message, or a piece of one, reports."""
        found = getattr(message, "usage_metadata", None) or {}
        self.input_tokens += int(found.get("input_tokens") or 0)
        self.output_tokens += int(found.get("output_tokens") or 0)


class LanguageModel:
    """A connected chat model, called within time budgets.

    It may be called from several threads. After failures that the next call would meet again it is left alone for a
    minute: calls then fail at once, for the same reason.

    Args:
        chat: the LangChain chat model; it must not retry by itself.
        name: how the model is named in records and logs.
        protocol: `openai` for chat completions, `gguf` for a model in this process, `other` for the rest.
        address: the server, where one is set; calls to different servers are not mixed up in the cache.
        cache: where answers are kept, None for nowhere.
        price: what tokens cost, None where unknown.
        clock: seconds, for the minute after failures; budgets always run in real time.
    """

    def __init__(
        self,
        chat: BaseChatModel,
        *,
        name: str,
        protocol: Protocol = "other",
        address: str | None = None,
        cache: BaseCache | None = None,
        price: Price | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._chat = chat
        self._protocol = protocol
        self._address = address
        self._cache = cache
        self._price = price
        self._circuit = Circuit(clock=clock)

    def extract(self, prompt: str, schema: type[T], *, seconds: float, meter: Meter | None = None) -> T:
        """Return the model's answer as an object of a pydantic schema.

        Args:
            prompt: the whole prompt.
            schema: what to answer with; its docstrings and constraints reach the model.
            seconds: wall-clock time for the call, a retry included.
            meter: where to count the call.

        Raises:
            ModelFailure: no usable answer within the time.
        """
        identity = self._identity(json.dumps(schema.model_json_schema(), sort_keys=True))
        kept = self._kept(prompt, identity)
        if kept is not None:
            try:
                answer = schema.model_validate_json(kept)
            except ValidationError:
                # Kept before a validator changed: asked for again.
                pass
            else:
                _add(meter, Usage(cached_calls=1))
                return answer
        (answer,) = self._attempts(lambda attempt: self._objects(prompt, schema, attempt), seconds, meter)
        self._keep(prompt, identity, answer.model_dump_json(by_alias=True))
        return answer

    def stream(self, prompt: str, *, seconds: float, meter: Meter | None = None) -> Iterator[str]:
        """Yield the model's answer in pieces, as they come; the call begins with the first piece asked for.

        Args:
            prompt: the whole prompt.
            seconds: wall-clock time for the call, a retry included.
            meter: where to count the call.

        Raises:
            ModelFailure: no usable answer within the time; pieces may have come before, and are then to be discarded.
        """
        identity = self._identity("text")
        kept = self._kept(prompt, identity)
        if kept is not None:
            _add(meter, Usage(cached_calls=1))
            yield from re.findall(r"\s*\S+\s*", kept)
            return
        pieces: list[str] = []
        for piece in self._attempts(lambda attempt: self._texts(prompt, attempt), seconds, meter):
            pieces.append(piece)
            yield piece
        self._keep(prompt, identity, "".join(pieces))

    def complete(self, prompt: str, *, seconds: float, meter: Meter | None = None) -> str:
        """Return the model's whole answer as text; arguments and errors as for `stream`."""
        return "".join(self.stream(prompt, seconds=seconds, meter=meter))

    def _attempts(
        self, ask: Callable[[_Attempt], Generator[A, None, None]], seconds: float, meter: Meter | None
    ) -> Iterator[A]:
        """Yield what a request brings, asking a second time where that helps."""
        self._circuit.check()
        began = time.monotonic()
        for is_last in (False, True):
            attempt = _Attempt(Call(began + seconds))
            has_begun = has_failed = False
            try:
                with closing(ask(attempt)) as pieces:
                    for piece in pieces:
                        has_begun = True
                        yield piece
            except ModelFailure as failure:
                has_failed = True
                pause = None if is_last or has_begun else _pause(failure, attempt.call.remaining, seconds)
                log.warning(
                    "model %s: %s (%s) after %.1f s%s",
                    self.name,
                    failure.reason.value,
                    failure.kind,
                    time.monotonic() - began,
                    "" if pause is None else ", asked again",
                )
                if pause is None:
                    reason = FailureReason.CUT_OFF if has_begun and failure.reason in _BROKE else failure.reason
                    self._circuit.failed(reason)
                    if reason is failure.reason:
                        raise
                    raise ModelFailure(reason, kind=failure.kind) from None
            else:
                self._circuit.succeeded()
                return
            finally:
                self._count(attempt, meter, has_failed=has_failed)
            time.sleep(pause)

    def _count(self, attempt: _Attempt, meter: Meter | None, *, has_failed: bool) -> None:
        read, written = attempt.input_tokens, attempt.output_tokens
        cost = None if self._price is None else self._price.of(read, written)
        _add(meter, Usage(calls=1, failed_calls=int(has_failed), input_tokens=read, output_tokens=written, cost=cost))

    def _objects(self, prompt: str, schema: type[T], attempt: _Attempt) -> Generator[T, None, None]:
        """Yield the one object that a request brings."""

        def ask() -> Iterator[Mapping[str, Any]]:
            yield self._structured(schema, attempt.call.remaining).invoke(prompt)

        (result,) = pieces_in_time(attempt.call, ask)
        if result.get("raw") is not None:
            attempt.count(result["raw"])
        yield object_in_result(result, schema)

    def _structured(self, schema: type[BaseModel], remaining: float) -> Runnable[Any, Any]:
        """Return a runnable that gives `raw`, and `parsed` where the library parses."""
        chat = self._in_time(remaining)
        if self._protocol == "openai":
            # Not `with_structured_output`: given the class, the client raises where an answer does not fit, and the answer
            # is lost; given a dict, LangChain completes half an object, and takes minutes over a long text that is none.
            return chat.bind(response_format=_response_format(schema)) | (lambda message: {"raw": message})
        if self._protocol == "gguf":
            return chat.with_structured_output(schema, include_raw=True, method="json_schema")
        return chat.with_structured_output(schema, include_raw=True)

    def _texts(self, prompt: str, attempt: _Attempt) -> Generator[str, None, None]:
        """Yield the pieces of text that a request brings."""
        size, has_text, reason = 0, False, None
        coming = pieces_in_time(attempt.call, lambda: self._in_time(attempt.call.remaining).stream(prompt))
        with closing(coming) as messages:
            for message in messages:
                attempt.count(message)
                reason = finish_reason(message) or reason
                if message.additional_kwargs.get("refusal"):
                    raise ModelFailure(FailureReason.REFUSED, kind="refusal")
                text = str(message.text)
                size += len(text.encode("utf-8", "replace"))
                if size > MOST_BYTES:
                    raise ModelFailure(FailureReason.MALFORMED, kind="too long")
                has_text = has_text or bool(text.strip())
                if text:
                    yield text
        ending = ending_failure(reason)
        if ending is not None:
            raise ending
        if not has_text:
            raise ModelFailure(FailureReason.EMPTY, kind="no text")
        if reason is None and self._protocol == "openai":
            # A connection that closes in the middle looks like an end; the protocol always gives a reason for a real one.
            raise ModelFailure(FailureReason.CUT_OFF, kind="no finish reason")

    def _in_time(self, remaining: float) -> BaseChatModel:
        """Return the chat model, told how long it has where it can be told."""
        if "timeout" not in type(self._chat).model_fields:
            return self._chat
        return self._chat.model_copy(update={"timeout": max(0.001, remaining)})

    def _identity(self, form: str) -> str:
        """Return what an answer depends on besides the prompt.

        Raises:
            ModelFailure: the chat model cannot say, since its file is gone.
        """
        if self._cache is None:
            return ""
        try:
            parameters = dict(self._chat._identifying_params)
        except Exception as error:
            raise failure_of(error) from None
        return json.dumps(
            [self.name, self._address, parameters, form], sort_keys=True, default=lambda value: type(value).__name__
        )

    def _kept(self, prompt: str, identity: str) -> str | None:
        """Return the text of an answer in the cache."""
        found = None if self._cache is None else self._cache.lookup(prompt, identity)
        return found[0].text if found else None

    def _keep(self, prompt: str, identity: str, text: str) -> None:
        # Not LangChain's own caching of a chat model: that would keep malformed and cut-off answers too.
        if self._cache is not None:
            from langchain_core.messages import AIMessage
            from langchain_core.outputs import ChatGeneration

            self._cache.update(prompt, identity, [ChatGeneration(message=AIMessage(content=text))])


def _pause(failure: ModelFailure, remaining: float, seconds: float) -> float | None:
    """Return how long to wait before asking once more, None where that would not help or the time does not allow it."""
    if failure.reason is FailureReason.MALFORMED:
        return 0.0 if remaining >= seconds / 2 else None
    if failure.reason is FailureReason.RATE_LIMITED:
        pause = failure.retry_after
    else:
        pause = (failure.retry_after or _PAUSE) if failure.transient else None
    return pause if pause is not None and pause < remaining else None


def _response_format(schema: type[BaseModel]) -> dict[str, Any]:
    """Return what OpenAI's protocol takes to hold an answer to a schema."""
    from openai import pydantic_function_tool

    function = pydantic_function_tool(schema)["function"]
    form = {"name": schema.__name__, "schema": _without_defaults(function["parameters"]), "strict": True}
    return {"type": "json_schema", "json_schema": form}


def _without_defaults(form: Any) -> Any:
    """Return a JSON schema without its defaults, which strict schemas must not have: there every field is given."""
    if isinstance(form, list):
        return [_without_defaults(item) for item in form]
    if not isinstance(form, Mapping):
        return form
    return {
        # A field may be called `default` too.
        name: {field: _without_defaults(item) for field, item in value.items()}
        if name in ("properties", "$defs")
        else _without_defaults(value)
        for name, value in form.items()
        if name != "default"
    }


def _add(meter: Meter | None, usage: Usage) -> None:
    if meter is not None:
        meter.add(usage)
