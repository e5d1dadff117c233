"""An account read from end to end: every span is the user's own words, and the same account gives the same reading."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach.errors import AccountError, EncoderError
from coach.framework import Context, CultureFlag, Scope
from coach.library import Corpus
from coach.library.embedder import SentenceEncoder
from coach.reading.labelled import JUDGEMENTS
from coach.reading.reader import Reader, unit_features
from coach.reading.weights import JudgementHead, ReaderWeights
from coach.records import Account, Profile, Reading

ACCOUNT = Account(
    text=(
        "I'm Finnish and I sell pumps to Mr Kuroda in Osaka.\n\n"
        "We talk about the weather and the flight, then we open the folder.\n"
        "- Every point needs a meeting.\n"
        "I have never asked about his family… His wife was ill last year, a colleague told me."
    ),
    id="osaka",
)
QUICK = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])

_SENTENCES = st.sampled_from(
    [
        "We talk about the weather and the order.",
        "I’m Finnish and she is from Osaka",
        "- He told me about his father's illness!",
        "she came to my daughter's wedding last summer, and since then we write at Christmas",
        "Should I ask about his children?",
        "Mr. Şahin said no…",
        "I learn a few words of Turkish every evening, because it shows respect; he laughs, but he answers slowly.",
        "We quarrelled about the price 😀 and then it was fine.",
        "\n\n",
        "* ",
    ]
)
ENGLISH_LIKE = st.lists(_SENTENCES, min_size=1, max_size=6).map(" ".join).filter(lambda text: len(text.split()) > 4)


@pytest.fixture(scope="module")
def reader(corpus: Corpus, encoder: SentenceEncoder) -> Reader:
    """The built-in reader with the packaged weights."""
    return Reader(corpus, encoder)


@pytest.fixture(scope="module")
def reading(reader: Reader) -> Reading:
    """The reading of one ordinary account."""
    return reader.read(ACCOUNT)


def test_a_reading_carries_the_account_and_its_persons(reading: Reading) -> None:
    assert reading.account == ACCOUNT
    assert (reading.customer_name, reading.customer_pronoun) == ("Mr Kuroda", "him")
    assert (reading.salesperson.culture, reading.salesperson.context) == ("Finland", Context.LOW)
    assert (reading.customer.culture, reading.customer.context) == ("Japan", Context.HIGH)


def test_every_judgement_has_probabilities_that_add_up(reading: Reading) -> None:
    assert set(reading.probabilities) == set(JUDGEMENTS)
    for judgement, probabilities in reading.probabilities.items():
        assert list(probabilities) == [str(label) for label in JUDGEMENTS[judgement]]
        assert sum(probabilities.values()) == pytest.approx(1.0, abs=1e-5)


def test_small_talk_is_seen_and_passages_out_of_scope_are_marked(reading: Reading) -> None:
    by_words = {ACCOUNT.text[unit.start : unit.end]: unit for unit in reading.units}
    talk = by_words["We talk about the weather and the flight, then we open the folder."]
    assert "disclosure.small_talk" in talk.indicators
    assert talk.scope is Scope.ACTUAL
    assert by_words["I have never asked about his family…"].scope is Scope.NEGATED


def test_indicators_are_known_and_scopes_are_not_among_them(reading: Reading, corpus: Corpus) -> None:
    shown = {code for unit in reading.units for code in unit.indicators}
    assert shown <= set(corpus.indicators)
    assert not [code for code in shown if code.startswith("scope.")]


def test_every_unit_has_an_influence_on_every_label(reading: Reading) -> None:
    for unit in reading.units:
        assert {name: tuple(values) for name, values in unit.influence.items()} == {
            name: tuple(str(label) for label in labels) for name, labels in JUDGEMENTS.items()
        }


def test_a_single_unit_has_nothing_to_be_compared_with(reader: Reader) -> None:
    (unit,) = reader.read(Account(text="We talk about the weather.")).units
    assert {value for labels in unit.influence.values() for value in labels.values()} == {0.0}


def test_the_vector_is_a_query_of_unit_length(reading: Reading, encoder: SentenceEncoder) -> None:
    assert len(reading.vector) == encoder.dimension
    assert np.linalg.norm(reading.vector) == pytest.approx(1.0, abs=1e-5)


@QUICK
@given(text=ENGLISH_LIKE)
def test_every_span_is_the_users_own_words(text: str, reader: Reader) -> None:
    reading = reader.read(Account(text=text))
    assert reading.units
    assert all(first.end <= second.start for first, second in pairwise(reading.units))
    assert all(any(c.isalnum() for c in text[unit.start : unit.end]) for unit in reading.units)
    assert all(text[evidence.start : evidence.end] == evidence.quote != "" for evidence in reading.culture_evidence)
    assert (reading.customer_name or "") in text


@QUICK
@given(text=ENGLISH_LIKE, culture=st.none() | st.sampled_from(["Finland", "Turkish", "Atlantis", ""]))
def test_the_same_account_gives_the_same_reading(text: str, culture: str | None, reader: Reader) -> None:
    account = Account(text=text, profile=Profile(salesperson_culture=culture))
    assert reader.read(account) == reader.read(account)


@settings(QUICK, max_examples=15)
@given(text=st.text(min_size=1, max_size=80))
def test_any_text_is_read_or_refused(text: str, reader: Reader) -> None:
    outcome = _outcome(lambda: reader.read(Account(text=text)))
    assert isinstance(outcome, AccountError) or outcome.account.text == text


def _outcome(read: Callable[[], Reading]) -> Reading | AccountError:
    try:
        return read()
    except AccountError as error:
        return error


@pytest.mark.parametrize(
    ("text", "profile", "flags"),
    [
        pytest.param("I'm Finnish. My customer is Japanese.", None, (), id="plain"),
        pytest.param("I'm Finnish. My customer is French.", None, (CultureFlag.BORDERLINE,), id="borderline"),
        pytest.param("My customer is Japanese.", "India", (CultureFlag.SCOPE_CAVEAT,), id="high-context salesperson"),
        pytest.param("I'm Finnish. He is Chinese. His mother is Swedish.", None, (CultureFlag.BICULTURAL,), id="two cultures"),
    ],
)
def test_what_softens_the_label_is_flagged(
    text: str, profile: str | None, flags: tuple[CultureFlag, ...], reader: Reader
) -> None:
    account = Account(text=text, profile=Profile(salesperson_culture=profile))
    assert reader.read(account).culture_flags == flags


def test_culture_evidence_says_whose_it_is(reading: Reading) -> None:
    assert [(evidence.quote, evidence.supports) for evidence in reading.culture_evidence] == [
        ("Finnish", "diversity.salesperson.LC"),
        ("Osaka", "diversity.customer.HC"),
    ]


def test_a_profile_leaves_no_evidence_in_the_text(reader: Reader) -> None:
    account = Account(text="We talk about the weather.", profile=Profile(salesperson_culture="Finland"))
    reading = reader.read(account)
    assert reading.salesperson.culture == "Finland"
    assert reading.culture_evidence == ()


def test_weights_for_another_encoder_are_refused(corpus: Corpus, encoder: SentenceEncoder) -> None:
    head = JudgementHead(labels=("trial",), weight=np.zeros((1, 7), np.float32), bias=np.zeros(1, np.float32), temperature=1.0)
    other = ReaderWeights(
        codes=("disclosure.family",),
        indicator_weight=np.zeros((1, 4), np.float32),
        indicator_bias=np.zeros(1, np.float32),
        thresholds=np.ones(1, np.float32),
        judgements={"phase": head},
        card={},
    )
    with pytest.raises(EncoderError, match="another sentence encoder") as caught:
        Reader(corpus, encoder, other).read(ACCOUNT)
    assert "COACH_ENCODER" in caught.value.remedy


def test_an_account_that_cannot_be_read_loads_no_encoder(corpus: Corpus) -> None:
    with pytest.raises(AccountError, match="nothing to read"):
        Reader(corpus, SentenceEncoder("/nowhere")).read(Account(text=" "))


def test_a_unit_is_its_embedding_and_its_cues(encoder: SentenceEncoder) -> None:
    texts = ["I told her.", "Pumps."]
    features = unit_features(encoder.encode(texts), texts)
    np.testing.assert_array_equal(features[:, : encoder.dimension], encoder.encode(texts))
    assert unit_features(encoder.encode([]), []).shape == (0, features.shape[1])
