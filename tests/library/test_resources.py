"""Packaged data are found without settings, and a folder given instead is the one that is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.errors import CorpusError
from coach.library.resources import data_folder


@pytest.mark.parametrize(("name", "file"), [("corpus", "quotes.yaml"), ("prompts", "speaking/reply.md")])
def test_packaged_data_are_found(name: str, file: str) -> None:
    assert (data_folder(name) / file).is_file()


def test_a_given_folder_wins(tmp_path: Path) -> None:
    assert data_folder("corpus", tmp_path) == tmp_path


@pytest.mark.parametrize("name", ["corpus", "prompts"])
def test_a_missing_folder_names_its_variable(name: str, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=f"COACH_{name.upper()}_DIR") as caught:
        data_folder(name, tmp_path / "nowhere")
    assert str(tmp_path / "nowhere") in caught.value.message
