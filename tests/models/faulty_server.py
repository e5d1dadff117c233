"""A server on this machine that speaks OpenAI's chat-completions protocol, well or as badly as a test wants.

Each request is answered by the next `Behaviour` of the script; the last one stays.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GOOD_TEXT = "Keep it light for now."
GOOD_OBJECT = {"phase": "trial", "quotes": ["the weather"]}

Request = dict[str, Any]
"""The body of a request, with `path`, `key` and `headers`."""


class Handler(BaseHTTPRequestHandler):
    """Answers one request as the script says."""

    protocol_version = "HTTP/1.1"
    server: Listener

    def do_POST(self) -> None:
        owner = self.server.owner
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        request = {**body, "path": self.path, "key": self.headers["Authorization"], "headers": dict(self.headers)}
        behave = owner.next_behaviour(request)
        # One request a connection, so that no fault reaches the next request.
        self.close_connection = True
        try:
            behave(self, request)
        except OSError:
            owner.abandoned.set()

    def do_GET(self) -> None:
        self.server.owner.next_behaviour({"path": self.path, "method": "GET"})
        self.send_error(404)

    def begin(self, kind: str, *, status: int = 200, length: int | None = None, **headers: str) -> None:
        """Send the head of an answer; without a length the connection's end is the answer's."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def send(self, text: str | bytes) -> None:
        self.wfile.write(text.encode() if isinstance(text, str) else text)
        self.wfile.flush()

    def event(self, delta: dict[str, Any], *, finish: str | None = None, usage: dict[str, int] | None = None) -> None:
        """Send one chunk of a streamed answer."""
        choices = [] if usage else [{"index": 0, "delta": delta, "finish_reason": finish}]
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "test", "choices": choices}
        self.send(f"data: {json.dumps({**chunk, 'usage': usage})}\n\n")

    def drop(self) -> None:
        """Close the connection so that the other side sees it reset or ended at once."""
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)

    def idle(self) -> None:
        """Do nothing until the test is over."""
        self.server.owner.released.wait(30)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named by http.server
        pass


Behaviour = Callable[[Handler, Request], None]


class Listener(ThreadingHTTPServer):
    """Listens for a `FaultyServer`."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, owner: FaultyServer) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.owner = owner


class FaultyServer:
    """A server with a script.

    Attributes:
        script: what it does, request by request.
        requests: what it was asked.
        released: set when the test is over.
        abandoned: set when a client has gone while an answer was being sent.
    """

    def __init__(self) -> None:
        self.script: list[Behaviour] = [answers()]
        self.requests: list[Request] = []
        self.released = threading.Event()
        self.abandoned = threading.Event()
        self._lock = threading.Lock()
        self._listener = Listener(self)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._listener.server_port}/v1"

    def next_behaviour(self, request: Request) -> Behaviour:
        with self._lock:
            self.requests.append(request)
            return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    @contextmanager
    def running(self) -> Iterator[FaultyServer]:
        thread = threading.Thread(target=self._listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.released.set()
            self._listener.shutdown()
            self._listener.server_close()
            thread.join(5)


def answers(
    content: str | None = None, *, finish: str | None = "stop", refusal: str | None = None, pause: float = 0.0
) -> Behaviour:
    """Answer properly: with an object where one is asked for, streamed word by word where that is asked for."""

    def behave(handler: Handler, request: Request) -> None:
        text = content if content is not None else json.dumps(GOOD_OBJECT) if "response_format" in request else GOOD_TEXT
        usage = {"prompt_tokens": 12, "completion_tokens": 5, "total_tokens": 17}
        time.sleep(pause)
        if request.get("stream"):
            handler.begin("text/event-stream")
            for word in text.split(" "):
                handler.event({"role": "assistant", "content": word + " "})
            handler.event({}, finish=finish)
            handler.event({}, usage=usage)
            handler.send("data: [DONE]\n\n")
            return
        message = {"role": "assistant", "content": text, "refusal": refusal}
        choice = {"index": 0, "finish_reason": finish, "message": message}
        answer = {"id": "1", "object": "chat.completion", "created": 0, "model": "test", "choices": [choice], "usage": usage}
        body(json.dumps(answer))(handler, request)

    return behave


def body(text: str | bytes, *, kind: str = "application/json", status: int = 200, **headers: str) -> Behaviour:
    """Answer with this body."""
    raw = text.encode() if isinstance(text, str) else text

    def behave(handler: Handler, request: Request) -> None:
        handler.begin(kind, status=status, length=len(raw), **headers)
        handler.send(raw)

    return behave


def error(status: int, code: str | None = None, message: str = "no", **headers: str) -> Behaviour:
    """Answer with an error as OpenAI sends it."""
    return body(json.dumps({"error": {"message": message, "type": "error", "code": code}}), status=status, **headers)


def redirects(address: str) -> Behaviour:
    """Send the client elsewhere."""
    return body("", status=307, Location=f"{address}/chat/completions")


def hangs(handler: Handler, request: Request) -> None:
    """Say nothing at all."""
    handler.idle()


def hangs_within(handler: Handler, request: Request) -> None:
    """Begin an answer and say no more."""
    _begin_any(handler, request)
    handler.idle()


def trickles(handler: Handler, request: Request) -> None:
    """Send a byte now and then, of something that never becomes a piece."""
    handler.begin("text/event-stream" if request.get("stream") else "application/json", length=10_000_000)
    while not handler.server.owner.released.wait(0.1):
        handler.send(":" if request.get("stream") else " ")


def drips_words(handler: Handler, request: Request) -> None:
    """Stream a word every tenth of a second, without end."""
    handler.begin("text/event-stream")
    while not handler.server.owner.released.wait(0.1):
        handler.event({"role": "assistant", "content": "and "})


def floods(handler: Handler, request: Request) -> None:
    """Send as fast as it can, without end."""
    if request.get("stream"):
        handler.begin("text/event-stream")
        while not handler.server.owner.released.is_set():
            handler.event({"role": "assistant", "content": "and so on " * 100})
    else:
        handler.begin("application/json")
        handler.send('{"choices": "')
        while not handler.server.owner.released.is_set():
            handler.send(b"and so on " * 10_000)


def drops(handler: Handler, request: Request) -> None:
    """Close the connection before any answer."""
    handler.drop()


def drops_within(handler: Handler, request: Request) -> None:
    """Close the connection within an answer, as a server that dies."""
    _begin_any(handler, request)
    handler.drop()


def ends_early(handler: Handler, request: Request) -> None:
    """End a stream properly on the wire, but in the middle of the answer."""
    handler.begin("text/event-stream")
    handler.event({"role": "assistant", "content": "Keep "})


def garbage(handler: Handler, request: Request) -> None:
    """Send bytes that are no HTTP."""
    handler.send(bytes(range(255)) * 20)


def garbage_events(handler: Handler, request: Request) -> None:
    """Stream events that are no JSON."""
    handler.begin("text/event-stream")
    handler.send("data: {\x00\x01 not json\n\n")


def _begin_any(handler: Handler, request: Request) -> None:
    """Send the first half of a proper answer."""
    if request.get("stream"):
        handler.begin("text/event-stream", length=1_000_000)
        handler.event({"role": "assistant", "content": "Keep "})
    else:
        handler.begin("application/json", length=1_000_000)
        handler.send('{"id": "1", "choices": [{"index": 0, "message": {"role": "assis')
