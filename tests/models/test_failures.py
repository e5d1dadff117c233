"""Failures are told apart by names, statuses and causes, and say nothing of what was written."""

from __future__ import annotations

import json
import pickle
import time
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.exceptions import ContextOverflowError, OutputParserException
from pydantic import BaseModel, ValidationError

from coach.errors import ModelError
from coach.models.failures import FailureReason, ModelFailure, classify, failure_of

WRITTEN = "Kuroda"


def an_error(name: str, *bases: type[BaseException], text: str = WRITTEN, **attributes: Any) -> BaseException:
    """Return an error as a provider's package would define it."""
    error: BaseException = type(name, bases or (Exception,), {})(text)
    for attribute, value in attributes.items():
        setattr(error, attribute, value)
    return error


def caused(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    return error


class Response:
    """As far as it matters here, a response of httpx."""

    def __init__(self, status: int = 0, **headers: str) -> None:
        self.status_code = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def _invalid() -> ValidationError:
    class Answer(BaseModel):
        phase: int

    with pytest.raises(ValidationError) as caught:
        Answer.model_validate({"phase": WRITTEN})
    return caught.value


def _undecodable() -> json.JSONDecodeError:
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads(WRITTEN)
    return caught.value


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    error: BaseException
    reason: FailureReason
    transient: bool = False


R = FailureReason
# httpx's own tree, by name.
TRANSPORT = type("TransportError", (Exception,), {})
NETWORK = type("NetworkError", (TRANSPORT,), {})
TIMED_OUT = type("TimeoutException", (TRANSPORT,), {})
CONNECTION = type("APIConnectionError", (Exception,), {})

CASES = [
    Case(id="Python's own timeout", error=TimeoutError(WRITTEN), reason=R.TOO_SLOW),
    Case(id="httpx read timeout", error=an_error("ReadTimeout", TIMED_OUT), reason=R.TOO_SLOW),
    Case(
        id="OpenAI timeout",
        error=caused(an_error("APITimeoutError", CONNECTION), an_error("ReadTimeout", TIMED_OUT)),
        reason=R.TOO_SLOW,
    ),
    Case(
        id="a connection that is never made is not slow",
        error=caused(an_error("APITimeoutError", CONNECTION), an_error("ConnectTimeout", TIMED_OUT)),
        reason=R.UNREACHABLE,
    ),
    Case(id="Google deadline", error=an_error("DeadlineExceeded", code=504), reason=R.TOO_SLOW),
    Case(id="gateway timeout", error=an_error("InternalServerError", status_code=504), reason=R.TOO_SLOW),
    Case(id="refused connection", error=ConnectionRefusedError(), reason=R.UNREACHABLE),
    Case(id="connection error alone", error=an_error("APIConnectionError"), reason=R.UNREACHABLE),
    Case(
        id="connection error around a refusal",
        error=caused(an_error("APIConnectionError"), an_error("ConnectError", NETWORK)),
        reason=R.UNREACHABLE,
    ),
    Case(
        id="connection error around a drop",
        error=caused(an_error("APIConnectionError"), an_error("RemoteProtocolError", TRANSPORT)),
        reason=R.BROKEN,
        transient=True,
    ),
    Case(id="reset connection", error=ConnectionResetError(), reason=R.BROKEN, transient=True),
    Case(id="redirect", error=an_error("APIStatusError", status_code=307), reason=R.UNREACHABLE),
    Case(id="rate limit by name", error=an_error("RateLimitError", status_code=429), reason=R.RATE_LIMITED),
    Case(id="rate limit by status", error=an_error("HTTPStatusError", response=Response(429)), reason=R.RATE_LIMITED),
    Case(id="Google quota", error=an_error("ClientError", code=429, status="RESOURCE_EXHAUSTED"), reason=R.RATE_LIMITED),
    Case(id="no credit", error=an_error("RateLimitError", code="insufficient_quota"), reason=R.RATE_LIMITED),
    Case(id="wrong key", error=an_error("AuthenticationError", status_code=401), reason=R.WRONG_KEY),
    Case(id="no permission", error=an_error("PermissionDeniedError", status_code=403), reason=R.WRONG_KEY),
    Case(
        id="Google's wrong key is a bad request",
        error=an_error("ClientError", code=400, message="API key not valid. Please pass a valid one."),
        reason=R.WRONG_KEY,
    ),
    Case(id="unknown model", error=an_error("NotFoundError", status_code=404), reason=R.UNKNOWN_MODEL),
    Case(
        id="unknown model as a permission",
        error=an_error("PermissionDeniedError", status_code=403, body={"code": "model_not_found"}),
        reason=R.UNKNOWN_MODEL,
    ),
    Case(id="LangChain's overflow", error=ContextOverflowError(WRITTEN), reason=R.CONTEXT_OVERFLOW),
    Case(
        id="overflow by code",
        error=an_error("BadRequestError", status_code=400, body={"code": "context_length_exceeded"}),
        reason=R.CONTEXT_OVERFLOW,
    ),
    Case(
        id="overflow by llama.cpp",
        error=an_error("BadRequestError", status_code=400, body={"error": {"type": "exceed_context_size_error"}}),
        reason=R.CONTEXT_OVERFLOW,
    ),
    Case(
        id="overflow in Anthropic's words",
        error=an_error("BadRequestError", status_code=400, message="prompt is too long: 9 tokens > 8 maximum"),
        reason=R.CONTEXT_OVERFLOW,
    ),
    Case(id="refusal", error=an_error("OpenAIRefusalError"), reason=R.REFUSED),
    Case(id="LangChain's refusal", error=an_error("ModelRefusalError"), reason=R.REFUSED),
    Case(
        id="Azure's filter",
        error=an_error("BadRequestError", status_code=400, code="content_filter"),
        reason=R.REFUSED,
    ),
    Case(id="answer cut off", error=an_error("LengthFinishReasonError"), reason=R.CUT_OFF),
    Case(id="invalid object", error=_invalid(), reason=R.MALFORMED),
    Case(id="no JSON", error=_undecodable(), reason=R.MALFORMED),
    Case(id="output parser", error=OutputParserException(WRITTEN), reason=R.MALFORMED),
    Case(id="no choices", error=KeyError("choices"), reason=R.MALFORMED),
    Case(id="page in place of an answer", error=ValueError(WRITTEN), reason=R.MALFORMED),
    Case(id="error within a good answer", error=ValueError({"code": 429, "message": WRITTEN}), reason=R.RATE_LIMITED),
    Case(id="server error", error=an_error("InternalServerError", status_code=500), reason=R.BROKEN, transient=True),
    Case(id="overloaded", error=an_error("APIStatusError", status_code=529), reason=R.BROKEN, transient=True),
    Case(id="bad request", error=an_error("BadRequestError", status_code=400), reason=R.BROKEN),
    Case(id="ours", error=ModelError("It stopped.", "Try again."), reason=R.BROKEN),
    Case(id="anything else", error=an_error("Surprise"), reason=R.BROKEN),
    Case(
        id="wrapped twice",
        error=caused(an_error("ChatGoogleGenerativeAIError"), caused(an_error("Wrapper"), an_error("PermissionDenied"))),
        reason=R.WRONG_KEY,
    ),
    Case(id="several at once", error=ExceptionGroup("", [Exception(), TimeoutError()]), reason=R.TOO_SLOW),
    Case(id="a failure stays what it is", error=ModelFailure(R.EMPTY), reason=R.EMPTY),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_errors_of_providers_are_told_apart(case: Case) -> None:
    assert classify(case.error) is case.reason
    assert failure_of(case.error).transient is case.transient


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_failure_holds_nothing_of_what_was_written(case: Case) -> None:
    failure = failure_of(case.error)
    assert WRITTEN not in f"{failure} {failure!r} {failure.args} {failure.kind}"
    assert failure.reason.value in str(failure)


def test_an_error_that_is_its_own_cause_ends() -> None:
    error = an_error("Round")
    error.__cause__ = caused(an_error("AndRound"), error)
    assert classify(error) is R.BROKEN


WAITS = [
    ("3", 3.0),
    ("0.5", 0.5),
    ("-1", 0.0),
    ("soon", None),
    ("nan", None),
    ("inf", None),
    ("", None),
    (None, None),
    (formatdate(time.time() - 60, usegmt=True), 0.0),
]


@pytest.mark.parametrize(("value", "seconds"), WAITS, ids=lambda value: str(value))
def test_the_wait_that_a_server_asks_for_is_read(value: str | None, seconds: float | None) -> None:
    response = Response(429) if value is None else Response(429, retry_after=value)
    assert failure_of(an_error("RateLimitError", response=response)).retry_after == seconds


def test_a_date_to_wait_for_is_read() -> None:
    response = Response(429, retry_after=formatdate(time.time() + 30, usegmt=True))
    assert failure_of(an_error("RateLimitError", response=response)).retry_after == pytest.approx(30, abs=3)


def test_a_failure_survives_the_way_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(ModelFailure(R.REFUSED))).reason is R.REFUSED  # noqa: S301 - our own bytes


@given(
    st.sampled_from(["status_code", "code", "body", "response", "message", "headers"]),
    st.one_of(st.none(), st.integers(), st.text(), st.dictionaries(st.text(), st.text()), st.lists(st.integers())),
)
def test_whatever_an_error_carries_it_is_classified(attribute: str, value: object) -> None:
    assert isinstance(failure_of(an_error("Odd", **{attribute: value})), ModelFailure)
