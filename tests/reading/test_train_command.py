"""Training from the command line writes both files, and says what they were trained on."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from coach.errors import CorpusError
from coach.library import Corpus
from coach.library.embedder import SentenceEncoder
from coach.reading.fused_network import load_fused_network
from coach.reading.labelled import read_labelled
from coach.reading.train_command import accounts_hash, train_reader
from coach.reading.weights import load_weights

WRITERS = ("train_12.jsonl", "train_5.jsonl", "train_9.jsonl")


CODES = ("disclosure.small_talk", "disclosure.family", "contact.private_circle")


@pytest.fixture
def few(corpus: Corpus, tmp_path: Path) -> Corpus:
    """The corpus with twelve accounts of each of three writers and three indicators."""
    folder = tmp_path / "corpus" / "accounts"
    folder.mkdir(parents=True)
    for name in WRITERS:
        accounts = read_labelled(corpus.folder / "accounts" / name)[:12]
        few = [a.model_copy(update={"spans": tuple(s for s in a.spans if s.indicator in CODES)}) for a in accounts]
        (folder / name).write_text("\n".join(account.model_dump_json() for account in few), encoding="utf-8")
    return replace(corpus, folder=folder.parent, indicators={code: corpus.indicators[code] for code in CODES})


@pytest.mark.slow
def test_training_writes_what_the_reader_loads_and_the_same_twice(
    few: Corpus, encoder: SentenceEncoder, tmp_path: Path
) -> None:
    told, seen = list[str](), list[tuple[int, int]]()
    for run in ("first", "second"):
        train_reader(
            few,
            encoder,
            report=told.append,
            progress=lambda done, total: seen.append((done, total)),
            folder=tmp_path / run,
            epochs=1,
        )
    first = {path.name: path.read_bytes() for path in (tmp_path / "first").iterdir()}
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "second").iterdir()}
    assert set(first) == {"heads.safetensors", "attribution.json", "network.safetensors"}
    card = load_weights(tmp_path / "first" / "heads.safetensors").card
    assert (card["accounts"], card["writers"], card["encoder"]) == ("36", "3", encoder.name)
    assert card["accounts_sha256"] == accounts_hash(few.folder / "accounts")
    joined = load_fused_network(encoder, tmp_path / "first" / "network.safetensors")
    assert joined.held_out == ("train_9",)
    assert told[0] == "36 labelled accounts by 3 writers"
    assert seen[-1][0] == seen[-1][1]


def test_the_packaged_weights_name_accounts_and_encoder() -> None:
    card = load_weights().card
    assert card["encoder"] == "packaged"
    assert int(card["accounts"]) > 1000


def test_the_hash_changes_with_any_account(few: Corpus) -> None:
    folder = few.folder / "accounts"
    before = accounts_hash(folder)
    assert accounts_hash(folder) == before
    shutil.copy(folder / WRITERS[0], folder / "train_99.jsonl")
    assert accounts_hash(folder) != before


def test_without_accounts_nothing_is_trained(few: Corpus, encoder: SentenceEncoder, tmp_path: Path) -> None:
    for name in WRITERS:
        (few.folder / "accounts" / name).unlink()
    with pytest.raises(CorpusError, match="no labelled accounts"):
        train_reader(few, encoder, report=print, progress=lambda *_: None, folder=tmp_path / "weights")
    assert not (tmp_path / "weights").exists()
