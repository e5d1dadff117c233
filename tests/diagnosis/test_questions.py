"""The next best question: what advice hangs on most comes first, two at the most, none where all is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pytest
from advising.situations import a_diagnosis

from coach.diagnosis.questions import MOST_ASKED, questions_for
from coach.framework import Context, CQLevel, Depth, Diversity, Phase, Willingness
from coach.library import Corpus


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    open: dict[str, Any] = field(default_factory=dict)
    asked: tuple[str, ...]
    """Ids of the question cards, in order."""


CASES = [
    Case(id="nothing unclear", asked=()),
    Case(id="no phase", open={"phase": Phase.UNCLEAR}, asked=("U01",)),
    Case(id="a shaky phase", open={"confidence": 0.5}, asked=("U01",)),
    Case(id="own culture", open={"salesperson": Context.UNCLEAR}, asked=("U02",)),
    Case(id="the customer's culture", open={"customer": Context.UNCLEAR}, asked=("U03",)),
    Case(id="both cultures", open={"salesperson": Context.UNCLEAR, "customer": Context.UNCLEAR}, asked=("U07",)),
    Case(id="willingness", open={"willingness": Willingness.UNCLEAR}, asked=("U04",)),
    Case(id="depth", open={"phase": Phase.ENMESHMENT, "depth": Depth.UNCLEAR}, asked=("U06",)),
    Case(id="depth does not matter at trial", open={"phase": Phase.TRIAL, "depth": Depth.UNCLEAR}, asked=()),
    Case(id="conduct", open={"states": "nnnn"}, asked=("U05",)),
    Case(id="conduct between near cultures", open={"states": "nnnn", "customer": Context.LOW}, asked=()),
    Case(
        id="the phase before the cultures, and no third",
        open={
            "phase": Phase.UNCLEAR,
            "customer": Context.UNCLEAR,
            "willingness": Willingness.UNCLEAR,
            "states": "nnnn",
        },
        asked=("U01", "U03"),
    ),
    Case(
        id="willingness waits for the phase",
        open={"phase": Phase.UNCLEAR, "willingness": Willingness.UNCLEAR},
        asked=("U01",),
    ),
    Case(
        id="willingness before conduct",
        open={"willingness": Willingness.UNCLEAR, "states": "nnnn"},
        asked=("U04", "U05"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_is_asked_and_in_which_order(case: Case, corpus: Corpus) -> None:
    asked = questions_for(a_diagnosis(**case.open), corpus.questions, customer="Mr Kuroda", possessive="his")
    texts = {card.id: card.text.replace("$customer", "Mr Kuroda").replace("$their", "his") for card in corpus.questions}
    assert [question.text for question in asked] == [texts[name] for name in case.asked]


def test_both_kinds_of_culture_question_settle_diversity(corpus: Corpus) -> None:
    cases = [{"salesperson": Context.UNCLEAR}, {"customer": Context.UNCLEAR}]
    asked = [questions_for(a_diagnosis(**case), corpus.questions, customer="Ana", possessive="her") for case in cases]
    assert [question.asks for found in asked for question in found] == ["diversity", "diversity"]


@pytest.mark.parametrize("phase", list(Phase))
def test_every_combination_asks_little_and_plainly(phase: Phase, corpus: Corpus) -> None:
    for depth, own, other, will, states, confidence in product(
        Depth, Context, Context, Willingness, ("nnnn", "eeee", "nnen"), (0.5, 0.9)
    ):
        diagnosis = a_diagnosis(
            phase=phase,
            depth=depth,
            salesperson=own,
            customer=other,
            willingness=will,
            states=states,
            confidence=confidence,
        )
        asked = questions_for(diagnosis, corpus.questions, customer="Ana", possessive="her")
        unclear = (
            Phase.UNCLEAR is phase
            or confidence < 0.55
            or diagnosis.diversity.label is Diversity.UNCLEAR
            or will is Willingness.UNCLEAR
            or (depth is Depth.UNCLEAR and phase not in (Phase.TRIAL, Phase.UNCLEAR))
            or (diagnosis.cq.level is CQLevel.UNCLEAR and diagnosis.diversity.label is not Diversity.LOW)
        )
        assert bool(asked) == unclear
        assert len(asked) <= MOST_ASKED
        assert len({question.text for question in asked}) == len(asked)
        assert not any("$" in question.text + question.why for question in asked)


def test_the_more_useful_question_comes_first(corpus: Corpus) -> None:
    unclear = a_diagnosis(phase=Phase.ENMESHMENT, willingness=Willingness.UNCLEAR, states="nnnn")
    worth = {"willingness": 0.2, "cq": 0.6}
    asked = questions_for(unclear, corpus.questions, customer="Ana", possessive="her", usefulness=worth)
    assert [question.asks for question in asked] == ["cq", "willingness"]


def test_of_several_customers_only_one_thing_is_asked(corpus: Corpus) -> None:
    several = a_diagnosis(phase=Phase.UNCLEAR, willingness=Willingness.UNCLEAR).model_copy(update={"customers": ("Ana", "Bo")})
    asked = questions_for(several, corpus.questions, customer="Ana", possessive="her")
    assert [question.asks for question in asked] == ["customer"]
