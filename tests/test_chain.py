"""The chain as one runnable: invoke, batch, stream, the same words for the same input, and a store that mends itself."""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableLambda

from coach.chain import STAGES, Coach, build_coach
from coach.errors import AccountError
from coach.framework import Diversity, Phase
from coach.records import Account, Profile, Record
from coach.settings import Settings, load_settings

TRIAL = (
    "I'm Finnish and I sell pumps to Mr Kuroda in Osaka. We have met twice. We talk about the weather and the flight, "
    "then about the order, and I know nothing of his home."
)
ENMESHMENT = (
    "I come from Tampere. Ana in Porto and I go to the football together whenever I am there. She asks about my children "
    "and I ask about hers, we tell each other our plans, and most things we settle with a message."
)
RENEGOTIATION = (
    "I am a Finn. When my son died, Giulia from Milan flew up for the funeral and slept at our house. She told me about "
    "her divorce and her own illness, and I held her hand at her mother's grave. We are family now."
)
NOTHING = "Send me the price of the DN50 valve in lots of five hundred, and the lead time."


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    text: str
    phase: Phase
    diversity: Diversity


CASES = [
    Case(id="trial", text=TRIAL, phase=Phase.TRIAL, diversity=Diversity.HIGH),
    Case(id="enmeshment", text=ENMESHMENT, phase=Phase.ENMESHMENT, diversity=Diversity.HIGH),
    Case(id="renegotiation", text=RENEGOTIATION, phase=Phase.RENEGOTIATION, diversity=Diversity.HIGH),
    Case(id="nothing told", text=NOTHING, phase=Phase.UNCLEAR, diversity=Diversity.UNCLEAR),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_unmistakable_accounts_are_placed(case: Case, coach: Coach) -> None:
    record = coach.invoke(Account(text=case.text))["record"]
    assert (record.diagnosis.phase.label, record.diagnosis.diversity.label) == (case.phase, case.diversity)


def _shape(value: Any) -> Any:
    """Return the keys of a JSON value in order, with one entry for each list and the kind of each leaf."""
    if isinstance(value, dict):
        return {key: _shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_shape(value[0])] if value else []
    return {str: "text", bool: "yes or no", int: "number", float: "number", type(None): "nothing"}[type(value)]


def _agrees(shape: Any, golden: Any) -> bool:
    """Say whether a shape has the golden keys in the golden order; empty lists and nothing stand for any content."""
    if isinstance(golden, dict):
        return (
            isinstance(shape, dict) and list(shape) == list(golden) and all(_agrees(shape[key], golden[key]) for key in golden)
        )
    if isinstance(golden, list):
        return isinstance(shape, list) and all(_agrees(item, golden[0]) for item in shape)
    return shape == golden or shape in str(golden).split(" or ")


GOLDEN = json.loads((Path(__file__).parent / "terminal" / "data" / "record.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_record_has_its_public_shape(case: Case, coach: Coach) -> None:
    record = coach.invoke(Account(text=case.text, id="d-001"))["record"]
    assert _agrees(_shape(json.loads(record.model_dump_json())), GOLDEN)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_quote_is_verbatim_and_every_citation_has_its_source(case: Case, coach: Coach) -> None:
    record = coach.invoke(Account(text=case.text))["record"]
    assert all(case.text[item["start"] : item["end"]] == item["quote"] for item in _evidence(record.model_dump()))
    sources = {source.id for source in record.sources}
    assert set(re.findall(r"\[([QFC]\d{2})\]", record.reply)) <= sources
    assert {source for step in record.advice.steps for source in step.sources} <= sources


def _evidence(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "quote" in value:
            yield value
        for item in value.values():
            yield from _evidence(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _evidence(item)


def _without_time(record: Record) -> Record:
    return record.model_copy(update={"engine": record.engine.model_copy(update={"elapsed_ms": 0})})


def test_the_same_account_gets_the_same_record_but_for_the_time(coach: Coach) -> None:
    account = Account(text=ENMESHMENT, id="a")
    first, second = (_without_time(coach.invoke(account)["record"]) for _ in range(2))
    assert first == second


def test_a_batch_answers_in_order_as_one_by_one(coach: Coach) -> None:
    accounts = [Account(text=case.text, id=case.id) for case in CASES]
    records = [_without_time(state["record"]) for state in coach.batch(accounts)]
    assert [record.id for record in records] == [case.id for case in CASES]
    assert records == [_without_time(coach.invoke(account)["record"]) for account in accounts]


def test_a_stream_gives_the_stages_then_the_words_then_the_record(coach: Coach) -> None:
    pieces = list(coach.stream(Account(text=TRIAL)))
    keys = [key for piece in pieces for key in piece]
    firsts = [keys.index(key) for key in (*STAGES, "reply", "record")]
    assert firsts == sorted(firsts)
    assert keys[-1] == "record"
    record = pieces[-1]["record"]
    words = [piece["reply"] for piece in pieces if "reply" in piece]
    assert len(words) > 50
    assert "".join(words) == record.reply
    assert _without_time(record) == _without_time(coach.invoke(Account(text=TRIAL))["record"])


def test_each_stage_comes_once(coach: Coach) -> None:
    keys = [key for piece in coach.stream(Account(text=TRIAL)) for key in piece if key != "reply"]
    assert len(keys) == len(set(keys))
    assert set(STAGES) < set(keys)


def test_the_chain_composes_with_other_runnables(coach: Coach) -> None:
    chain = RunnableLambda(lambda text: Account(text=text)) | coach.runnable | (lambda state: state["record"].reply)
    assert chain.invoke(TRIAL) == coach.invoke(Account(text=TRIAL))["record"].reply


def test_the_profile_tells_what_the_text_does_not(coach: Coach) -> None:
    text = "Mr Kuroda in Osaka and I talk about the weather and then the order."
    told = coach.invoke(Account(text=text, profile=Profile(salesperson_culture="Finland")))["record"].diagnosis
    untold = coach.invoke(Account(text=text))["record"].diagnosis
    assert (untold.diversity.label, told.diversity.label) == (Diversity.UNCLEAR, Diversity.HIGH)


@pytest.mark.parametrize("text", ["What is the capital of France?", "How do I sell more?"])
def test_a_question_without_a_relationship_is_answered_by_a_question(text: str, coach: Coach) -> None:
    record = coach.invoke(Account(text=text))["record"]
    assert record.diagnosis.phase.label is Phase.UNCLEAR
    assert record.questions
    assert record.questions[0].text in record.reply.partition("<details>")[0]


def test_one_account_that_cannot_be_read_is_an_error_of_the_user(coach: Coach) -> None:
    with pytest.raises(AccountError):
        coach.invoke(Account(text=" "))


def test_words_of_an_account_never_reach_the_log(coach: Coach, caplog: pytest.LogCaptureFixture) -> None:
    text = "I'm Finnish. Mr Kuroda in Osaka and I talk about the weather and his xylophone, and then about the order."
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, logger="coach"):
        reply = coach.invoke(Account(text=text))["record"].reply
    assert "Kuroda" in reply
    assert not any(word in caplog.text.lower() for word in ("kuroda", "osaka", "xylophone", "weather"))


@pytest.fixture
def own_library(library_dir: Path, tmp_path: Path) -> Path:
    """A copy of the built store that a test may break."""
    return Path(shutil.copytree(library_dir, tmp_path / "own"))


def _stores(data_dir: Path) -> list[Path]:
    return [path for path in (data_dir / "library").iterdir() if path.is_dir()]


@pytest.mark.slow
def test_a_store_deleted_between_two_accounts_does_no_harm(own_library: Path) -> None:
    coach = build_coach(load_settings(data_dir=own_library))
    before = coach.invoke(Account(text=TRIAL))["record"]
    (store,) = _stores(own_library)
    shutil.rmtree(store)
    after = coach.invoke(Account(text=TRIAL))["record"]
    again = build_coach(load_settings(data_dir=own_library)).invoke(Account(text=TRIAL))["record"]
    assert _without_time(before) == _without_time(after) == _without_time(again)
    assert _stores(own_library) == [store]


@pytest.mark.slow
def test_a_store_found_corrupted_is_built_again(own_library: Path, coach: Coach) -> None:
    (store,) = _stores(own_library)
    (store / "chroma.sqlite3").write_bytes(b"not a database" * 500)
    again = build_coach(load_settings(data_dir=own_library)).invoke(Account(text=TRIAL))["record"]
    assert _without_time(again) == _without_time(coach.invoke(Account(text=TRIAL))["record"])
    assert _stores(own_library) == [store]


def test_building_the_coach_loads_nothing_heavy(settings: Settings) -> None:
    coach = build_coach(settings)
    assert "model" not in vars(coach.encoder)


@pytest.mark.slow
def test_of_several_customers_none_is_placed_or_named(coach: Coach) -> None:
    text = (
        "I'm Finnish. My client Ana in Porto and I are close. Another client, Herr Schmidt, never says a word beyond the order."
    )
    record = coach.invoke(Account(text=text))["record"]
    assert record.diagnosis.phase.label == "unclear"
    assert [question.asks for question in record.questions] == ["customer"]
    assert record.questions[0].text in record.reply
    assert "Schmidt" not in "".join(step.text for step in record.advice.steps)
