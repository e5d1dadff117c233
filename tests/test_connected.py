# ruff: noqa: ARG002 - a scripted model takes what a model takes
"""What a connected model takes part in, through the whole chain: reading with it, translating, failing, and being exchanged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hostile import an_extraction
from pydantic import BaseModel, SecretStr

from coach.chain import Coach, build_coach
from coach.connected import TRUST_FILE, Interpreter, connected
from coach.errors import AccountError
from coach.framework import Phase
from coach.library.prompts import load_prompt
from coach.models.choice import ModelChoice, keep_choice
from coach.models.failures import FailureReason, ModelFailure
from coach.models.usage import Meter, Usage
from coach.reading.labelled import JUDGEMENTS
from coach.reading.model_reader import ModelReader
from coach.reading.trust import Compared, TrustBook, learn_trust
from coach.records import Account, Record
from coach.settings import Settings, load_settings
from coach.speaking.notes import PARTLY_TRANSLATED

ENGLISH = "I'm Finnish. Mr Kuroda in Osaka and I talk about the weather and the flight, and then about the order."
GERMAN = (
    "Ich bin Finne und verkaufe Folien. Herr Kuroda in Osaka und ich reden über das Wetter und den Flug, dann über den "
    "Auftrag. Von seiner Familie weiß ich nichts."
)
IN_ENGLISH = (
    "I am Finnish and I sell film.",
    "Mr Kuroda in Osaka and I talk about the weather and the flight, and then about the order.",
    "I know nothing about his family.",
)
SAID_IN_GERMAN = "Das steht hier so gut wie im Original und sagt dasselbe in ganz schlichten Worten"

Schema = TypeVar("Schema", bound=BaseModel)


@dataclass
class Scripted:
    """A model that answers requests to read and to translate, or fails at everything."""

    reading: Any = None
    failure: FailureReason | None = None
    name: str = "scripted:model"
    asked: list[str] = field(default_factory=list)

    def extract(self, prompt: str, schema: type[Schema], *, seconds: float, meter: Meter | None = None) -> Schema:
        self.asked.append(schema.__name__)
        if meter:
            meter.add(Usage(calls=1, failed_calls=int(self.failure is not None), input_tokens=10, output_tokens=5))
        if self.failure:
            raise ModelFailure(self.failure)
        if schema.__name__ == "Extraction":
            return schema.model_validate(self.reading.model_dump())
        return schema.model_validate(_translated(prompt, schema))

    def stream(self, prompt: str, *, seconds: float, meter: Meter | None = None) -> Iterator[str]:
        raise ModelFailure(self.failure or FailureReason.EMPTY)
        yield ""


def _translated(prompt: str, schema: type[BaseModel]) -> dict[str, list[str]]:
    if "english" in schema.model_fields:
        given = re.findall(r"^(\d+): ", prompt.partition("<sentences>")[2], re.MULTILINE)
        return {"english": [f"{number}: {text}" for number, text in zip(given, IN_ENGLISH, strict=True)]}
    rows = re.findall(r"^(\d+): (.*)$", prompt.rpartition("<lines>")[2], re.MULTILINE)
    lines = []
    for number, line in rows:
        marks = " ".join(re.findall(r"⟦\d+⟧", line))
        words = (SAID_IN_GERMAN + " ") * max(1, len(line) // 90)
        lines.append(f"{number}: {words}{marks}".strip())
    return {"lines": lines}


@pytest.fixture
def coach(settings: Settings) -> Coach:
    """A coach of its own, whose connected model a test may exchange."""
    return build_coach(settings)


def _with_interpreter(coach: Coach, model: Any) -> None:
    interpreter = Interpreter(
        model=model,
        account=load_prompt("reading/translate"),
        reply=load_prompt("speaking/translate"),
        reading_seconds=5,
        wording_seconds=5,
    )
    coach._connected = replace(coach._connected, model=model, interpreter=interpreter)


def test_an_account_in_another_language_is_read_in_english_and_told_in_its_own_words(coach: Coach) -> None:
    _with_interpreter(coach, Scripted())
    record = coach.invoke(Account(text=GERMAN))["record"]
    direct = coach.invoke(Account(text=" ".join(IN_ENGLISH)))["record"]
    assert record.diagnosis.phase.label is direct.diagnosis.phase.label is Phase.TRIAL
    assert record.diagnosis.diversity.customer.culture == "Japan"
    assert record.diagnosis.phase.evidence
    assert all(GERMAN[item.start : item.end] == item.quote for item in record.diagnosis.phase.evidence)
    assert SAID_IN_GERMAN in record.reply
    assert set(re.findall(r"\[[QFC]\d\d\]", record.reply)) == set(re.findall(r"\[[QFC]\d\d\]", direct.reply))
    assert record.engine.reader == "encoder+scripted:model"
    assert [prompt.partition("@")[0] for prompt in record.engine.prompts] == ["reading/translate", "speaking/translate"]
    assert record.engine.usage is not None
    assert record.engine.usage.calls >= 2


@pytest.mark.parametrize("reason", [FailureReason.TOO_SLOW, FailureReason.UNREACHABLE, FailureReason.MALFORMED])
def test_what_cannot_be_translated_is_refused_with_a_remedy(reason: FailureReason, coach: Coach) -> None:
    _with_interpreter(coach, Scripted(failure=reason))
    with pytest.raises(AccountError, match="German") as caught:
        coach.invoke(Account(text=GERMAN))
    assert "English" in caught.value.remedy


def test_a_reply_that_cannot_be_translated_stays_english_and_says_so(coach: Coach) -> None:
    class OnlyReads(Scripted):
        def extract(self, prompt: str, schema: type[Schema], *, seconds: float, meter: Meter | None = None) -> Schema:
            if "lines" in schema.model_fields:
                raise ModelFailure(FailureReason.TOO_SLOW)
            return super().extract(prompt, schema, seconds=seconds, meter=meter)

    _with_interpreter(coach, OnlyReads())
    record = coach.invoke(Account(text=GERMAN))["record"]
    assert record.engine.voice == "built-in"
    assert record.engine.note == PARTLY_TRANSLATED
    assert "Say: " in record.reply


def _trusted(model: str, prompt: str) -> Any:
    rows = []
    for number in range(60):
        gold = {name: str(labels[number % len(labels)]) for name, labels in JUDGEMENTS.items()}
        flat = {name: tuple(-1.1 for _ in labels) for name, labels in JUDGEMENTS.items()}
        rows.append(Compared(gold=gold, said=gold, scores=flat, found=8, findings=10))
    return learn_trust(model, prompt, rows)


def _reading_with(coach: Coach, model: Scripted) -> Record:
    prompt = load_prompt("reading/extract")
    trust = _trusted(model.name, prompt.provenance)
    reader = ModelReader(model=model, prompt=prompt, trust=trust, indicators=coach.corpus.indicators, seconds=5)
    coach._connected = replace(coach._connected, model=model, reader=reader)  # type: ignore[arg-type]
    return coach.invoke(Account(text=ENGLISH))["record"]


def test_a_trusted_model_moves_the_verdict_and_is_named(coach: Coach) -> None:
    alone = coach.invoke(Account(text=ENGLISH))["record"]
    said = an_extraction(("talk about the weather and the flight", "disclosure.small_talk"), phase=Phase.ENMESHMENT)
    record = _reading_with(coach, Scripted(reading=said))
    closer = record.diagnosis.phase.probabilities["enmeshment"]
    assert closer > alone.diagnosis.phase.probabilities["enmeshment"]
    assert sum(record.diagnosis.phase.probabilities.values()) == pytest.approx(1.0, abs=1e-3)
    assert record.engine.reader == "encoder+scripted:model"
    assert record.engine.prompts[0].startswith("reading/extract@")


def test_a_model_that_fails_to_read_changes_nothing_but_the_note(coach: Coach) -> None:
    alone = coach.invoke(Account(text=ENGLISH))["record"]
    record = _reading_with(coach, Scripted(failure=FailureReason.RATE_LIMITED))
    assert record.diagnosis == alone.diagnosis
    assert record.reply == alone.reply
    assert record.engine.reader == "encoder"
    assert record.engine.note is not None
    assert "built-in reader" in record.engine.note


def _connecting(tmp_path: Path, coach: Coach, change: Callable[[Path], None]) -> Any:
    change(tmp_path)
    return connected(load_settings(data_dir=tmp_path, model_cache=False), coach.corpus, coach.encoder)


def test_the_model_chosen_in_the_app_is_connected_where_the_environment_names_none(tmp_path: Path, coach: Coach) -> None:
    choice = ModelChoice(model="openai:test", base_url="http://127.0.0.1:9/v1", key=SecretStr("k"))
    found = _connecting(tmp_path, coach, lambda folder: keep_choice(folder, choice))
    assert found.model.name == "openai:test"
    assert found.reader is None


def test_a_chosen_model_that_cannot_be_connected_leaves_the_built_in_voice(tmp_path: Path, coach: Coach) -> None:
    found = _connecting(tmp_path, coach, lambda folder: keep_choice(folder, ModelChoice(model="nosuch:thing")))
    assert found.model is None


def test_what_was_learnt_of_a_model_is_used_from_then_on(tmp_path: Path, coach: Coach) -> None:
    def learn(folder: Path) -> None:
        keep_choice(folder, ModelChoice(model="openai:test", base_url="http://127.0.0.1:9/v1"))
        TrustBook(folder / TRUST_FILE).keep(_trusted("openai:test", load_prompt("reading/extract").provenance))

    assert _connecting(tmp_path, coach, learn).reader is not None


def test_damaged_knowledge_of_models_is_passed_over(tmp_path: Path, coach: Coach) -> None:
    def damage(folder: Path) -> None:
        keep_choice(folder, ModelChoice(model="openai:test", base_url="http://127.0.0.1:9/v1"))
        (folder / TRUST_FILE).write_text("{", encoding="utf-8")

    assert _connecting(tmp_path, coach, damage).reader is None


def test_reconnecting_exchanges_the_model_and_disconnecting_takes_it_away(settings: Settings, coach: Coach) -> None:
    local = settings.model_copy(
        update={"model": "openai:test", "model_base_url": "http://127.0.0.1:9/v1", "model_cache": False}
    )
    coach.reconnect(local)
    answered = coach.invoke(Account(text=ENGLISH))["record"]
    coach.reconnect(settings)
    alone = coach.invoke(Account(text=ENGLISH))["record"]
    assert answered.engine.note == "The connected model cannot be reached, so the built-in voice speaks."
    assert answered.engine.usage is not None
    assert alone.engine.note is None
    assert alone.engine.usage is None
    assert answered.reply == alone.reply
