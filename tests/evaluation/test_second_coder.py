"""The second coder: agreement before the two talked, and broken lines told by file and number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from coach.errors import CorpusError
from coach.evaluation.agreement import kappa
from coach.evaluation.second_coder import second_coder_kappas
from coach.library import Corpus
from coach.reading.labelled import LabelledAccount, read_labelled, read_writers

DIMENSIONS = ("cognitive", "metacognitive", "motivational", "behavioural")
JUDGED = ("phase", "regressed", "disclosure", "one_sided", "willingness", *(f"cq.{name}" for name in DIMENSIONS))


@pytest.fixture(scope="module")
def accounts(corpus: Corpus) -> list[LabelledAccount]:
    """Twenty accounts of one writer."""
    return read_labelled(corpus.folder / "accounts" / "train_1.jsonl")[:20]


def _row(account: LabelledAccount, **labels: Any) -> dict[str, Any]:
    """Return a line that agrees with the first coder but in the labels given."""
    gold = account.gold
    own: dict[str, Any] = {name: gold.label(name) for name in ("phase", "disclosure", "one_sided", "willingness")}
    own |= {name: gold.label(f"cq.{name}") for name in DIMENSIONS}
    return {"id": account.id, "regressed": gold.regressed} | own | labels


def _write(folder: Path, rows: list[dict[str, Any]], settled: list[dict[str, Any]]) -> Path:
    (folder / "evaluation").mkdir(exist_ok=True)
    for name, lines in (("second_coder", rows), ("settled", settled)):
        text = "\n".join(json.dumps(line) for line in lines)
        (folder / "evaluation" / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return folder


def test_two_coders_of_one_mind_agree_fully(accounts: list[LabelledAccount], tmp_path: Path) -> None:
    folder = _write(tmp_path, [_row(account) for account in accounts], [])
    assert second_coder_kappas(folder, accounts) == dict.fromkeys(JUDGED, 1.0)


def test_each_judgement_is_counted_by_itself(accounts: list[LabelledAccount], tmp_path: Path) -> None:
    first = accounts[0].gold
    other = "renegotiation" if first.phase != "renegotiation" else "trial"
    rows = [_row(accounts[0], phase=other, regressed=not first.regressed), *map(_row, accounts[1:])]
    found = second_coder_kappas(_write(tmp_path, rows, []), accounts)
    gold = {name: [account.gold.label(name) for account in accounts] for name in JUDGED}
    assert found["phase"] == pytest.approx(kappa(list(zip(gold["phase"], [other, *gold["phase"][1:]], strict=True))))
    turned = str(not first.regressed).lower()
    told = [turned, *gold["regressed"][1:]]
    assert found["regressed"] == pytest.approx(kappa(list(zip(gold["regressed"], told, strict=True))))
    assert found["phase"] < 1
    assert found["regressed"] < 1
    assert {found[name] for name in JUDGED if name not in ("phase", "regressed")} == {1.0}


def test_a_settled_label_does_not_hide_that_the_two_differed(accounts: list[LabelledAccount], tmp_path: Path) -> None:
    # The label in the corpus is the one settled on, which is the second coder's: without the first's own there is no trace.
    settled = str(accounts[0].gold.cq.behavioural)
    before = "contrary" if settled != "contrary" else "evident"
    told = [{"id": accounts[0].id, "judgement": "cq.behavioural", "first": before, "second": settled, "settled": settled}]
    found = second_coder_kappas(_write(tmp_path, [_row(account) for account in accounts], told), accounts)
    gold = [account.gold.label("cq.behavioural") for account in accounts]
    assert found["cq.behavioural"] == pytest.approx(kappa(list(zip([before, *gold[1:]], gold, strict=True))))
    assert found["cq.behavioural"] < found["cq.cognitive"] == 1


def test_accounts_that_are_not_in_the_corpus_are_left_out(accounts: list[LabelledAccount], tmp_path: Path) -> None:
    rows = [_row(account) for account in accounts[:10]]
    rows.append(_row(accounts[10], phase="renegotiation") | {"id": "t99-001"})
    assert set(second_coder_kappas(_write(tmp_path, rows, []), accounts).values()) == {1.0}


@pytest.mark.parametrize("line", ["not JSON", '{"id": "t1-001"}', "[]", '"t1-001"'])
def test_a_broken_line_is_told_by_its_number(line: str, accounts: list[LabelledAccount], tmp_path: Path) -> None:
    folder = _write(tmp_path, [_row(accounts[1])], [])
    path = folder / "evaluation" / "second_coder.jsonl"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"second_coder\.jsonl:2: not a line of labels"):
        second_coder_kappas(folder, accounts)


@pytest.mark.parametrize("line", ["not JSON", '{"id": "t1-001", "judgement": "cq.cognitive"}', "[]"])
def test_a_broken_settled_label_is_told_by_its_number(line: str, accounts: list[LabelledAccount], tmp_path: Path) -> None:
    folder = _write(tmp_path, [_row(accounts[0])], [])
    (folder / "evaluation" / "settled.jsonl").write_text(line, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"settled\.jsonl:1: not a settled label"):
        second_coder_kappas(folder, accounts)


@pytest.mark.parametrize("name", ["second_coder", "settled"])
def test_a_missing_file_is_told(name: str, accounts: list[LabelledAccount], tmp_path: Path) -> None:
    folder = _write(tmp_path, [_row(accounts[0])], [])
    (folder / "evaluation" / f"{name}.jsonl").unlink()
    with pytest.raises(CorpusError, match=rf"{name}\.jsonl is missing"):
        second_coder_kappas(folder, accounts)


def test_the_labels_on_file_are_of_labelled_accounts(corpus: Corpus) -> None:
    accounts = {account.id: account for account in read_writers(corpus.folder / "accounts")}
    rows = [json.loads(line) for line in (corpus.folder / "evaluation" / "second_coder.jsonl").read_text().splitlines()]
    settled = [json.loads(line) for line in (corpus.folder / "evaluation" / "settled.jsonl").read_text().splitlines()]
    assert len(rows) >= 150
    assert {row["id"] for row in rows} <= set(accounts)
    # What was settled on is what the corpus says; the second coder said what the list of differences says they said.
    second = {row["id"]: row for row in rows}
    for row in settled:
        assert row["first"] != row["second"]
        assert accounts[row["id"]].gold.label(row["judgement"]) == row["settled"]
        assert second[row["id"]][row["judgement"].removeprefix("cq.")] == row["second"]
    found = second_coder_kappas(corpus.folder, list(accounts.values()))
    assert set(found) == set(JUDGED)
    assert all(value >= 0.6 for value in found.values()), f"a judgement that coders do not agree on cannot be learnt: {found}"
