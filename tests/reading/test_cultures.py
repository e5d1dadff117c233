"""Whose culture is which: read from what is said, never from a name."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from coach.framework import Context
from coach.library import Corpus
from coach.reading.attribution import load_attribution, owner_scores
from coach.reading.cultures import PairCultures, read_cultures
from coach.reading.gazetteer import Gazetteer, load_gazetteer


class Case(NamedTuple):
    text: str
    profile: str | None
    salesperson: str | None
    customer: str | None


CASES = [
    Case("I'm Finnish. My customer Mr Sato is Japanese and we meet in Osaka twice a year.", None, "Finland", "Japan"),
    Case("I’m Finnish. My buyer is Swedish.", None, "Finland", "Sweden"),
    Case("I'm Finnish and I sell pumps to a mill in Sweden.", None, "Finland", "Sweden"),
    Case("I am a German sales engineer; my client Mehmet is Turkish.", None, "Germany", "Turkey"),
    Case("I sell from Helsinki to a dairy in Milan.", None, "Finland", "Italy"),
    Case("I'm a Finn. He is a Swede.", None, "Finland", "Sweden"),
    Case("I'm Dutch. She is from Brazil.", None, "Netherlands", "Brazil"),
    Case("My customer is from Brazil. I'm Dutch.", None, "Netherlands", "Brazil"),
    Case("Our distributor in Turkey, Cemal, invited me to his daughter's wedding. I'm Finnish.", None, "Finland", "Turkey"),
    Case("I'm Chinese, based in Guangzhou, and my customer is Korean.", None, "China", "South Korea"),
    Case("My customer is Polish and I'm English.", None, "United Kingdom", "Poland"),
    Case("My customer in Osaka asks about the weather and the order.", "Finland", "Finland", "Japan"),
    Case("My customer is an American.", "Finnish", "Finland", "United States"),
    Case("Our customer is in Hamburg.", "Sweden", "Sweden", "Germany"),
    Case("My customer is Indian.", "India", "India", "India"),
    Case("My customer is Japanese.", "Atlantis", None, "Japan"),
    Case("My customer is Japanese.", None, None, "Japan"),
    Case("We talk about the order and the weather. He is polite.", "Finland", "Finland", None),
    Case("We talk about the order and the weather. He is polite.", None, None, None),
    Case("My customer is Western and I am Asian.", None, None, None),
]


@pytest.fixture(scope="module")
def gazetteer(corpus: Corpus) -> Gazetteer:
    """The gazetteer of the packaged cultures."""
    return load_gazetteer(corpus)


def read(text: str, profile: str | None, gazetteer: Gazetteer, corpus: Corpus) -> PairCultures:
    mentions = gazetteer.mentions(text)
    owners = owner_scores(text, mentions, load_attribution())
    return read_cultures(text, mentions, owners, corpus.culture_of, gazetteer.country(profile) if profile else None)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.text} ({case.profile})")
def test_the_two_cultures_of_an_account(case: Case, gazetteer: Gazetteer, corpus: Corpus) -> None:
    pair = read(case.text, case.profile, gazetteer, corpus)
    assert (pair.salesperson.culture, pair.customer.culture) == (case.salesperson, case.customer)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.text} ({case.profile})")
def test_context_and_span_belong_to_the_culture(case: Case, gazetteer: Gazetteer, corpus: Corpus) -> None:
    pair = read(case.text, case.profile, gazetteer, corpus)
    for person in (pair.salesperson, pair.customer):
        known = corpus.culture_of.get(person.culture or "")
        assert person.context is (known.context if known else Context.UNCLEAR)
        assert person.borderline is (known.borderline if known else False)
        assert person.span is None or gazetteer.country(person.span.of(case.text)) == person.culture


@pytest.mark.parametrize(
    "names",
    ["Hiroshi", "Giovanni, Mehmet and Yuki", "Ivan", "Pekka", "Mr Nakamura", "Señora Gómez", "Frau Schmidt", "Sheikh Ahmed"],
)
def test_nothing_is_inferred_from_a_name(names: str, gazetteer: Gazetteer, corpus: Corpus) -> None:
    pair = read(f"I met {names} in spring and we talked about the weather.", None, gazetteer, corpus)
    assert (pair.salesperson.culture, pair.customer.culture) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "I'm Finnish. He buys for a plant in Stockholm. He grew up in Shanghai.",
        "I'm Danish. My buyer is Finnish. He lives in Helsinki. He was raised in China and went to school there.",
        "I'm Finnish. He is Chinese. His mother is Swedish.",
    ],
)
def test_a_history_in_two_cultures_is_flagged_and_childhood_decides(text: str, gazetteer: Gazetteer, corpus: Corpus) -> None:
    customer = read(text, None, gazetteer, corpus).customer
    assert (customer.culture, customer.context, customer.bicultural) == ("China", Context.HIGH, True)


@pytest.mark.parametrize(
    ("text", "borderline"),
    [("My customer is Irish.", True), ("My customer is French.", True), ("My customer is Japanese.", False)],
)
def test_borderline_countries_are_marked(text: str, borderline: bool, gazetteer: Gazetteer, corpus: Corpus) -> None:
    assert read(text, None, gazetteer, corpus).customer.borderline is borderline
