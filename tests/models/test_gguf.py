"""A GGUF model in this process: what it answers, that it can be stopped, and that no file or prompt brings it down."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypedDict

import psutil
import pytest
from langchain_core.exceptions import ContextOverflowError
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, SystemMessage, ToolMessage
from pydantic import BaseModel, ValidationError

from coach.errors import ModelError
from coach.models import llama_server
from coach.models.gguf import GGUFChatModel

LONG = "You are a coach for salespeople who travel. " * 20
STORY = "Tell a very long story about a ship."


@pytest.fixture(scope="module", autouse=True)
def _memory_given_back() -> Iterator[None]:
    """Stops a loaded model from lasting for the rest of the tests."""
    yield
    llama_server.close_servers()


@pytest.fixture
def model(smollm2_path: Path) -> GGUFChatModel:
    """The small model; loaded by the first test that asks it."""
    return GGUFChatModel(path=smollm2_path, max_tokens=24)


def _seconds(act: Callable[[], object]) -> float:
    begun = time.monotonic()
    act()
    return time.monotonic() - begun


def test_an_answer_tells_why_it_ended_and_what_it_cost(model: GGUFChatModel) -> None:
    answer = model.invoke([SystemMessage("You are brief."), HumanMessage("Say hi.")], max_tokens=3)
    assert answer.text
    assert answer.response_metadata["finish_reason"] == "length"
    assert answer.response_metadata["model_name"] == "SmolLM2-135M-Instruct.Q4_1.gguf"
    assert answer.usage_metadata is not None
    assert answer.usage_metadata["output_tokens"] == 3


def test_a_stream_says_the_same_word_by_word(model: GGUFChatModel) -> None:
    chunks = list(model.stream("What is a handshake?"))
    assert len([chunk for chunk in chunks if chunk.text]) > 10
    assert "".join(chunk.text for chunk in chunks) == model.invoke("What is a handshake?").text
    assert [chunk for chunk in chunks if isinstance(chunk, AIMessageChunk) and chunk.usage_metadata] == [chunks[-1]]
    assert chunks[-1].response_metadata["finish_reason"] == "length"


async def test_a_model_can_be_awaited(model: GGUFChatModel) -> None:
    assert (await model.ainvoke("Say hi.")).text == model.invoke("Say hi.").text


def test_stop_words_end_an_answer_and_are_left_out(model: GGUFChatModel) -> None:
    whole = model.invoke("Count from 1 to 9.").text
    stopped = model.invoke("Count from 1 to 9.", stop=[whole[8]])
    assert stopped.text == whole.partition(whole[8])[0]
    assert stopped.response_metadata["finish_reason"] == "stop"


def test_a_conversation_may_come_as_blocks_and_with_neighbours_of_one_role(model: GGUFChatModel) -> None:
    plain = [HumanMessage("I sell pumps.\nTo Japan."), AIMessage("Good."), HumanMessage("What now?")]
    blocks = [
        HumanMessage("I sell pumps."),
        HumanMessage([{"type": "text", "text": "To Japan."}]),
        AIMessage([{"type": "text", "text": "Good."}]),
        HumanMessage(["What now?"]),
    ]
    assert model.invoke(blocks).text == model.invoke(plain).text


@pytest.mark.parametrize(
    "message",
    [
        HumanMessage([{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}]),
        ToolMessage("4", tool_call_id="1"),
    ],
    ids=["an image", "a tool's result"],
)
def test_what_is_not_text_is_refused(message: Any, model: GGUFChatModel) -> None:
    with pytest.raises(ValueError, match="GGUF models"):
        model.invoke([message])


def test_an_unknown_option_is_refused(model: GGUFChatModel) -> None:
    with pytest.raises(TypeError, match="top_q"):
        model.invoke("Hi", top_q=1)


def test_tokens_are_counted_by_the_models_own_tokenizer(model: GGUFChatModel) -> None:
    messages = [SystemMessage("You are brief."), HumanMessage("Say hi to Mr Kuroda in Ōsaka.")]
    answer = model.invoke(messages)
    assert answer.usage_metadata is not None
    assert model.get_num_tokens("") == 0
    assert model.get_num_tokens("Hello there, world") == 4
    assert model.get_num_tokens_from_messages(messages) == answer.usage_metadata["input_tokens"]


def test_the_same_question_has_the_same_answer_also_after_another(model: GGUFChatModel) -> None:
    first = model.invoke("Tell me about Finland.").text
    assert model.invoke("Tell me about Finland.").text == first
    model.invoke([SystemMessage("You like rivers."), HumanMessage("Tell me about Brazil.")])
    assert model.invoke("Tell me about Finland.").text == first


@pytest.mark.slow
def test_a_shared_beginning_is_read_once(model: GGUFChatModel) -> None:
    def read(question: str) -> tuple[int, int]:
        answer = model.invoke([SystemMessage(LONG), HumanMessage(question)], max_tokens=1)
        assert isinstance(answer, AIMessage)
        assert answer.usage_metadata is not None
        return answer.usage_metadata["input_tokens"], answer.usage_metadata["input_token_details"]["cache_read"]

    read("Who are you?")
    sent, cached = read("What do you know?")
    assert sent - cached < 32
    model.invoke("Say hi.")
    sent, cached = read("What else do you know?")
    assert sent - cached < 32


class Visit(BaseModel):
    place: str
    warm: bool
    kind: Literal["city", "country"]


class VisitDict(TypedDict):
    """A visit."""

    warm: bool
    kind: Literal["city", "country"]


VISIT_SCHEMA = {
    "title": "visit",
    "type": "object",
    "properties": {"kind": {"enum": ["city", "country"]}},
    "required": ["kind"],
}
ASK = "Describe Helsinki as JSON with place, warm and kind."


def test_an_answer_takes_the_form_of_a_pydantic_class(model: GGUFChatModel) -> None:
    assert isinstance(model.with_structured_output(Visit, max_tokens=100).invoke(ASK), Visit)


@pytest.mark.parametrize("schema", [VisitDict, VISIT_SCHEMA], ids=["typed dict", "JSON schema"])
def test_an_answer_takes_the_form_of_other_schemas(schema: Any, model: GGUFChatModel) -> None:
    answer = model.with_structured_output(schema).invoke(ASK)
    assert answer["kind"] in ("city", "country")


class Branch(BaseModel):
    sign: Literal["a", "b"]
    next: Branch | None


def test_a_schema_may_refer_to_itself(model: GGUFChatModel) -> None:
    answer = model.with_structured_output(Branch, include_raw=True).invoke(ASK)
    assert json.loads(answer["raw"].text)["sign"] in ("a", "b") if answer["parsed"] else answer["parsing_error"]


@pytest.mark.parametrize("schema", [Visit, VisitDict, VISIT_SCHEMA], ids=["pydantic", "typed dict", "JSON schema"])
def test_an_answer_that_is_cut_off_is_an_error(schema: Any, model: GGUFChatModel) -> None:
    with pytest.raises(ValueError, match=r"Invalid JSON|Expecting|Unterminated"):
        model.with_structured_output(schema, max_tokens=3).invoke(ASK)


def test_with_the_raw_answer_the_error_is_a_value(model: GGUFChatModel) -> None:
    cut = model.with_structured_output(Visit, include_raw=True, max_tokens=3).invoke(ASK)
    assert cut["parsed"] is None
    assert isinstance(cut["parsing_error"], ValidationError)
    assert cut["raw"].response_metadata["finish_reason"] == "length"
    whole = model.with_structured_output(Visit, include_raw=True, max_tokens=100).invoke(ASK)
    assert isinstance(whole["parsed"], Visit)
    assert whole["parsing_error"] is None


@pytest.mark.slow
def test_a_stream_that_is_closed_stops_the_model(model: GGUFChatModel) -> None:
    model.invoke("Say hi.", max_tokens=1)
    with closing(model.stream(STORY, max_tokens=1000)) as stream:
        for _ in range(3):
            next(stream)
    assert _seconds(lambda: model.invoke("Say hi.", max_tokens=2)) < 3
    process = psutil.Process()
    before = process.cpu_times()
    time.sleep(0.5)
    after = process.cpu_times()
    assert after.user + after.system - before.user - before.system < 0.25


@dataclass(frozen=True, kw_only=True)
class Late:
    id: str
    prompt: str
    seconds: float


LATE = [
    Late(id="while it answers", prompt=STORY, seconds=0.6),
    Late(id="while it reads", prompt="one two three " * 2000, seconds=0.3),
]


@pytest.mark.slow
@pytest.mark.parametrize("late", LATE, ids=lambda late: late.id)
def test_time_that_has_passed_stops_the_model(late: Late, model: GGUFChatModel) -> None:
    model.invoke("Say hi.", max_tokens=1)

    def ask() -> None:
        with pytest.raises(TimeoutError):
            model.model_copy(update={"timeout": late.seconds, "max_tokens": 2000}).invoke(late.prompt)

    assert _seconds(ask) < late.seconds + 0.5
    assert _seconds(lambda: model.invoke("Say hi.", max_tokens=2)) < 3


@pytest.mark.slow
def test_waiting_for_another_call_counts(model: GGUFChatModel) -> None:
    with closing(model.stream(STORY, max_tokens=1000)) as stream:
        next(stream)
        with pytest.raises(TimeoutError):
            model.invoke("Say hi.", timeout=0.3)
    assert model.invoke("Say hi.", max_tokens=2, timeout=20).text


@pytest.mark.slow
def test_calls_of_several_threads_take_turns(model: GGUFChatModel) -> None:
    questions = [f"Say the number {number}." for number in range(4)]
    alone = [model.invoke(question).text for question in questions]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda question: model.invoke(question).text, questions)) == alone


def test_a_prompt_longer_than_the_context_is_said(model: GGUFChatModel) -> None:
    with pytest.raises(ContextOverflowError, match="8192"):
        model.invoke("one two three four " * 4000)
    assert model.invoke("Say hi.").text


def test_a_model_is_loaded_at_the_first_call_and_once(smollm2_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = []
    start = llama_server.start_llama
    monkeypatch.setattr(llama_server, "start_llama", lambda path, **options: loaded.append(path) or start(path, **options))
    one = GGUFChatModel(path=smollm2_path, context_size=512, max_tokens=2)
    other = GGUFChatModel(path=smollm2_path, context_size=512, max_tokens=2, temperature=0.5, timeout=20)
    assert loaded == []
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda model: model.invoke("Say hi."), [one, other]))
    assert len(loaded) == 1
    one.release()
    assert other.invoke("Say hi.").text
    assert len(loaded) == 2
    other.release()


@pytest.mark.slow
def test_letting_go_stops_what_is_under_way(smollm2_path: Path) -> None:
    model = GGUFChatModel(path=smollm2_path, context_size=2048, max_tokens=1500)
    stream = model.stream(STORY)
    next(stream)
    assert _seconds(model.release) < 3
    with pytest.raises(ModelError, match="in the middle"):
        list(stream)
    model.release()


def test_loading_is_silent_and_opens_no_port(smollm2_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def ports() -> set[Any]:
        connections = psutil.Process().net_connections(kind="inet")
        return {connection.laddr for connection in connections if connection.status == psutil.CONN_LISTEN}

    before = ports()
    model = GGUFChatModel(path=smollm2_path, context_size=1024, max_tokens=2)
    model.invoke("Say hi.")
    assert ports() == before
    model.release()
    assert capfd.readouterr() == ("", "")


# Where the tests run in the background, the shell has them ignore an interruption, and children inherit that.
PROGRAM = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from coach.models.gguf import GGUFChatModel
stream = GGUFChatModel(path=sys.argv[1], max_tokens=1000).stream("Tell a very long story.")
next(stream)
if sys.argv[2] == "interrupt":
    os.kill(os.getpid(), signal.SIGINT)
    signal.pause()
"""


