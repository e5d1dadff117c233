"""Prompts as files that an expert can edit: a header, then the text with `$name` placeholders.

Loading checks that the placeholders are those that the header declares; rendering fences every input, so that text from
outside cannot close its tag and speak as the prompt.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

import yaml

from coach.errors import CorpusError
from coach.library.resources import data_folder
from coach.library.yaml_files import read_text

_HEADER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """A prompt and where it stands.

    Attributes:
        name: folder and file name without ending.
        version: counted up with every change of meaning.
        inputs: the placeholders it takes.
        text: the template.
        purpose: what it is for, in a sentence.
    """

    name: str
    version: int
    inputs: tuple[str, ...]
    text: str
    purpose: str = ""

    @property
    def provenance(self) -> str:
        """Name, version and content hash, as records keep it."""
        return f"{self.name}@{self.version}+{hashlib.sha256(self.text.encode()).hexdigest()[:8]}"

    def render(self, values: Mapping[str, str]) -> str:
        """Return the prompt with its inputs filled in, each fenced.

        Raises:
            KeyError: an input is missing or surplus.
        """
        if set(values) != set(self.inputs):
            raise KeyError(f"{self.name} takes {sorted(self.inputs)}, not {sorted(values)}")
        fenced = dict(values)
        for tag in self.inputs:
            fenced = {name: fence(value, tag) for name, value in fenced.items()}
        return Template(self.text).substitute(fenced)


def fence(text: str, tag: str) -> str:
    """Return text in which the tag that encloses it cannot be opened or closed."""
    return re.sub(rf"<\s*(/?)\s*{re.escape(tag)}\b[^>]*>", rf"‹\1{tag}›", text, flags=re.IGNORECASE)


def load_prompt(name: str, override: Path | None = None) -> Prompt:
    """Load a prompt by name, such as `speaking/reply`.

    Raises:
        CorpusError: the file is missing, has no header, or its placeholders are not those that it declares.
    """
    path = data_folder("prompts", override) / f"{name}.md"
    text = read_text(path)
    match = _HEADER.match(text)
    if match is None:
        raise CorpusError(
            f"{path}:1: the header is missing.", "Begin the file with '---', name, version, purpose, inputs, '---'."
        )
    try:
        header = yaml.safe_load(match.group(1))
        version, inputs = int(header["version"]), tuple(str(name) for name in header["inputs"])
        purpose = str(header["purpose"])
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise CorpusError(f"{path}:1: the header cannot be read.", "It needs name, version, purpose and inputs.") from error
    body = text[match.end() :]
    if not Template(body).is_valid():
        raise CorpusError(f"{path}: a $ does not begin a placeholder.", "Write $$ for a dollar sign.")
    used = set(Template(body).get_identifiers())
    if used != set(inputs):
        raise CorpusError(
            f"{path}: the header declares {sorted(inputs)}, the text uses {sorted(used)}.",
            "Make the two agree.",
        )
    return Prompt(name=name, version=version, inputs=inputs, text=body, purpose=purpose)


def prompt_names(override: Path | None = None) -> tuple[str, ...]:
    """Return the names of all prompts, in their order, without reading any.

    Raises:
        CorpusError: the folder does not exist.
    """
    folder = data_folder("prompts", override)
    return tuple(sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.md")))


def list_prompts(folder: Path | None = None) -> tuple[Prompt, ...]:
    """Load all prompts, in the order of their names.

    Args:
        folder: in place of the packaged ones.

    Raises:
        CorpusError: the folder does not exist, or a prompt is broken.
    """
    return tuple(load_prompt(name, folder) for name in prompt_names(folder))
