"""Calls of a language model end in time and say why they failed, whatever a real server on this machine does to them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import BaseModel, ConfigDict, PrivateAttr

from coach.models.answers import object_in_text
from coach.models.call_cache import SqliteCallCache
from coach.models.connect import connect
from coach.models.deadline import THREAD_NAME
from coach.models.failures import FailureReason, ModelFailure
from coach.models.language_model import LanguageModel
from coach.models.usage import Meter, Price, Usage
from coach.settings import load_settings
from models import faulty_server as faulty
from models.faulty_server import Behaviour, FaultyServer, answers, body, error

R = FailureReason
PROMPT = "Mr Kuroda and I talk about the weather."
SLACK = 0.5
"""Seconds that a call may take beyond its budget."""


class Finding(BaseModel):
    """What an account shows."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    phase: Literal["trial", "enmeshment"]
    """The phase of the relationship."""
    quotes: tuple[str, ...] = ()
    """Passages that show it."""


FOUND = Finding(phase="trial", quotes=("the weather",))


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    """A server for one test; afterwards no call may still be running."""
    with FaultyServer().running() as running:
        yield running
    until = time.monotonic() + 5
    while time.monotonic() < until and _calls_under_way():
        time.sleep(0.02)
    assert not _calls_under_way()


def _calls_under_way() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == THREAD_NAME]


def a_model(server: FaultyServer, data_dir: Path | None = None, **overrides: Any) -> LanguageModel:
    model = connect(
        load_settings(
            model="openai:test",
            model_base_url=server.address,
            data_dir=data_dir,
            model_cache=data_dir is not None,
            **overrides,
        )
    )
    assert model is not None
    return model


def reason_of(call: Any) -> FailureReason | None:
    """Return why a call failed, None where it did not."""
    try:
        call()
    except ModelFailure as failure:
        return failure.reason
    return None


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A server's behaviour, and what becomes of an object and of a text asked of it."""

    id: str
    script: list[Behaviour]
    object: FailureReason | None
    text: FailureReason | None
    requests: tuple[int, int] = (1, 1)
    """How often it is asked for each."""
    seconds: float = 4.0


