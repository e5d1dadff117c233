"""The record is a contract: strict, frozen, and the same after a journey through JSON."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from coach import records
from coach.framework import BusinessStage, CQLevel, Depth, Diversity, Phase, Scope, StepKind, Willingness
from coach.records import (
    Account,
    Advice,
    BusinessStageJudgement,
    CQJudgement,
    CultureReading,
    Diagnosis,
    DisclosureJudgement,
    DiversityJudgement,
    Engine,
    Evidence,
    PhaseJudgement,
    Record,
    Source,
    Step,
    Value,
    WillingnessJudgement,
)

VALUES = [kind for kind in vars(records).values() if isinstance(kind, type) and issubclass(kind, Value)]

EVIDENCE = Evidence(
    quote="We talk about the weather",
    start=0,
    end=25,
    indicator="disclosure.small_talk",
    supports="phase.trial",
    weight=0.8,
    scope=Scope.ACTUAL,
)
RECORD = Record(
    id="a1",
    diagnosis=Diagnosis(
        phase=PhaseJudgement(label=Phase.TRIAL, probabilities={"trial": 1.0}, confidence=1.0, evidence=(EVIDENCE,)),
        disclosure=DisclosureJudgement(label=Depth.SUPERFICIAL, evidence=(EVIDENCE,)),
        diversity=DiversityJudgement(
            label=Diversity.UNCLEAR, salesperson=CultureReading(culture="Finland"), customer=CultureReading()
        ),
        cq=CQJudgement(level=CQLevel.UNCLEAR, dimensions={}),
        willingness=WillingnessJudgement(label=Willingness.UNCLEAR),
        business_stage=BusinessStageJudgement(label=BusinessStage.BECOMING_BUSINESS_PARTNERS),
    ),
    advice=Advice(
        steps=(
            Step(
                kind=StepKind.CONTACT,
                title="Go and see",
                text="Visit once.",
                say="May I visit in May?",
                avoid="I am coming on Monday.",
                reason="Presence builds trust.",
                watch_for="a date",
                sources=("Q15",),
                playbook_id="P-K01",
            ),
        ),
        hold=("Not yet.",),
    ),
    sources=(Source(id="Q15", kind="quote", text="Visiting often enough", attribution="Salesperson F"),),
    reply="Visit once. [Q15]",
    engine=Engine(reader="encoder", voice="built-in", corpus="0123456789ab"),
)


def test_a_record_survives_a_journey_through_json() -> None:
    assert Record.model_validate_json(RECORD.model_dump_json()) == RECORD


@settings(max_examples=50)
@given(text=st.text(), culture=st.none() | st.text())
def test_an_account_keeps_the_users_words_through_json(text: str, culture: str | None) -> None:
    account = Account.model_validate({"text": text, "profile": {"salesperson_culture": culture}})
    assert Account.model_validate_json(account.model_dump_json()) == account


def test_the_records_shape_is_what_other_programs_rely_on() -> None:
    shape = RECORD.model_dump(mode="json")
    assert list(shape) == ["id", "diagnosis", "advice", "questions", "sources", "reply", "engine"]
    assert list(shape["diagnosis"]) == [
        "phase",
        "disclosure",
        "diversity",
        "cq",
        "willingness",
        "business_stage",
        "incidents",
        "caveats",
    ]
    assert list(shape["diagnosis"]["phase"]["evidence"][0]) == [
        "quote",
        "start",
        "end",
        "indicator",
        "supports",
        "weight",
        "scope",
    ]


@pytest.mark.parametrize("kind", VALUES, ids=lambda kind: kind.__name__)
def test_every_record_is_frozen_and_strict(kind: type[BaseModel]) -> None:
    assert kind.model_config["frozen"] is True
    assert kind.model_config["extra"] == "forbid"


@pytest.mark.parametrize(
    ("kind", "raw", "complaint"),
    [
        pytest.param(Account, {"text": "x", "mood": "good"}, "Extra inputs", id="unknown field"),
        pytest.param(Account, {}, "Field required", id="no text"),
        pytest.param(Evidence, EVIDENCE.model_dump() | {"weight": 1.1}, "less than or equal to 1", id="weight above 1"),
        pytest.param(Evidence, EVIDENCE.model_dump() | {"weight": -0.1}, "greater than or equal", id="weight below 0"),
        pytest.param(Evidence, EVIDENCE.model_dump() | {"scope": "maybe"}, "Input should be", id="unknown scope"),
        pytest.param(DisclosureJudgement, {"label": "deep"}, "Input should be", id="unknown depth"),
    ],
)
def test_what_breaks_the_contract_is_refused(kind: type[BaseModel], raw: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        kind.model_validate(raw)


def test_the_words_that_describe_a_field_are_in_its_schema() -> None:
    properties = Record.model_json_schema()["properties"]
    assert properties["reply"]["description"].startswith("The coach's answer in Markdown")
