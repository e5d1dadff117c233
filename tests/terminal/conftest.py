"""Running `coach ...` in this process, as its users do: arguments and input in, status and output out."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from coach.chain import Coach
from coach.cli import main


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command left: its exit status and what it printed."""

    status: int
    out: str
    err: str

    @property
    def errors(self) -> str:
        """Standard error as one line, as the terminal's width does not matter."""
        return " ".join(self.err.split())


Run = Callable[..., Outcome]


class _Input(io.TextIOWrapper):
    """Standard input that is a pipe, or a terminal."""

    def __init__(self, content: bytes, *, terminal: bool) -> None:
        super().__init__(io.BytesIO(content), encoding="utf-8")
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line with arguments and what is piped in; without input, standard input is a terminal."""

    def command(*arguments: str | Path, piped: bytes | None = None) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["coach", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", _Input(piped or b"", terminal=piped is None))
        monkeypatch.setenv("COLUMNS", "200")
        capsys.readouterr()
        try:
            main()
            status = 0
        except SystemExit as end:
            status = int(end.code or 0)
        printed = capsys.readouterr()
        return Outcome(status, printed.out, printed.err)

    return command


@pytest.fixture
def ready(coach: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets commands use the coach that is already built, so that each need not load the encoder again."""
    monkeypatch.setattr("coach.chain.build_coach", lambda *_, **__: coach)
