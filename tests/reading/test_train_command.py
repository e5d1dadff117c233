"""Training from the command line writes both files, and says what they were trained on."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from coach.errors import CorpusError
from coach.library import Corpus
from coach.library.embedder import SentenceEncoder
from coach.reading.attribution import load_attribution
from coach.reading.labelled import read_labelled
from coach.reading.train_command import accounts_hash, train_reader
from coach.reading.weights import load_weights

WRITERS = ("train_5.jsonl", "train_9.jsonl")


CODES = ("disclosure.small_talk", "disclosure.family", "contact.private_circle")


@pytest.fixture
def few(corpus: Corpus, tmp_path: Path) -> Corpus:
    """The corpus with twenty accounts of each of two writers and three indicators."""
    folder = tmp_path / "corpus" / "accounts"
    folder.mkdir(parents=True)
    for name in WRITERS:
        accounts = read_labelled(corpus.folder / "accounts" / name)[:20]
        few = [a.model_copy(update={"spans": tuple(s for s in a.spans if s.indicator in CODES)}) for a in accounts]
        (folder / name).write_text("\n".join(account.model_dump_json() for account in few), encoding="utf-8")
    return replace(corpus, folder=folder.parent, indicators={code: corpus.indicators[code] for code in CODES})


@pytest.mark.slow
def test_training_writes_what_the_reader_loads(few: Corpus, encoder: SentenceEncoder, tmp_path: Path) -> None:
    heads, attribution, told = tmp_path / "heads.safetensors", tmp_path / "attribution.json", list[str]()
    train_reader(few, encoder, report=told.append, weights_path=heads, attribution_path=attribution)
    first, first_attribution = load_weights(heads), attribution.read_bytes()
    train_reader(few, encoder, report=told.append, weights_path=heads, attribution_path=attribution)
    again = load_weights(heads)
    np.testing.assert_array_equal(again.indicator_weight, first.indicator_weight)
    np.testing.assert_array_equal(again.judgements["phase"].weight, first.judgements["phase"].weight)
    assert attribution.read_bytes() == first_attribution
    assert set(load_attribution(attribution).bias) == {"salesperson", "customer", "nobody"}
    assert (first.card["accounts"], first.card["writers"], first.card["encoder"]) == ("40", "2", encoder.name)
    assert first.card["accounts_sha256"] == accounts_hash(few.folder / "accounts")
    assert told[0] == "40 labelled accounts"


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
        train_reader(few, encoder, report=print, weights_path=tmp_path / "h", attribution_path=tmp_path / "a")
    assert not (tmp_path / "h").exists()
