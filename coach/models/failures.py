"""Why a language model did not answer, told apart without importing any provider's package.

A provider raises errors of its own, often wrapped in LangChain's and around those of an HTTP library. `classify` reads class
names, HTTP statuses and error codes along the chain of causes. What it finds is a `ModelFailure`, which holds no word of
the prompt or the answer.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any


class FailureReason(StrEnum):
    """What went wrong."""

    TOO_SLOW = "too_slow"
    """The time budget ended first."""
    UNREACHABLE = "unreachable"
    """Nothing that speaks the protocol listens at the address."""
    RATE_LIMITED = "rate_limited"
    """Too many requests, or no credit left."""
    WRONG_KEY = "wrong_key"
    """The key is missing, wrong, or not allowed to use the model."""
    UNKNOWN_MODEL = "unknown_model"
    """The server does not have the model, or the file cannot be used."""
    CONTEXT_OVERFLOW = "context_overflow"
    """The prompt is longer than the model can read."""
    REFUSED = "refused"
    """The model, or a filter before or behind it, declined."""
    MALFORMED = "malformed"
    """The answer does not have the form asked for."""
    EMPTY = "empty"
    """The answer has no text."""
    CUT_OFF = "cut_off"
    """The answer began and did not end."""
    BROKEN = "broken"
    """The server failed, or anything else."""


class ModelFailure(Exception):  # noqa: N818 - an expected outcome, never shown as an error
    """A language model gave no usable answer.

    Attributes:
        reason: what went wrong.
        kind: class name of the error underneath, for the log.
        transient: whether the same request may succeed at once: a dropped connection, a server's own error.
        retry_after: seconds after which the server asks to be called again, None where it does not say.
    """

    def __init__(
        self,
        reason: FailureReason,
        *,
        kind: str = "",
        transient: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind = kind
        self.transient = transient
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"The language model gave no usable answer: {self.reason.value}."


_NAMES = {
    FailureReason.TOO_SLOW: "TimeoutError APITimeoutError ModelTimeoutError TimeoutException Timeout DeadlineExceeded",
    FailureReason.UNREACHABLE: "ConnectError ConnectTimeout ConnectionRefusedError gaierror ProxyError UnsupportedProtocol "
    "InvalidURL SSLError TooManyRedirects ClientConnectorError",
    FailureReason.RATE_LIMITED: "RateLimitError ModelRateLimitError ResourceExhausted TooManyRequests",
    FailureReason.WRONG_KEY: "AuthenticationError ModelAuthenticationError PermissionDeniedError ModelPermissionDeniedError "
    "PermissionDenied Unauthenticated Unauthorized Forbidden",
    FailureReason.UNKNOWN_MODEL: "NotFoundError ModelNotFoundError NotFound",
    FailureReason.CONTEXT_OVERFLOW: "ContextOverflowError ContextOverflow ContextWindowExceededError RequestTooLargeError",
    FailureReason.REFUSED: "OpenAIRefusalError ModelRefusalError ContentFilterFinishReasonError BlockedPromptException "
    "StopCandidateException",
    FailureReason.MALFORMED: "ValidationError JSONDecodeError OutputParserException APIResponseValidationError UnicodeError "
    "DecodingError RecursionError",
    FailureReason.CUT_OFF: "LengthFinishReasonError",
    FailureReason.BROKEN: "InternalServerError ModelAPIError ServiceUnavailable OverloadedError RemoteProtocolError ReadError "
    "WriteError CloseError IncompleteRead RemoteDisconnected ServerDisconnectedError ChunkedEncodingError "
    "ConnectionResetError ConnectionAbortedError BrokenPipeError",
}
_REASON_OF_NAME = {name: reason for reason, names in _NAMES.items() for name in names.split()}
# Only where no error in the chain says more: each of these names covers several cases.
_REASON_OF_VAGUE_NAME = {
    "APIConnectionError": FailureReason.UNREACHABLE,
    "ModelConnectionError": FailureReason.UNREACHABLE,
    "ConnectionError": FailureReason.UNREACHABLE,
    "TransportError": FailureReason.UNREACHABLE,
    # Client libraries raise these where an answer lacks what the protocol promises.
    "ValueError": FailureReason.MALFORMED,
    "LookupError": FailureReason.MALFORMED,
    "TypeError": FailureReason.MALFORMED,
    "AttributeError": FailureReason.MALFORMED,
}
_REASON_OF_CODE = {
    "context_length_exceeded": FailureReason.CONTEXT_OVERFLOW,
    "exceed_context_size_error": FailureReason.CONTEXT_OVERFLOW,
    "model_not_found": FailureReason.UNKNOWN_MODEL,
    "invalid_api_key": FailureReason.WRONG_KEY,
    "rate_limit_exceeded": FailureReason.RATE_LIMITED,
    "insufficient_quota": FailureReason.RATE_LIMITED,
    "content_filter": FailureReason.REFUSED,
    "content_policy_violation": FailureReason.REFUSED,
    "unauthenticated": FailureReason.WRONG_KEY,
    "permission_denied": FailureReason.WRONG_KEY,
    "resource_exhausted": FailureReason.RATE_LIMITED,
    "deadline_exceeded": FailureReason.TOO_SLOW,
    "overloaded_error": FailureReason.BROKEN,
}
_REASON_OF_STATUS = {
    401: FailureReason.WRONG_KEY,
    403: FailureReason.WRONG_KEY,
    404: FailureReason.UNKNOWN_MODEL,
    407: FailureReason.UNREACHABLE,
    408: FailureReason.TOO_SLOW,
    413: FailureReason.CONTEXT_OVERFLOW,
    429: FailureReason.RATE_LIMITED,
    504: FailureReason.TOO_SLOW,
}
# Servers that send a bare 400 say in words what they mean.
_REASON_OF_WORDS = {
    "context length": FailureReason.CONTEXT_OVERFLOW,
    "context window": FailureReason.CONTEXT_OVERFLOW,
    "context size": FailureReason.CONTEXT_OVERFLOW,
    "prompt is too long": FailureReason.CONTEXT_OVERFLOW,
    "api key not valid": FailureReason.WRONG_KEY,
}
_DROPPED = frozenset(
    "RemoteProtocolError ReadError WriteError CloseError IncompleteRead RemoteDisconnected ServerDisconnectedError "
    "ChunkedEncodingError ConnectionResetError ConnectionAbortedError BrokenPipeError".split()
)


def classify(error: BaseException) -> FailureReason:
    """Return why the call failed, `broken` where nothing more exact can be said."""
    if isinstance(error, ModelFailure):
        return error.reason
    chain = list(_chain(error))
    if any("ConnectTimeout" in _names(link) for link in chain):
        # Clients wrap it as a timeout like any other; but a server that cannot be connected to is not slow.
        return FailureReason.UNREACHABLE
    found = (reason for link in chain if (reason := _exact(link)) is not None)
    vague = (_REASON_OF_VAGUE_NAME[name] for link in chain for name in _names(link) if name in _REASON_OF_VAGUE_NAME)
    return next(found, None) or next(vague, FailureReason.BROKEN)


def failure_of(error: BaseException) -> ModelFailure:
    """Return the failure that an error amounts to; a `ModelFailure` is returned as it is."""
    if isinstance(error, ModelFailure):
        return error
    reason = classify(error)
    chain = list(_chain(error))
    statuses = [status for link in chain if (status := _status(link)) is not None]
    dropped = any(name in _DROPPED for link in chain for name in _names(link))
    waits = (seconds for link in chain if (seconds := _retry_after(link)) is not None)
    return ModelFailure(
        reason,
        kind=type(error).__name__,
        transient=reason is FailureReason.BROKEN and (dropped or any(status >= 500 for status in statuses)),
        retry_after=next(waits, None),
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and what it was raised from, outermost first."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        if isinstance(link, BaseExceptionGroup):
            for member in link.exceptions:
                yield from _chain(member)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _names(error: BaseException) -> list[str]:
    return [kind.__name__ for kind in type(error).__mro__]


def _exact(error: BaseException) -> FailureReason | None:
    """Return what this one error says, None where it is ambiguous."""
    for code in _codes(error):
        if code in _REASON_OF_CODE:
            return _REASON_OF_CODE[code]
    status = _status(error)
    if status in (400, 422):
        words = str(getattr(error, "message", error)).lower()
        said = next((reason for marker, reason in _REASON_OF_WORDS.items() if marker in words), None)
        if said is not None:
            return said
    named = next((_REASON_OF_NAME[name] for name in _names(error) if name in _REASON_OF_NAME), None)
    # A gateway's own timeout arrives under the name of a server error.
    if status is None or (named is not None and status != 504):
        return named
    if 300 <= status < 400:
        return FailureReason.UNREACHABLE
    return _REASON_OF_STATUS.get(status, FailureReason.BROKEN)


def _status(error: BaseException) -> int | None:
    """Return the HTTP status that an error carries."""
    response = getattr(error, "response", None)
    bodies = [body.get("code") for body in _bodies(error)]
    for value in (
        getattr(error, "status_code", None),
        getattr(response, "status_code", None),
        getattr(error, "code", None),
        *bodies,
    ):
        if isinstance(value, int) and 300 <= value < 600:
            return int(value)
    return None


def _codes(error: BaseException) -> Iterator[str]:
    """Yield the machine-readable codes that an error carries, in lower case."""
    own: list[Any] = [getattr(error, name, None) for name in ("code", "type", "status")]
    for body in _bodies(error):
        own += [body.get(name) for name in ("code", "type", "status")]
    yield from (value.lower() for value in own if isinstance(value, str))


def _bodies(error: BaseException) -> Iterator[Mapping[str, Any]]:
    """Yield the decoded bodies of an error: `body` of the clients, or what a library passed on as its first argument."""
    for body in (getattr(error, "body", None), *error.args[:1]):
        if isinstance(body, Mapping):
            yield body
            if isinstance(body.get("error"), Mapping):
                yield body["error"]


def _retry_after(error: BaseException) -> float | None:
    """Return how many seconds the server asks to wait, as a number or as a date."""
    headers: Any = getattr(getattr(error, "response", None), "headers", None)
    value = headers.get("retry-after") if headers is not None else None
    if not isinstance(value, str):
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
