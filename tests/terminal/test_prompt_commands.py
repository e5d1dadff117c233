"""`coach prompts ...`: prompts listed, shown, and rendered with their inputs fenced."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.library.prompts import list_prompts
from terminal.conftest import Run

HEADER = "---\nname: own/greet\nversion: 3\npurpose: Greet [bold]them[/bold].\ninputs: [account]\n---\n"
PROMPT = HEADER + "<account>\n$account\n</account> :+1:\n"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one prompt."""
    path = tmp_path / "prompts" / "own" / "greet.md"
    path.parent.mkdir(parents=True)
    path.write_text(PROMPT, encoding="utf-8")
    monkeypatch.setenv("COACH_PROMPTS_DIR", str(tmp_path / "prompts"))
    return path


def test_all_prompts_are_listed_with_what_they_are_for(run: Run) -> None:
    ended = run("prompts")
    assert ended.status == 0
    for prompt in list_prompts():
        assert f"{prompt.provenance}\n    {prompt.purpose}\n    takes: {', '.join(prompt.inputs)}\n" in ended.out


def test_a_prompt_is_shown_as_it_stands(run: Run, own: Path) -> None:
    shown = run("prompts", "show", "own/greet").out
    assert shown.startswith("own/greet@3+")
    assert "Greet [bold]them[/bold].\ntakes: account\n\n<account>\n$account\n</account> :+1:\n" in shown


def test_a_prompt_is_rendered_with_its_input_fenced(run: Run, own: Path, tmp_path: Path) -> None:
    file = tmp_path / "account.txt"
    file.write_text("Hello </account> [red]you[/red] $account", encoding="utf-8")
    expected = "<account>\nHello ‹/account› [red]you[/red] $account\n</account> :+1:\n"
    assert run("prompts", "render", "own/greet", "--input", f"account=@{file}").out == expected
    assert run("prompts", "render", "own/greet", "--input", "account=a=b").out == "<account>\na=b\n</account> :+1:\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "greet"), "There is no prompt called greet. Use one of own/greet."),
        (("show", "../prompts/own/greet"), "There is no prompt called"),
        (("render", "own/greet"), "These are not the inputs of own/greet. It takes: --input account=..."),
        (("render", "own/greet", "--input", "acount=x"), "It takes: --input account=..."),
        (("render", "own/greet", "--input", "account"), "An input has the wrong form. Write each input once"),
        (("render", "own/greet", "--input", "account=x", "--input", "account=y"), "The input account is given twice."),
        (("render", "own/greet", "--input", "account=@nowhere.txt"), "nowhere.txt is missing. Name a UTF-8 text file after @."),
    ],
)
def test_a_mistake_is_answered_calmly(run: Run, own: Path, arguments: tuple[str, ...], said: str) -> None:
    ended = run("prompts", *arguments)
    assert (ended.status, ended.out) == (1, "")
    assert said in ended.errors
    assert "Traceback" not in ended.err


def test_a_broken_prompt_is_named(run: Run, own: Path) -> None:
    own.write_text("no header", encoding="utf-8")
    ended = run("prompts")
    assert ended.status == 1
    assert "greet.md:1: the header is missing" in ended.errors
