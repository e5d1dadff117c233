"""Labelled accounts are checked line by line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from coach.errors import CorpusError
from coach.framework import Dimension
from coach.reading.labelled import JUDGEMENTS, Gold, read_labelled, read_writers

ACCOUNT: dict[str, Any] = {
    "id": "a-1",
    "text": "We talk about the weather. I'm Finnish.",
    "profile": {"salesperson_culture": None},
    "gold": {
        "phase": "trial",
        "regressed": False,
        "disclosure": "superficial",
        "one_sided": "none",
        "diversity": "unclear",
        "salesperson_context": "LC",
        "customer_context": "unclear",
        "customer_culture": None,
        "flags": [],
        "cq": {
            "level": "unclear",
            "cognitive": "not_evident",
            "metacognitive": "not_evident",
            "motivational": "not_evident",
            "behavioural": "contrary",
        },
        "willingness": "unclear",
    },
    "spans": [{"quote": "We talk about the weather", "indicator": "disclosure.small_talk"}],
}


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_accounts_are_read_in_order_with_their_writer(tmp_path: Path) -> None:
    second = json.dumps(ACCOUNT | {"id": "a-2"})
    accounts = read_labelled(write(tmp_path / "anna.jsonl", json.dumps(ACCOUNT), "", second))
    assert [(account.id, account.writer) for account in accounts] == [("a-1", "anna"), ("a-2", "anna")]


class Broken(NamedTuple):
    id: str
    line: str
    message: str


BROKEN = [
    Broken("no JSON", '{"id": "a-2", ', "Invalid JSON"),
    Broken("a list", "[]", "the line"),
    Broken("no text", json.dumps({key: value for key, value in ACCOUNT.items() if key != "text"}), "text: Field"),
    Broken("unknown key", json.dumps(ACCOUNT | {"mood": "good"}), "mood: Extra inputs"),
    Broken("unknown label", json.dumps(ACCOUNT | {"gold": ACCOUNT["gold"] | {"phase": "begun"}}), "gold.phase: Input"),
    Broken(
        "quote not in the text",
        json.dumps(ACCOUNT | {"spans": [{"quote": "We talk about our wives", "indicator": "disclosure.family"}]}),
        "a span does not occur",
    ),
]


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.id)
def test_a_broken_line_is_named_with_the_remedy(case: Broken, tmp_path: Path) -> None:
    path = write(tmp_path / "anna.jsonl", json.dumps(ACCOUNT), "", case.line)
    with pytest.raises(CorpusError) as caught:
        read_labelled(path)
    assert caught.value.message.startswith(f"{path}:3: ")
    assert case.message in caught.value.message
    assert caught.value.remedy


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "anna.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(CorpusError, match="not UTF-8"):
        read_labelled(tmp_path / "anna.jsonl")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="is missing"):
        read_labelled(tmp_path / "anna.jsonl")


def test_writers_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("olli", "anna"):
        write(tmp_path / f"{name}.jsonl", json.dumps(ACCOUNT))
    assert [account.writer for account in read_writers(tmp_path)] == ["anna", "olli"]


def test_a_folder_without_accounts_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no labelled accounts") as caught:
        read_writers(tmp_path)
    assert str(tmp_path) in caught.value.message
    assert "corpus/accounts" in caught.value.remedy


@pytest.mark.parametrize("judgement", JUDGEMENTS)
def test_every_judgement_has_a_label_of_its_own_set(judgement: str) -> None:
    assert Gold.model_validate(ACCOUNT["gold"]).label(judgement) in [str(label) for label in JUDGEMENTS[judgement]]


@pytest.mark.parametrize(("judgement", "label"), [("phase", "trial"), ("regressed", "false"), ("cq.behavioural", "contrary")])
def test_labels_are_found_by_the_name_they_are_trained_under(judgement: str, label: str) -> None:
    assert Gold.model_validate(ACCOUNT["gold"]).label(judgement) == label


def test_the_judgements_cover_the_four_dimensions() -> None:
    assert {f"cq.{dimension}" for dimension in Dimension} < set(JUDGEMENTS)
