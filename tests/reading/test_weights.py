"""Weights come back from a file as they went, and a damaged file is an error that says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from safetensors.numpy import save

from coach.errors import EncoderError
from coach.library import Corpus
from coach.library.embedder import SentenceEncoder
from coach.reading.cues import CUES
from coach.reading.labelled import JUDGEMENTS
from coach.reading.weights import JudgementHead, ReaderWeights, load_weights, save_weights


@pytest.fixture
def weights() -> ReaderWeights:
    """Small weights with numbers that half precision holds exactly."""
    numbers = (np.arange(12).reshape(2, 6) / 4).astype(np.float32)
    return ReaderWeights(
        codes=("disclosure.family", "scope.past"),
        indicator_weight=numbers,
        indicator_bias=np.array([0.5, -0.5], np.float32),
        thresholds=np.array([0.3, 0.9], np.float32),
        judgements={
            "phase": JudgementHead(
                labels=("trial", "enmeshment"), weight=numbers, bias=np.array([1.0, 2.0], np.float32), temperature=1.5
            )
        },
        card={"accounts": "2", "note": "Käse"},
    )


def test_weights_survive_a_file(weights: ReaderWeights, tmp_path: Path) -> None:
    path = tmp_path / "new" / "heads.safetensors"
    save_weights(weights, path)
    loaded = load_weights(path)
    assert (loaded.codes, loaded.card, loaded.unit_size) == (weights.codes, weights.card, 6)
    np.testing.assert_array_equal(loaded.indicator_weight, weights.indicator_weight)
    np.testing.assert_array_equal(loaded.thresholds, weights.thresholds)
    assert loaded.judgements["phase"].labels == ("trial", "enmeshment")
    assert loaded.judgements["phase"].temperature == 1.5
    np.testing.assert_array_equal(loaded.judgements["phase"].weight, weights.judgements["phase"].weight)


def test_saving_leaves_no_other_file(weights: ReaderWeights, tmp_path: Path) -> None:
    path = tmp_path / "heads.safetensors"
    save_weights(weights, path)
    save_weights(weights, path)
    assert list(tmp_path.iterdir()) == [path]


class Damage(NamedTuple):
    id: str
    do: Callable[[Path], object]


DAMAGES = [
    Damage("missing", Path.unlink),
    Damage("empty", lambda path: path.write_bytes(b"")),
    Damage("garbage", lambda path: path.write_bytes(b"garbage" * 100)),
    Damage("header cut off", lambda path: path.write_bytes(path.read_bytes()[:40])),
    Damage("last byte cut off", lambda path: path.write_bytes(path.read_bytes()[:-1])),
    Damage("no metadata", lambda path: path.write_bytes(save({"indicator.weight": np.zeros((2, 2), np.float32)}))),
    Damage(
        "metadata that is no JSON",
        lambda path: path.write_bytes(
            save({"indicator.weight": np.zeros((2, 2))}, metadata={"codes": "[", "labels": "{", "card": "{}"})
        ),
    ),
    Damage(
        "a tensor missing",
        lambda path: path.write_bytes(
            save({"indicator.weight": np.zeros((2, 2))}, metadata={"codes": "[]", "labels": "{}", "card": "{}"})
        ),
    ),
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.id)
def test_a_damaged_file_is_named_with_the_remedy(damage: Damage, weights: ReaderWeights, tmp_path: Path) -> None:
    path = tmp_path / "heads.safetensors"
    save_weights(weights, path)
    damage.do(path)
    with pytest.raises(EncoderError, match="coach train") as caught:
        load_weights(path)
    assert str(path) in caught.value.message


def test_the_packaged_weights_fit_the_corpus_and_the_encoder(corpus: Corpus, encoder: SentenceEncoder) -> None:
    weights = load_weights()
    assert list(weights.codes) == list(corpus.indicators)
    assert weights.unit_size == encoder.dimension + len(CUES)
    assert {name: head.labels for name, head in weights.judgements.items()} == {
        name: tuple(str(label) for label in labels) for name, labels in JUDGEMENTS.items()
    }


def test_the_packaged_weights_are_finite_numbers() -> None:
    weights = load_weights()
    assert np.isfinite(weights.indicator_weight).all()
    assert ((weights.thresholds > 0) & (weights.thresholds < 1)).all()
    assert all(np.isfinite(head.weight).all() and head.temperature > 0 for head in weights.judgements.values())


def test_probabilities_add_up_to_one(weights: ReaderWeights) -> None:
    probabilities = weights.judgements["phase"].probabilities(np.full(6, 100.0, np.float32))
    assert sum(probabilities.values()) == pytest.approx(1.0)
    assert probabilities["enmeshment"] > probabilities["trial"]