TWICE = (2, 2)
FAULTS = [
    Fault(id="in order", script=[answers()], object=None, text=None),
    Fault(id="hangs before the head", script=[faulty.hangs], object=R.TOO_SLOW, text=R.TOO_SLOW, seconds=0.6),
    Fault(id="hangs within", script=[faulty.hangs_within], object=R.TOO_SLOW, text=R.TOO_SLOW, seconds=0.6),
    Fault(id="trickles", script=[faulty.trickles], object=R.TOO_SLOW, text=R.TOO_SLOW, seconds=0.6),
    Fault(id="drips words for ever", script=[faulty.drips_words], object=R.TOO_SLOW, text=R.TOO_SLOW, seconds=0.6),
    Fault(id="answers late", script=[answers(pause=1.2)], object=R.TOO_SLOW, text=R.TOO_SLOW, seconds=0.6),
    Fault(id="drops before", script=[faulty.drops], object=R.BROKEN, text=R.BROKEN, requests=TWICE),
    Fault(id="drops once", script=[faulty.drops, answers()], object=None, text=None, requests=TWICE),
    Fault(id="drops within", script=[faulty.drops_within], object=R.BROKEN, text=R.CUT_OFF, requests=(2, 1)),
    Fault(id="ends in the middle", script=[faulty.ends_early], object=R.MALFORMED, text=R.CUT_OFF, requests=(2, 1)),
    Fault(id="429", script=[error(429)], object=R.RATE_LIMITED, text=R.RATE_LIMITED),
    Fault(
        id="429, a wait that fits", script=[error(429, Retry_After="0.2"), answers()], object=None, text=None, requests=TWICE
    ),
    Fault(id="429, a wait too long", script=[error(429, Retry_After="60")], object=R.RATE_LIMITED, text=R.RATE_LIMITED),
    Fault(
        id="429 twice",
        script=[error(429, Retry_After="0.1")],
        object=R.RATE_LIMITED,
        text=R.RATE_LIMITED,
        requests=TWICE,
    ),
    Fault(id="401", script=[error(401, "invalid_api_key")], object=R.WRONG_KEY, text=R.WRONG_KEY),
    Fault(id="404", script=[error(404, "model_not_found")], object=R.UNKNOWN_MODEL, text=R.UNKNOWN_MODEL),
    Fault(
        id="context overflow",
        script=[error(400, "context_length_exceeded")],
        object=R.CONTEXT_OVERFLOW,
        text=R.CONTEXT_OVERFLOW,
    ),
    Fault(id="400", script=[error(400)], object=R.BROKEN, text=R.BROKEN),
    Fault(id="500 once", script=[error(500), answers()], object=None, text=None, requests=TWICE),
    Fault(id="500 for ever", script=[error(500)], object=R.BROKEN, text=R.BROKEN, requests=TWICE),
    Fault(id="503, a wait too long", script=[error(503, Retry_After="60")], object=R.BROKEN, text=R.BROKEN),
    Fault(id="504", script=[error(504)], object=R.TOO_SLOW, text=R.TOO_SLOW),
    Fault(id="bytes that are no HTTP", script=[faulty.garbage], object=R.BROKEN, text=R.BROKEN, requests=TWICE),
    Fault(id="events that are no JSON", script=[faulty.garbage_events], object=R.MALFORMED, text=R.MALFORMED, requests=TWICE),
    Fault(
        id="a page",
        script=[body("<html>Log in</html>", kind="text/html")],
        object=R.MALFORMED,
        text=R.MALFORMED,
        requests=TWICE,
    ),
    Fault(id="a body that is no JSON", script=[body("{not json")], object=R.MALFORMED, text=R.MALFORMED, requests=TWICE),
    Fault(id="a body that is no text", script=[body(b"\xff\x00")], object=R.MALFORMED, text=R.MALFORMED, requests=TWICE),
    Fault(id="JSON, but no answer", script=[body("[]")], object=R.MALFORMED, text=R.MALFORMED, requests=TWICE),
    Fault(id="no choices", script=[body('{"choices": []}')], object=R.MALFORMED, text=R.MALFORMED, requests=TWICE),
    Fault(id="prose", script=[answers("I would say trial.")], object=R.MALFORMED, text=None, requests=(2, 1)),
    Fault(id="prose once", script=[answers("Well."), answers()], object=None, text=None, requests=(2, 1)),
    Fault(
        id="half an object",
        script=[answers('{"phase": "trial", "quotes": ["a"')],
        object=R.MALFORMED,
        text=None,
        requests=(2, 1),
    ),
    Fault(id="another schema", script=[answers('{"phase": "love"}')], object=R.MALFORMED, text=None, requests=(2, 1)),
    Fault(
        id="two objects",
        script=[answers('{"phase": "trial"} or {"phase": "enmeshment"}')],
        object=R.MALFORMED,
        text=None,
        requests=(2, 1),
    ),
    # The streaming protocol's refusals do not reach LangChain; what is left of the answer is empty.
    Fault(id="refusal", script=[answers("", refusal="I cannot help with that.")], object=R.REFUSED, text=R.EMPTY),
    Fault(id="content filter", script=[answers("", finish="content_filter")], object=R.REFUSED, text=R.REFUSED),
    Fault(id="empty", script=[answers("")], object=R.EMPTY, text=R.EMPTY),
    Fault(id="white space", script=[answers(" \n ")], object=R.EMPTY, text=R.EMPTY),
    Fault(id="cut off", script=[answers('{"phase": "tri', finish="length")], object=R.CUT_OFF, text=R.CUT_OFF),
    Fault(id="huge", script=[answers("x" * 300_000)], object=R.MALFORMED, text=R.MALFORMED, requests=TWICE),
    Fault(id="floods", script=[faulty.floods], object=R.MALFORMED, text=R.MALFORMED),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.id)
@pytest.mark.parametrize("kind", ["object", "text"])
def test_every_fault_has_its_reason_and_ends_in_time(kind: str, fault: Fault, server: FaultyServer) -> None:
    server.script = list(fault.script)
    model, meter = a_model(server), Meter()
    began = time.monotonic()
    if kind == "object":
        reason = reason_of(lambda: model.extract(PROMPT, Finding, seconds=fault.seconds, meter=meter))
    else:
        reason = reason_of(lambda: model.complete(PROMPT, seconds=fault.seconds, meter=meter))
    took = time.monotonic() - began
    expected, asked = (fault.object, fault.requests[0]) if kind == "object" else (fault.text, fault.requests[1])
    assert reason == expected
    assert took < fault.seconds + SLACK
    assert meter.usage.calls == len(server.requests) == asked or fault.id == "floods"
    assert meter.usage.failed_calls == meter.usage.calls - (expected is None)


