"""The worth of a question: nothing where no answer changes the steps, all where every answer changes all of them."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advising.situations import a_diagnosis
from coach.advising import Situation, usefulness
from coach.framework import Context, Depth, Phase, Willingness

SUBJECTS = ("phase", "willingness", "disclosure", "cq", "diversity", "salesperson_culture", "customer_culture")
EVEN = {
    "phase": {str(label): 0.25 for label in Phase},
    "disclosure": {str(label): 0.25 for label in Depth},
    "willingness": {str(label): 0.2 for label in Willingness},
}


def by_willingness(situation: Situation) -> Collection[str]:
    """Steps that hang on willingness alone."""
    return {str(situation.willingness)}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_question_that_changes_nothing_is_worth_nothing(subject: str) -> None:
    unclear = a_diagnosis(phase=Phase.UNCLEAR, depth=Depth.UNCLEAR, customer=Context.UNCLEAR, states="nnnn")
    assert usefulness([subject], unclear, EVEN, lambda _: {"one", "two"}) == {subject: 0.0}


def test_the_question_on_which_the_steps_hang_is_worth_most() -> None:
    unclear = a_diagnosis(phase=Phase.ENMESHMENT, willingness=Willingness.UNCLEAR, depth=Depth.UNCLEAR)
    worth = usefulness(["disclosure", "willingness"], unclear, EVEN, by_willingness)
    assert worth == {"disclosure": 0.0, "willingness": 1.0}


def test_an_answer_counts_as_much_as_it_is_likely() -> None:
    unclear = a_diagnosis(phase=Phase.UNCLEAR)
    sure = {"phase": {"trial": 0.96, "enmeshment": 0.02, "renegotiation": 0.02, "unclear": 0.0}}

    def steps(situation: Situation) -> Collection[str]:
        return {"other"} if situation.phase is Phase.RENEGOTIATION else {"same"}

    worth = usefulness(["phase"], unclear, sure, steps)["phase"]
    assert 0 < worth < usefulness(["phase"], unclear, EVEN, steps)["phase"]


@given(probabilities=st.lists(st.floats(0, 1), min_size=5, max_size=5))
def test_the_worth_is_a_share(probabilities: list[float]) -> None:
    unclear = a_diagnosis(willingness=Willingness.UNCLEAR)
    told = {"willingness": dict(zip(map(str, Willingness), probabilities, strict=True))}
    assert 0 <= usefulness(["willingness"], unclear, told, by_willingness)["willingness"] <= 1 + 1e-9
