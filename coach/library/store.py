"""The vector store: passages in Chroma, built once for each corpus and encoder, rebuilt when damaged.

A store is built in a folder of its own and moved into place when it is complete, so that a killed build leaves nothing
half done. Its folder name holds the corpus version and the encoder: a changed corpus or encoder means a new store, and
older ones are removed.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import RLock
from typing import Any, cast

import chromadb
from chromadb.api import ClientAPI
from chromadb.api.client import Client
from chromadb.api.collection_configuration import CreateHNSWConfiguration
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError
from filelock import FileLock, Timeout
from langchain_chroma import Chroma
from langchain_core.documents import Document

from coach.errors import LibraryError
from coach.library.corpus import Corpus
from coach.library.embedder import SentenceEncoder
from coach.library.passages import Passage, passages_of

COLLECTION = "passages"
_BATCH = 32
_LOCK_SECONDS = 300

# Wide enough to find every neighbour of a corpus of a few thousand passages: with Chroma's own, narrower index the order in
# which its threads happened to build it showed in what was found.
_INDEX = CreateHNSWConfiguration(space="cosine", ef_construction=1000, ef_search=1000, max_neighbors=64, num_threads=1)

# Chroma 1.5 keeps its open databases in one table for the whole process, without a lock.
_OPENING = RLock()

Progress = Callable[[int, int], None]
"""Called with the number of passages done and the number in all."""


class PassageStore:
    """An open vector store.

    Attributes:
        passages: every passage by id.
        chroma: the collection as a LangChain vector store with cosine distance.
    """

    def __init__(self, folder: Path, client: ClientAPI, chroma: Chroma, passages: Mapping[str, Passage]) -> None:
        self.folder = folder
        self.passages = passages
        self.chroma = chroma
        self._client = client

    def nearest(self, vector: list[float], *, k: int, kinds: tuple[str, ...] | None = None) -> dict[str, float]:
        """Return the cosine similarities of the `k` passages nearest to a vector, nearest first, by id.

        Args:
            vector: an embedding by the store's encoder.
            k: how many.
            kinds: passage kinds to stay within; all where None.

        Raises:
            LibraryError: the store was damaged or deleted while open.
        """
        where: dict[str, Any] | None = {"kind": {"$in": list(kinds)}} if kinds else None
        try:
            found = self.chroma.similarity_search_by_vector_with_relevance_scores(vector, k=k, filter=where)
        except _DAMAGE as error:
            raise LibraryError(
                "The vector store was damaged or deleted while it was in use.",
                "Run `coach library build`, or simply try again: it rebuilds itself.",
            ) from error
        return {str(document.id): 1.0 - distance for document, distance in found}

    def close(self) -> None:
        """Let go of the store's files."""
        close_client(self._client)


# Chroma's Rust core reports a damaged file as one of its own errors, as a ValueError or RuntimeError, or through SQLite.
_DAMAGE = (ChromaError, ValueError, RuntimeError, OSError, KeyError, TypeError)


def store_folder(data_dir: Path, corpus: Corpus, encoder: SentenceEncoder) -> Path:
    """Return the folder of the store that belongs to this corpus, encoder and kind of index."""
    made_with = hashlib.sha256(f"{encoder.name} {_INDEX}".encode()).hexdigest()[:6]
    return data_dir / "library" / f"{corpus.version}-{made_with}"


def open_store(
    data_dir: Path, corpus: Corpus, encoder: SentenceEncoder, *, progress: Progress | None = None, rebuild: bool = False
) -> PassageStore:
    """Open the store, building it where it is missing, outdated or damaged.

    Args:
        data_dir: folder for state.
        corpus: what the store must hold.
        encoder: what embeds it.
        progress: told how far a build is.
        rebuild: build anew even if the store is sound.

    Raises:
        LibraryError: the folder cannot be written, or the disk is full.
        EncoderError: a build is needed and the encoder cannot be loaded.
    """
    folder = store_folder(data_dir, corpus, encoder)
    passages = {passage.id: passage for passage in passages_of(corpus)}
    with _OPENING:
        if not rebuild and (store := _try_open(folder, encoder, passages)):
            return store
        return _build_and_open(folder, encoder, passages, progress, rebuild=rebuild)


