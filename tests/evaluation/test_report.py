"""The report: everything measured on a few accounts, and refused where the figures would be of other accounts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coach.chain import Coach
from coach.errors import CoachError, CorpusError
from coach.evaluation import figures
from coach.evaluation import report as module
from coach.evaluation.agreement import ORDERED, kappa, macro_f1
from coach.evaluation.baselines import LEXICON, MAJORITY, QUOTE, RULE, WORDS
from coach.evaluation.figures import Report, packaged_report
from coach.evaluation.report import UNSEEN, evaluate_all, ranking_figures, table_of
from coach.evaluation.retrieval import RANKINGS
from coach.evaluation.verdicts import JUDGED, Compared, CrossValidation, Verdict
from coach.framework import Phase
from coach.library import Corpus
from coach.library.embedder import SentenceEncoder
from coach.reading.labelled import LabelledAccount, read_labelled, read_writers
from coach.reading.reader import Reader
from coach.reading.train_command import accounts_hash
from coach.reading.weights import load_weights
from coach.settings import load_settings

FEW = 12
WRITERS = ("train_1", "train_5", "train_9")
FOLDS = (("train_1", "train_9"), ("train_5",))
EACH = 16
WRONG_EVERY = 5
SHOWN = ("phase", "disclosure", "diversity", "cq", "willingness")


def _told(account: LabelledAccount, confidence: float = 0.9, **labels: str) -> Verdict:
    """Return a verdict that agrees with the coder but in the labels given."""
    told = tuple(labels.get(judgement, account.gold.label(judgement)) for judgement in JUDGED)
    return Verdict(id=account.id, told=told, confidence=confidence)


def _compared(one: LabelledAccount, phases: Sequence[tuple[str, str]], confidence: float = 0.9) -> list[Compared]:
    """Return accounts alike but for their phase, with the phase that was told of each."""
    rows = []
    for number, (gold, told) in enumerate(phases):
        account = one.model_copy(update={"id": f"t-{number}", "gold": one.gold.model_copy(update={"phase": Phase(gold)})})
        rows.append(Compared(account, _told(account, confidence, phase=told)))
    return rows


@pytest.fixture(scope="module")
def one(corpus: Corpus) -> LabelledAccount:
    """An account whose labels a test may change."""
    return read_labelled(corpus.folder / "accounts" / "train_1.jsonl")[0]


def test_a_table_has_the_figures_of_its_accounts(one: LabelledAccount) -> None:
    phases = [("trial", "trial")] * 3 + [("enmeshment", "trial"), ("renegotiation", "renegotiation")]
    table = table_of("five", _compared(one, phases))
    assert (table.name, table.accounts) == ("five", 5)
    assert tuple(row.judgement for row in table.judgements) == JUDGED
    phase = table.judgements[0]
    assert phase.kappa is not None
    assert phase.weighted_kappa is not None
    assert phase.macro_f1 is not None
    assert phase.kappa.value == pytest.approx(kappa(phases))
    assert phase.weighted_kappa.value == pytest.approx(kappa(phases, ORDERED["phase"]))
    assert phase.macro_f1.value == pytest.approx(macro_f1(phases))
    assert {row.judgement for row in table.judgements if row.weighted_kappa is not None} <= set(ORDERED)
    assert [row.kappa.value for row in table.judgements[1:] if row.kappa is not None] == [1.0] * (len(JUDGED) - 1)
    assert table.dimensions_macro_f1 == 1.0
    # Told with 0.9 each, four of five right.
    assert table.calibration_error == pytest.approx(0.1)


def test_asking_is_counted_where_it_is_due_and_where_it_is_not(one: LabelledAccount) -> None:
    phases = [("unclear", "unclear")] * 3 + [("unclear", "trial")] + [("trial", "trial")] * 4 + [("trial", "unclear")]
    table = table_of("nine", _compared(one, phases, confidence=0.8))
    assert table.asks_when_unclear == pytest.approx(3 / 4)
    assert table.asks_when_clear == pytest.approx(1 / 5)
    # Only what has a phase and was told one is sure or unsure of it: four accounts, all right.
    assert table.calibration_error == pytest.approx(0.2)


def test_what_does_not_occur_has_no_figure(one: LabelledAccount) -> None:
    table = table_of("clear", _compared(one, [("trial", "trial")]))
    assert (table.asks_when_unclear, table.asks_when_clear) == (None, 0.0)
    nothing = table_of("nothing", [])
    assert {row.kappa for row in nothing.judgements} == {None}
    assert {row.macro_f1 for row in nothing.judgements} == {None}
    assert (nothing.accounts, nothing.dimensions_macro_f1, nothing.calibration_error) == (0, None, None)


@pytest.mark.parametrize("name", ["plain", "hard"])
def test_targets_are_of_figures_that_the_table_has(name: str, one: LabelledAccount) -> None:
    table = table_of("x", _compared(one, [("trial", "trial"), ("unclear", "unclear")]), targets=name)
    aimed = {row.judgement: row for row in table.judgements if row.target is not None}
    assert tuple(aimed) == SHOWN
    for row in aimed.values():
        assert row.target_of == ("weighted_kappa" if row.judgement in ("disclosure", "cq") else "kappa")
        assert getattr(row, row.target_of) is not None
    assert all(getattr(table, field) is not None for field in table.targets)
    assert set(table.targets) == {"dimensions_macro_f1", "asks_when_unclear", "asks_when_clear", "calibration_error"}


def test_more_is_wanted_of_plain_accounts_than_of_hard_ones(one: LabelledAccount) -> None:
    plain, hard = (table_of("x", _compared(one, [("trial", "trial")]), targets=name) for name in ("plain", "hard"))
    for above, below in zip(plain.judgements, hard.judgements, strict=True):
        assert (above.target is None) == (below.target is None)
        assert above.target is None or below.target is None or above.target > below.target
    untold = table_of("x", _compared(one, [("trial", "trial")]))
    assert {row.target for row in untold.judgements} == {None}
    assert untold.targets == {}


def test_baselines_stand_beside_the_judgement_that_they_are_of(one: LabelledAccount) -> None:
    table = table_of("x", _compared(one, [("trial", "trial")]), beside={"phase": {MAJORITY: 0.0, RULE: 0.6}})
    assert [row.baselines for row in table.judgements] == [{MAJORITY: 0.0, RULE: 0.6}, *[{}] * (len(JUDGED) - 1)]


# The shipped reader on accounts in a file of their own.


@pytest.fixture(scope="module")
def scored(coach: Coach, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The report of a file with a few accounts."""
    source = sorted((coach.corpus.folder / "accounts").glob("*.jsonl"))[0]
    file = tmp_path_factory.mktemp("accounts") / "few.jsonl"
    file.write_text("\n".join(source.read_text(encoding="utf-8").splitlines()[:FEW]), encoding="utf-8")
    return evaluate_all(coach, file, say=lambda _: None)


