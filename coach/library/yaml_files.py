"""Reading a YAML list of entries into models, with the file, the line and the remedy in every error.

Parsing uses the fast loader; line numbers are looked up only when something is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from coach.errors import CorpusError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Entry = TypeVar("Entry", bound=BaseModel)


def read_entries(path: Path, model: type[Entry], *, key: Callable[[Entry], str]) -> list[Entry]:
    """Read a YAML file that holds a list of entries.

    Args:
        path: the file.
        model: what each entry must be.
        key: the identifier of an entry; it must be unique in the file.

    Returns:
        The entries in the order of the file.

    Raises:
        CorpusError: the file is missing, is not UTF-8 or YAML, or an entry breaks its schema or repeats an identifier.
    """
    text = read_text(path)
    try:
        raw = yaml.load(text, Loader=_Loader)  # noqa: S506 - the C form of the safe loader
    except (yaml.YAMLError, ValueError) as error:
        raise _syntax_error(path, error) from error
    if not isinstance(raw, list):
        raise CorpusError(f"{path}:1: the file must hold a list of entries.", "Begin each entry with '- '.")
    entries: list[Entry] = []
    seen: dict[str, int] = {}
    for position, item in enumerate(raw):
        try:
            entry = model.model_validate(item)
        except ValidationError as error:
            raise _schema_error(path, text, position, error) from error
        name = key(entry)
        if name in seen:
            raise CorpusError(
                f"{path}:{_line_of(text, (position,))}: {name} occurs twice.",
                f"Give the entry at line {_line_of(text, (seen[name],))} or this one another name.",
            )
        seen[name] = position
        entries.append(entry)
    return entries


def read_text(path: Path) -> str:
    """Read a UTF-8 file of the corpus or the prompts.

    Raises:
        CorpusError: the file is missing or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise CorpusError(f"{path} is missing.", "Restore it from the package or the repository.") from error
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path} is not UTF-8 text.", "Save the file as UTF-8 and try again.") from error
    except OSError as error:
        raise CorpusError(f"{path} cannot be read: {error.strerror}.", "Check the file's permissions.") from error


def _syntax_error(path: Path, error: Exception) -> CorpusError:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    problem = getattr(error, "problem", None) or f"not valid YAML ({error})"
    return CorpusError(
        f"{path}:{line}: {problem}.", "Check indentation, quotation marks and colons at and just above this line."
    )


def _schema_error(path: Path, text: str, position: int, error: ValidationError) -> CorpusError:
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    line = _line_of(text, (position, *first["loc"]))
    remedies = {
        "missing": f"Add the key {where}.",
        "extra_forbidden": f"Remove the key {where} or correct its spelling.",
        "enum": "Use one of the values named here.",
        "literal_error": "Use one of the values named here.",
    }
    return CorpusError(
        f"{path}:{line}: {where or 'entry'}: {first['msg']}.",
        remedies.get(first["type"], "Correct the value; the neighbouring entries show the form."),
    )


def _line_of(text: str, location: tuple[int | str, ...]) -> int:
    """Return the line (from 1) of the deepest node of `location` that exists in the file."""
    node = yaml.compose(text, Loader=_Loader)
    line = 1
    for part in location:
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
        elif isinstance(node, yaml.MappingNode):
            match = next((value for name, value in node.value if name.value == str(part)), None)
            if match is None:
                break
            node = match
        else:
            break
        line = node.start_mark.line + 1
    return line
