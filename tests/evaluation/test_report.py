"""The report: everything measured on a few accounts, and laid out for reading."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from coach.chain import Coach
from coach.evaluation import evaluate_all, render_text
from coach.evaluation.reader import JUDGED, baselines
from coach.reading.labelled import read_writers

_FEW = 12


@pytest.fixture(scope="module")
def report(coach: Coach, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The shipped reader on a few accounts in a file of their own."""
    source = sorted((coach.corpus.folder / "accounts").glob("*.jsonl"))[0]
    file = tmp_path_factory.mktemp("accounts") / "few.jsonl"
    file.write_text("\n".join(source.read_text(encoding="utf-8").splitlines()[:_FEW]), encoding="utf-8")
    return evaluate_all(coach, file, say=lambda _: None)


def test_a_file_of_accounts_is_scored_under_its_name(report: dict[str, Any]) -> None:
    assert list(report["reader"]) == ["few.jsonl"]
    table = report["reader"]["few.jsonl"]
    assert tuple(table) == JUDGED
    assert all(row["accounts"] == _FEW and -1 <= row["kappa"] <= 1 for row in table.values())
    assert {"calibration_error", "asked_when_unclear", "asked_when_clear"} <= set(table["phase"])


def test_the_report_is_plain_json(report: dict[str, Any]) -> None:
    written = json.dumps(report)
    assert json.dumps(json.loads(written)) == written


def test_the_page_shows_every_figure_once(report: dict[str, Any]) -> None:
    page = render_text(report)
    assert page.startswith(f"Corpus {report['corpus']}")
    assert re.search(rf"^Reader, few.jsonl \({_FEW}\)", page, re.MULTILINE)
    assert all(len(re.findall(rf"^{re.escape(name)} +-?\d\.\d{{3}} \[", page, re.MULTILINE)) == 1 for name in JUDGED)
    assert all(re.search(rf"^{ranking} +0\.\d{{3}} +0\.\d{{3}}$", page, re.MULTILINE) for ranking in report["retrieval"])


def test_baselines_stand_beside_the_figures(report: dict[str, Any]) -> None:
    table = report["reader"]["few.jsonl"]
    page = render_text({**report, "baselines": {"majority": {name: {"kappa": 0.125} for name in table}}})
    assert "majority" in page
    assert page.count("0.125\n") >= len(JUDGED)


@pytest.mark.slow
def test_the_most_frequent_label_agrees_by_chance_only(coach: Coach) -> None:
    accounts = [account for n, account in enumerate(read_writers(coach.corpus.folder / "accounts")) if n % 5 == 0]
    measured = baselines(accounts, {"train_1", "train_11", "train_12", "train_15", "train_3", "train_7"})
    assert set(measured) == {"bag of words", "majority"}
    assert all(abs(row["kappa"]) < 0.25 for row in measured["majority"].values())
    assert measured["bag of words"]["phase"]["kappa"] > measured["majority"]["phase"]["kappa"]


def test_accounts_that_are_missing_are_named(coach: Coach, tmp_path: Path) -> None:
    from coach.errors import CoachError

    with pytest.raises(CoachError, match=r"missing\.jsonl"):
        evaluate_all(coach, tmp_path / "missing.jsonl", say=lambda _: None)
