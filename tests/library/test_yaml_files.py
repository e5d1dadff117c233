"""A list of entries is read whole, or the file, the line and the remedy are said."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from coach.errors import CorpusError
from coach.library.yaml_files import read_entries, read_text


class Note(BaseModel, frozen=True, extra="forbid"):
    """A small entry."""

    id: str
    text: str


def read(path: Path) -> list[Note]:
    return read_entries(path, Note, key=lambda note: note.id)


def test_entries_keep_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "notes.yaml"
    path.write_text("# Notes.\n- id: b\n  text: zwei\n- {id: a, text: Käse}\n", encoding="utf-8")
    assert read(path) == [Note(id="b", text="zwei"), Note(id="a", text="Käse")]


class Broken(NamedTuple):
    id: str
    content: str
    line: int
    message: str
    remedy: str


BROKEN = [
    Broken("empty file", "", 1, "must hold a list", "Begin each entry with '- '"),
    Broken("a mapping", "a: 1\n", 1, "must hold a list", "Begin each entry with '- '"),
    Broken("tab", "- id: a\n\ttext: b\n", 2, "tab", "Check indentation"),
    Broken("open bracket", "- {id: a, text: b\n", 2, "did not find", "quotation marks"),
    Broken("colon in a value", "- id: a\n  text: why: not\n", 2, "not allowed", "colons"),
    Broken("foreign tag", "- id: a\n  text: !!python/name:os.system\n", 2, "python/name", "Check"),
    Broken("missing key", "- id: a\n  text: b\n- id: c\n", 3, "text: Field required", "Add the key text"),
    Broken("unknown key", "- id: a\n  text: b\n  colour: red\n", 3, "colour", "Remove the key colour"),
    Broken("wrong type", "- id: a\n  text: b\n- id: 5\n  text: b\n", 3, "id: Input should be", "neighbouring entries"),
    Broken("not an entry", "- id: a\n  text: b\n- words\n", 3, "entry", "neighbouring entries"),
    Broken("twice", "- id: a\n  text: b\n- id: a\n  text: c\n", 3, "a occurs twice", "the entry at line 1"),
]


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.id)
def test_a_broken_file_is_named_with_line_and_remedy(case: Broken, tmp_path: Path) -> None:
    path = tmp_path / "notes.yaml"
    path.write_text(case.content, encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        read(path)
    assert caught.value.message.startswith(f"{path}:{case.line}: ")
    assert case.message in caught.value.message
    assert case.remedy in caught.value.remedy


@pytest.mark.parametrize(
    ("content", "message", "remedy"),
    [
        pytest.param(None, "is missing", "Restore it", id="missing"),
        pytest.param(b"- id: a\n  text: K\xe4se\n", "is not UTF-8", "Save the file as UTF-8", id="not UTF-8"),
    ],
)
def test_a_file_that_is_no_text_is_named(content: bytes | None, message: str, remedy: str, tmp_path: Path) -> None:
    path = tmp_path / "notes.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CorpusError) as caught:
        read(path)
    assert caught.value.message == f"{path} {message}{'' if content is None else ' text'}."
    assert remedy in caught.value.remedy


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="cannot be read"):
        read_text(tmp_path)


@settings(max_examples=50, deadline=None)
@given(content=st.text(alphabet="-: abc\n\t[]{}'\"#|>&*!%@", max_size=60))
def test_no_arrangement_of_signs_gets_past_the_check(content: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("yaml") / "notes.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        read(path)
    assert caught.value.message.startswith(str(path))
    assert caught.value.remedy
