"""Reading accounts from files, standard input and JSONL batches, with errors that name the remedy."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from coach.errors import AccountError
from coach.records import Account, Profile

LARGEST_FILE = 5_000_000
"""Bytes of a single account's file; anything larger is no account."""


def read_account(file: Path | None, text: str | None) -> str:
    """Return the account's text from an option, a file, or standard input.

    Raises:
        AccountError: nothing is given, or the file is missing, too large or not text.
    """
    if text is not None:
        return text
    if file is None and sys.stdin.isatty():
        raise AccountError("No account is given.", 'Name a file, use --text "...", or pipe the account in.')
    if file is None or str(file) == "-":
        return _decode(sys.stdin.buffer.read(LARGEST_FILE + 1), "Standard input")
    try:
        with file.open("rb") as stream:
            return _decode(stream.read(LARGEST_FILE + 1), str(file))
    except FileNotFoundError as error:
        raise AccountError(f"The file {file} does not exist.", "Check its name, or pipe the account in.") from error
    except OSError as error:
        raise AccountError(f"{file} cannot be read ({error.strerror}).", "Name a text file that you may read.") from error


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A line of a batch: an account with its identifier."""

    number: int
    account: Account


def read_batch(path: Path) -> Iterator[BatchLine]:
    """Yield the accounts of a JSONL file; keys other than id, text and profile are ignored.

    Raises:
        AccountError: the file is missing, or a line is not an account; the message holds file and line.
    """
    try:
        stream = path.open("rb")
    except OSError as error:
        raise AccountError(f"{path} cannot be read ({error.strerror}).", "Name a JSONL file that you may read.") from error
    with stream:
        for number, raw in enumerate(stream, 1):
            line = _decode(raw, f"{path}:{number}")
            if not line.strip():
                continue
            yield BatchLine(number, _account(line, f"{path}:{number}"))


def _account(line: str, where: str) -> Account:
    try:
        row = json.loads(line)
        profile = row.get("profile") or {}
        return Account(
            id=str(row["id"]),
            text=row["text"],
            profile=Profile(salesperson_culture=profile.get("salesperson_culture")),
        )
    except (json.JSONDecodeError, RecursionError, KeyError, AttributeError, TypeError, ValidationError) as error:
        raise AccountError(
            f"{where}: this line is not an account.",
            'Write one JSON object a line: {"id": "...", "text": "...", "profile": {"salesperson_culture": "Finland"}}.',
        ) from error


def _decode(raw: bytes, where: str) -> str:
    if len(raw) > LARGEST_FILE:
        raise AccountError(f"{where} is far too large to be an account.", "Give the story of one customer as plain text.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AccountError(f"{where} is not readable text.", "Save it as plain UTF-8 text.") from error