def test_a_redirect_is_not_followed_to_another_host(server: FaultyServer) -> None:
    with FaultyServer().running() as elsewhere:
        server.script = [faulty.redirects(elsewhere.address)]
        assert reason_of(lambda: a_model(server).extract(PROMPT, Finding, seconds=3)) is R.UNREACHABLE
        assert reason_of(lambda: a_model(server).complete(PROMPT, seconds=3)) is R.UNREACHABLE
        assert elsewhere.requests == []


def test_nothing_listening_is_unreachable(server: FaultyServer) -> None:
    model = connect(load_settings(model="openai:test", model_base_url="http://127.0.0.1:9/v1", model_cache=False))
    assert model is not None
    assert reason_of(lambda: model.complete(PROMPT, seconds=3)) is R.UNREACHABLE


def test_a_call_that_was_left_lets_go_of_the_server(server: FaultyServer) -> None:
    server.script = [faulty.drips_words]
    assert reason_of(lambda: a_model(server).complete(PROMPT, seconds=0.4)) is R.TOO_SLOW
    assert server.abandoned.wait(3)


def test_a_stream_that_is_left_early_lets_go_of_the_server_and_is_no_failure(server: FaultyServer) -> None:
    server.script = [faulty.drips_words]
    model, meter = a_model(server), Meter()
    pieces = model.stream(PROMPT, seconds=20, meter=meter)
    assert next(pieces) == "and "
    pieces.close()  # type: ignore[attr-defined]
    assert server.abandoned.wait(3)
    assert (meter.usage.calls, meter.usage.failed_calls) == (1, 0)


def test_pieces_come_as_they_are_written(server: FaultyServer) -> None:
    server.script = [faulty.drips_words]
    began = time.monotonic()
    assert next(iter(a_model(server).stream(PROMPT, seconds=20))) == "and "
    assert time.monotonic() - began < 5


def test_pieces_that_came_before_a_break_are_given_first(server: FaultyServer) -> None:
    server.script = [faulty.drops_within]
    got: list[str] = []
    with pytest.raises(ModelFailure) as caught:
        got.extend(a_model(server).stream(PROMPT, seconds=3))
    assert caught.value.reason is R.CUT_OFF


def test_several_calls_at_once_do_not_disturb_each_other(server: FaultyServer) -> None:
    server.script = [faulty.drips_words, answers(), answers(), answers()]
    model = a_model(server)
    slow = model.stream(PROMPT, seconds=30)
    next(slow)
    assert [model.extract(PROMPT, Finding, seconds=5) for _ in range(3)] == [FOUND] * 3
    assert next(slow) == "and "
    slow.close()  # type: ignore[attr-defined]


def test_what_is_asked_is_held_to_the_schema(server: FaultyServer) -> None:
    a_model(server).extract(PROMPT, Finding, seconds=5)
    (request,) = server.requests
    form = request["response_format"]["json_schema"]
    assert (form["name"], form["strict"]) == ("Finding", True)
    assert form["schema"]["required"] == ["phase", "quotes"]
    assert form["schema"]["properties"]["phase"]["description"] == "The phase of the relationship."
    assert "default" not in form["schema"]["properties"]["quotes"]


def test_a_malformed_answer_is_not_asked_for_again_late(server: FaultyServer) -> None:
    server.script = [answers("Well.", pause=0.9), answers()]
    assert reason_of(lambda: a_model(server).extract(PROMPT, Finding, seconds=1.6)) is R.MALFORMED
    assert len(server.requests) == 1


def test_nothing_that_was_written_is_logged_or_raised(server: FaultyServer, caplog: pytest.LogCaptureFixture) -> None:
    server.script = [error(400, message=PROMPT), body(PROMPT), answers(PROMPT)]
    model = a_model(server)
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            with pytest.raises(ModelFailure) as caught:
                model.extract(PROMPT, Finding, seconds=5)
            assert "Kuroda" not in repr(caught.value)
            assert caught.value.__cause__ is None
    assert "openai:test" in caplog.text
    assert "Kuroda" not in caplog.text


