"""Retrieval measured on questions of our own: the fused ranking beside dense only and BM25 only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from coach.evaluation.figures import RankingFigures
from coach.library.retriever import PassageRetriever, Ranking
from coach.library.schema import Entry
from coach.library.yaml_files import read_entries

RANKINGS: tuple[Ranking, ...] = ("fused", "dense", "lexical")
_CUTOFF = 5
_DEPTH = 20


class RetrievalQuestion(Entry):
    """A question with every passage that truly answers it."""

    id: Annotated[str, Field(pattern=r"^R\d{2}$")]
    query: Annotated[str, Field(min_length=1)]
    relevant: Annotated[tuple[str, ...], Field(min_length=1)]
    kinds: tuple[str, ...] | None = None


def read_questions(corpus_folder: Path) -> list[RetrievalQuestion]:
    """Read the retrieval questions.

    Raises:
        CorpusError: the file is missing or broken.
    """
    return read_entries(corpus_folder / "evaluation" / "questions.yaml", RetrievalQuestion, key=lambda q: q.id)


def evaluate_retrieval(retriever: PassageRetriever, questions: list[RetrievalQuestion]) -> tuple[RankingFigures, ...]:
    """Return for each ranking the share of questions answered among the first five, and the mean reciprocal rank."""
    results = []
    for ranking in RANKINGS:
        variant = retriever.ranked_by(ranking)
        reciprocal, hits = 0.0, 0
        for question in questions:
            found = [p.id for p in variant.passages(question.query, k=_DEPTH, kinds=question.kinds)]
            rank = next((n for n, name in enumerate(found, 1) if name in question.relevant), None)
            hits += rank is not None and rank <= _CUTOFF
            reciprocal += 1 / rank if rank else 0.0
        results.append(
            RankingFigures(
                ranking=ranking,
                questions=len(questions),
                hit_at_5=hits / len(questions),
                mean_reciprocal_rank=reciprocal / len(questions),
            )
        )
    return tuple(results)
