"""BM25 over the passages, with English stemming left out: the corpus is small and names matter."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from coach.library.passages import Passage

if TYPE_CHECKING:
    import bm25s


class LexicalIndex:
    """A BM25 index, built in memory at first use (a few milliseconds for a few hundred passages)."""

    def __init__(self, passages: list[Passage]) -> None:
        self._passages = passages
        self._ids = [passage.id for passage in passages]

    @cached_property
    def _index(self) -> bm25s.BM25:
        import bm25s

        index = bm25s.BM25()
        tokens = bm25s.tokenize(
            [f"{passage.topic} {passage.text} {passage.attribution}" for passage in self._passages],
            stopwords="en",
            show_progress=False,
        )
        index.index(tokens, show_progress=False)
        return index

    def best(self, query: str, *, k: int, kinds: tuple[str, ...] | None = None) -> dict[str, float]:
        """Return the BM25 scores of the best `k` passages that share a word with the query, best first."""
        import bm25s

        index = self._index
        words = bm25s.tokenize([query], stopwords="en", return_ids=False, show_progress=False)[0]
        known = [word for word in words if word in index.vocab_dict]
        if not known:
            return {}
        scores = index.get_scores(known)
        order = np.argsort(-scores, kind="stable")
        found = [i for i in order if scores[i] > 0 and (kinds is None or self._passages[i].kind in kinds)]
        return {self._ids[i]: float(scores[i]) for i in found[:k]}
