"""What a language model's message amounts to: an object of the schema asked for, or a reason why not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from coach.models.failures import FailureReason, ModelFailure, classify

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

T = TypeVar("T", bound=BaseModel)

MOST_BYTES = 200_000
"""The longest answer that is taken, in bytes of UTF-8."""

_CUT_OFF = frozenset({"length", "max_tokens", "model_length", "max_output_tokens", "incomplete"})
_REFUSED = frozenset(
    {"content_filter", "content_filtered", "refusal", "safety", "blocklist", "prohibited_content", "recitation", "spii"}
)

_OPENING = re.compile(r'\{\s*["}]')
"""How a JSON object begins."""
_MOST_OPENINGS = 1_000
"""That are tried in one text: each costs time in proportion to its length."""


def finish_reason(message: BaseMessage) -> str | None:
    """Return why the model stopped, in lower case; None where the message does not say."""
    found = message.response_metadata
    reason = found.get("finish_reason") or found.get("stop_reason") or found.get("done_reason")
    return reason.lower() if isinstance(reason, str) else None


def ending_failure(reason: str | None) -> ModelFailure | None:
    """Return what a finish reason says against the answer, None where nothing."""
    if reason in _CUT_OFF:
        return ModelFailure(FailureReason.CUT_OFF, kind="finish reason")
    if reason in _REFUSED:
        return ModelFailure(FailureReason.REFUSED, kind="finish reason")
    return None


def object_in_result(result: Mapping[str, Any], schema: type[T]) -> T:
    """Return the object in what `with_structured_output(..., include_raw=True)` gave.

    What the library parsed counts only if it is an instance of the schema: its parser of JSON completes half an object.
    Otherwise the text of the answer must hold exactly one object that is valid under the schema.

    Raises:
        ModelFailure: refused, cut off, empty or malformed.
    """
    raw, parsed, error = result.get("raw"), result.get("parsed"), result.get("parsing_error")
    text = "" if raw is None else str(raw.text)
    if raw is not None:
        ending = ending_failure(finish_reason(raw))
        if ending is not None:
            raise ending
        if raw.additional_kwargs.get("refusal"):
            raise ModelFailure(FailureReason.REFUSED, kind="refusal")
    if error is not None and classify(error) in (FailureReason.REFUSED, FailureReason.CUT_OFF):
        raise ModelFailure(classify(error), kind=type(error).__name__)
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise ModelFailure(FailureReason.MALFORMED, kind="too long")
    if isinstance(parsed, schema):
        return parsed
    found = object_in_text(text, schema)
    if found is not None:
        return found
    if not text.strip() and not getattr(raw, "tool_calls", None) and not getattr(raw, "invalid_tool_calls", None):
        raise ModelFailure(FailureReason.EMPTY, kind="no text")
    raise ModelFailure(FailureReason.MALFORMED, kind="no object of the schema")


def object_in_text(text: str, schema: type[T]) -> T | None:
    """Return the one JSON object in a text that is valid under the schema; None where there is none or more than one."""
    valid: list[T] = []
    for piece in _objects(text):
        try:
            valid.append(schema.model_validate_json(piece))
        except ValidationError:
            continue
    return valid[0] if len(valid) == 1 else None


def _objects(text: str) -> Iterator[str]:
    """Yield the outermost JSON objects that a text holds whole.

    After a brace that opens no whole object the search goes on where decoding failed: what stands before belongs to the
    broken object, and a part of it must not pass for the answer.
    """
    decoder = json.JSONDecoder()
    opening, tries = _OPENING.search(text), 0
    while opening is not None and tries < _MOST_OPENINGS:
        tries += 1
        start = opening.start()
        try:
            _, end = decoder.raw_decode(text, start)
            yield text[start:end]
        except json.JSONDecodeError as error:
            end = max(start + 1, error.pos)
        except (RecursionError, ValueError):
            # Nested thousands deep, or a number of thousands of digits.
            return
        opening = _OPENING.search(text, end)
