"""What calling a language model took: calls, tokens and, where a price is known, money."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

_MILLION = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """What a model costs, in USD per million tokens."""

    input: float
    output: float

    def of(self, input_tokens: int, output_tokens: int) -> float:
        """Return the price of these tokens in USD."""
        return (input_tokens * self.input + output_tokens * self.output) / _MILLION


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """Counts that can be added up.

    Attributes:
        calls: requests sent to a model; a retry counts again.
        cached_calls: answers taken from the cache; these are not among the calls.
        failed_calls: calls that brought no usable answer.
        input_tokens: tokens read, as the model counts them; 0 where it does not say.
        output_tokens: tokens written.
        cost: USD, None where the price is not known.
    """

    calls: int = 0
    cached_calls: int = 0
    failed_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            calls=self.calls + other.calls,
            cached_calls=self.cached_calls + other.cached_calls,
            failed_calls=self.failed_calls + other.failed_calls,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cost=self._cost_with(other),
        )

    def _cost_with(self, other: Usage) -> float | None:
        """Return the sum of both costs; calls of unknown cost make it unknown, no calls cost nothing."""
        known = [usage.cost for usage in (self, other) if usage.cost is not None]
        unknown = any(usage.calls and usage.cost is None for usage in (self, other))
        return None if unknown or not known else sum(known)


class Meter:
    """Collects usage, from several threads if need be."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._usage = Usage()

    @property
    def usage(self) -> Usage:
        """What was collected so far."""
        with self._lock:
            return self._usage

    def add(self, usage: Usage) -> None:
        """Add to what was collected."""
        with self._lock:
            self._usage += usage
