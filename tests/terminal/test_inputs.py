"""Reading accounts: from an option, a file, a pipe or a batch, with the place and the remedy in every error."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from coach.errors import AccountError
from coach.records import Account, Profile
from coach.terminal.inputs import LARGEST_FILE, read_account, read_batch

FINN = Profile(salesperson_culture="Finland")


def test_an_option_wins_over_everything(tmp_path: Path) -> None:
    assert read_account(tmp_path / "missing", "He bows.") == "He bows."


@pytest.mark.parametrize(
    ("content", "read"),
    [(b"He bows.\n", "He bows.\n"), ("Øyvind grüßt.".encode(), "Øyvind grüßt."), (b"\xef\xbb\xbfHe bows.", "He bows.")],
    ids=["plain", "letters of other alphabets", "a byte-order mark"],
)
def test_a_file_is_read_as_it_stands(content: bytes, read: str, tmp_path: Path) -> None:
    file = tmp_path / "account.txt"
    file.write_bytes(content)
    assert read_account(file, None) == read


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    content: bytes | None
    message: str


CASES = [
    Case(id="missing", content=None, message="does not exist"),
    Case(id="binary", content=b"\x89PNG\r\n\x1a\n\xff\xfe", message="is not readable text"),
    Case(id="UTF-16", content="He bows.".encode("utf-16"), message="is not readable text"),
    Case(id="far too large", content=b"a" * (LARGEST_FILE + 1), message="far too large"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_file_that_cannot_be_read_is_named(case: Case, tmp_path: Path) -> None:
    file = tmp_path / "account.txt"
    if case.content is not None:
        file.write_bytes(case.content)
    with pytest.raises(AccountError, match=case.message) as caught:
        read_account(file, None)
    assert str(file) in caught.value.message
    assert caught.value.remedy


def test_a_folder_is_no_account(tmp_path: Path) -> None:
    with pytest.raises(AccountError, match="cannot be read"):
        read_account(tmp_path, None)


def _batch(tmp_path: Path, content: str) -> list[Account]:
    file = tmp_path / "in.jsonl"
    file.write_text(content, encoding="utf-8")
    return [line.account for line in read_batch(file)]


ROWS = [
    ('{"id": "a", "text": "He bows."}', Account(id="a", text="He bows.")),
    ('{"id": 7, "text": "He bows."}', Account(id="7", text="He bows.")),
    ('{"id": "a", "text": "He bows.", "profile": null, "gold": {}}', Account(id="a", text="He bows.")),
    (
        '{"id": "a", "text": "He bows.", "profile": {"salesperson_culture": "Finland", "age": 3}}',
        Account(id="a", text="He bows.", profile=FINN),
    ),
]


@pytest.mark.parametrize(("row", "account"), ROWS, ids=["bare", "a number as id", "other keys", "a profile"])
def test_a_line_is_an_account(row: str, account: Account, tmp_path: Path) -> None:
    assert _batch(tmp_path, f"{row}\n\n{row}\n") == [account, account]


BROKEN = ["He bows.", "[]", "7", '{"id": "a"}', '{"text": "He bows."}', '{"id": "a", "text": 7}', "[" * 5000, '"text"']


@pytest.mark.parametrize("row", BROKEN, ids=lambda row: row[:24])
def test_a_broken_line_is_named_by_its_number(row: str, tmp_path: Path) -> None:
    with pytest.raises(AccountError, match=r"in\.jsonl:2: this line is not an account") as caught:
        _batch(tmp_path, f"{ROWS[0][0]}\n{row}\n")
    assert '{"id": "...", "text": "..."' in caught.value.remedy


def test_a_batch_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(AccountError, match="cannot be read"):
        list(read_batch(tmp_path / "missing.jsonl"))
