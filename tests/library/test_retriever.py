"""Retrieval stays within its filters, joins two rankings fairly, and behaves as LangChain expects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import RetrieversIntegrationTests

from coach.errors import LibraryError
from coach.library import Corpus
from coach.library.embedder import SentenceEncoder
from coach.library.retriever import PassageRetriever, Ranking, fuse
from coach.library.store import PassageStore, open_store

KINDS = ("quote", "framework", "own", "case", "playbook")


@pytest.fixture(scope="module")
def library(library_dir: Path, corpus: Corpus, encoder: SentenceEncoder) -> Iterator[PassageStore]:
    """The store of the whole corpus."""
    store = open_store(library_dir, corpus, encoder)
    yield store
    store.close()


@pytest.fixture(scope="module")
def retriever(library: PassageStore, encoder: SentenceEncoder) -> PassageRetriever:
    """The retriever as the coach uses it."""
    return PassageRetriever(store=library, encoder=encoder)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("do you want to see an ice hockey match", "Q03", id="words of a quote"),
        pytest.param("business is business, I keep it to the contract", "Q14", id="a saying"),
        pytest.param("the CEO should not lose face because I am a woman", "Q24", id="face"),
        pytest.param("I learn a few words of her language out of respect", "Q23", id="same in other words"),
        pytest.param("what does losing face mean", "F11", id="a notion"),
        pytest.param("they came to my wedding and I went to a funeral of theirs", "F32", id="private life"),
    ],
)
def test_a_question_finds_its_passage_among_the_first_five(query: str, expected: str, retriever: PassageRetriever) -> None:
    assert expected in [passage.id for passage in retriever.passages(query, kinds=("quote", "framework"))]


@settings(max_examples=20, deadline=None)
@given(
    query=st.sampled_from(["family", "price", "Italy", "zzz", "We met in the sauna."]),
    kinds=st.sets(st.sampled_from(KINDS), min_size=1).map(lambda kinds: tuple(sorted(kinds))),
    k=st.integers(1, 40),
)
def test_filters_and_number_are_respected(query: str, kinds: tuple[str, ...], k: int, retriever: PassageRetriever) -> None:
    found = retriever.passages(query, k=k, kinds=kinds)
    available = sum(passage.kind in kinds for passage in retriever.store.passages.values())
    assert {passage.kind for passage in found} <= set(kinds)
    assert len(found) == len({passage.id for passage in found}) == min(k, available)


@pytest.mark.parametrize("query", ["", "   ", "\n\t"])
@pytest.mark.parametrize("ranking", ["fused", "dense", "lexical"])
def test_an_empty_query_finds_nothing(query: str, ranking: Ranking, retriever: PassageRetriever) -> None:
    assert retriever.ranked_by(ranking).passages(query) == []


def test_words_alone_find_only_what_shares_them(retriever: PassageRetriever) -> None:
    lexical = retriever.ranked_by("lexical")
    assert lexical.passages("zzzz") == []
    assert all("hockey" in f"{p.text} {p.topic} {p.attribution}".lower() for p in lexical.passages("hockey", k=50))


def test_a_known_vector_stands_for_the_query(retriever: PassageRetriever, encoder: SentenceEncoder) -> None:
    query = "He told me of his divorce."
    known = retriever.passages(query, vector=encoder.embed_query(query))
    assert known == retriever.passages(query)


def test_the_same_query_finds_the_same_passages(retriever: PassageRetriever) -> None:
    assert retriever.passages("trust and promises", k=20) == retriever.passages("trust and promises", k=20)


def test_documents_carry_what_a_citation_needs(retriever: PassageRetriever) -> None:
    (document,) = retriever.invoke("ice hockey match", k=1)
    passage = retriever.store.passages[str(document.id)]
    assert document.page_content == passage.text
    assert document.metadata == {"kind": passage.kind, "topic": passage.topic, "attribution": passage.attribution}


def test_a_store_damaged_while_open_is_an_error(tmp_path: Path, corpus: Corpus, encoder: SentenceEncoder) -> None:
    from dataclasses import replace

    small = replace(corpus, version="quotes-only", cards={}, cases={}, playbook={})
    store = open_store(tmp_path, small, encoder)
    (store.folder / "chroma.sqlite3").write_bytes(b"garbage" * 1000)
    with pytest.raises(LibraryError, match="try again"):
        PassageRetriever(store=store, encoder=encoder).passages("family")
    store.close()


_SCORES = st.dictionaries(st.sampled_from("ABCDEFGH"), st.floats(0.01, 1.0))


@settings(max_examples=50)
@given(dense=_SCORES, lexical=_SCORES)
def test_joining_keeps_every_name_once(dense: dict[str, float], lexical: dict[str, float]) -> None:
    joined = fuse(dense, lexical)
    assert sorted(joined) == sorted(dense.keys() | lexical.keys())


@settings(max_examples=50)
@given(scores=_SCORES)
def test_one_ranking_alone_keeps_its_order(scores: dict[str, float]) -> None:
    ranked = dict(sorted(scores.items(), key=lambda item: -item[1]))
    assert fuse(ranked, {}) == list(ranked)
    assert [ranked[name] for name in fuse({}, ranked)] == list(ranked.values())


@settings(max_examples=50)
@given(dense=_SCORES, lexical=_SCORES)
def test_what_is_better_in_both_stays_better(dense: dict[str, float], lexical: dict[str, float]) -> None:
    joined = fuse(dense, lexical)
    both = dense.keys() & lexical.keys()
    for better in both:
        for worse in both:
            if dense[better] > dense[worse] + 1e-6 and lexical[better] >= lexical[worse]:
                assert joined.index(better) < joined.index(worse)


def test_joining_nothing_gives_nothing() -> None:
    assert fuse({}, {}) == []


class TestRetriever(RetrieversIntegrationTests):
    """LangChain's own tests of what a retriever must do."""

    @pytest.fixture(autouse=True)
    def _over_the_library(self, library: PassageStore, encoder: SentenceEncoder) -> None:
        """Hands the store that is open already to the constructor, so that no test builds another."""
        self._params: dict[str, Any] = {"store": library, "encoder": encoder}

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return PassageRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return self._params

    @property
    def retriever_query_example(self) -> str:
        return "We talk about our families."
