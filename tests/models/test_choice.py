"""The chosen model and its key: kept for their owner alone, given out for nothing else, and told to nobody."""

from __future__ import annotations

import json
import logging
import os
import stat
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st
from pydantic import SecretStr

from coach.errors import ModelError
from coach.models import choice as choices
from coach.models.choice import FILE_NAME, ModelChoice, chosen, forget_choice, keep_choice, kept_key, load_choice
from coach.settings import Settings

KEY = "sk-that-nobody-may-see"
CHOICE = ModelChoice(model="openai:gpt-5-mini", key=SecretStr(KEY))


def test_a_choice_is_kept_and_forgotten(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    assert load_choice(folder) == ModelChoice()
    keep_choice(folder, CHOICE)
    assert load_choice(folder) == CHOICE
    other = ModelChoice(model="openai:llama", base_url="http://127.0.0.1:11434/v1")
    keep_choice(folder, other)
    assert load_choice(folder) == other
    assert [path.name for path in folder.iterdir()] == [FILE_NAME]
    forget_choice(folder)
    forget_choice(folder)
    assert list(folder.iterdir()) == []


@tries(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.none(), st.text()), st.one_of(st.none(), st.text()), st.one_of(st.none(), st.text()))
def test_any_choice_comes_back_as_it_was(tmp_path: Path, model: str | None, address: str | None, key: str | None) -> None:
    choice = ModelChoice(model=model, base_url=address, key=SecretStr(key) if key is not None else None)
    keep_choice(tmp_path, choice)
    assert load_choice(tmp_path) == choice


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_the_file_is_its_owners_alone_from_the_first_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modes = []

    def look(descriptor: int) -> None:
        modes.append(stat.S_IMODE(os.fstat(descriptor).st_mode))

    monkeypatch.setattr(choices.os, "fsync", look)
    before = os.umask(0)
    try:
        keep_choice(tmp_path, CHOICE)
    finally:
        os.umask(before)
    assert modes == [0o600]
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_a_file_left_open_to_others_is_replaced_not_written_into(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_text("{}")
    path.chmod(0o644)
    with path.open() as reader:
        keep_choice(tmp_path, CHOICE)
        assert reader.read() == "{}"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


class Damaged(NamedTuple):
    id: str
    content: bytes


DAMAGED = [
    Damaged("empty", b""),
    Damaged("cut off", b'{"model": "openai:gpt-5-mini", "key": "' + KEY.encode()),
    Damaged("no JSON", b"\xff\xfe" + KEY.encode()),
    Damaged("a list", json.dumps([KEY]).encode()),
    Damaged("another field", json.dumps({"model": "openai:x", "password": KEY}).encode()),
    Damaged("a number for a key", b'{"key": 12345}'),
]


@pytest.mark.parametrize("case", DAMAGED, ids=lambda case: case.id)
def test_a_damaged_file_is_named_with_the_remedy_and_without_its_contents(case: Damaged, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(case.content)
    with pytest.raises(ModelError, match="damaged") as caught:
        load_choice(tmp_path)
    assert str(tmp_path / FILE_NAME) in caught.value.message
    assert "choose the model again" in caught.value.remedy
    shown = "".join(map(str, (caught.value, caught.value.__cause__)))
    assert KEY not in shown
    assert caught.value.__suppress_context__


def test_a_folder_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_choice(tmp_path, CHOICE)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(choices.os, "fsync", full)
    with pytest.raises(ModelError, match="No space left") as caught:
        keep_choice(tmp_path, ModelChoice(model="anthropic:claude", key=SecretStr("sk-other")))
    assert "sk-other" not in str(caught.value)
    assert load_choice(tmp_path) == CHOICE
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_the_key_is_shown_by_nothing(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    with caplog.at_level(logging.DEBUG):
        keep_choice(tmp_path, CHOICE)
        settings = chosen(Settings(data_dir=tmp_path))
    shown = [repr(CHOICE), str(CHOICE), CHOICE.model_dump_json(), str(CHOICE.model_dump()), repr(settings), caplog.text]
    assert not any(KEY in text for text in shown)


class Case(NamedTuple):
    id: str
    named: str | None
    named_address: str | None
    choice: ModelChoice
    model: str | None
    address: str | None
    key: str | None


LOCAL = "http://127.0.0.1:11434/v1"
ELSEWHERE = "https://models.example/v1"
CASES = [
    Case("nothing", None, None, ModelChoice(), None, None, None),
    Case("a choice", None, None, CHOICE, "openai:gpt-5-mini", None, KEY),
    Case(
        "a choice with its address",
        None,
        None,
        ModelChoice(model="openai:llama", base_url=LOCAL, key=SecretStr(KEY)),
        "openai:llama",
        LOCAL,
        KEY,
    ),
    Case("the environment wins", "anthropic:claude", None, CHOICE, "anthropic:claude", None, None),
    Case("no key for another address", None, ELSEWHERE, CHOICE, "openai:gpt-5-mini", ELSEWHERE, None),
    Case("no key for another address of a named model", "openai:gpt-5-mini", LOCAL, CHOICE, "openai:gpt-5-mini", LOCAL, None),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_is_used_of_environment_and_choice(case: Case, tmp_path: Path) -> None:
    keep_choice(tmp_path, case.choice)
    settings = Settings(data_dir=tmp_path, model=case.named, model_base_url=case.named_address, port=8000)
    used, key = chosen(settings), kept_key(settings)
    assert (used.model, used.model_base_url, used.port) == (case.model, case.address, 8000)
    assert (key and key.get_secret_value()) == case.key
    assert kept_key(used) == key
