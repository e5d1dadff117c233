"""The store is built once, rebuilt when it must be, and says plainly when it cannot be."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from filelock import FileLock
from langchain_core.vectorstores import VectorStore
from langchain_tests.integration_tests import VectorStoreIntegrationTests

from coach.errors import LibraryError
from coach.library import Corpus
from coach.library import store as store_module
from coach.library.embedder import SentenceEncoder
from coach.library.passages import passages_of
from coach.library.store import PassageStore, close_client, open_store, store_folder

QUOTES = 24


class CountingEncoder(SentenceEncoder):
    """The session's encoder, which also counts the texts that it embeds."""

    def __init__(self, loaded: SentenceEncoder) -> None:
        super().__init__(loaded.name)
        self.__dict__["model"] = loaded.model
        self.embedded = 0

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.embedded += len(texts)
        return super().embed_documents(texts)


class Stores:
    """Opens stores in one data folder and closes them at the end of the test."""

    def __init__(self, data_dir: Path, corpus: Corpus, encoder: CountingEncoder) -> None:
        self.data_dir = data_dir
        self.corpus = corpus
        self.encoder = encoder
        self._open: list[PassageStore] = []

    def open(self, corpus: Corpus | None = None, *, rebuild: bool = False) -> PassageStore:
        """Open the store of a corpus, by default the quotes."""
        store = open_store(self.data_dir, corpus or self.corpus, self.encoder, rebuild=rebuild)
        self._open.append(store)
        return store

    def close(self) -> None:
        """Close every store that is open."""
        while self._open:
            self._open.pop().close()

    def embedded_by_opening(self) -> int:
        """Open and use the store, close it, and return how many passages were embedded for that."""
        before = self.encoder.embedded
        store = self.open()
        assert len(store.nearest([1.0] * self.encoder.dimension, k=3)) == 3
        self.close()
        return self.encoder.embedded - before


@pytest.fixture(scope="module")
def quotes_only(corpus: Corpus) -> Corpus:
    """The packaged corpus without cards, cases and playbook, quick to embed."""
    return replace(corpus, version="quotes-only", cards={}, cases={}, playbook={})


@pytest.fixture
def stores(tmp_path: Path, quotes_only: Corpus, encoder: SentenceEncoder) -> Iterator[Stores]:
    """Stores in a data folder of the test's own."""
    opened = Stores(tmp_path / "state", quotes_only, CountingEncoder(encoder))
    yield opened
    opened.close()


def folder_of(stores: Stores) -> Path:
    return store_folder(stores.data_dir, stores.corpus, stores.encoder)


def test_the_second_opening_embeds_nothing(stores: Stores) -> None:
    assert stores.embedded_by_opening() == QUOTES
    assert stores.embedded_by_opening() == 0


def test_a_rebuild_that_is_asked_for_embeds_again(stores: Stores) -> None:
    stores.embedded_by_opening()
    stores.open(rebuild=True)
    assert stores.encoder.embedded == 2 * QUOTES


def test_a_changed_corpus_gets_a_store_of_its_own_and_the_old_one_goes(stores: Stores) -> None:
    stores.embedded_by_opening()
    changed = replace(stores.corpus, version="quotes-two", quotes=dict(list(stores.corpus.quotes.items())[:5]))
    assert sorted(stores.open(changed).passages) == ["Q01", "Q02", "Q03", "Q04", "Q05"]
    assert [path.name for path in folder_of(stores).parent.iterdir() if path.is_dir()] == [
        store_folder(stores.data_dir, changed, stores.encoder).name
    ]


def test_each_encoder_has_a_store_of_its_own(quotes_only: Corpus, tmp_path: Path) -> None:
    names = {store_folder(tmp_path, quotes_only, SentenceEncoder(name)) for name in ("packaged", "/a/model", "/b/model")}
    assert len(names) == 3


class Damage(NamedTuple):
    id: str
    do: Callable[[Path], object]


def _half_built(folder: Path) -> None:
    folder.rename(folder.with_name(f"{folder.name}.building"))


def _only_a_building_folder(folder: Path) -> None:
    shutil.rmtree(folder)
    building = folder.with_name(f"{folder.name}.building")
    building.mkdir()
    (building / "chroma.sqlite3").write_bytes(b"half a file")


def _segment(folder: Path) -> Path:
    return next(path for path in folder.iterdir() if path.is_dir())


DAMAGES = [
    Damage("folder deleted", shutil.rmtree),
    Damage("whole library deleted", lambda folder: shutil.rmtree(folder.parent)),
    Damage("database deleted", lambda folder: (folder / "chroma.sqlite3").unlink()),
    Damage("build killed before its move", _half_built),
    Damage("build killed half-way", _only_a_building_folder),
    Damage("index deleted", lambda folder: shutil.rmtree(_segment(folder))),
    Damage("index header garbled", lambda folder: (_segment(folder) / "header.bin").write_bytes(b"garbage")),
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.id)
def test_a_damaged_store_answers_again(damage: Damage, stores: Stores) -> None:
    stores.embedded_by_opening()
    damage.do(folder_of(stores))
    assert stores.embedded_by_opening() in (0, QUOTES)
    assert stores.embedded_by_opening() == 0
    assert not list(folder_of(stores).parent.glob("*.building"))


