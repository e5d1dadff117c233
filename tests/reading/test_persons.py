"""The coach calls the customer what the user calls them, and only what the grammar shows to be a name."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.reading.persons import CustomerName, read_customer_name


class Case(NamedTuple):
    text: str
    name: str | None
    pronoun: str = "them"
    places: tuple[str, ...] = ()


CASES = [
    Case("Mr Kuroda told me about his garden.", "Mr Kuroda", "him"),
    Case("Ms. Hayashi and I talk about the weather. She is polite.", "Ms. Hayashi", "her"),
    Case("I visited Dr van Dijk and he was kind.", "Dr van Dijk", "him"),
    Case("Tanaka-san asked about my flight.", "Tanaka-san"),
    Case("Ayşe Hanım wrote to me.", "Ayşe Hanım"),
    Case("Wang zong invited me to dinner.", "Wang zong"),
    Case("President Kim asks about my mother.", "President Kim"),
    Case("Signora Rossi called and Rossi asked for a discount.", "Signora Rossi", "her"),
    Case("Frau Schmidt's office is cold. Frau Schmidt said no.", "Frau Schmidt", "her"),
    Case("Mr. Al-Rashid invited me.", "Mr. Al-Rashid", "him"),
    Case("Cemal told me that his son had passed his exams.", "Cemal", "him"),
    Case("José told me about the wedding.", "José"),
    Case("I meet with Ilse at the mill every spring, she is never late.", "Ilse", "her"),
    Case("I met with Lucia in Milan and Lucia was kind.", "Lucia", places=("Milan",)),
    Case("My name is Pekka. I met with Lucia and Lucia was kind.", "Lucia"),
    Case("My customer never says his name.", None, "him"),
    Case("We met in Osaka. Osaka is hot.", None, places=("Osaka",)),
    Case("On Monday I called the buyer.", None),
    Case("I met with Siemens AG and they were polite.", None),
    Case("The order is due. Cheers, Matti", None),
    Case("we talk about the weather", None),
    Case("Gary at the cold store. Every call opens with Haaland and closes with an order.", "Gary"),
    Case("Ms Hoshino buys our snacks. Send it to Mr Abe, she wrote. I sent it to Mr Abe.", "Ms Hoshino", "her"),
    Case("Anke, from our customer in Bremen, stood beside me.", "Anke"),
    Case("Ciao. Fabio, from Parma. I'm with Hernán on the line, and Hernán laughs.", "Hernán", places=("Parma",)),
    Case("My man there was Rui. Now it's Mr Santos and Mr Hagen.", "Rui"),
    Case("", None),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text or "nothing")
def test_the_customer_is_called_what_the_user_calls_them(case: Case) -> None:
    assert read_customer_name(case.text, case.places) == CustomerName(case.name, case.pronoun)


@pytest.mark.parametrize(("pronoun", "possessive"), [("him", "his"), ("her", "her"), ("them", "their")])
def test_the_possessive_goes_with_the_pronoun(pronoun: str, possessive: str) -> None:
    assert CustomerName("Cemal", pronoun).possessive == possessive


@pytest.mark.parametrize(
    ("text", "pronoun"),
    [("He said he would.", "him"), ("SHE did.", "her"), ("He met her.", "them"), ("They came.", "them"), ("Theme.", "them")],
)
def test_pronouns_are_counted_and_never_guessed(text: str, pronoun: str) -> None:
    assert read_customer_name(text).pronoun == pronoun


_WORDS = st.sampled_from(["Cemal", "Mr", "Kuroda", "told", "me", "with", "Ilse", "at", "the", "mill", ".", "she", "-san", "'s"])


@settings(max_examples=50)
@given(st.lists(_WORDS, max_size=20).map(" ".join) | st.text(max_size=60))
def test_a_name_is_always_in_the_users_words(text: str) -> None:
    assert (read_customer_name(text).name or "") in text