def _build_and_open(
    folder: Path, encoder: SentenceEncoder, passages: Mapping[str, Passage], progress: Progress | None, *, rebuild: bool
) -> PassageStore:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.parent / "build.lock", timeout=_LOCK_SECONDS):
            # Another process may have built it while this one waited.
            if not rebuild and (store := _try_open(folder, encoder, passages)):
                return store
            _build(folder, encoder, passages, progress)
            store = _try_open(folder, encoder, passages)
    except Timeout as error:
        raise LibraryError(
            "Another process has been building the vector store for too long.",
            f"End that process, or delete {folder.parent} and try again.",
        ) from error
    except (OSError, ChromaError) as error:
        reason = getattr(error, "strerror", None) or "input/output error"
        raise LibraryError(
            f"The vector store cannot be written to {folder.parent} ({reason}).",
            "Free some space or point COACH_DATA_DIR at a folder that can be written.",
        ) from error
    if store is None:
        raise LibraryError(
            f"The vector store in {folder} cannot be read back after building it.",
            "Check the disk, or point COACH_DATA_DIR at another one.",
        )
    return store


def _try_open(folder: Path, encoder: SentenceEncoder, passages: Mapping[str, Passage]) -> PassageStore | None:
    """Open a store if it is sound: the right passages are in it and a query answers."""
    if not (folder / "chroma.sqlite3").is_file():
        return None
    try:
        client = _client(folder)
        chroma = _collection(client, encoder)
        probe = chroma.get(include=["embeddings"], limit=1)
        sound = chroma._collection.count() == len(passages) and len(probe["ids"]) == 1
        if sound:
            chroma.similarity_search_by_vector([float(x) for x in probe["embeddings"][0]], k=1)
    except BaseException as error:
        # Whatever a damaged file makes Chroma raise (its Rust core even panics, which is no Exception) means the same.
        _forget(folder)
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        return None
    if not sound:
        close_client(client)
        _forget(folder)
        return None
    return PassageStore(folder, client, chroma, passages)


def _build(folder: Path, encoder: SentenceEncoder, passages: Mapping[str, Passage], progress: Progress | None) -> None:
    building = folder.with_name(f"{folder.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    client = _client(building)
    chroma = _collection(client, encoder)
    todo = list(passages.values())
    for start in range(0, len(todo), _BATCH):
        batch = todo[start : start + _BATCH]
        chroma.add_documents(
            [
                Document(
                    id=passage.id,
                    page_content=passage.text,
                    metadata={"kind": passage.kind, "topic": passage.topic, "attribution": passage.attribution},
                )
                for passage in batch
            ]
        )
        if progress:
            progress(min(start + _BATCH, len(todo)), len(todo))
    close_client(client)
    _forget(building)
    for old in folder.parent.iterdir():
        if old.is_dir() and old != building:
            shutil.rmtree(old, ignore_errors=True)
    building.rename(folder)


def _client(folder: Path) -> ClientAPI:
    return chromadb.PersistentClient(path=str(folder), settings=ChromaSettings(anonymized_telemetry=False, allow_reset=False))


def _collection(client: ClientAPI, encoder: SentenceEncoder) -> Chroma:
    return Chroma(
        client=client,
        collection_name=COLLECTION,
        embedding_function=encoder,
        collection_configuration={"hnsw": _INDEX},
    )


def close_client(client: ClientAPI) -> None:
    """Let go of a client's files; `close` stands on the client itself, not on the interface it is typed as."""
    cast("Client", client).close()


def _forget(folder: Path) -> None:
    """Drop Chroma's process-wide handle on a folder that moves or is damaged (chromadb 1.5 caches clients by path)."""
    from chromadb.api.shared_system_client import SharedSystemClient

    SharedSystemClient._identifier_to_system.pop(str(folder), None)
