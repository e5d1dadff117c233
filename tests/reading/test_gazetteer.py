"""Names of countries, peoples and cities are found as people write them, and ordinary words are not."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.library import Corpus
from coach.reading.gazetteer import Gazetteer, NameKind, fold, load_gazetteer


@pytest.fixture(scope="module")
def gazetteer(corpus: Corpus) -> Gazetteer:
    """The gazetteer of the packaged cultures."""
    return load_gazetteer(corpus)


class Case(NamedTuple):
    text: str
    found: list[tuple[str, str, NameKind]]


COUNTRY, DEMONYM, CITY = NameKind.COUNTRY, NameKind.DEMONYM, NameKind.CITY

CASES = [
    Case("I flew to China.", [("China", "China", COUNTRY)]),
    Case("My buyer is Finnish.", [("Finnish", "Finland", DEMONYM)]),
    Case("my buyer is finnish", [("finnish", "Finland", DEMONYM)]),
    Case("a dairy in south korea", [("south korea", "South Korea", COUNTRY)]),
    Case("Finland’s best mill", [("Finland", "Finland", COUNTRY)]),
    Case("a Helsinki-based firm", [("Helsinki", "Finland", CITY)]),
    Case("an office in São Paulo", [("São Paulo", "Brazil", CITY)]),
    Case("an office in Sao Paulo", [("Sao Paulo", "Brazil", CITY)]),
    Case("from South Sudan, not Sudan", [("South Sudan", "South Sudan", COUNTRY), ("Sudan", "Sudan", COUNTRY)]),
    Case("in Papua New Guinea", [("Papua New Guinea", "Papua New Guinea", COUNTRY)]),
    Case("our UAE office", [("UAE", "United Arab Emirates", COUNTRY)]),
    Case("the UK and Holland", [("UK", "United Kingdom", COUNTRY), ("Holland", "Netherlands", COUNTRY)]),
    Case("a Swede and a Dane", [("Swede", "Sweden", DEMONYM), ("Dane", "Denmark", DEMONYM)]),
    Case("we met in Nice", [("Nice", "France", CITY)]),
    Case("Nice to meet you", []),
    Case("a polish on the steel, the finest china and a turkey", []),
    Case("he told us more", []),
    Case("a Chinaman's word, a Finnishing touch", []),
    Case("reading the contract", []),
    Case("He lives in Lapinlahti, I'm from Barrie.", [("Lapinlahti", "Finland", CITY), ("Barrie", "Canada", CITY)]),
    Case("She moved to Höhr-Grenzhausen at three.", [("Höhr-Grenzhausen", "Germany", CITY)]),
    Case("Carol (Dayton, OH) and Bo (Bunbury, WA)", [("Dayton, OH", "United States", CITY), ("Bunbury", "Australia", CITY)]),
    Case("I'm from Georgia, the state.", [("Georgia", "United States", COUNTRY)]),
    Case("She's from Georgia, from Tbilisi.", [("Georgia", "Georgia", COUNTRY), ("Tbilisi", "Georgia", CITY)]),
    Case("A store in Gore, New Zealand", [("Gore", "New Zealand", CITY), ("New Zealand", "New Zealand", COUNTRY)]),
    Case("in March, at Easter and in May; inherited from Sami, told to Stavros", []),
    Case("we drive up to Hell's Gate and wait at Ben Gurion", []),
    Case("Barrie told me", []),
    Case("we sell e-locks from tallinn, mostly", [("tallinn", "Estonia", CITY)]),
    Case("", []),
    Case("12 345 !", []),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text or "nothing")
def test_mentions_are_found_as_people_write_them(case: Case, gazetteer: Gazetteer) -> None:
    found = [(case.text[m.start : m.end], m.country, m.kind) for m in gazetteer.mentions(case.text)]
    assert found == case.found


NOT_FOUND_WHOLE = {
    "Democratic Republic of the Congo",
    "Saint Vincent and the Grenadines",
}
"""Countries whose full names are longer than the gazetteer's four words."""


def test_every_country_is_found_by_its_name(corpus: Corpus, gazetteer: Gazetteer) -> None:
    for country in corpus.culture_of.keys() - NOT_FOUND_WHOLE:
        mentions = gazetteer.mentions(f"My customer works in {country}, near the port.")
        assert [mention.country for mention in mentions] == [country]


def test_every_people_is_found_by_its_names(corpus: Corpus, gazetteer: Gazetteer) -> None:
    for culture in corpus.cultures:
        for demonym in culture.demonyms:
            mentions = gazetteer.mentions(f"My customer is {demonym} by passport.")
            assert [mention.country for mention in mentions] == [culture.country]


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Finnish", "Finland"),
        ("finland", "Finland"),
        (" SWEDEN ", "Sweden"),
        ("suomalainen", "Finland"),
        ("Deutschland", "Germany"),
        ("uk", "United Kingdom"),
        ("USA", "United States"),
        ("china", "China"),
        ("the Netherlands", "Netherlands"),
        ("Atlantis", None),
        ("", None),
    ],
)
def test_a_profile_names_its_country(name: str, country: str | None, gazetteer: Gazetteer) -> None:
    assert gazetteer.country(name) == country


@settings(max_examples=50, deadline=None)
@given(
    text=st.lists(
        st.sampled_from(["Finnish", "new", "Guinea", "Papua", "south", "Korea", "in", "Nice", "US", "–", ",", "St.", "and"]),
        max_size=20,
    ).map(" ".join)
    | st.text(max_size=60)
)
def test_mentions_are_in_order_and_inside_the_text(text: str, gazetteer: Gazetteer) -> None:
    mentions = gazetteer.mentions(text)
    assert all(first.end <= second.start for first, second in pairwise(mentions))
    assert all(0 <= mention.start < mention.end <= len(text) for mention in mentions)


@pytest.mark.parametrize(
    ("name", "folded"),
    [("São Paulo", "sao paulo"), ("Guinea-Bissau", "guinea bissau"), ("U.S.A.", "usa"), ("Øresund  X", "oresund x")],
)
def test_names_are_compared_without_accents_and_stops(name: str, folded: str) -> None:
    assert fold(name) == folded
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Herr Tewes, Uelzen, beet lifters.", ["Uelzen"]),
        ("Customer is Mr. Greg Hanson, Rochester. He calls.", ["Rochester"]),
        ("My guy is Walt (Asheville), breweries.", ["Asheville"]),
        ("Dr. Bianchi, Rosario, lab centrifuges.", ["Rosario"]),
        ("Dear Sir, Madam, I write.", []),
        ("I sell to Anna, Rosario, and Maria.", []),
        ("He builds with HART, PINE, and oak.", []),
        ("I rent lenses out of Burbank.", ["Burbank"]),
    ],
)
def test_a_town_behind_a_person_places_them(text: str, places: list[str], corpus: Corpus) -> None:
    assert [text[found.start : found.end] for found in load_gazetteer(corpus).mentions(text)] == places
