"""Answers of language models, kept on this machine so that the same question is not paid for twice.

A LangChain cache in one SQLite file that only its owner may read. The prompt is never stored, only its digest. Without a
file that can be used there is simply no cache.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from langchain_core.caches import RETURN_VAL_TYPE, BaseCache
from langchain_core.messages import message_to_dict, messages_from_dict
from langchain_core.outputs import ChatGeneration, Generation

log = logging.getLogger(__name__)

T = TypeVar("T")

FILE_NAME = "model-calls.sqlite"

_DAY = 86_400.0
_BUSY_SECONDS = 0.2
"""Waiting for another process must not eat into the time a call has."""
_TABLE = "CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, stored REAL NOT NULL, answer TEXT NOT NULL) WITHOUT ROWID"


class SqliteCallCache(BaseCache):
    """A cache of model calls in a SQLite file.

    Args:
        path: the file; it and its folder are made at first use.
        days: how long an answer is kept.
        rows: how many answers are kept; the oldest go first.
        clock: seconds since the epoch.
    """

    def __init__(self, path: Path, *, days: float = 30.0, rows: int = 5_000, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._seconds = days * _DAY
        self._rows = rows
        self._clock = clock
        self._lock = Lock()
        self._is_usable = True

    def lookup(self, prompt: str, llm_string: str) -> RETURN_VAL_TYPE | None:
        """Return what the model with these parameters answered to the prompt, None where nothing is kept."""

        def look(database: sqlite3.Connection) -> list[Generation] | None:
            found = database.execute(
                "SELECT answer FROM answers WHERE key = ? AND stored > ?",
                (_key(prompt, llm_string), self._clock() - self._seconds),
            ).fetchone()
            return None if found is None else _read(found[0])

        return self._use(look)

    def update(self, prompt: str, llm_string: str, return_val: RETURN_VAL_TYPE) -> None:
        """Keep an answer, and drop what is too old or too much."""

        def keep(database: sqlite3.Connection) -> None:
            now = self._clock()
            with database:
                database.execute(
                    "INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", (_key(prompt, llm_string), now, _write(return_val))
                )
                database.execute("DELETE FROM answers WHERE stored <= ?", (now - self._seconds,))
                database.execute(
                    "DELETE FROM answers WHERE key IN (SELECT key FROM answers ORDER BY stored DESC LIMIT -1 OFFSET ?)",
                    (self._rows,),
                )

        self._use(keep)

    def clear(self, **_: Any) -> None:
        """Drop every answer, from the disk as well."""

        def drop(database: sqlite3.Connection) -> None:
            with database:
                database.execute("DELETE FROM answers")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

        self._use(drop)

    def _use(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Return what `work` makes of the open database; None where there is no cache, now or for good."""
        # One connection a call: a fraction of a millisecond, and nothing to close at the end of the process.
        with self._lock:
            if not self._is_usable:
                return None
            try:
                with contextlib.closing(self._connect()) as database:
                    return work(database)
            except (sqlite3.Error, OSError, ValueError, TypeError, LookupError) as error:
                if not _is_busy(error):
                    self._is_usable = False
                    log.warning("the cache of model calls cannot be used and is left out: %s", type(error).__name__)
                return None

    def _connect(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Made before SQLite does, which would let the group read it; its side files inherit the mode.
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        if self._path.stat().st_mode & 0o077:
            self._path.chmod(0o600)
        database = sqlite3.connect(self._path, timeout=_BUSY_SECONDS)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            # A lost answer is asked for again, so no call waits for the disk; a dropped one is overwritten.
            database.execute("PRAGMA synchronous = OFF")
            database.execute("PRAGMA secure_delete = ON")
            database.execute(_TABLE)
        except BaseException:
            database.close()
            raise
        return database


def _is_busy(error: BaseException) -> bool:
    """Return whether another process holds the file just now."""
    return isinstance(error, sqlite3.OperationalError) and getattr(error, "sqlite_errorcode", None) in (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
    )


def _key(prompt: str, llm_string: str) -> str:
    # The length keeps two pairs apart whose texts only join to the same.
    return hashlib.sha256(f"{len(prompt)}\n{prompt}\n{llm_string}".encode("utf-8", "surrogatepass")).hexdigest()


def _write(generations: Sequence[Generation]) -> str:
    """Return generations as JSON: text, information and, of a chat model, the message."""
    return json.dumps(
        [
            {
                "text": generation.text,
                "information": generation.generation_info,
                "message": message_to_dict(generation.message) if isinstance(generation, ChatGeneration) else None,
            }
            for generation in generations
        ]
    )


def _read(answer: str) -> list[Generation]:
    """Return the generations of a stored answer; nothing but messages can be made from it.

    Raises:
        ValueError, TypeError, LookupError: the row is no such answer.
    """
    generations: list[Generation] = []
    for item in json.loads(answer):
        if item["message"] is None:
            generations.append(Generation(text=item["text"], generation_info=item["information"]))
        else:
            (message,) = messages_from_dict([item["message"]])
            generations.append(ChatGeneration(message=message, generation_info=item["information"]))
    return generations
