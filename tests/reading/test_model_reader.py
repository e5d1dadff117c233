"""A reading that a model sharpens: in the measure of its trust, and only where its quotations stand."""

from __future__ import annotations

import pytest
from hostile import ScriptedReader, an_extraction

from coach.framework import Phase
from coach.library import Corpus
from coach.library.prompts import load_prompt
from coach.models.failures import FailureReason, ModelFailure
from coach.reading.labelled import JUDGEMENTS
from coach.reading.model_reader import ModelReader
from coach.reading.trust import Trust
from coach.records import Account, CultureReading, Reading, UnitReading

TEXT = "We talk about the rain. We ring each other about our boys."
CODE = "disclosure.family"


def _trust(share: float, findings: float = 0.5) -> Trust:
    evidence = {
        judgement: tuple(tuple(-0.1 if row == column else -3.0 for column in range(len(labels))) for row in range(len(labels)))
        for judgement, labels in JUDGEMENTS.items()
    }
    return Trust(
        model="m", prompt="p", accounts=60, share=dict.fromkeys(JUDGEMENTS, share), evidence=evidence, findings=findings
    )


@pytest.fixture
def reading() -> Reading:
    """Two units, of which each tells something."""
    first = UnitReading(start=0, end=23, indicators={"disclosure.small_talk": 0.3}, influence={"phase": {"trial": 0.4}})
    second = UnitReading(start=24, end=58, indicators={CODE: 0.3}, influence={"phase": {"enmeshment": 0.4}})
    return Reading(
        account=Account(text=TEXT),
        units=(first, second),
        probabilities={
            judgement: {str(label): 1 / len(labels) for label in labels} for judgement, labels in JUDGEMENTS.items()
        },
        salesperson=CultureReading(),
        customer=CultureReading(),
    )


def _reader(corpus: Corpus, answer: object, trust: Trust) -> ModelReader:
    model = ScriptedReader(answer)  # type: ignore[arg-type]
    return ModelReader(model=model, prompt=load_prompt("reading/extract"), trust=trust, indicators=corpus.indicators, seconds=5)


FAMILY = an_extraction(("about our boys", CODE), ("he loves our valves", CODE), phase=Phase.ENMESHMENT)


@pytest.mark.parametrize("findings", [0.0, 0.7])
def test_a_model_without_trust_changes_nothing(findings: float, reading: Reading, corpus: Corpus) -> None:
    sharpened = _reader(corpus, FAMILY, _trust(0.0, findings)).sharpen(reading)
    assert sharpened.reading == reading
    assert sharpened.failure is None


def test_probabilities_move_towards_the_model_and_add_up_to_one(reading: Reading, corpus: Corpus) -> None:
    found = _reader(corpus, FAMILY, _trust(1.0)).sharpen(reading).reading.probabilities
    assert found["phase"]["enmeshment"] > 0.8
    assert all(sum(labels.values()) == pytest.approx(1, abs=1e-4) for labels in found.values())


def test_certainty_of_the_built_in_reader_does_not_break_the_sum(reading: Reading, corpus: Corpus) -> None:
    sure = {**reading.probabilities, "phase": {"trial": 1.0, "enmeshment": 0.0, "renegotiation": 0.0, "unclear": 0.0}}
    told = _reader(corpus, FAMILY, _trust(1.0)).sharpen(reading.model_copy(update={"probabilities": sure}))
    assert sum(told.reading.probabilities["phase"].values()) == pytest.approx(1, abs=1e-4)
    assert told.reading.probabilities["phase"]["trial"] > 0.9


def test_a_finding_adds_its_code_where_its_quotation_stands(reading: Reading, corpus: Corpus) -> None:
    first, second = _reader(corpus, FAMILY, _trust(1.0)).sharpen(reading).reading.units
    assert first == reading.units[0]
    assert second.indicators[CODE] == pytest.approx(1 - 0.7 * 0.5)
    assert second.influence["phase"]["enmeshment"] > 0.4


def test_invented_quotations_leave_every_unit_alone(reading: Reading, corpus: Corpus) -> None:
    invented = an_extraction(("he loves our valves", CODE), ("WE TALK ABOUT THE RAIN", CODE), ("rain", "no.code"))
    assert _reader(corpus, invented, _trust(1.0)).sharpen(reading).reading.units == reading.units


def test_findings_that_coders_never_confirmed_show_nothing(reading: Reading, corpus: Corpus) -> None:
    units = _reader(corpus, FAMILY, _trust(1.0, findings=0.0)).sharpen(reading).reading.units
    assert [set(unit.indicators) for unit in units] == [set(unit.indicators) for unit in reading.units]
    assert units[1].indicators[CODE] == pytest.approx(0.3)


def test_a_failure_leaves_the_built_in_reading(reading: Reading, corpus: Corpus) -> None:
    failure = ModelFailure(FailureReason("too_slow"))
    sharpened = _reader(corpus, failure, _trust(1.0)).sharpen(reading)
    assert (sharpened.reading, sharpened.failure) == (reading, failure.reason)