def test_a_deleted_store_is_built_anew_beside_an_open_handle(stores: Stores) -> None:
    stores.open()
    shutil.rmtree(folder_of(stores))
    assert "Q14" in stores.open().nearest(stores.encoder.embed_query("Business is business."), k=1)
    assert stores.encoder.embedded - 1 == 2 * QUOTES


def test_damage_while_open_is_an_error_with_a_remedy(stores: Stores) -> None:
    store = stores.open()
    (folder_of(stores) / "chroma.sqlite3").write_bytes(b"garbage" * 1000)
    with pytest.raises(LibraryError, match="coach library build"):
        store.nearest([1.0] * stores.encoder.dimension, k=1)


def test_a_data_folder_that_cannot_be_made_is_an_error_with_a_remedy(stores: Stores) -> None:
    stores.data_dir.write_text("a file stands here", encoding="utf-8")
    with pytest.raises(LibraryError, match="COACH_DATA_DIR") as caught:
        stores.open()
    assert str(stores.data_dir) in caught.value.message


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_data_folder_is_an_error_with_a_remedy(stores: Stores) -> None:
    stores.data_dir.mkdir(mode=0o500)
    with pytest.raises(LibraryError, match="COACH_DATA_DIR"):
        stores.open()


def test_waiting_for_another_process_ends(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "_LOCK_SECONDS", 0.05)
    library = folder_of(stores).parent
    library.mkdir(parents=True)
    with FileLock(library / "build.lock"), pytest.raises(LibraryError, match="End that process") as caught:
        stores.open()
    assert str(library) in caught.value.remedy


def test_threads_that_open_at_once_build_once(stores: Stores) -> None:
    start = threading.Barrier(2)
    found: list[list[str]] = []

    def work() -> None:
        start.wait()
        found.append(list(stores.open().nearest([1.0] * stores.encoder.dimension, k=3)))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stores.encoder.embedded == QUOTES
    assert len(found) == 2
    assert found[0] == found[1]


def test_a_build_tells_how_far_it_is(stores: Stores) -> None:
    told: list[tuple[int, int]] = []
    open_store(stores.data_dir, stores.corpus, stores.encoder, progress=lambda done, total: told.append((done, total))).close()
    assert told == sorted(told)
    assert told[-1] == (QUOTES, QUOTES)


@pytest.fixture(scope="module")
def library(library_dir: Path, corpus: Corpus, encoder: SentenceEncoder) -> Iterator[PassageStore]:
    """The store of the whole corpus."""
    store = open_store(library_dir, corpus, encoder)
    yield store
    store.close()


def test_the_store_holds_every_passage(library: PassageStore, corpus: Corpus) -> None:
    stored = library.chroma.get()
    passages = {passage.id: passage for passage in passages_of(corpus)}
    assert set(stored["ids"]) == set(passages) == set(library.passages)
    assert dict(zip(stored["ids"], stored["documents"], strict=True)) == {
        name: passage.text for name, passage in passages.items()
    }


@pytest.mark.parametrize("name", ["Q01", "Q24", "F11", "F56", "C07", "P-C01"])
def test_a_passage_is_nearest_to_itself(name: str, library: PassageStore, encoder: SentenceEncoder) -> None:
    found = library.nearest(encoder.embed_query(library.passages[name].text), k=2)
    assert next(iter(found)) == name
    assert found[name] == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("kinds", [("quote",), ("framework",), ("own",), ("case",), ("playbook",), ("quote", "case")])
def test_kinds_are_respected_and_similarity_falls(
    kinds: tuple[str, ...], library: PassageStore, encoder: SentenceEncoder
) -> None:
    found = library.nearest(encoder.embed_query("We spoke about our children."), k=15, kinds=kinds)
    expected = sum(passage.kind in kinds for passage in library.passages.values())
    assert len(found) == min(15, expected)
    assert {library.passages[name].kind for name in found} <= set(kinds)
    assert list(found.values()) == sorted(found.values(), reverse=True)


class TestCollection(VectorStoreIntegrationTests):
    """LangChain's own tests on a collection made with the store's settings.

    The function is private because only a full store is for use; these tests need an empty one.
    """

    @pytest.fixture
    def vectorstore(self, tmp_path: Path) -> Iterator[VectorStore]:
        client = store_module._client(tmp_path / "chroma")
        yield store_module._collection(client, self.get_embeddings())  # type: ignore[arg-type]
        close_client(client)


@pytest.mark.parametrize("kinds", [("playbook",), ("quote", "case", "framework"), None])
def test_every_neighbour_is_found_in_the_order_of_exact_search(
    kinds: tuple[str, ...] | None, library: PassageStore, encoder: SentenceEncoder
) -> None:
    names = [name for name, passage in library.passages.items() if kinds is None or passage.kind in kinds]
    query = np.array(encoder.embed_query("We talk about the weather, and then about the order."))
    similarities = np.array(encoder.embed_documents([library.passages[name].text for name in names])) @ query
    exact = dict(zip(names, similarities, strict=True))
    found = library.nearest(query.tolist(), k=100, kinds=kinds)
    assert len(found) == min(100, len(names))
    assert sorted(found.values(), reverse=True) == pytest.approx(sorted(exact.values(), reverse=True)[:100], abs=1e-4)
