"""Not calling a model that has just shown that it will not answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

from coach.models.failures import FailureReason, ModelFailure

_AT_ONCE = frozenset({FailureReason.WRONG_KEY, FailureReason.UNREACHABLE, FailureReason.UNKNOWN_MODEL})
_IN_A_ROW = 3


class Circuit:
    """Opens after failures that the next call would meet again, and closes by itself.

    Without it a dead model would cost every turn its whole time budget. It opens at once on a wrong key, an unreachable
    server or an unknown model, and after three failures of any kind in a row. When its time is over calls may try again;
    the first that fails opens it anew.
    """

    def __init__(self, *, seconds: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._lock = Lock()
        self._failures = 0
        self._opened: float | None = None
        self._reason = FailureReason.BROKEN

    def check(self) -> None:
        """Let the call pass.

        Raises:
            ModelFailure: the circuit is open; with the reason it opened for.
        """
        with self._lock:
            if self._opened is None:
                return
            if self._clock() - self._opened >= self._seconds:
                self._opened = None
                return
            raise ModelFailure(self._reason, kind="circuit open")

    def succeeded(self) -> None:
        """Note a usable answer."""
        with self._lock:
            self._failures, self._opened = 0, None

    def failed(self, reason: FailureReason) -> None:
        """Note a failure."""
        with self._lock:
            self._failures += 1
            if reason in _AT_ONCE or self._failures >= _IN_A_ROW:
                self._opened, self._reason = self._clock(), reason
