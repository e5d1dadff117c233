"""A GGUF file loaded into llama.cpp within this process, through xllamacpp.

One call is answered at a time. llama.cpp hands each event to a callback on the thread that called it; a thread of its own for
each call lets the caller leave at its deadline while llama.cpp is still busy, and the callback's answer stops llama.cpp: at
the next word, or after the batch of the prompt that it is reading.

xllamacpp always listens somewhere as well. Here that is a socket in a folder that only this user can open, behind a key that
nobody else knows; token counts come through it, since the binding has no other way to the tokenizer.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import functools
import http.client
import importlib
import json
import os
import queue
import secrets
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coach.errors import ModelError

PROMPT_BATCH = 32
"""Tokens of a prompt read at a time, between which a call can be stopped; on a processor 512 is no faster."""
PROMPT_CACHE = 512
"""MiB of memory for prompts read before, so that calls that take turns do not read theirs anew."""
_MAX_SOCKET_PATH = 100
_COUNTING_SECONDS = 60.0
_SIGACTION_BYTES = 512


@dataclass(frozen=True, kw_only=True, slots=True)
class Loading:
    """What makes two loaded models the same one.

    Attributes:
        path: the GGUF file.
        fingerprint: of its content.
        context_size: tokens that prompt and answer may have together.
        threads: of the processor.
    """

    path: Path
    fingerprint: str
    context_size: int
    threads: int


class _Call:
    """A call under way: what llama.cpp has said and whether anybody still listens."""

    def __init__(self, seconds: float | None) -> None:
        self.deadline = None if seconds is None else time.monotonic() + seconds
        self.events: queue.SimpleQueue[dict[str, Any] | BaseException | None] = queue.SimpleQueue()
        self.cancelled = False

    def receive(self, event: dict[str, Any]) -> bool:
        """Take an event from llama.cpp; True tells it to stop."""
        self.events.put(event)
        if self.deadline is not None and time.monotonic() > self.deadline:
            self.events.put(TimeoutError())
            return True
        return self.cancelled

    def next(self) -> dict[str, Any] | None:
        """Return the next event, or None after the last.

        Raises:
            TimeoutError: the deadline has passed.
        """
        remaining = None if self.deadline is None else max(0.0, self.deadline - time.monotonic())
        try:
            event = self.events.get(timeout=remaining)
        except queue.Empty:
            event = TimeoutError()
        if isinstance(event, TimeoutError):
            raise TimeoutError("The model did not answer in time.")
        if isinstance(event, BaseException):
            raise event
        return event


class LlamaServer:
    """A model that is loaded when first needed; safe to use from several threads."""

    def __init__(self, loading: Loading) -> None:
        self.loading = loading
        self._turn = threading.Lock()
        self._loading = threading.Lock()
        self._native: Any = None
        self._calls: set[_Call] = set()
        self._key = secrets.token_hex(16)
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def events(self, request: Mapping[str, Any], *, seconds: float | None) -> Generator[dict[str, Any], None, None]:
        """Yield llama.cpp's events for a chat-completions request; closing the iterator stops it.

        Raises:
            TimeoutError: not all came within `seconds`, counted from the first one asked for and including the loading,
                which itself cannot be left: xllamacpp 2026.10 stops all of Python while it loads a file.
            ModelError: the model cannot be loaded, or llama.cpp refuses the request.
        """
        call = _Call(seconds)
        self._calls.add(call)
        # A daemon, so that a program can end while a model is busy; `close_servers` waits for it to stop.
        threading.Thread(target=self._answer, args=(dict(request), call), name="llama-call", daemon=True).start()
        try:
            while (event := call.next()) is not None:
                yield event
        finally:
            call.cancelled = True

    def tokens(self, text: str) -> list[int]:
        """Return a text's tokens.

        Raises:
            ModelError: the model cannot be loaded or asked.
        """
        return list(self._post("/tokenize", {"content": text, "parse_special": True})["tokens"])

    def render(self, messages: list[dict[str, str]]) -> str:
        """Return the prompt that the model's chat template makes of messages.

        Raises:
            ModelError: the model cannot be loaded or asked.
        """
        return str(self._post("/apply-template", {"messages": messages})["prompt"])

    def close(self) -> None:
        """Stop what is under way and free the model; the next call loads it again."""
        for call in list(self._calls):
            call.cancelled = True
        with self._turn, self._loading:
            self._native = None
            if self._folder is not None:
                self._folder.cleanup()
                self._folder = None

    def _answer(self, request: dict[str, Any], call: _Call) -> None:
        try:
            with self._turn:
                if not call.cancelled:
                    native = self._load()
                    if not call.cancelled:
                        native.handle_chat_completions(request, call.receive)
                    del native  # the model is freed by whoever drops it last, and that must not be a thread that ends anywhen
        except ModelError as error:
            call.events.put(error)
        except Exception as error:
            # Its text may quote the prompt, so only its kind is told.
            call.events.put(_refused(self.loading.path, type(error).__name__))
        finally:
            self._calls.discard(call)
            call.events.put(None)

    def _load(self) -> Any:
        with self._loading:
            if self._native is None:
                self._folder = tempfile.TemporaryDirectory(prefix="rapport-", ignore_cleanup_errors=True)
                self._native = start_llama(
                    self.loading.path,
                    context_size=self.loading.context_size,
                    threads=self.loading.threads,
                    host=_private_host(Path(self._folder.name)),
                    key=self._key,
                )
            return self._native

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        address = str(self._load().listening_address)
        connection = _Connection(address)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._key}"}
        try:
            connection.request("POST", path, json.dumps(body), headers)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise _refused(self.loading.path, type(error).__name__) from error
        finally:
            connection.close()
        if response.status != http.HTTPStatus.OK:
            raise _refused(self.loading.path, str(response.status))
        answer: dict[str, Any] = json.loads(content)
        return answer


class _Connection(http.client.HTTPConnection):
    """HTTP to where xllamacpp says it listens: `unix://<path>` or `http://<host>:<port>`."""

    def __init__(self, address: str) -> None:
        scheme, _, place = address.partition("://")
        self._socket_path = place if scheme == "unix" else None
        super().__init__("localhost" if scheme == "unix" else place, timeout=_COUNTING_SECONDS)

    def connect(self) -> None:
        if self._socket_path is None:
            super().connect()
        else:
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(_COUNTING_SECONDS)
            self.sock.connect(self._socket_path)


def start_llama(path: Path, *, context_size: int, threads: int, host: str, key: str | None = None) -> Any:
    """Load a GGUF file and return xllamacpp's server; it stops and frees the model when dropped.

    Args:
        path: the file.
        context_size: tokens that prompt and answer may have together.
        threads: of the processor.
        host: address to listen on, at a free port, or the path of a socket that ends in `.sock`.
        key: what clients must send as bearer token; none by default.

    Raises:
        ModelError: xllamacpp is not installed, or llama.cpp cannot load the file.
    """
    try:
        xllamacpp = importlib.import_module("xllamacpp")
    except ImportError as error:
        raise ModelError("The package for GGUF models is not installed.", "Run: pip install xllamacpp") from error
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.model_alias = {path.name}
    parameters.n_ctx = context_size
    parameters.n_parallel = 1
    parameters.n_batch = parameters.n_ubatch = PROMPT_BATCH
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads
    parameters.n_threads_http = 2
    parameters.n_gpu_layers = 0
    parameters.cache_ram_mib = PROMPT_CACHE
    parameters.fit_params = parameters.warmup = False
    parameters.verbosity = -1
    parameters.hostnames, parameters.port = [host], 0
    parameters.api_keys = [key] if key else []
    parameters.ui = parameters.endpoint_slots = parameters.endpoint_props = False
    try:
        with _signals_kept():
            return xllamacpp.Server(parameters)
    except (RuntimeError, ValueError, MemoryError) as error:
        raise ModelError(
            f"llama.cpp cannot load the model file {path.name}.",
            "It may be damaged, of a kind that this llama.cpp does not know, or need more memory: try a smaller context.",
        ) from error


@contextlib.contextmanager
def _signals_kept() -> Iterator[None]:
    """Put back what Ctrl-C and termination do: llama.cpp takes both over while it loads (xllamacpp 2026.10).

    Python's own `signal` works in the main thread only and does not see what native code has set.
    """
    if os.name != "posix":
        yield
        return
    change = ctypes.CDLL(None).sigaction
    kept = {number: ctypes.create_string_buffer(_SIGACTION_BYTES) for number in (signal.SIGINT, signal.SIGTERM)}
    for number, action in kept.items():
        change(int(number), None, action)
    try:
        yield
    finally:
        for number, action in kept.items():
            change(int(number), action, None)


def _private_host(folder: Path) -> str:
    path = str(folder / "llama.sock")
    return path if hasattr(socket, "AF_UNIX") and len(path) <= _MAX_SOCKET_PATH else "127.0.0.1"


def _refused(path: Path, kind: str) -> ModelError:
    return ModelError(f"llama.cpp could not answer with the model {path.name} ({kind}).", "Try again, or choose another model.")


@functools.cache
def _servers() -> dict[Loading, LlamaServer]:
    """The models of this process; closed before it ends, since llama.cpp must not call into a Python that is gone."""
    atexit.register(close_servers)
    return {}


_opening = threading.Lock()


def open_server(loading: Loading) -> LlamaServer:
    """Return the model of this process for a file and its settings, the same one each time; nothing is loaded yet."""
    with _opening:
        return _servers().setdefault(loading, LlamaServer(loading))


def close_servers(loading: Loading | None = None) -> None:
    """Free one model, or all of this process; those that are asked again load again."""
    with _opening:
        servers = [server for server in _servers().values() if loading in (None, server.loading)]
    for server in servers:
        server.close()
