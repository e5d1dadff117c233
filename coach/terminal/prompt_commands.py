"""`coach prompts ...`: what a connected language model is told, listed, shown, and rendered with given inputs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from coach.errors import CorpusError
from coach.settings import load_settings


def list_prompts() -> None:
    """Print each prompt's name, version and hash, what it is for, and what it takes.

    Raises:
        CorpusError: a prompt is broken.
    """
    from coach.library.prompts import list_prompts as load_all

    for prompt in load_all(load_settings().prompts_dir):
        _say(f"{prompt.provenance}\n    {prompt.purpose}\n    takes: {', '.join(prompt.inputs) or 'nothing'}")


def show_prompt(name: str) -> None:
    """Print the prompt called `name`: its provenance and purpose, then its text.

    Raises:
        CorpusError: there is no such prompt, or it is broken.
    """
    from coach.library.prompts import load_prompt

    prompts_dir = load_settings().prompts_dir
    _check_name(name, prompts_dir)
    prompt = load_prompt(name, prompts_dir)
    _say(f"{prompt.provenance}\n{prompt.purpose}\ntakes: {', '.join(prompt.inputs) or 'nothing'}\n\n{prompt.text.rstrip()}")


def render_prompt(name: str, inputs: Sequence[str]) -> None:
    """Print the prompt called `name` as a model gets it.

    Args:
        name: of the prompt.
        inputs: each `name=value`, or `name=@file`.

    Raises:
        CorpusError: there is no such prompt, it is broken, or the inputs are not those that it takes.
    """
    from coach.library.prompts import load_prompt

    prompts_dir = load_settings().prompts_dir
    _check_name(name, prompts_dir)
    prompt = load_prompt(name, prompts_dir)
    given: dict[str, str] = {}
    for item in inputs:
        key, separator, value = item.partition("=")
        if not separator or key in given:
            told = f"The input {key} is given twice." if separator else "An input has the wrong form."
            raise CorpusError(told, "Write each input once, as --input name=value or --input name=@file.")
        given[key] = _from_file(Path(value[1:])) if value.startswith("@") else value
    if set(given) != set(prompt.inputs):
        wanted = " ".join(f"--input {key}=..." for key in prompt.inputs) or "no input"
        raise CorpusError(f"These are not the inputs of {name}.", f"It takes: {wanted}")
    _say(prompt.render(given).rstrip())


def _check_name(name: str, prompts_dir: Path | None) -> None:
    from coach.library.prompts import prompt_names

    names = prompt_names(prompts_dir)
    if name not in names:
        raise CorpusError(f"There is no prompt called {name}.", f"Use one of {', '.join(names)}.")


def _from_file(path: Path) -> str:
    from coach.library.yaml_files import read_text

    try:
        return read_text(path)
    except CorpusError as error:
        raise CorpusError(error.message, "Name a UTF-8 text file after @.") from error


def _say(text: str) -> None:
    # Not through Rich, which would read marks in it: what is printed is exactly what a model gets.
    sys.stdout.write(f"{text}\n")
