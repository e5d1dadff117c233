"""Retrieval that joins meaning and words: dense neighbours from Chroma and BM25, joined by score.

Dense ranking finds passages that say the same in other words; BM25 finds names and rare terms that the encoder blurs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import PrivateAttr

from coach.library.embedder import SentenceEncoder
from coach.library.lexical import LexicalIndex
from coach.library.passages import Passage
from coach.library.store import PassageStore

Ranking = Literal["fused", "dense", "lexical"]

_LEXICAL_SHARE = 0.15
"""What the best BM25 match adds to a cosine similarity; 0.1 to 0.2 do equally well on the retrieval questions."""

_POOL = 100
"""How many passages each ranking contributes."""


class PassageRetriever(BaseRetriever):
    """Retrieves passages for a query as LangChain documents.

    Attributes:
        k: how many passages are returned.
        kinds: passage kinds to stay within; all where None.
        ranking: `fused`, or one of its two parts for comparison.
    """

    k: int = 5
    kinds: tuple[str, ...] | None = None
    ranking: Ranking = "fused"

    _store: PassageStore = PrivateAttr()
    _encoder: SentenceEncoder = PrivateAttr()
    _lexical: LexicalIndex = PrivateAttr()

    def __init__(self, *, store: PassageStore, encoder: SentenceEncoder, **options: Any) -> None:
        super().__init__(**options)
        self._store = store
        self._encoder = encoder
        self._lexical = LexicalIndex(list(store.passages.values()))

    @property
    def store(self) -> PassageStore:
        """The store that is searched."""
        return self._store

    def ranked_by(self, ranking: Ranking) -> PassageRetriever:
        """Return a retriever over the same store that ranks in another way."""
        return PassageRetriever(store=self._store, encoder=self._encoder, k=self.k, kinds=self.kinds, ranking=ranking)

    def passages(
        self,
        query: str,
        *,
        k: int | None = None,
        kinds: tuple[str, ...] | None = None,
        vector: list[float] | None = None,
    ) -> list[Passage]:
        """Return the passages that answer a query best, best first.

        Args:
            query: the words to look for.
            k: how many; the retriever's own where None.
            kinds: passage kinds to stay within; the retriever's own where None.
            vector: the query's embedding where it is already known.

        Raises:
            LibraryError: the vector store was damaged while open.
        """
        kinds = kinds if kinds is not None else self.kinds
        if not query.strip():
            return []
        dense: Mapping[str, float] = {}
        lexical: Mapping[str, float] = {}
        if self.ranking != "lexical":
            vector = vector if vector is not None else self._encoder.embed_query(query)
            dense = self._store.nearest(vector, k=_POOL, kinds=kinds)
        if self.ranking != "dense":
            lexical = self._lexical.best(query, k=_POOL, kinds=kinds)
        return [self._store.passages[name] for name in fuse(dense, lexical)[: self.k if k is None else k]]

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain passes it
        k: int | None = None,
        **_: Any,
    ) -> list[Document]:
        return [
            Document(
                id=passage.id,
                page_content=passage.text,
                metadata={"kind": passage.kind, "topic": passage.topic, "attribution": passage.attribution},
            )
            for passage in self.passages(query, k=k)
        ]


def fuse(dense: Mapping[str, float], lexical: Mapping[str, float]) -> list[str]:
    """Return the names in both, best first: cosine similarity plus a share of the BM25 score relative to its best.

    A name that the dense ranking lacks gets the lowest similarity in it; ties keep the order of `dense`, then `lexical`.
    """
    floor = min(dense.values(), default=0.0)
    best = max(lexical.values(), default=1.0)
    scores = {
        name: dense.get(name, floor) + _LEXICAL_SHARE * lexical.get(name, 0.0) / best
        for name in dict.fromkeys([*dense, *lexical])
    }
    return sorted(scores, key=lambda name: -scores[name])