@pytest.mark.slow
def test_a_file_of_accounts_is_scored_under_its_name(scored: Report, coach: Coach) -> None:
    (table,) = scored.tables
    assert (table.name, table.accounts) == ("few.jsonl", FEW)
    assert tuple(row.judgement for row in table.judgements) == JUDGED
    assert all(row.kappa is not None and row.baselines == {} and row.target is None for row in table.judgements)
    assert (scored.corpus, scored.accounts, scored.folds) == (coach.corpus.version, FEW, 0)
    assert tuple(row.ranking for row in scored.retrieval) == RANKINGS
    # Nothing is said of writers held out, as none was.
    assert (scored.learning_curve, scored.slices, scored.second_coder, scored.confusions) == ((), (), {}, ())


@pytest.mark.slow
def test_a_report_is_read_as_it_was_written(scored: Report) -> None:
    assert Report.model_validate_json(scored.model_dump_json()) == scored


def test_accounts_that_are_missing_are_named(coach: Coach, tmp_path: Path) -> None:
    with pytest.raises(CoachError, match=r"missing\.jsonl"):
        evaluate_all(coach, tmp_path / "missing.jsonl", say=lambda _: None)


def test_results_of_other_accounts_are_refused(coach: Coach, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "cross_validation.json"
    CrossValidation(accounts_sha256="0" * 12, folds=(("train_1",),), verdicts=(), curve=()).save(path)
    monkeypatch.setattr(module, "PACKAGED_RESULTS", path)
    with pytest.raises(CorpusError, match="have changed since") as told:
        evaluate_all(coach, None, say=lambda _: None)
    assert "coach train" in told.value.remedy


# A cross-validation of a few accounts by three writers; the reader reads by its linear heads alone.


def _small_corpus(corpus: Corpus, folder: Path) -> Corpus:
    """Write a corpus of a few accounts, two in three of them hard, and return it."""
    (folder / "accounts").mkdir(parents=True)
    (folder / "evaluation").mkdir()
    for writer in WRITERS:
        lines = [
            account.model_copy(
                update={"tags": ("hard", "rare") if number % 16 == 0 else ("hard",) if number % 3 else ("plain",)}
            )
            for number, account in enumerate(read_labelled(corpus.folder / "accounts" / f"{writer}.jsonl")[:EACH])
        ]
        text = "\n".join(line.model_dump_json() for line in lines)
        (folder / "accounts" / f"{writer}.jsonl").write_text(text, encoding="utf-8")
    for name in ("questions.yaml", "lexicon.yaml"):
        (folder / "evaluation" / name).write_bytes((corpus.folder / "evaluation" / name).read_bytes())
    development = (corpus.folder / "evaluation" / "development.jsonl").read_text(encoding="utf-8").splitlines()[:FEW]
    (folder / "evaluation" / "development.jsonl").write_text("\n".join(development), encoding="utf-8")
    second: list[dict[str, Any]] = []
    for account in read_writers(folder / "accounts"):
        gold = account.gold
        labels = {name: gold.label(name) for name in ("phase", "disclosure", "one_sided", "willingness")}
        own = {name: gold.label(f"cq.{name}") for name in ("cognitive", "metacognitive", "motivational", "behavioural")}
        second.append({"id": account.id, "regressed": gold.regressed} | labels | own)
    lines_of = {"second_coder.jsonl": "\n".join(map(json.dumps, second)), "settled.jsonl": ""}
    for name, text in lines_of.items():
        (folder / "evaluation" / name).write_text(text, encoding="utf-8")
    return replace(corpus, folder=folder)


def _is_wrong(number: int) -> bool:
    return number % WRONG_EVERY == 0


@pytest.fixture(scope="module")
def small(corpus: Corpus, encoder: SentenceEncoder, library_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Coach:
    """A coach over the small corpus, with results in a folder of weights of its own: one phase in five is told wrongly."""
    folder = tmp_path_factory.mktemp("small")
    coach = Coach(load_settings(data_dir=library_dir, weights_dir=folder / "weights"))
    coach.encoder = encoder
    coach.reader = Reader(corpus, encoder, load_weights())
    coach.corpus = _small_corpus(corpus, folder / "corpus")
    accounts = read_writers(coach.corpus.folder / "accounts")
    verdicts = []
    for number, account in enumerate(accounts):
        other = Phase.TRIAL if account.gold.phase is not Phase.TRIAL else Phase.ENMESHMENT
        wrong = {"phase": str(other)} if _is_wrong(number) else {}
        verdicts.append(_told(account, 0.55 if wrong else 0.95, **wrong))
    first = [account for account in accounts if account.writer in FOLDS[0]]
    always = tuple(_told(account, 0.5, phase="trial") for account in first)
    CrossValidation(
        accounts_sha256=accounts_hash(coach.corpus.folder / "accounts"),
        folds=FOLDS,
        verdicts=tuple(verdicts),
        curve=((4, always), (8, always)),
    ).save(folder / "weights" / "cross_validation.json")
    return coach


@pytest.fixture(scope="module")
def whole(small: Coach) -> Report:
    """The report of the cross-validation."""
    return evaluate_all(small, None, say=lambda _: None)


@pytest.mark.slow
def test_all_plain_and_hard_accounts_and_those_of_development_have_a_table(whole: Report, small: Coach) -> None:
    hard = sum("hard" in account.tags for account in read_writers(small.corpus.folder / "accounts"))
    total = EACH * len(WRITERS)
    assert [(table.name, table.accounts) for table in whole.tables] == [
        (UNSEEN, total),
        (f"{UNSEEN}, plain accounts", total - hard),
        (f"{UNSEEN}, hard accounts", hard),
        ("development accounts", FEW),
    ]
    assert [bool(table.targets) for table in whole.tables] == [False, True, True, False]
    assert (whole.accounts, whole.writers, whole.folds) == (total, len(WRITERS), len(FOLDS))
    for table in whole.tables[:3]:
        assert set(table.judgements[0].baselines) == {MAJORITY, LEXICON, WORDS, QUOTE, RULE}
    assert [row.baselines for row in whole.tables[3].judgements] == [{}] * len(JUDGED)


@pytest.mark.slow
def test_the_reader_is_compared_with_the_coder(whole: Report, small: Coach) -> None:
    accounts = read_writers(small.corpus.folder / "accounts")
    wrong = sum(map(_is_wrong, range(len(accounts))))
    first = whole.confusions[0]
    assert tuple(table.judgement for table in whole.confusions) == SHOWN
    assert sum(map(sum, first.counts)) == len(accounts)
    assert sum(first.counts[n][n] for n in range(len(first.labels))) == len(accounts) - wrong
    for table in whole.confusions[1:]:
        assert sum(table.counts[n][n] for n in range(len(table.labels))) == len(accounts)
    phase, *others = whole.tables[0].judgements
    assert phase.kappa is not None
    assert phase.kappa.low < phase.kappa.value < 1
    assert {row.kappa.value for row in others if row.kappa is not None} == {1.0}


@pytest.mark.slow
def test_the_unsure_verdicts_are_the_wrong_ones(whole: Report, small: Coach) -> None:
    accounts = read_writers(small.corpus.folder / "accounts")
    phases = [(number, account) for number, account in enumerate(accounts) if account.gold.phase is not Phase.UNCLEAR]
    wrong = sum(_is_wrong(number) for number, _ in phases)
    unsure, sure = whole.calibration
    assert (unsure.confidence, unsure.hit_rate, unsure.accounts) == (pytest.approx(0.55), 0.0, wrong)
    assert (sure.confidence, sure.hit_rate, sure.accounts) == (pytest.approx(0.95), 1.0, len(phases) - wrong)
    assert whole.risk_coverage[0].error == 0
    assert whole.risk_coverage[-1].error == pytest.approx(wrong / len(phases))


@pytest.mark.slow
def test_the_learning_curve_grows_and_ends_with_all_of_the_other_writers(whole: Report) -> None:
    assert [point.accounts for point in whole.learning_curve] == [4, 8, EACH]
    before, middle, after = (point.kappas for point in whole.learning_curve)
    assert before == middle
    # Who always says trial agrees by chance only; the last step is the cross-validation itself.
    assert before["phase"] == pytest.approx(0)
    assert 0.5 < after["phase"] < 1
    assert after["disclosure"] == 1.0


@pytest.mark.slow
def test_slices_are_by_length_and_by_frequent_tag(whole: Report, small: Coach) -> None:
    accounts = read_writers(small.corpus.folder / "accounts")
    by_length = [row for row in whole.slices if row.kind == "length"]
    assert sum(row.accounts for row in by_length) == len(accounts)
    within = sum(30 <= len(account.text.split()) < 80 for account in accounts)
    assert {row.name: row.accounts for row in by_length}["30 to 79 words"] == within
    (tag,) = [row for row in whole.slices if row.kind == "tag"]
    hard = [(number, account) for number, account in enumerate(accounts) if "hard" in account.tags]
    assert (tag.name, tag.accounts) == ("hard", len(hard))
    table = whole.tables[2].judgements[0]
    assert table.kappa is not None
    assert tag.kappas["phase"] == pytest.approx(table.kappa.value)


@pytest.mark.slow
def test_the_second_coder_and_the_rankings_are_told(whole: Report, small: Coach) -> None:
    assert set(whole.second_coder.values()) == {1.0}
    assert "phase" in whole.second_coder
    assert whole.retrieval == ranking_figures(small)


# What is kept in the package.


def test_the_packaged_report_is_read(scored_by_hand: Report, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(scored_by_hand.model_dump_json(), encoding="utf-8")
    monkeypatch.setattr(figures, "PACKAGED_REPORT", path)
    assert packaged_report() == scored_by_hand


@pytest.fixture
def scored_by_hand(one: LabelledAccount) -> Report:
    """A report with one table."""
    table = table_of("two", _compared(one, [("trial", "trial"), ("unclear", "trial")]))
    return Report(corpus="0123456789ab", accounts=2, writers=1, folds=0, tables=(table,))


@pytest.mark.parametrize("damage", [None, b"", b"{}", b'{"corpus": "0123', b"\xff\xfe"], ids=str)
def test_without_a_packaged_report_there_is_none(damage: bytes | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    if damage is not None:
        path.write_bytes(damage)
    monkeypatch.setattr(figures, "PACKAGED_REPORT", path)
    assert packaged_report() is None
