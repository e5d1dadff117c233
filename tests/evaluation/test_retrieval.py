"""Retrieval on the real store: floors well below what is measured, and the questions it is measured on."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.chain import Coach
from coach.errors import CorpusError
from coach.evaluation.figures import RankingFigures
from coach.evaluation.retrieval import RANKINGS, evaluate_retrieval, read_questions
from coach.library import Corpus, passages_of


@pytest.fixture(scope="module")
def measured(coach: Coach) -> dict[str, RankingFigures]:
    """The three rankings on all questions, by name."""
    return {row.ranking: row for row in evaluate_retrieval(coach.retriever, read_questions(coach.corpus.folder))}


def test_the_fused_ranking_finds_most_answers(measured: dict[str, RankingFigures]) -> None:
    reached = measured["fused"].hit_at_5
    assert reached >= 0.65, f"hit@5 is {reached:.3f}; at least 0.65 is wanted"


@pytest.mark.parametrize("part", ["dense", "lexical"])
def test_the_fused_ranking_is_no_worse_than_its_parts(part: str, measured: dict[str, RankingFigures]) -> None:
    fused, alone = measured["fused"].hit_at_5, measured[part].hit_at_5
    assert fused >= alone, f"hit@5 is {fused:.3f} fused and {alone:.3f} {part}"


def test_all_rankings_answer_the_same_questions(measured: dict[str, RankingFigures], corpus: Corpus) -> None:
    assert tuple(measured) == RANKINGS
    assert {row.questions for row in measured.values()} == {len(read_questions(corpus.folder))}
    assert all(0 < row.mean_reciprocal_rank <= 1 and row.mean_reciprocal_rank > row.hit_at_5 / 5 for row in measured.values())


def test_there_are_sixty_questions_with_answers_that_exist(corpus: Corpus) -> None:
    questions = read_questions(corpus.folder)
    kinds = {passage.id: passage.kind for passage in passages_of(corpus)}
    assert len(questions) >= 60
    assert len({question.query for question in questions}) == len(questions)
    assert not [q.id for q in questions if set(q.relevant) - set(kinds)]
    assert not [q.id for q in questions if q.kinds and {kinds[name] for name in q.relevant} - set(q.kinds)]


def test_broken_questions_are_named(tmp_path: Path) -> None:
    (tmp_path / "evaluation").mkdir()
    (tmp_path / "evaluation" / "questions.yaml").write_text("- id: R01\n  query: Who?\n  relevant: []\n")
    with pytest.raises(CorpusError, match=r"questions\.yaml:3"):
        read_questions(tmp_path)