@dataclass(frozen=True, kw_only=True)
class Ending:
    id: str
    code: int
    error: str


ENDINGS = [
    Ending(id="by itself", code=0, error=""),
    Ending(id="interrupt", code=-signal.SIGINT, error="KeyboardInterrupt"),
]


@pytest.mark.slow
@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.id)
def test_a_program_can_end_while_the_model_is_busy(ending: Ending, smollm2_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(smollm2_path), ending.id], capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stderr.strip().split("\n")[-1]) == (ending.code, ending.error)


def test_a_model_is_known_by_its_content(smollm2_path: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / smollm2_path.name
    shutil.copyfile(smollm2_path, elsewhere)
    here, there = GGUFChatModel(path=smollm2_path), GGUFChatModel(path=elsewhere)
    assert here.asdict() == there.asdict()
    with elsewhere.open("r+b") as file:
        file.seek(-8, 2)
        file.write(b"\1\2\3\4\5\6\7\1")
    assert here.asdict() != there.asdict()
    assert here.asdict() != GGUFChatModel(path=smollm2_path, max_tokens=7).asdict()
    assert str(smollm2_path.parent) not in str(here.asdict())


def test_a_missing_package_is_said(smollm2_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(ModelError, match="pip install"):
        GGUFChatModel(path=smollm2_path, context_size=300).invoke("Say hi.")


@pytest.fixture
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stops a proxy of the developer's from standing between client and server."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.slow
@pytest.mark.usefixtures("_no_proxy")
def test_llamas_own_server_answers_langchains_openai_client(llama_server_url: str) -> None:
    from langchain_openai import ChatOpenAI

    client = ChatOpenAI(model="local", base_url=llama_server_url, api_key="none", temperature=0, max_tokens=60, max_retries=0)  # type: ignore[call-arg, arg-type]
    pieces = [chunk.text for chunk in client.stream("What is a handshake?")]
    assert len([piece for piece in pieces if piece]) > 10
    assert "".join(pieces) == client.invoke("What is a handshake?").text
    assert isinstance(client.with_structured_output(Visit, method="json_schema").invoke(ASK), Visit)
