"""English passes however many foreign names it holds; other languages are recognised."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.reading.language import foreign_language, function_word_share


class Case(NamedTuple):
    id: str
    text: str
    language: str | None


CASES = [
    Case("Finnish", "Asiakkaani on japanilainen ja tapaamme kaksi kertaa vuodessa Osakassa.", "Finnish"),
    Case("German", "Mein Kunde ist Japaner und wir treffen uns zweimal im Jahr in Osaka.", "German"),
    Case("Japanese", "私の顧客は日本人で、年に二回大阪で会います。", "Japanese"),
    Case("Chinese", "我的客户是中国人,我们每年见两次面。", "Chinese"),
    Case("Swedish", "Min kund är japan och vi ses två gånger om året.", "Swedish"),
    Case("Spanish", "Mi cliente es japonés y nos vemos dos veces al año.", "Spanish"),
    Case("Russian", "Мой клиент из Москвы, мы видимся два раза в год.", "Russian"),
    Case("English", "My customer is Japanese and we meet twice a year in Osaka.", None),
    Case("curly apostrophes", "He doesn’t say much and I don’t ask.", None),
    Case("no capitals", "hes from osaka and we talk about the weather", None),
    Case(
        "many foreign names",
        "Watanabe-san at Nippon Kogyo Kabushiki Kaisha and Tanaka-san of Hanshin Denki met me in Shin-Osaka.",
        None,
    ),
    Case("Finnish firm names", "I sell for Pohjois-Karjalan Konepaja Oy and he buys for Tehdas Järvinen.", None),
    Case("a few words", "He nodded.", None),
    Case("notes", "Weather talk only. Price, delivery, spare parts.", None),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_language_of_a_text(case: Case) -> None:
    assert foreign_language(case.text) == case.language


@settings(max_examples=50)
@given(st.text())
def test_a_share_is_a_share(text: str) -> None:
    assert 0.0 <= function_word_share(text) <= 1.0


@pytest.mark.parametrize(
    ("text", "share"), [("", 0.0), ("12 34 !", 0.0), ("zebra", 0.0), ("I am", 1.0), ("the zebra", 0.5), ("I’m zebra", 0.5)]
)
def test_the_share_of_function_words(text: str, share: float) -> None:
    assert function_word_share(text) == share


def test_a_language_that_can_be_read_passes() -> None:
    finnish = "Tapaamme asiakkaan kanssa kerran vuodessa ja puhumme vain säästä ja toimituksista."
    assert foreign_language(finnish) == "Finnish"
    assert foreign_language(finnish, {"en", "fi"}) is None
    assert foreign_language("We talk about the weather and the price, and that is all.", {"fi"}) == "English"
