"""The theory's rules, against tables written from the codebook alone."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import pytest

from coach.framework import (
    DEPTHS,
    LEVELS,
    PHASES,
    BusinessStage,
    Context,
    CQLevel,
    Depth,
    Dimension,
    DimensionState,
    Diversity,
    Phase,
    Willingness,
    business_stage_of,
    cq_level,
    deepest_advisable,
    diversity_between,
    next_rung,
    weakest_dimension,
)

LETTERS = {"E": DimensionState.EVIDENT, "C": DimensionState.CONTRARY, "-": DimensionState.NOT_EVIDENT}
PATTERNS = ["".join(letters) for letters in product(LETTERS, repeat=4)]
"""All 81 combinations; letters stand for cognitive, metacognitive, motivational, behavioural."""

LEVEL_OF = {
    "EEEE": CQLevel.HIGH,
    "-EEE": CQLevel.MEDIUM,
    "CEEE": CQLevel.MEDIUM,
    "E-EE": CQLevel.MEDIUM,
    "ECEE": CQLevel.MEDIUM,
    "----": CQLevel.UNCLEAR,
}
"""Every combination that is not low (codebook, section 4)."""


def states(pattern: str) -> dict[Dimension, DimensionState]:
    return {dimension: LETTERS[letter] for dimension, letter in zip(Dimension, pattern, strict=True)}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_cq_level_follows_table_a1(pattern: str) -> None:
    assert cq_level(states(pattern)) is LEVEL_OF.get(pattern, CQLevel.LOW)


def test_all_combinations_of_dimension_states_are_tried() -> None:
    assert len(set(PATTERNS)) == 81


@pytest.mark.parametrize("pattern", [pattern for pattern in PATTERNS if pattern != "----"])
@pytest.mark.parametrize("place", range(4))
def test_showing_more_never_lowers_the_cq_level(pattern: str, place: int) -> None:
    better = pattern[:place] + "E" + pattern[place + 1 :]
    assert LEVELS.index(cq_level(states(better))) >= LEVELS.index(cq_level(states(pattern)))


@pytest.mark.parametrize("pattern", [pattern for pattern in PATTERNS if pattern[2] == "C"])
def test_contrary_motivation_is_a_low_cq_level_whatever_else_is_shown(pattern: str) -> None:
    assert cq_level(states(pattern)) is CQLevel.LOW


@pytest.mark.parametrize("missing", Dimension)
def test_a_missing_dimension_is_no_state(missing: Dimension) -> None:
    partial = {dimension: DimensionState.EVIDENT for dimension in Dimension if dimension is not missing}
    with pytest.raises(KeyError):
        cq_level(partial)


@pytest.mark.parametrize(
    ("pattern", "weakest"),
    [
        pytest.param("EEEE", Dimension.COGNITIVE, id="nothing weak"),
        pytest.param("----", Dimension.MOTIVATIONAL, id="nothing shown"),
        pytest.param("CCCC", Dimension.MOTIVATIONAL, id="all contrary"),
        pytest.param("C---", Dimension.COGNITIVE, id="contrary before not shown"),
        pytest.param("EEE-", Dimension.BEHAVIOURAL, id="only conduct missing"),
        pytest.param("EE-C", Dimension.BEHAVIOURAL, id="contrary conduct before missing motivation"),
        pytest.param("--EE", Dimension.METACOGNITIVE, id="awareness before knowledge"),
        pytest.param("CC-E", Dimension.METACOGNITIVE, id="contrary awareness before contrary knowledge"),
    ],
)
def test_the_weakest_dimension_is_practised_first(pattern: str, weakest: Dimension) -> None:
    assert weakest_dimension(states(pattern)) is weakest


@pytest.mark.parametrize(
    ("depth", "expected"),
    [
        (Depth.UNCLEAR, Depth.SUPERFICIAL),
        (Depth.SUPERFICIAL, Depth.MORE_INTIMATE),
        (Depth.MORE_INTIMATE, Depth.MOST_INTIMATE),
        (Depth.MOST_INTIMATE, Depth.MOST_INTIMATE),
    ],
)
def test_the_next_rung_is_one_up_and_never_two(depth: Depth, expected: Depth) -> None:
    assert next_rung(depth) is expected


class Advisable(NamedTuple):
    id: str
    depth: Depth
    phase: Phase
    willingness: Willingness
    expected: Depth


ADVISABLE = [
    Advisable("trial keeps to small talk", Depth.SUPERFICIAL, Phase.TRIAL, Willingness.MUTUAL, Depth.SUPERFICIAL),
    Advisable("trial, though talk ran ahead", Depth.MOST_INTIMATE, Phase.TRIAL, Willingness.MUTUAL, Depth.SUPERFICIAL),
    Advisable("an unclear phase", Depth.MORE_INTIMATE, Phase.UNCLEAR, Willingness.MUTUAL, Depth.SUPERFICIAL),
    Advisable("one rung up", Depth.SUPERFICIAL, Phase.ENMESHMENT, Willingness.MUTUAL, Depth.MORE_INTIMATE),
    Advisable("one rung up, will unclear", Depth.SUPERFICIAL, Phase.ENMESHMENT, Willingness.UNCLEAR, Depth.MORE_INTIMATE),
    Advisable("the last rung by both", Depth.MORE_INTIMATE, Phase.ENMESHMENT, Willingness.MUTUAL, Depth.MOST_INTIMATE),
    Advisable("no last rung unasked", Depth.MORE_INTIMATE, Phase.ENMESHMENT, Willingness.UNCLEAR, Depth.MORE_INTIMATE),
    Advisable("customer holds back", Depth.SUPERFICIAL, Phase.ENMESHMENT, Willingness.SALESPERSON_ONLY, Depth.SUPERFICIAL),
    Advisable("salesperson holds back", Depth.MORE_INTIMATE, Phase.ENMESHMENT, Willingness.CUSTOMER_ONLY, Depth.MORE_INTIMATE),
    Advisable("neither wants more", Depth.MOST_INTIMATE, Phase.RENEGOTIATION, Willingness.NEITHER, Depth.MOST_INTIMATE),
    Advisable("close, depth unclear", Depth.UNCLEAR, Phase.RENEGOTIATION, Willingness.MUTUAL, Depth.SUPERFICIAL),
    Advisable("close and deep stays", Depth.MOST_INTIMATE, Phase.RENEGOTIATION, Willingness.UNCLEAR, Depth.MOST_INTIMATE),
]


@pytest.mark.parametrize("case", ADVISABLE, ids=lambda case: case.id)
def test_the_deepest_advisable_rung(case: Advisable) -> None:
    assert deepest_advisable(case.depth, case.phase, case.willingness) is case.expected


@pytest.mark.parametrize("depth", Depth)
@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("willingness", Willingness)
def test_advice_never_goes_above_what_the_codebook_allows(depth: Depth, phase: Phase, willingness: Willingness) -> None:
    advisable = DEPTHS.index(deepest_advisable(depth, phase, willingness))
    unwilling = willingness in {Willingness.CUSTOMER_ONLY, Willingness.SALESPERSON_ONLY, Willingness.NEITHER}
    present = DEPTHS.index(Depth.SUPERFICIAL if depth is Depth.UNCLEAR else depth)
    assert advisable <= DEPTHS.index(next_rung(depth)), "A1: one rung at a time"
    assert advisable == 0 or phase in {Phase.ENMESHMENT, Phase.RENEGOTIATION}, "A1: at trial nothing intimate"
    assert advisable <= present or not unwilling, "A2: the present depth is kept"


LOW, HIGH, UNKNOWN = Context.LOW, Context.HIGH, Context.UNCLEAR


@pytest.mark.parametrize(
    ("salesperson", "customer", "expected"),
    [
        (LOW, LOW, Diversity.LOW),
        (HIGH, HIGH, Diversity.LOW),
        (LOW, HIGH, Diversity.HIGH),
        (HIGH, LOW, Diversity.HIGH),
        (LOW, UNKNOWN, Diversity.UNCLEAR),
        (HIGH, UNKNOWN, Diversity.UNCLEAR),
        (UNKNOWN, LOW, Diversity.UNCLEAR),
        (UNKNOWN, HIGH, Diversity.UNCLEAR),
        (UNKNOWN, UNKNOWN, Diversity.UNCLEAR),
    ],
)
def test_diversity_compares_the_two_contexts(salesperson: Context, customer: Context, expected: Diversity) -> None:
    assert diversity_between(salesperson, customer) is expected


@pytest.mark.parametrize(("phase", "stage"), zip((*PHASES, Phase.UNCLEAR), BusinessStage, strict=True))
def test_each_phase_has_its_business_stage(phase: Phase, stage: BusinessStage) -> None:
    assert business_stage_of(phase) is stage
