"""Which of the user's words carry a verdict: verbatim, in scope, and missed if they were gone."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.diagnosis.evidence import MOST_SHOWN, evidence_against, evidence_for, scope_of
from coach.framework import Scope
from coach.library import Corpus, load_corpus
from coach.reading.reader import Reader
from coach.records import Account, Evidence, Reading
from diagnosis.readings import Unit, a_reading

CORPUS = load_corpus()


def _for_enmeshment(reading: Reading, *, actual_only: bool = True) -> tuple[Evidence, ...]:
    return evidence_for(
        reading,
        CORPUS.indicators,
        {"phase.enmeshment"},
        judgement="phase",
        label="enmeshment",
        actual_only=actual_only,
        families=("disclosure.", "contact."),
    )


def _pull(value: float) -> dict[str, dict[str, float]]:
    return {"phase": {"enmeshment": value}}


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    units: tuple[Unit, ...]
    shown: tuple[str, ...]


FAMILY = {"disclosure.family": 0.9}
CASES = [
    Case(
        id="what supports the label",
        units=(Unit(text="A.", shows=FAMILY), Unit(text="B.", shows={"contact.formal": 0.9})),
        shown=("A.",),
    ),
    Case(
        id="what would strengthen the verdict by its absence is no evidence",
        units=(
            Unit(text="A.", shows=FAMILY, influence=_pull(-0.5)),
            Unit(text="B.", shows=FAMILY, influence=_pull(0.5)),
        ),
        shown=("B.",),
    ),
    Case(
        id="what makes no difference may stay",
        units=(Unit(text="A.", shows=FAMILY, influence=_pull(-0.01)), Unit(text="B.", shows=FAMILY)),
        shown=("A.", "B."),
    ),
    *(
        Case(
            id=f"out of scope: {scope}",
            units=(Unit(text="A.", shows=FAMILY, scope=scope), Unit(text="B.", shows=FAMILY)),
            shown=("B.",),
        )
        for scope in Scope
        if scope is not Scope.ACTUAL
    ),
    Case(
        id="where none passes, the one that weighs most stands in",
        units=(
            Unit(text="A.", shows={"disclosure.small_talk": 0.4}, influence=_pull(0.2)),
            Unit(text="B.", shows={"contact.formal": 0.4}, influence=_pull(0.7)),
        ),
        shown=("B.",),
    ),
    Case(
        id="nothing stands in that pulls the other way",
        units=(
            Unit(text="A.", shows={"disclosure.small_talk": 0.4}, influence=_pull(-0.2)),
            Unit(text="B.", shows={"contact.formal": 0.4}, influence=_pull(-0.7)),
        ),
        shown=(),
    ),
    Case(
        id="the unit that weighs most stands in whatever it shows",
        units=(Unit(text="A.", shows={"cq.behavioural": 0.9}, influence=_pull(0.9)), Unit(text="B.")),
        shown=("A.",),
    ),
    Case(
        id="the strongest few, in the order of the account",
        units=tuple(
            Unit(text=f"{name}.", shows={"disclosure.family": weight})
            for name, weight in zip("ABCDEF", (0.2, 0.9, 0.3, 0.8, 0.7, 0.6), strict=True)
        ),
        shown=("B.", "D.", "E.", "F."),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_words_that_carry_a_verdict(case: Case) -> None:
    assert tuple(item.quote for item in _for_enmeshment(a_reading(*case.units))) == case.shown


def test_out_of_scope_words_may_be_asked_for() -> None:
    denied = Unit(text="We never speak of family.", shows=FAMILY, scope=Scope.NEGATED)
    assert [item.scope for item in _for_enmeshment(a_reading(denied), actual_only=False)] == [Scope.NEGATED]


def test_words_out_of_scope_stand_against_their_own_label() -> None:
    denied = Unit(text="We never speak of family.", shows=FAMILY, scope=Scope.NEGATED)
    against = evidence_against(a_reading(denied), CORPUS.indicators, "phase", "enmeshment")
    assert [(item.quote, item.scope) for item in against] == [(denied.text, Scope.NEGATED)]


def test_at_most_three_against_and_each_passage_once() -> None:
    units = [Unit(text=f"{number}.", shows={"disclosure.family": 0.9, "contact.off_work": 0.5}) for number in range(5)]
    against = evidence_against(a_reading(*units), CORPUS.indicators, "phase", "trial")
    assert len(against) == len({item.start for item in against}) == 3
    assert {item.indicator for item in against} == {"disclosure.family"}


@pytest.mark.parametrize("scope", list(Scope))
def test_wanting_and_conduct_are_read_as_they_stand(scope: Scope) -> None:
    unit = a_reading(Unit(text="A.", scope=scope)).units[0]
    assert scope_of("will.customer_yes", unit) is scope_of("cq.behavioural", unit) is Scope.ACTUAL
    assert scope_of("disclosure.family", unit) is scope_of("incident.face_loss", unit) is scope


_CODES = sorted(CORPUS.indicators)
_UNITS = st.builds(
    Unit,
    text=st.text(min_size=1, max_size=30),
    shows=st.dictionaries(st.sampled_from(_CODES), st.floats(0, 1), max_size=3),
    scope=st.sampled_from(Scope),
    influence=st.builds(_pull, st.floats(-2, 2)),
)


@settings(max_examples=50)
@given(units=st.lists(_UNITS, min_size=1, max_size=8))
def test_every_quote_is_verbatim_and_few_enough(units: list[Unit]) -> None:
    reading = a_reading(*units)
    shown = _for_enmeshment(reading)
    against = evidence_against(reading, CORPUS.indicators, "phase", "enmeshment")
    assert all(reading.account.text[item.start : item.end] == item.quote for item in (*shown, *against))
    assert len(shown) <= MOST_SHOWN
    assert [item.start for item in shown] == sorted({item.start for item in shown})


ACCOUNTS = [
    "I sell pumps from Finland to Mr Kuroda in Osaka. We talk about the rain and the order. He bows and I bow.",
    "Ana in Porto and I have dinner with our families. She tells me about her children and I tell her about mine. We hike "
    "together each spring. The invoice was late in May.",
    "I stood beside Carlos at his father's funeral, and he sat with me when my divorce came through. "
    "We settle any trouble with one call. The valves are 40 mm and go by ship.",
]


@pytest.mark.parametrize("text", ACCOUNTS, ids=lambda text: text.split(",")[0][:30])
def test_without_its_evidence_a_real_verdict_is_weaker(text: str, corpus: Corpus, encoder: object) -> None:
    reader = Reader(corpus, encoder)  # type: ignore[arg-type]
    reading = reader.read(Account(text=text))
    phase = max(reading.probabilities["phase"], key=lambda name: reading.probabilities["phase"][name])
    shown = evidence_for(reading, corpus.indicators, {f"phase.{phase}"}, judgement="phase", label=phase)
    rest = text
    for item in sorted(shown, key=lambda item: -item.start):
        rest = rest[: item.start] + rest[item.end :]
    assert shown
    assert reader.read(Account(text=rest)).probabilities["phase"][phase] < reading.probabilities["phase"][phase]
