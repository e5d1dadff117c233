"""The commands on good input: what is printed, in which form, and how a conversation goes on."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from measured import rich_report

from coach.evaluation import figures
from coach.evaluation.figures import Report
from coach.evaluation.page import report_file
from coach.evaluation.text_page import render_text
from coach.evaluation.verdicts import CrossValidation
from coach.records import Record
from terminal.conftest import Run

ACCOUNT = "I'm Finnish. Mr Kuroda in Osaka and I talk about the weather and the flight, and then about the order."

pytestmark = pytest.mark.usefixtures("ready")


def test_text_is_made_for_reading(run: Run) -> None:
    ended = run("diagnose", "--text", ACCOUNT)
    assert (ended.status, ended.err) == (0, "")
    assert "You and Mr Kuroda" in ended.out
    assert "Sources" in ended.out
    assert not re.search(r"\*\*|<details>|</?summary>|\$", ended.out)


def test_markdown_is_the_reply_as_it_stands(run: Run) -> None:
    markdown = run("diagnose", "--text", ACCOUNT, "--format", "markdown")
    record = Record.model_validate_json(run("diagnose", "--text", ACCOUNT, "--format", "json").out)
    assert markdown.out == record.reply + "\n"


def test_json_is_the_record(run: Run) -> None:
    record = Record.model_validate_json(run("diagnose", "--text", ACCOUNT, "--format", "json").out)
    assert record.diagnosis.phase.evidence
    assert record.engine.voice == "built-in"


@pytest.mark.parametrize("arguments", [(), ("-",)], ids=["no file", "a dash"])
def test_an_account_may_be_piped_in(arguments: tuple[str, ...], run: Run) -> None:
    ended = run("diagnose", *arguments, piped=ACCOUNT.encode())
    assert ended.status == 0
    assert "Mr Kuroda" in ended.out


def test_an_account_may_be_a_file(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "account.txt"
    file.write_text(ACCOUNT, encoding="utf-8")
    assert run("diagnose", file).out == run("diagnose", "--text", ACCOUNT).out


def test_the_users_own_country_may_be_told_apart(run: Run) -> None:
    text = ACCOUNT.removeprefix("I'm Finnish. ")
    told = run("diagnose", "--text", text, "--salesperson-culture", "Finland", "--format", "json")
    assert Record.model_validate_json(told.out).diagnosis.diversity.salesperson.culture == "Finland"


def test_a_batch_prints_one_record_a_line_in_order(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    rows = [{"id": f"d-{n}", "text": text} for n, text in enumerate([ACCOUNT, "🙂🙂", ACCOUNT + " He bows."])]
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    ended = run("diagnose", "--batch", file)
    lines = [json.loads(line) for line in ended.out.splitlines()]
    assert [line["id"] for line in lines] == ["d-0", "d-1", "d-2"]
    assert ["error" in line for line in lines] == [False, True, False]
    assert lines[1]["error"]["remedy"]
    assert "1 of the accounts could not be read" in ended.errors


@pytest.mark.parametrize("text", ["What is the capital of France?", "How do I sell more?"])
def test_a_question_without_a_relationship_gets_a_question_back(text: str, run: Run) -> None:
    ended = run("diagnose", "--text", text)
    assert ended.status == 0
    assert "I can't tell yet" in ended.out
    assert "What do you and your customer talk about" in " ".join(ended.out.split())


def test_a_conversation_adds_up_and_tells_what_changed(run: Run) -> None:
    turns = ["Send me the price of the DN50 valve and the lead time.", "", ACCOUNT, "/new", "/quit"]
    ended = run("chat", piped="\n".join(turns).encode())
    assert ended.status == 0
    assert "phase: unclear → trial" in ended.out
    assert "diversity: unclear → high" in ended.out
    assert "A new customer. Tell me." in ended.out


def test_a_turn_without_words_is_answered_and_left_out(run: Run) -> None:
    ended = run("chat", piped=f"🙂🙂\n{ACCOUNT}\n".encode())
    assert ended.status == 0
    assert "There are no words in this. Tell in a few sentences" in " ".join(ended.out.split())
    assert "You and Mr Kuroda" in ended.out


@pytest.mark.parametrize("kind", ["quote", "framework", "case", "playbook"])
def test_a_search_stays_within_its_kind(kind: str, run: Run) -> None:
    first = {"quote": "Q", "framework": "F", "case": "C", "playbook": "P"}[kind]
    ended = run("library", "search", "talk about family", "-k", "3", "--kind", kind)
    found = re.findall(r"^([A-Z])-?[A-Z]?\d{2} ", ended.out, re.MULTILINE)
    assert found == [first] * 3


def test_a_search_for_nothing_says_so(run: Run) -> None:
    assert "Nothing to look for" in run("library", "search", " ").out


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Path | None]:
    """Lets `coach eval` end at once with made-up figures, kept apart; lists the files that it was to score."""
    scored: list[Path | None] = []

    def evaluate(_: object, accounts: Path | None, **__: object) -> Report:
        scored.append(accounts)
        return rich_report()

    monkeypatch.setattr("coach.evaluation.report.evaluate_all", evaluate)
    monkeypatch.setattr(figures, "PACKAGED_REPORT", tmp_path / "package" / "report.json")
    return scored


def test_figures_are_printed_as_text_or_as_json(run: Run, measured: list[Path | None], tmp_path: Path) -> None:
    assert run("eval").out == render_text(rich_report()) + "\n"
    assert Report.model_validate_json(run("eval", "--accounts", tmp_path / "few.jsonl", "--json").out) == rich_report()
    assert measured == [None, tmp_path / "few.jsonl"]
    assert list(tmp_path.glob("**/*.json")) == []


def test_figures_may_be_written_as_a_page(run: Run, measured: list[Path | None], tmp_path: Path) -> None:
    ended = run("eval", "--html", tmp_path / "pages" / "figures.html")
    assert ended.out == render_text(rich_report()) + "\n"
    assert (tmp_path / "pages" / "figures.html").read_text(encoding="utf-8") == report_file(rich_report())
    assert figures.packaged_report() is None


def test_figures_may_be_kept_for_the_app(run: Run, measured: list[Path | None]) -> None:
    assert run("eval", "--keep").status == 0
    assert figures.packaged_report() == rich_report()


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Lets `coach train` end at once, with results of nothing; lists what it was to train."""
    asked: list[dict[str, Any]] = []

    def train_reader(_: object, encoder: Any, **given: Any) -> str:
        asked.append({"encoder": encoder.name, "there": given["workbench"].is_dir()} | given)
        return "folds"

    def measure(*given: Any, **_: object) -> CrossValidation:
        assert given[-1] == "folds"
        return CrossValidation(accounts_sha256="0123456789ab", folds=(), verdicts=(), curve=())

    monkeypatch.setattr("coach.reading.train_command.train_reader", train_reader)
    monkeypatch.setattr("coach.evaluation.cross_validation.measure", measure)
    return asked


def test_another_encoder_is_trained_into_a_folder_of_its_own(
    run: Run, trained: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COACH_ENCODER", "another")
    refused = run("train")
    assert refused.status == 1
    assert "COACH_WEIGHTS_DIR" in refused.errors
    assert trained == []
    monkeypatch.setenv("COACH_WEIGHTS_DIR", str(tmp_path / "weights"))
    assert run("train").status == 0
    assert [(asked["encoder"], asked["folder"]) for asked in trained] == [("another", tmp_path / "weights")]
    assert CrossValidation.load(tmp_path / "weights" / "cross_validation.json").accounts_sha256 == "0123456789ab"


def test_the_weights_of_the_folds_are_kept_where_asked(
    run: Run, trained: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COACH_WEIGHTS_DIR", str(tmp_path / "weights"))
    run("train", "--workbench", tmp_path / "bench")
    ended = run("train")
    assert ended.status == 0
    assert "coach eval" in ended.errors
    kept, scratch = trained
    assert kept["workbench"] == tmp_path / "bench"
    assert scratch["there"]
    assert not scratch["workbench"].exists()
