"""BM25 finds passages by their words, best first, and nothing where no word is shared."""

from __future__ import annotations

import pytest

from coach.library.lexical import LexicalIndex
from coach.library.passages import Passage


def passage(name: str, text: str, kind: str = "quote") -> Passage:
    return Passage(id=name, kind=kind, text=text, attribution="somebody", topic="something")


INDEX = LexicalIndex(
    [
        passage("A", "The hockey match was long."),
        passage("B", "The weather in the harbour."),
        passage("C", "Hockey, hockey and the weather.", kind="case"),
        passage("D", "Contracts and prices."),
    ]
)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("hockey", ["C", "A"]),
        ("HARBOUR!", ["B"]),
        ("prices", ["D"]),
        ("the and of", []),
        ("zebra", []),
        ("", []),
        ("\n ?! ", []),
    ],
)
def test_passages_that_share_words_are_found(query: str, expected: list[str]) -> None:
    assert list(INDEX.best(query, k=4)) == expected


def test_scores_fall() -> None:
    scores = list(INDEX.best("hockey weather harbour", k=4).values())
    assert scores == sorted(scores, reverse=True)
    assert min(scores) > 0


@pytest.mark.parametrize(("kinds", "expected"), [(("quote",), ["A"]), (("case",), ["C"]), (("own",), [])])
def test_kinds_are_respected(kinds: tuple[str, ...], expected: list[str]) -> None:
    assert list(INDEX.best("hockey", k=4, kinds=kinds)) == expected


def test_no_more_than_asked_for() -> None:
    assert list(INDEX.best("hockey", k=1)) == ["C"]
