"""The catalogue of models is whole; a broken one says where and how to mend it, and stops nothing else."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from coach.errors import CorpusError, ModelError
from coach.library import Corpus, corpus_version, load_corpus
from coach.models.catalogue import CATALOGUE_FILE, find_model, is_in_place, load_catalogue, model_path

DIGEST = "ab" * 32
ENTRY = f"""\
- name: tiny
  title: Tiny
  licence: MIT
  size: 8
  sha256: {DIGEST}
  hub: {{repo: some/where, file: tiny.gguf}}
  packages:
    - package: tiny-part1
      version: 1.0.0
      path: tiny/data/1.bin
      size: 8
      sha256: {DIGEST}
"""


@pytest.fixture
def own_corpus(tmp_path: Path, corpus: Corpus) -> Path:
    """A copy of the corpus whose catalogue a test may write."""
    return Path(shutil.copytree(corpus.folder, tmp_path / "corpus", ignore=shutil.ignore_patterns("accounts", "evaluation")))


def test_the_packaged_catalogue_is_whole() -> None:
    catalogue = load_catalogue()
    assert list(catalogue) == ["qwen2.5-coder-1.5b-instruct", "smollm2-135m-instruct"]
    for model in catalogue.values():
        assert sum(part.size for part in model.packages) == model.size
        assert len({part.requirement for part in model.packages}) == len(model.packages)


def test_a_model_is_found_by_name() -> None:
    assert find_model("smollm2-135m-instruct").licence == "Apache-2.0"


def test_an_unknown_model_is_answered_with_those_there_are() -> None:
    with pytest.raises(ModelError) as caught:
        find_model("gpt-2")
    assert "gpt-2" in caught.value.message
    assert "smollm2-135m-instruct" in caught.value.remedy


def test_a_corpus_of_ones_own_may_bring_a_catalogue(own_corpus: Path) -> None:
    (own_corpus / CATALOGUE_FILE).write_text(ENTRY, encoding="utf-8")
    assert list(load_catalogue(own_corpus)) == ["tiny"]


def test_a_corpus_of_ones_own_without_one_leaves_the_packaged_one(own_corpus: Path) -> None:
    (own_corpus / CATALOGUE_FILE).unlink()
    assert load_catalogue(own_corpus) == load_catalogue()


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    old: str
    new: str
    line: int
    message: str
    remedy: str


CASES = [
    Case(id="not YAML", old="name: tiny", new="name: [tiny", line=2, message="expected", remedy="this line"),
    Case(id="no list", old=ENTRY, new="tiny: 1\n", line=1, message="list", remedy="'- '"),
    Case(id="a missing key", old="  licence: MIT\n", new="", line=1, message="licence", remedy="Add the key"),
    Case(id="an unknown key", old="licence:", new="license: x\n  licence:", line=3, message="license", remedy="Remove the key"),
    Case(id="a short hash", old=f"8\n  sha256: {DIGEST}", new="8\n  sha256: abc", line=5, message="sha256", remedy="Correct"),
    Case(id="no size", old="  size: 8\n  sha", new="  size: 0\n  sha", line=4, message="size", remedy="Correct"),
    Case(id="a name with a folder", old="name: tiny", new="name: ../tiny", line=1, message="name", remedy="Correct"),
    Case(id="an option of pip", old="package: ", new="package: --pre-", line=8, message="package", remedy="Correct"),
    Case(id="a version of none", old="1.0.0", new="'*'", line=9, message="version", remedy="Correct"),
    Case(
        id="parts that do not add up", old="size: 8\n      ", new="size: 7\n      ", line=1, message="7 bytes", remedy="Correct"
    ),
    Case(id="no source", old=ENTRY[ENTRY.index("  hub") :], new="", line=1, message="needs a source", remedy="Correct"),
    Case(id="a name twice", old=ENTRY, new=ENTRY * 2, line=13, message="tiny occurs twice", remedy="another name"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_broken_catalogue_names_its_file_and_line(case: Case, tmp_path: Path) -> None:
    assert case.old in ENTRY
    file = tmp_path / CATALOGUE_FILE
    file.write_text(ENTRY.replace(case.old, case.new, 1), encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        load_catalogue(tmp_path)
    assert caught.value.message.startswith(f"{file}:{case.line}: ")
    assert case.message in caught.value.message
    assert case.remedy in caught.value.remedy


@pytest.mark.parametrize("content", ["- [broken", ENTRY, ""], ids=["broken", "another", "empty"])
def test_the_corpus_does_not_depend_on_the_catalogue(content: str, own_corpus: Path, corpus: Corpus) -> None:
    (own_corpus / CATALOGUE_FILE).write_text(content, encoding="utf-8")
    assert corpus_version(own_corpus) == corpus.version
    assert load_corpus(own_corpus).version == corpus.version


def test_a_file_of_another_length_is_not_in_place(tmp_path: Path) -> None:
    model = find_model("smollm2-135m-instruct").model_copy(update={"size": 8})
    assert not is_in_place(model, tmp_path)
    model_path(model, tmp_path).parent.mkdir()
    model_path(model, tmp_path).write_bytes(b"GGUF")
    assert not is_in_place(model, tmp_path)
    model_path(model, tmp_path).write_bytes(b"GGUF1234")
    assert is_in_place(model, tmp_path)