class Clock:
    """Seconds that pass when told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@dataclass(frozen=True, kw_only=True)
class Dead:
    id: str
    script: list[Behaviour] = field(default_factory=list)
    reason: FailureReason
    calls: int


DEAD = [
    Dead(id="wrong key at once", script=[error(401)], reason=R.WRONG_KEY, calls=1),
    Dead(id="unknown model at once", script=[error(404)], reason=R.UNKNOWN_MODEL, calls=1),
    Dead(id="anything three times", script=[error(400)], reason=R.BROKEN, calls=3),
]


@pytest.mark.parametrize("dead", DEAD, ids=lambda dead: dead.id)
def test_a_dead_model_is_left_alone_for_a_minute(dead: Dead, server: FaultyServer, clock: Clock) -> None:
    server.script = list(dead.script)
    model = LanguageModel(a_model(server)._chat, name="openai:test", protocol="openai", clock=clock)

    def ask() -> FailureReason | None:
        return reason_of(lambda: model.complete(PROMPT, seconds=5))

    assert [ask() for _ in range(6)] == [dead.reason] * 6
    assert len(server.requests) == dead.calls
    clock.now = 59.0
    assert ask() is dead.reason
    assert len(server.requests) == dead.calls
    clock.now = 61.0
    assert ask() is dead.reason
    assert len(server.requests) == dead.calls + 1
    assert ask() is dead.reason
    assert len(server.requests) == dead.calls + 1
    clock.now = 200.0
    server.script = [answers()]
    assert [ask(), ask()] == [None, None]


def test_an_answer_between_failures_starts_the_count_again(server: FaultyServer, clock: Clock) -> None:
    bad = error(400)
    server.script = [bad, bad, answers(), bad, bad, answers()]
    model = LanguageModel(a_model(server)._chat, name="openai:test", protocol="openai", clock=clock)
    reasons = [reason_of(lambda: model.complete(PROMPT, seconds=5)) for _ in range(6)]
    assert reasons == [R.BROKEN, R.BROKEN, None, R.BROKEN, R.BROKEN, None]


def test_a_call_that_is_not_made_is_not_counted(server: FaultyServer) -> None:
    server.script = [error(401)]
    model, meter = a_model(server), Meter()
    for _ in range(3):
        reason_of(lambda: model.complete(PROMPT, seconds=5, meter=meter))
    assert meter.usage == Usage(calls=1, failed_calls=1)


def test_tokens_and_cost_are_counted(server: FaultyServer) -> None:
    model, meter = a_model(server, model_price_input=2.0, model_price_output=10.0), Meter()
    model.extract(PROMPT, Finding, seconds=5, meter=meter)
    model.complete(PROMPT, seconds=5, meter=meter)
    assert meter.usage == Usage(calls=2, input_tokens=24, output_tokens=10, cost=pytest.approx(0.000148))
    assert server.requests[1]["stream_options"] == {"include_usage": True}


def test_an_answer_is_asked_for_once(server: FaultyServer, tmp_path: Path) -> None:
    meter = Meter()
    for model in (a_model(server, tmp_path), a_model(server, tmp_path)):
        for _ in range(2):
            assert model.extract(PROMPT, Finding, seconds=5, meter=meter) == FOUND
            assert "".join(model.stream(PROMPT, seconds=5, meter=meter)) == f"{faulty.GOOD_TEXT} "
    assert len(server.requests) == 2
    assert (meter.usage.calls, meter.usage.cached_calls) == (2, 6)


def test_an_answer_from_the_cache_comes_word_by_word(server: FaultyServer, tmp_path: Path) -> None:
    model = a_model(server, tmp_path)
    model.complete(PROMPT, seconds=5)
    assert list(model.stream(PROMPT, seconds=5)) == ["Keep ", "it ", "light ", "for ", "now. "]


def test_another_model_schema_or_server_is_asked_anew(server: FaultyServer, tmp_path: Path) -> None:
    class Other(Finding):
        """What another account shows."""

    a_model(server, tmp_path).extract(PROMPT, Finding, seconds=5)
    a_model(server, tmp_path).extract(PROMPT, Other, seconds=5)
    other = connect(load_settings(model="openai:other", model_base_url=server.address, data_dir=tmp_path))
    assert other is not None
    other.extract(PROMPT, Finding, seconds=5)
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    "bad",
    [
        answers("", finish="content_filter"),
        answers("Half", finish="length"),
        answers(""),
        faulty.ends_early,
        error(400),
    ],
)
def test_an_answer_that_is_no_good_is_not_kept(bad: Behaviour, server: FaultyServer, tmp_path: Path) -> None:
    server.script = [bad, bad, answers()]
    model = a_model(server, tmp_path)
    for _ in range(2):
        assert reason_of(lambda: model.complete(PROMPT, seconds=5)) is not None
    assert reason_of(lambda: model.complete(PROMPT, seconds=5)) is None
    assert len(server.requests) == 3


def test_a_stream_that_is_left_is_not_kept(server: FaultyServer, tmp_path: Path) -> None:
    model = a_model(server, tmp_path)
    pieces = model.stream(PROMPT, seconds=5)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    model.complete(PROMPT, seconds=5)
    assert len(server.requests) == 2


def test_a_cached_answer_is_given_while_a_dead_model_is_left_alone(server: FaultyServer, tmp_path: Path) -> None:
    model = a_model(server, tmp_path)
    model.complete(PROMPT, seconds=5)
    server.script = [error(401)]
    assert reason_of(lambda: model.complete("Another.", seconds=5)) is R.WRONG_KEY
    assert reason_of(lambda: model.complete(PROMPT, seconds=5)) is None


class OwnModel(BaseChatModel):
    """A chat model with a time limit of its own, as ours for GGUF files; it answers with what it was told."""

    reply: Any = AIMessage(content='{"phase": "trial"}', response_metadata={"finish_reason": "stop"})
    parsed: Any = None
    timeout: float | None = None
    _told: list[float | None] = PrivateAttr(default_factory=list)
    _methods: list[str | None] = PrivateAttr(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "own"

    def _generate(self, *_: Any, **__: Any) -> ChatResult:
        self._told.append(self.timeout)
        if isinstance(self.reply, Exception):
            raise self.reply
        return ChatResult(generations=[ChatGeneration(message=self.reply)])

    def with_structured_output(self, *_: Any, include_raw: bool = False, method: str | None = None, **__: Any) -> Runnable:
        assert include_raw
        self._methods.append(method)
        return self | RunnableLambda(lambda raw: {"raw": raw, "parsed": self.parsed, "parsing_error": None})


def own(reply: AIMessage | Exception, parsed: Any = None) -> LanguageModel:
    return LanguageModel(OwnModel(reply=reply, parsed=parsed), name="own:model")


def test_a_model_with_a_limit_of_its_own_is_told_how_long_it_has() -> None:
    chat = OwnModel()
    model = LanguageModel(chat, name="gguf:own.gguf", protocol="gguf")
    model.complete(PROMPT, seconds=7)
    model.extract(PROMPT, Finding, seconds=7)
    assert all(told is not None and 6 < told <= 7 for told in chat._told)
    assert len(chat._told) == 2
    assert chat._methods == ["json_schema"]
    assert chat.timeout is None


def test_other_providers_use_the_librarys_own_way_to_an_object() -> None:
    chat = OwnModel(parsed=FOUND, reply=AIMessage(content=""))
    assert LanguageModel(chat, name="other:model").extract(PROMPT, Finding, seconds=5) == FOUND
    assert chat._methods == [None]


def said(text: str = "", **metadata: Any) -> AIMessage:
    return AIMessage(content=text, response_metadata=metadata)


OWN = [
    (said('{"phase": "trial"}'), None),
    (said('```json\n{"phase": "trial"}\n```', finish_reason="STOP"), None),
    (said('{"phase": "trial"}', stop_reason="max_tokens"), R.CUT_OFF),
    (said('{"phase": "trial"}', finish_reason="MAX_TOKENS"), R.CUT_OFF),
    (said("", finish_reason="SAFETY"), R.REFUSED),
    (said("No.", stop_reason="refusal"), R.REFUSED),
    (AIMessage(content="No.", additional_kwargs={"refusal": "No."}), R.REFUSED),
    (said(""), R.EMPTY),
    (AIMessage(content="", tool_calls=[{"name": "Finding", "args": {}, "id": "1"}]), R.MALFORMED),
    (said("x" * 200_001), R.MALFORMED),
    (TimeoutError(), R.TOO_SLOW),
    (MemoryError(), R.BROKEN),
]


@pytest.mark.parametrize(("reply", "reason"), OWN, ids=lambda value: repr(value)[:60])
def test_other_providers_say_it_in_words_of_their_own(reply: Any, reason: FailureReason | None) -> None:
    assert reason_of(lambda: own(reply).extract(PROMPT, Finding, seconds=5)) is reason


class StreamingModel(OwnModel):
    """Streams, counts its tokens, and says at the end why it stopped."""

    def _stream(self, *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
        for text in ("Keep ", "it ", "light."):
            yield ChatGenerationChunk(message=AIMessageChunk(content=text))
        usage = {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}
        last = AIMessageChunk(content="", usage_metadata=usage, response_metadata={"finish_reason": "length"})
        yield ChatGenerationChunk(message=last)


def test_a_stream_that_ends_for_want_of_tokens_is_cut_off() -> None:
    model, meter, got = LanguageModel(StreamingModel(), name="own:model", price=Price(input=1, output=1)), Meter(), []
    with pytest.raises(ModelFailure) as caught:
        got.extend(model.stream(PROMPT, seconds=5, meter=meter))
    assert caught.value.reason is R.CUT_OFF
    assert meter.usage == Usage(calls=1, failed_calls=1, input_tokens=3, output_tokens=4, cost=pytest.approx(7e-6))


def test_a_model_that_cannot_be_identified_is_a_failure(tmp_path: Path) -> None:
    class Gone(OwnModel):
        @property
        def _identifying_params(self) -> dict[str, Any]:
            raise FileNotFoundError(PROMPT)

    model = LanguageModel(Gone(), name="own:model", cache=SqliteCallCache(tmp_path / "calls.sqlite"))
    assert reason_of(lambda: model.complete(PROMPT, seconds=5)) is R.BROKEN


TEXTS = [
    ('{"phase": "trial"}', True),
    ('Here it is: {"phase": "trial"}. Good luck!', True),
    ('```json\n{"phase": "trial", "quotes": ["a {brace}"]}\n```', True),
    ('I write {customer} and {"phase": "trial"}', True),
    ('{"other": 1} {"phase": "trial"}', True),
    ('{"phase": "trial"} {"phase": "trial"}', False),
    ('{"answer": {"phase": "trial"}}', False),
    ('{"answer": [{"phase": "trial"}, {"ph', False),
    ('[{"phase": "trial"}]', True),
    ('{"phase": "trial", "surplus": 1}', False),
    ("", False),
    ("{" * 100_000, False),
    ('{"' * 50_000, False),
    ("{}" * 50_000, False),
    ('{"a":' * 30_000, False),
    ('{"a": ' + "9" * 5_000 + "}", False),
]


@pytest.mark.parametrize(("text", "is_found"), TEXTS, ids=lambda value: str(value)[:30])
def test_one_whole_object_is_found_in_a_text(text: str, is_found: bool) -> None:
    began = time.thread_time()
    assert (object_in_text(text, Finding) is not None) is is_found
    assert time.thread_time() - began < 2


@given(st.text(alphabet=st.characters(codec="utf-8")), st.text(alphabet='{}[]",:0 a\\'))
def test_any_text_can_be_searched(first: str, second: str) -> None:
    for text in (first, second, first + second):
        object_in_text(text, Finding)


@given(st.text(alphabet=st.characters(exclude_characters="{", codec="utf-8")), st.lists(st.text(), max_size=3))
def test_an_object_is_found_whatever_stands_around_it(around: str, quotes: list[str]) -> None:
    finding = Finding(phase="trial", quotes=tuple(quote.encode("utf-8", "ignore").decode() for quote in quotes))
    assert object_in_text(f"{around}{finding.model_dump_json()}{around}", Finding) == finding


def test_usage_adds_up() -> None:
    paid, free, unknown = Usage(calls=1, cost=0.5), Usage(cached_calls=1), Usage(calls=1)
    assert (paid + free + paid).cost == 1.0
    assert (paid + unknown).cost is None
    assert (free + free).cost is None
    assert (paid + unknown + free) == Usage(calls=2, cached_calls=1)


def test_a_meter_counts_from_several_threads() -> None:
    meter = Meter()
    threads = [threading.Thread(target=lambda: [meter.add(Usage(calls=1)) for _ in range(500)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert meter.usage.calls == 2_000
