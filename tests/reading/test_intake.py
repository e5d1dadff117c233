"""What cannot be read is refused, calmly and with a way out."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.errors import AccountError
from coach.reading.intake import LONGEST, check_account


class Refused(NamedTuple):
    id: str
    text: str
    message: str
    remedy: str


REFUSED = [
    Refused("empty", "", "nothing to read yet", "Tell in a few sentences"),
    Refused("white space", " \n\t\u00a0 ", "nothing to read yet", "Tell in a few sentences"),
    Refused("too long", "We met. " * 2501, "20,008 characters long; up to 20,000", "one customer"),
    Refused("zero bytes", "We met\x00 in Osaka", "not readable text", "plain UTF-8"),
    Refused("an escape", "We \x1b[31mmet", "not readable text", "plain UTF-8"),
    Refused("a lone surrogate", "We met \ud800 in Osaka", "not readable text", "plain UTF-8"),
    Refused("wrongly decoded", "We\ufffd met \ufffd in \ufffd", "not readable text", "plain UTF-8"),
    Refused("signs only", "?! ... 123 – 4", "no words", "one customer"),
    Refused("single letters", "a b c", "no words", "one customer"),
    Refused("Finnish", "Asiakkaani on japanilainen ja tapaamme kaksi kertaa vuodessa.", "Finnish", "in English"),
    Refused("German", "Mein Kunde ist Japaner und wir treffen uns zweimal im Jahr.", "German", "in English"),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.id)
def test_a_refusal_names_the_remedy(case: Refused) -> None:
    with pytest.raises(AccountError) as caught:
        check_account(case.text)
    assert case.message in caught.value.message
    assert case.remedy in caught.value.remedy


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("He nodded.", id="very short"),
        pytest.param("Ça va", id="too short to tell the language"),
        pytest.param("We met. " * 2500, id="as long as may be"),
        pytest.param("First line\r\n\tsecond line", id="line ends and tabs"),
        pytest.param("We met \ufffd once.", id="one replacement character"),
        pytest.param("We talk about her father’s illness 😢.", id="an emoji"),
    ],
)
def test_what_can_be_read_passes(text: str) -> None:
    assert len(text) <= LONGEST
    check_account(text)


def refusal(text: str) -> AccountError | None:
    try:
        check_account(text)
    except AccountError as error:
        return error
    return None


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200))
def test_any_text_passes_or_is_refused_without_repeating_it(text: str) -> None:
    refused = refusal(text)
    assert refused is None or refused.remedy
    assert refused is None or len(text) < 20 or text not in str(refused)
