"""The language models that can be fetched by name, read from `corpus/models.yaml`.

The catalogue is no part of the `Corpus`: nothing but fetching and listing models reads it, and its contents do not count in
the corpus version. Fetching is the business of `pull`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from coach.errors import ModelError
from coach.library.resources import data_folder
from coach.library.schema import Entry, Text
from coach.library.yaml_files import read_entries

CATALOGUE_FILE = "models.yaml"

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Size = Annotated[int, Field(gt=0)]


class Part(Entry):
    """A stretch of a model's file, carried by a package of the Python package index."""

    # The patterns keep a name from being read as an option of pip.
    package: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    version: Annotated[str, Field(pattern=r"^[0-9][A-Za-z0-9.+!_-]*$")]
    path: Text
    """Name of the member inside the wheel that holds the bytes; nothing else of the wheel is read."""
    size: Size
    """Length in bytes, unpacked."""
    sha256: Digest

    @property
    def requirement(self) -> str:
        """The package and its version, as pip takes it."""
        return f"{self.package}=={self.version}"


class HubFile(Entry):
    """A file of a repository on the Hugging Face Hub."""

    repo: Annotated[str, Field(pattern=r"^[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*$")]
    file: Annotated[str, Field(pattern=r"^[A-Za-z0-9][\w.-]*\.gguf$")]


class CatalogueModel(Entry):
    """A model that can be fetched, with what its file must be."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    """What the command line calls it; also the name of its file."""
    title: Text
    licence: Text
    """SPDX identifier of the licence of the weights."""
    size: Size
    """Length of the whole file in bytes."""
    sha256: Digest
    """SHA-256 of the whole file."""
    packages: tuple[Part, ...] = ()
    """The first source: joined in this order, the parts are the file."""
    hub: HubFile | None = None
    """The second source, asked only where the user allows it."""

    @model_validator(mode="after")
    def _sources_can_be_the_file(self) -> CatalogueModel:
        if not self.packages and self.hub is None:
            raise ValueError("a model needs a source: packages, hub or both")
        if self.packages and (total := sum(part.size for part in self.packages)) != self.size:
            raise ValueError(f"the parts hold {total} bytes, the model {self.size}")
        return self


def load_catalogue(override: Path | None = None) -> Mapping[str, CatalogueModel]:
    """Return the models that can be fetched, by name, in the order of the file.

    Args:
        override: a corpus folder to use in place of the packaged one; one without a catalogue leaves the packaged one.

    Raises:
        CorpusError: the catalogue is missing or broken; the message holds the file, the line and what to do.
    """
    folder = data_folder("corpus", override)
    if not (folder / CATALOGUE_FILE).exists():
        folder = data_folder("corpus")
    entries = read_entries(folder / CATALOGUE_FILE, CatalogueModel, key=lambda model: model.name)
    return {model.name: model for model in entries}


def find_model(name: str, override: Path | None = None) -> CatalogueModel:
    """Return the model called `name`.

    Raises:
        CorpusError: the catalogue is missing or broken.
        ModelError: it holds no such model.
    """
    catalogue = load_catalogue(override)
    if name not in catalogue:
        raise ModelError(f"There is no model called {name} in the catalogue.", f"Use one of {', '.join(catalogue)}.")
    return catalogue[name]


def model_path(model: CatalogueModel, data_dir: Path) -> Path:
    """Return where the model's file lies once it is fetched."""
    return data_dir / "models" / f"{model.name}.gguf"


def is_in_place(model: CatalogueModel, data_dir: Path) -> bool:
    """Return whether a file of the model's length lies in its place; its contents are not read."""
    path = model_path(model, data_dir)
    return path.is_file() and path.stat().st_size == model.size
