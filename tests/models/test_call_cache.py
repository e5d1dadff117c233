"""Answers are kept in a file of the user's own, without the prompts, and a broken file is no cache, never an error."""

from __future__ import annotations

import logging
import os
import sqlite3
import stat
import threading
from pathlib import Path

import pytest
from langchain_core.caches import BaseCache
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, Generation
from langchain_tests.integration_tests import SyncCacheTestSuite

from coach.models.call_cache import SqliteCallCache

PROMPT = "Mr Kuroda and I talk about the weather."
MODEL = "openai:test"


def an_answer(text: str = "Keep it light.") -> list[ChatGeneration]:
    return [ChatGeneration(message=AIMessage(content=text))]


class TestStandard(SyncCacheTestSuite):
    """LangChain's own tests of a cache."""

    @pytest.fixture
    def cache(self, tmp_path: Path) -> BaseCache:
        return SqliteCallCache(tmp_path / "calls.sqlite")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "model-calls.sqlite"


def test_an_answer_survives_the_process(path: Path) -> None:
    SqliteCallCache(path).update(PROMPT, MODEL, an_answer())
    found = SqliteCallCache(path).lookup(PROMPT, MODEL)
    assert found == an_answer()
    assert isinstance(found[0], ChatGeneration)


def test_another_prompt_or_model_is_another_answer(path: Path) -> None:
    cache = SqliteCallCache(path)
    cache.update("ab", "c", an_answer())
    assert cache.lookup("a", "bc") is None
    assert cache.lookup("ab", "d") is None


def test_the_prompt_is_not_stored(path: Path) -> None:
    SqliteCallCache(path).update(PROMPT, MODEL, an_answer())
    stored = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"Keep it light" in stored
    assert b"Kuroda" not in stored
    assert b"openai" not in stored


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_only_the_owner_may_read_it(path: Path) -> None:
    cache = SqliteCallCache(path)
    cache.update(PROMPT, MODEL, an_answer())
    # Held open by a reader, the side files stay.
    with sqlite3.connect(path) as reader:
        reader.execute("SELECT * FROM answers").fetchall()
        cache.update("another", MODEL, an_answer())
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    reader.close()
    assert len(modes) == 3
    assert set(modes.values()) == {0o600}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_file_that_others_may_read_is_closed_to_them(path: Path) -> None:
    SqliteCallCache(path).update(PROMPT, MODEL, an_answer())
    path.chmod(0o644)
    SqliteCallCache(path).lookup(PROMPT, MODEL)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_old_answers_are_dropped(path: Path) -> None:
    now = [0.0]
    cache = SqliteCallCache(path, days=1, clock=lambda: now[0])
    cache.update(PROMPT, MODEL, an_answer())
    now[0] = 86_000.0
    assert cache.lookup(PROMPT, MODEL) is not None
    now[0] = 87_000.0
    assert cache.lookup(PROMPT, MODEL) is None
    cache.update("another", MODEL, an_answer())
    assert _rows(path) == 1


def test_the_oldest_go_where_there_are_too_many(path: Path) -> None:
    now = [0.0]
    cache = SqliteCallCache(path, rows=3, clock=lambda: now[0])
    for number in range(5):
        now[0] += 1
        cache.update(str(number), MODEL, an_answer())
    assert [cache.lookup(str(number), MODEL) is not None for number in range(5)] == [False, False, True, True, True]


def test_what_is_cleared_is_gone_from_the_disk(path: Path) -> None:
    cache = SqliteCallCache(path)
    cache.update(PROMPT, MODEL, an_answer("her daughter's wedding"))
    cache.clear()
    assert b"wedding" not in b"".join(file.read_bytes() for file in path.parent.iterdir())


def _no_database(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"Mr Kuroda is no database " * 100)


def _a_folder(path: Path) -> None:
    path.mkdir(parents=True)


def _no_folder(path: Path) -> None:
    path.parent.write_text("a file where the folder should be")


def _another_table(path: Path) -> None:
    path.parent.mkdir(parents=True)
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE answers (other TEXT)")
    database.close()


@pytest.mark.parametrize("broken", [_no_database, _a_folder, _no_folder, _another_table])
def test_a_file_that_cannot_be_used_is_no_cache_and_said_once(
    broken: object, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert callable(broken)
    broken(path)
    cache = SqliteCallCache(path)
    with caplog.at_level(logging.DEBUG):
        cache.update(PROMPT, MODEL, an_answer())
        assert cache.lookup(PROMPT, MODEL) is None
        cache.clear()
    assert len(caplog.records) == 1
    assert "Kuroda" not in caplog.text


def test_a_row_that_is_no_answer_is_no_cache(path: Path) -> None:
    cache = SqliteCallCache(path)
    cache.update(PROMPT, MODEL, an_answer())
    for row in ("{", "[1]", '[{"text": 1}]', '[{"text": "", "information": null, "message": {"type": "os", "data": {}}}]'):
        database = sqlite3.connect(path)
        with database:
            database.execute("UPDATE answers SET answer = ?", (row,))
        database.close()
        assert SqliteCallCache(path).lookup(PROMPT, MODEL) is None


def test_a_file_that_is_busy_is_passed_by_and_tried_again(path: Path) -> None:
    cache = SqliteCallCache(path)
    cache.update(PROMPT, MODEL, an_answer())
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    cache.update("another", MODEL, an_answer())
    other.execute("COMMIT")
    other.close()
    assert cache.lookup("another", MODEL) is None
    assert cache.lookup(PROMPT, MODEL) is not None


def test_many_threads_may_use_it(path: Path) -> None:
    cache = SqliteCallCache(path)

    def work(number: int) -> None:
        cache.update(str(number), MODEL, [Generation(text=str(number))])
        assert cache.lookup(str(number), MODEL) == [Generation(text=str(number))]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert _rows(path) == 8


def _rows(path: Path) -> int:
    database = sqlite3.connect(path)
    (count,) = database.execute("SELECT COUNT(*) FROM answers").fetchone()
    database.close()
    return int(count)
