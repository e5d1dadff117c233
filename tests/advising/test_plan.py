"""Planning: what the situation needs comes first, relevance only chooses among what may be given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advising.conftest import ADDRESS
from advising.situations import PAIRS, a_diagnosis
from coach.advising import Address, Situation, admits, breaches, plan
from coach.advising.situation import specificity
from coach.framework import Context, Depth, Incident, OneSided, Phase, StepKind, Willingness
from coach.library import Corpus
from coach.records import Advice, Diagnosis

D, F, Q, C, B = StepKind.DISCLOSURE, StepKind.FACEWORK, StepKind.CQ, StepKind.CONTACT, StepKind.BUSINESS
NEAR = {"customer": Context.LOW}
CLOSE = {"phase": Phase.ENMESHMENT, "depth": Depth.MORE_INTIMATE}


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    given: dict[str, Any]
    kinds: tuple[StepKind, ...]


CASES = [
    Case(id="first meetings far from home", given={}, kinds=(D, F, C)),
    Case(id="with something to practise", given={"states": "nnen"}, kinds=(D, Q, F, C)),
    Case(id="near cultures", given=NEAR, kinds=(D, B, C)),
    Case(id="near cultures need no CQ practice", given={**NEAR, "states": "nnen"}, kinds=(D, B, C)),
    Case(id="nobody wants more", given={**CLOSE, "willingness": Willingness.NEITHER}, kinds=(D, F, B, C)),
    Case(id="a broken promise", given={**CLOSE, "incidents": (Incident.BROKEN_PROMISE,)}, kinds=(F, C, D)),
    Case(id="grief among the close", given={**CLOSE, "incidents": (Incident.GRIEF,)}, kinds=(F, C, D)),
    Case(id="illness among the close", given={**CLOSE, "incidents": (Incident.ILLNESS,)}, kinds=(F, C, D)),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_kinds_come_in_the_order_of_need(case: Case, plan_for: Callable[[Diagnosis], Advice]) -> None:
    assert tuple(step.kind for step in plan_for(a_diagnosis(**case.given)).steps) == case.kinds


@pytest.mark.parametrize("kind", [D, F, C])
def test_what_resembles_the_account_gives_way_only_to_what_is_closer_cut(
    kind: StepKind, corpus: Corpus, known_sources: frozenset[str]
) -> None:
    diagnosis = a_diagnosis()
    situation = Situation.of(diagnosis)
    for wanted in corpus.playbook.values():
        if wanted.kind is kind and admits(wanted, situation) and not breaches(wanted, situation, known_sources):
            advice = _plan(diagnosis, corpus, known_sources, {wanted.id: 1.0})
            chosen = next(corpus.playbook[step.playbook_id] for step in advice.steps if step.kind is kind)
            assert chosen is wanted or specificity(chosen) > specificity(wanted)


def test_the_customer_is_named_as_the_user_does(corpus: Corpus, known_sources: frozenset[str]) -> None:
    diagnosis = a_diagnosis(**CLOSE)
    named = _plan(diagnosis, corpus, known_sources, {}, Address("Zebediah", "him", "his")).model_dump_json()
    other = _plan(diagnosis, corpus, known_sources, {}, Address("Oda", "her", "her")).model_dump_json()
    assert "Zebediah" in named
    assert "Zebediah" not in other


def test_an_address_fills_every_slot_and_begins_with_a_capital() -> None:
    assert Address("Ana", "her", "her").fill("$their plans, told by $customer to $them") == "Her plans, told by Ana to her"


def test_no_playbook_no_steps(corpus: Corpus, known_sources: frozenset[str]) -> None:
    empty = plan(a_diagnosis(), [], (), relevance={}, known_sources=known_sources, address=ADDRESS)
    assert empty == Advice()


DIAGNOSES = st.builds(
    lambda pair, **labels: a_diagnosis(salesperson=pair[0], customer=pair[1], **labels),
    pair=st.sampled_from(PAIRS),
    phase=st.sampled_from([phase for phase in Phase if phase is not Phase.UNCLEAR]),
    depth=st.sampled_from(Depth),
    willingness=st.sampled_from(Willingness),
    states=st.text(alphabet="ecn", min_size=4, max_size=4),
    incidents=st.lists(st.sampled_from(Incident), max_size=4, unique=True).map(tuple),
    one_sided=st.sampled_from(OneSided),
    regressed=st.booleans(),
)


@settings(max_examples=50, deadline=None)
@given(diagnosis=DIAGNOSES, data=st.data())
def test_relevance_never_bends_a_rule(
    corpus: Corpus, known_sources: frozenset[str], diagnosis: Diagnosis, data: st.DataObject
) -> None:
    relevance = data.draw(st.dictionaries(st.sampled_from(sorted(corpus.playbook)), st.floats(0, 1), max_size=40))
    advice = _plan(diagnosis, corpus, known_sources, relevance)
    situation = Situation.of(diagnosis)
    chosen = [corpus.playbook[step.playbook_id] for step in advice.steps]
    assert all(admits(step, situation) and not breaches(step, situation, known_sources) for step in chosen)
    assert 2 <= len(chosen) <= 4
    assert advice == _plan(diagnosis, corpus, known_sources, relevance)


def _plan(
    diagnosis: Diagnosis,
    corpus: Corpus,
    known_sources: frozenset[str],
    relevance: dict[str, float],
    address: Address = ADDRESS,
) -> Advice:
    return plan(
        diagnosis,
        corpus.playbook.values(),
        corpus.holds,
        relevance=relevance,
        known_sources=known_sources,
        address=address,
    )
