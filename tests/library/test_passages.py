"""Every entry becomes one passage that can be cited."""

from __future__ import annotations

from collections import Counter

import pytest

from coach.library import Corpus, passages_of
from coach.library.passages import Passage


@pytest.fixture(scope="module")
def passages(corpus: Corpus) -> list[Passage]:
    return passages_of(corpus)


def test_every_entry_is_one_passage(passages: list[Passage], corpus: Corpus) -> None:
    expected = [*corpus.quotes, *corpus.cards, *corpus.cases, *corpus.playbook]
    assert [passage.id for passage in passages] == expected
    assert len(set(expected)) == len(expected)


def test_kinds_tell_the_papers_findings_from_our_own(passages: list[Passage], corpus: Corpus) -> None:
    own = sum(card.work == "rapport" for card in corpus.cards.values())
    assert Counter(passage.kind for passage in passages) == {
        "quote": 24,
        "framework": 56 - own,
        "own": own,
        "case": 18,
        "playbook": len(corpus.playbook),
    }


def test_no_passage_holds_an_unfilled_slot(passages: list[Passage]) -> None:
    assert not [passage.id for passage in passages if "$" in passage.text]


@pytest.mark.parametrize(
    ("name", "attribution"),
    [
        ("Q01", "Salesperson H, Findings, relationship phases; Koponen et al. (2021), CC BY 4.0"),
        ("F01", "Trial phase: our wording of Koponen et al. (2021), "),
        ("F53", "Rapport's own reading"),
        ("C01", "told in our own words; Koponen et al. (2021)"),
        ("P-C01", "Rapport's playbook, resting on Q21, F20, F48"),
    ],
)
def test_an_attribution_says_whose_words_these_are(name: str, attribution: str, passages: list[Passage]) -> None:
    assert attribution in next(passage.attribution for passage in passages if passage.id == name)


def test_a_record_cites_a_passage_with_its_own_words(passages: list[Passage]) -> None:
    source = passages[0].as_source()
    assert source.model_dump() == {
        "id": passages[0].id,
        "kind": passages[0].kind,
        "text": passages[0].text,
        "attribution": passages[0].attribution,
    }
