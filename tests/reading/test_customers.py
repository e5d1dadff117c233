"""An account of several customers is told from an account of one that names many people."""

from __future__ import annotations

import pytest

from coach.library import Corpus
from coach.reading.customers import several_customers
from coach.reading.labelled import read_labelled, read_writers

SEVERAL = [
    ("I have two customers in Japan, one in Osaka and one in Kobe.", ("your customers",)),
    ("I look after three Italian buyers. Each is different.", ("your customers",)),
    (
        "My customer in Osaka is Mr Tanaka, we talk about golf. My other customer is Signora Rossi in Milan.",
        ("Mr Tanaka", "Signora Rossi"),
    ),
    ("My client Ana in Porto and I are close. Another client, Herr Schmidt, never says a word.", ("Ana", "Herr Schmidt")),
]

ONE = [
    "My customer is Mr Tanaka. His boss Mr Mori and my colleague Pekka come along.",
    "We are both fat men who cycle; my customer Faisal pays the tea.",
    "I took Mr Tanaka over from Jussi. Another customer would have left.",
    "My customer Ana is Portuguese. She knows my other customer's wife.",
    "I have two contacts' numbers and one contact, Ana.",
    "",
]


@pytest.mark.parametrize(("text", "called"), SEVERAL, ids=[text[:30] for text, _ in SEVERAL])
def test_several_are_seen_and_named(text: str, called: tuple[str, ...]) -> None:
    assert several_customers(text) == called


@pytest.mark.parametrize("text", ONE)
def test_one_customer_among_many_people_stays_one(text: str) -> None:
    assert several_customers(text) == ()


def test_no_labelled_account_is_taken_for_several(corpus: Corpus) -> None:
    accounts = read_writers(corpus.folder / "accounts") + read_labelled(corpus.folder / "evaluation" / "development.jsonl")
    assert [account.id for account in accounts if several_customers(account.text)] == []
