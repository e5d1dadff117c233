"""Calls that end when their time is up, whatever the other side does.

The work runs in a thread of its own and hands its pieces over through a queue. When the time is up the caller leaves; the
thread is told to stop, and the socket it reads from, where known, is shut under it so that it does.
"""

from __future__ import annotations

import contextlib
import contextvars
import socket
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import Any, TypeVar

from coach.models.failures import FailureReason, ModelFailure, failure_of

T = TypeVar("T")

THREAD_NAME = "language-model-call"
"""Name of the threads that calls run in."""

_MOST_BYTES = 20_000_000
"""Of one response on the wire. A streamed token takes some 250 bytes, so this is far beyond any answer of use."""
_LOOK = 0.05
"""Seconds between two looks at how much has come."""
_MOST_CONNECTING = 5.0
"""Seconds for a connection to be made; a host that drops packets is unreachable, not slow."""


class Call:
    """One request to a model: when it must end, and what it is reading from."""

    def __init__(self, end: float) -> None:
        self._end = end
        self._stopped = Event()
        self._lock = Lock()
        self._response: Any = None

    @property
    def remaining(self) -> float:
        """Seconds left, 0 when the time is up."""
        return max(0.0, self._end - time.monotonic())

    @property
    def is_over(self) -> bool:
        """Whether nobody waits for the answer any more."""
        return self._stopped.is_set() or self.remaining == 0

    def sending(self, request: Any) -> None:
        """Give an HTTP request (httpx) the seconds that are left."""
        seconds = max(0.001, self.remaining)
        request.extensions["timeout"] = {
            "connect": min(_MOST_CONNECTING, seconds),
            "read": seconds,
            "write": seconds,
            "pool": seconds,
        }

    def receiving(self, response: Any) -> None:
        """Note the HTTP response (httpx) whose body is about to be read."""
        with self._lock:
            self._response = response
        if self._stopped.is_set():
            self.stop()

    @property
    def has_overflowed(self) -> bool:
        """Whether more has come than any answer of use takes."""
        response = self._response
        return response is not None and response.num_bytes_downloaded > _MOST_BYTES

    def finished(self) -> None:
        """Forget the response: its connection may serve another call."""
        with self._lock:
            self._response = None

    def stop(self) -> None:
        """Tell the work to stop, and wake it where it waits for the network."""
        self._stopped.set()
        with self._lock:
            stream = None if self._response is None else self._response.extensions.get("network_stream")
            connection = None if stream is None else stream.get_extra_info("socket")
            if connection is not None:
                # It may have closed by itself meanwhile.
                with contextlib.suppress(OSError, ValueError):
                    connection.shutdown(socket.SHUT_RDWR)


_current: contextvars.ContextVar[Call | None] = contextvars.ContextVar("language_model_call", default=None)


def before_request(request: Any) -> None:
    """HTTP event hook: a request gets the time that its call has left."""
    call = _current.get()
    if call is not None:
        call.sending(request)


def before_body(response: Any) -> None:
    """HTTP event hook: a call knows the response it reads from."""
    call = _current.get()
    if call is not None:
        call.receiving(response)


@dataclass(frozen=True, slots=True)
class _Ended:
    """The last thing in the queue."""

    error: BaseException | None = None


def pieces_in_time(call: Call, work: Callable[[], Iterator[T]]) -> Generator[T, None, None]:
    """Yield what `work` yields, as it comes, until the call's time is up.

    Leaving the iterator early stops the work.

    Raises:
        ModelFailure: the time is up, the work failed, or it brought more than any answer of use.
    """
    pieces: SimpleQueue[T | _Ended] = SimpleQueue()
    context = contextvars.copy_context()
    context.run(_current.set, call)
    Thread(target=context.run, args=(_hand_over, call, work, pieces), name=THREAD_NAME, daemon=True).start()
    try:
        while True:
            try:
                piece = pieces.get(timeout=min(_LOOK, call.remaining))
            except Empty:
                if call.has_overflowed:
                    raise ModelFailure(FailureReason.MALFORMED, kind="too long") from None
                if call.is_over:
                    raise ModelFailure(FailureReason.TOO_SLOW, kind="deadline") from None
                continue
            if not isinstance(piece, _Ended):
                yield piece
            elif piece.error is None:
                return
            else:
                # Errors of providers quote what was sent, so that none is chained to what leaves here.
                raise failure_of(piece.error) from None
    finally:
        call.stop()


def _hand_over(call: Call, work: Callable[[], Iterator[T]], pieces: SimpleQueue[T | _Ended]) -> None:
    """Run the work, in a thread of its own."""
    error: BaseException | None = None
    try:
        with contextlib.closing(_as_generator(work)) as source:
            for piece in source:
                if call.is_over:
                    error = ModelFailure(FailureReason.TOO_SLOW, kind="deadline")
                    break
                pieces.put(piece)
    except BaseException as raised:
        # Whatever it is, it is the caller's to know.
        error = raised
    call.finished()
    pieces.put(_Ended(error))


def _as_generator(work: Callable[[], Iterator[T]]) -> Generator[T, None, None]:
    """Return the work as something that can be closed; closing passes on to the iterator where that can be."""
    source = work()
    try:
        yield from source
    finally:
        close = getattr(source, "close", None)
        if close is not None:
            close()
