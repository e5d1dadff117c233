"""Agreement and calibration against figures worked by hand, and against scikit-learn."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score, f1_score

from coach.evaluation.agreement import (
    ORDERED,
    calibration,
    calibration_error,
    confusion,
    kappa,
    macro_f1,
    risk_coverage,
    with_interval,
)
from coach.evaluation.figures import CalibrationBin, CoveragePoint

PHASES = ORDERED["phase"]
QUICK = settings(max_examples=50, deadline=None)


def _pairs(gold: str, told: str) -> list[tuple[str, str]]:
    return list(zip(gold, told, strict=True))


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    gold: str
    told: str
    kappa: float
    macro_f1: float


CASES = [
    Case(id="all alike", gold="ttrr", told="ttrr", kappa=1.0, macro_f1=1.0),
    Case(id="no better than chance", gold="ttrr", told="trtr", kappa=0.0, macro_f1=0.5),
    Case(id="always the other", gold="ttrr", told="rrtt", kappa=-1.0, macro_f1=0.0),
    # t: 2 of 3 told, all found: 4/5; r: all told, 1 of 2 found: 2/3.
    Case(id="one in four missed", gold="ttrr", told="ttrt", kappa=0.5, macro_f1=(4 / 5 + 2 / 3) / 2),
    Case(id="one label only", gold="tttt", told="tttt", kappa=1.0, macro_f1=1.0),
    Case(id="always the most frequent", gold="tttr", told="tttt", kappa=0.0, macro_f1=(6 / 7 + 0) / 2),
    # A label that gold never holds costs the others, and is no class of its own. Observed 3/4, expected 3/4.
    Case(id="a label that gold has not", gold="tttt", told="tttu", kappa=0.0, macro_f1=6 / 7),
    # Cohen (1960) by the book: 20 + 15 agree, 5 + 10 do not; observed 0.7, expected 0.5.
    Case(
        id="by the book",
        gold="y" * 25 + "n" * 25,
        told="y" * 20 + "n" * 5 + "y" * 10 + "n" * 15,
        kappa=0.4,
        macro_f1=(40 / 55 + 30 / 45) / 2,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_by_hand(case: Case) -> None:
    pairs = _pairs(case.gold, case.told)
    assert kappa(pairs) == pytest.approx(case.kappa)
    assert macro_f1(pairs) == pytest.approx(case.macro_f1)


def test_weighted_kappa_by_hand() -> None:
    # Two of four pairs are one step apart, at a cost of 1/2: 1/4 is observed. Both coders gave trial twice, the others once:
    # 7/16 is expected.
    told = [("trial", "trial"), ("trial", "enmeshment"), ("enmeshment", "trial"), ("renegotiation", "renegotiation")]
    shares = {"trial": 0.5, "enmeshment": 0.25, "renegotiation": 0.25}
    rank = {name: number / 2 for number, name in enumerate(PHASES)}
    expected = sum(shares[a] * shares[b] * abs(rank[a] - rank[b]) for a in PHASES for b in PHASES)
    assert expected == pytest.approx(0.4375)
    assert kappa(told, PHASES) == pytest.approx(1 - 0.25 / 0.4375)


LABELS = st.lists(st.tuples(st.sampled_from(PHASES), st.sampled_from(PHASES)), min_size=2, max_size=40)


@QUICK
@given(pairs=LABELS)
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    gold, told = map(list, zip(*pairs, strict=True))
    assume(len({*gold, *told}) > 1)
    assert kappa(pairs) == pytest.approx(cohen_kappa_score(gold, told))


@QUICK
@given(pairs=LABELS)
def test_weighted_kappa_is_that_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    gold, told = map(list, zip(*pairs, strict=True))
    assume(len({*gold, *told}) > 1)
    theirs = cohen_kappa_score(gold, told, labels=list(PHASES), weights="linear")
    assert kappa(pairs, PHASES) == pytest.approx(theirs)


@QUICK
@given(pairs=LABELS)
def test_macro_f1_is_that_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    gold, told = map(list, zip(*pairs, strict=True))
    theirs = f1_score(gold, told, labels=sorted(set(gold)), average="macro", zero_division=0)
    assert macro_f1(pairs) == pytest.approx(theirs)


@QUICK
@given(labels=st.lists(st.sampled_from(PHASES), min_size=1, max_size=40))
def test_a_coder_agrees_with_themselves(labels: list[str]) -> None:
    pairs = list(zip(labels, labels, strict=True))
    assert kappa(pairs) == kappa(pairs, PHASES) == macro_f1(pairs) == 1.0


@QUICK
@given(pairs=LABELS)
def test_figures_keep_their_bounds_and_kappa_takes_no_side(pairs: list[tuple[str, str]]) -> None:
    turned = [(told, gold) for gold, told in pairs]
    for order in (None, PHASES):
        assert -1 - 1e-9 <= kappa(pairs, order) <= 1
        assert kappa(pairs, order) == pytest.approx(kappa(turned, order))
    assert 0 <= macro_f1(pairs) <= 1


def test_nothing_compared_is_no_figure() -> None:
    assert math.isnan(kappa([]))
    assert math.isnan(macro_f1([]))
    assert with_interval([], "kappa") is None
    assert with_interval([], "macro_f1") is None
    assert with_interval([("unclear", "trial")], "weighted_kappa", PHASES) is None


def test_unclear_stands_outside_the_order() -> None:
    assert kappa([("trial", "trial"), ("unclear", "trial")], PHASES) == 1.0
    assert math.isnan(kappa([("unclear", "trial")], PHASES))


def test_a_near_miss_costs_less_than_a_far_one() -> None:
    gold = ["trial", "enmeshment", "renegotiation"] * 4
    near = list(zip(gold, ["enmeshment", *gold[1:]], strict=True))
    far = list(zip(gold, ["renegotiation", *gold[1:]], strict=True))
    assert kappa(far, PHASES) < kappa(near, PHASES) < 1
    assert kappa(near) == pytest.approx(kappa(far))


def test_confusion_counts_gold_in_rows_and_told_in_columns() -> None:
    table = confusion([("a", "b"), ("a", "b"), ("b", "b"), ("c", "a"), ("a", "c")], ["a", "b"])
    assert table.tolist() == [[0, 2], [0, 1]]


MIXED = [("trial", "enmeshment"), *[(name, name) for name in PHASES for _ in range(10)], *[("unclear", "trial")] * 9]


@pytest.mark.parametrize(
    ("name", "value"), [("kappa", kappa(MIXED)), ("weighted_kappa", kappa(MIXED, PHASES)), ("macro_f1", macro_f1(MIXED))]
)
def test_a_figure_is_its_value_within_an_interval_that_is_repeatable(name: str, value: float) -> None:
    figure = with_interval(MIXED, name, PHASES)
    assert figure is not None
    assert figure.value == pytest.approx(value)
    assert figure.low < figure.value < figure.high
    assert figure == with_interval(MIXED, name, PHASES)


def test_more_accounts_make_a_narrower_interval() -> None:
    few, many = with_interval(MIXED, "kappa"), with_interval(MIXED * 9, "kappa")
    assert few is not None
    assert many is not None
    assert many.value == pytest.approx(few.value)
    assert many.high - many.low < (few.high - few.low) / 2


@settings(max_examples=10, deadline=None)
@given(pairs=LABELS)
def test_intervals_keep_the_bounds_of_their_figures(pairs: list[tuple[str, str]]) -> None:
    for name, lowest in (("kappa", -1), ("weighted_kappa", -1), ("macro_f1", 0)):
        figure = with_interval(pairs, name, PHASES)
        assert figure is not None
        assert lowest - 1e-9 <= figure.low <= figure.high <= 1


@dataclass(frozen=True, kw_only=True)
class Calibration:
    id: str
    confidences: list[float]
    hits: list[bool]
    error: float


CALIBRATIONS = [
    Calibration(id="always right and sure", confidences=[1.0, 1.0], hits=[True, True], error=0.0),
    Calibration(id="always wrong and sure", confidences=[1.0, 1.0], hits=[False, False], error=1.0),
    Calibration(id="half sure, right half the time", confidences=[0.5, 0.5], hits=[True, False], error=0.0),
    Calibration(id="too sure", confidences=[0.95] * 4, hits=[True, True, False, False], error=0.45),
    Calibration(id="two bins weigh by their size", confidences=[0.9, 0.9, 0.9, 0.5], hits=[True] * 4, error=0.2),
]


@pytest.mark.parametrize("case", CALIBRATIONS, ids=lambda case: case.id)
def test_calibration_error(case: Calibration) -> None:
    assert calibration_error(calibration(case.confidences, case.hits)) == pytest.approx(case.error)


def test_bins_hold_what_was_told_with_about_the_same_confidence() -> None:
    bins = calibration([0.92, 0.41, 0.98, 1.0, 0.49], [True, False, True, False, True])
    assert [found.accounts for found in bins] == [2, 3]
    assert [found.confidence for found in bins] == pytest.approx([0.45, 2.9 / 3])
    assert [found.hit_rate for found in bins] == pytest.approx([0.5, 2 / 3])


def test_the_number_of_bins_is_a_choice() -> None:
    (found,) = calibration([0.2, 0.8], [True, True], bins=1)
    assert found == CalibrationBin(confidence=0.5, hit_rate=1.0, accounts=2)


def test_nothing_judged_is_no_calibration() -> None:
    assert calibration([], []) == []
    assert calibration_error([]) is None


ROWS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30)


@QUICK
@given(rows=ROWS)
def test_calibration_error_is_a_share_of_all_accounts(rows: list[tuple[float, bool]]) -> None:
    bins = calibration([sure for sure, _ in rows], [hit for _, hit in rows])
    error = calibration_error(bins)
    assert error is not None
    assert 0 <= error <= 1 + 1e-9
    assert sum(found.accounts for found in bins) == len(rows)


def test_the_surest_are_answered_first() -> None:
    assert risk_coverage([0.5, 0.9, 0.7, 0.8], [False, True, False, True], points=4) == [
        CoveragePoint(coverage=0.25, error=0.0),
        CoveragePoint(coverage=0.5, error=0.0),
        CoveragePoint(coverage=0.75, error=1 / 3),
        CoveragePoint(coverage=1.0, error=0.5),
    ]


def test_few_accounts_give_few_points_and_none_gives_none() -> None:
    assert [point.coverage for point in risk_coverage([0.9, 0.8], [True, True])] == [0.5, 1.0]
    assert risk_coverage([], []) == []


@QUICK
@given(rows=ROWS)
def test_answering_everything_costs_every_error(rows: list[tuple[float, bool]]) -> None:
    points = risk_coverage([sure for sure, _ in rows], [hit for _, hit in rows])
    assert points[-1].coverage == 1.0
    assert points[-1].error == pytest.approx(sum(not hit for _, hit in rows) / len(rows))
    assert [point.coverage for point in points] == sorted({point.coverage for point in points})
