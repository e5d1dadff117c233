"""Feedback is kept line by line, without the account unless asked for."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from coach.errors import JournalError
from coach.framework import BusinessStage, Context, CQLevel, Depth, Diversity, Phase, Willingness
from coach.journal import FeedbackBook, Rating, feedback_on
from coach.records import (
    Advice,
    BusinessStageJudgement,
    CQJudgement,
    CultureReading,
    Diagnosis,
    DisclosureJudgement,
    DiversityJudgement,
    Engine,
    PhaseJudgement,
    Record,
    WillingnessJudgement,
)


@pytest.fixture
def record() -> Record:
    return Record(
        diagnosis=Diagnosis(
            phase=PhaseJudgement(label=Phase.TRIAL, probabilities={"trial": 1.0}, confidence=1.0),
            disclosure=DisclosureJudgement(label=Depth.SUPERFICIAL),
            diversity=DiversityJudgement(
                label=Diversity.UNCLEAR, salesperson=CultureReading(), customer=CultureReading(context=Context.HIGH)
            ),
            cq=CQJudgement(level=CQLevel.UNCLEAR, dimensions={}),
            willingness=WillingnessJudgement(label=Willingness.MUTUAL),
            business_stage=BusinessStageJudgement(label=BusinessStage.UNCLEAR),
        ),
        advice=Advice(),
        reply="Private words about Ms Hayashi.",
        engine=Engine(reader="encoder", voice="built-in", corpus="0123"),
    )


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_rating_keeps_labels_and_no_words(tmp_path: Path, record: Record) -> None:
    path = tmp_path / "state" / "feedback.jsonl"
    FeedbackBook(path).add(feedback_on(record, "a1", Rating.HELPFUL, " Good.\nThanks. "))
    (line,) = _lines(path)
    assert line["rating"] == "helpful"
    assert line["comment"] == "Good.\nThanks."
    assert line["account"] is None
    assert line["labels"] == {
        "phase": "trial",
        "disclosure": "superficial",
        "diversity": "unclear",
        "cq": "unclear",
        "willingness": "mutual",
        "business_stage": "unclear",
    }
    assert "Hayashi" not in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o077 == 0


def test_the_account_is_kept_where_asked_for(tmp_path: Path, record: Record) -> None:
    path = tmp_path / "feedback.jsonl"
    FeedbackBook(path).add(feedback_on(record, "a1", Rating.NOT_HELPFUL, account="My own words – ä"))
    assert _lines(path)[0]["account"] == "My own words – ä"


def test_a_torn_line_harms_no_other(tmp_path: Path, record: Record) -> None:
    path = tmp_path / "feedback.jsonl"
    path.write_text('{"answer": "to', encoding="utf-8")
    FeedbackBook(path).add(feedback_on(record, "a1", Rating.HELPFUL))
    assert json.loads(path.read_text(encoding="utf-8").splitlines()[1])["answer"] == "a1"


def test_many_at_once_make_whole_lines(tmp_path: Path, record: Record) -> None:
    book = FeedbackBook(tmp_path / "feedback.jsonl")
    threads = [
        threading.Thread(target=lambda: book.add(feedback_on(record, "a", Rating.HELPFUL, "x" * 5000))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(_lines(tmp_path / "feedback.jsonl")) == 8


def test_a_folder_that_cannot_be_written_is_said_with_the_remedy(tmp_path: Path, record: Record) -> None:
    (tmp_path / "state").write_text("a file", encoding="utf-8")
    with pytest.raises(JournalError, match="COACH_DATA_DIR"):
        FeedbackBook(tmp_path / "state" / "feedback.jsonl").add(feedback_on(record, "a1", Rating.HELPFUL))
