"""Agreement and calibration against figures worked by hand, and against scikit-learn."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score, f1_score

from coach.evaluation.agreement import ORDERED, agreement, calibration_error, kappa, macro_f1

PHASES = ORDERED["phase"]


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    gold: str
    told: str
    kappa: float


CASES = [
    Case(id="all alike", gold="ttrr", told="ttrr", kappa=1.0),
    Case(id="no better than chance", gold="ttrr", told="trtr", kappa=0.0),
    Case(id="always the other", gold="ttrr", told="rrtt", kappa=-1.0),
    Case(id="one in four missed", gold="ttrr", told="ttrt", kappa=0.5),
    Case(id="one label only", gold="tttt", told="tttt", kappa=1.0),
    Case(id="always the most frequent", gold="tttr", told="tttt", kappa=0.0),
    # Cohen (1960) by the book: 20 + 15 agree, 5 + 10 do not; observed 0.7, expected 0.5.
    Case(id="by the book", gold="y" * 25 + "n" * 25, told="y" * 20 + "n" * 5 + "y" * 10 + "n" * 15, kappa=0.4),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_kappa(case: Case) -> None:
    assert kappa(list(case.gold), list(case.told)) == pytest.approx(case.kappa)


LABELS = st.lists(st.tuples(st.sampled_from(PHASES), st.sampled_from(PHASES)), min_size=2, max_size=40)


@settings(max_examples=50)
@given(pairs=LABELS)
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    gold, told = map(list, zip(*pairs, strict=True))
    assume(len({*gold, *told}) > 1)
    assert kappa(gold, told) == pytest.approx(cohen_kappa_score(gold, told))


@settings(max_examples=50)
@given(pairs=LABELS)
def test_weighted_kappa_is_that_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    gold, told = map(list, zip(*pairs, strict=True))
    assume(len({*gold, *told}) > 1)
    theirs = cohen_kappa_score(gold, told, labels=list(PHASES), weights="linear")
    assert kappa(gold, told, PHASES) == pytest.approx(theirs)


@settings(max_examples=50)
@given(pairs=LABELS)
def test_macro_f1_is_that_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    gold, told = map(list, zip(*pairs, strict=True))
    theirs = f1_score(gold, told, labels=sorted(set(gold)), average="macro", zero_division=0)
    assert macro_f1(gold, told) == pytest.approx(theirs)


def test_unclear_stands_outside_the_order() -> None:
    assert kappa(["trial", "unclear"], ["trial", "trial"], PHASES) == 1.0
    assert math.isnan(kappa(["unclear"], ["trial"], PHASES))


def test_a_near_miss_costs_less_than_a_far_one() -> None:
    gold = ["trial", "enmeshment", "renegotiation"] * 4
    near = ["enmeshment", *gold[1:]]
    far = ["renegotiation", *gold[1:]]
    assert kappa(gold, far, PHASES) < kappa(gold, near, PHASES) < 1
    assert kappa(gold, near) == pytest.approx(kappa(gold, far), abs=0.05)


def test_figures_stand_within_their_intervals_and_are_repeatable() -> None:
    gold = ["trial", "enmeshment", "renegotiation", "unclear"] * 10
    told = ["enmeshment", *gold[1:30], *["trial"] * 10]
    figures = agreement("phase", gold, told)
    assert figures == agreement("phase", gold, told)
    assert all(
        figures[f"{name}_low"] <= figures[name] <= figures[f"{name}_high"] for name in ("kappa", "macro_f1", "weighted_kappa")
    )
    assert "weighted_kappa" not in agreement("willingness", ["mutual", "neither"], ["mutual", "neither"])


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
    assert calibration_error(case.confidences, case.hits) == pytest.approx(case.error)


def test_nothing_judged_is_no_calibration() -> None:
    assert math.isnan(calibration_error([], []))


@settings(max_examples=50)
@given(rows=st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30))
def test_calibration_error_is_a_share(rows: list[tuple[float, bool]]) -> None:
    assert 0 <= calibration_error([sure for sure, _ in rows], [hit for _, hit in rows]) <= 1 + 1e-9
