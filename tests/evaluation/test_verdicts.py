"""Verdicts: a diagnosis as labels, set beside a coder's by account, and kept in a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from diagnosis.readings import SURE, a_reading

from coach.diagnosis import diagnose
from coach.errors import CorpusError
from coach.evaluation.verdicts import JUDGED, CrossValidation, Verdict, compare, verdict
from coach.library import Corpus
from coach.reading.labelled import LabelledAccount, read_labelled

TOLD = {
    "phase": "trial",
    "disclosure": "superficial",
    "diversity": "high",
    "cq": "medium",
    "willingness": "customer_only",
    "regressed": "false",
    "one_sided": "none",
    "cq.cognitive": "evident",
    "cq.metacognitive": "evident",
    "cq.motivational": "not_evident",
    "cq.behavioural": "contrary",
}


def _verdict(name: str, **labels: str) -> Verdict:
    return Verdict(id=name, told=tuple((TOLD | labels)[judgement] for judgement in JUDGED), confidence=0.75)


@pytest.fixture(scope="module")
def accounts(corpus: Corpus) -> list[LabelledAccount]:
    """Three accounts of one writer."""
    return read_labelled(corpus.folder / "accounts" / "train_1.jsonl")[:3]


@pytest.fixture
def results(accounts: list[LabelledAccount]) -> CrossValidation:
    """A cross-validation of them."""
    verdicts = tuple(_verdict(account.id) for account in accounts)
    return CrossValidation(
        accounts_sha256="0123456789ab",
        folds=(("train_1", "train_3"), ("train_2",)),
        verdicts=verdicts,
        curve=((20, verdicts[:1]), (40, verdicts[:2])),
    )


def test_a_diagnosis_is_told_label_by_label(corpus: Corpus) -> None:
    states = {"cq.cognitive": "evident", "cq.metacognitive": "contrary"}
    read = a_reading(labels={"phase": "enmeshment", "regressed": "true", "one_sided": "customer", **states})
    diagnosis = diagnose(read, corpus)
    found = verdict("t1-001", diagnosis)
    assert found.id == "t1-001"
    assert [found.label(judgement) for judgement in ("phase", "regressed", "one_sided")] == ["enmeshment", "true", "customer"]
    assert [found.label(f"cq.{name}") for name in ("cognitive", "metacognitive")] == ["evident", "contrary"]
    assert [found.label(name) for name in ("disclosure", "willingness")] == ["unclear", "unclear"]
    assert (found.label("diversity"), found.label("cq")) == (diagnosis.diversity.label, diagnosis.cq.level)
    assert found.confidence == pytest.approx(diagnosis.phase.confidence, abs=1e-4)
    assert found.confidence > SURE


def test_every_judgement_is_told_in_words_that_coders_use(corpus: Corpus, accounts: list[LabelledAccount]) -> None:
    found = verdict("quiet", diagnose(a_reading(), corpus))
    assert len(found.told) == len(JUDGED) == len(set(JUDGED))
    assert {judgement: found.label(judgement) for judgement in JUDGED if judgement not in ("diversity", "cq")} == {
        "phase": "unclear",
        "disclosure": "unclear",
        "willingness": "unclear",
        "regressed": "false",
        "one_sided": "none",
        **{judgement: "not_evident" for judgement in JUDGED if judgement.startswith("cq.")},
    }
    assert all(accounts[0].gold.label(judgement) for judgement in JUDGED)


def test_accounts_meet_their_verdicts_by_id(accounts: list[LabelledAccount]) -> None:
    first, second, third = accounts
    told = [_verdict(third.id), _verdict("of no account"), _verdict(first.id, phase="enmeshment")]
    compared = compare(accounts, told)
    assert [row.account.id for row in compared] == [first.id, third.id]
    assert compared[0].verdict is told[2]
    assert compared[0].pair("phase") == (first.gold.phase, "enmeshment")
    assert compared[1].pair("cq.behavioural") == (third.gold.cq.behavioural, "contrary")
    assert second.id not in {row.verdict.id for row in compared}


def test_a_cross_validation_is_read_as_it_was_written(results: CrossValidation, tmp_path: Path) -> None:
    path = tmp_path / "new" / "cross_validation.json"
    results.save(path)
    assert CrossValidation.load(path) == results
    assert [found.name for found in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("damage", ["", "{}", '{"accounts_sha256": "0123', "[1, 2]"], ids=["empty", "bare", "cut", "list"])
def test_a_damaged_file_is_told_with_the_remedy(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "cross_validation.json"
    path.write_text(damage, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"cross_validation\.json is damaged") as told:
        CrossValidation.load(path)
    assert "coach train" in told.value.remedy


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"cross_validation\.json is missing"):
        CrossValidation.load(tmp_path / "cross_validation.json")
