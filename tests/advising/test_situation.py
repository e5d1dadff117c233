"""Which steps a situation admits: every condition that is named must hold, one that is not named always does."""

from __future__ import annotations

from dataclasses import fields
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advising.situations import a_diagnosis, dimension_states
from coach.advising.situation import Situation, conditions_hold
from coach.framework import (
    Context,
    CQLevel,
    Depth,
    Dimension,
    Diversity,
    Incident,
    OneSided,
    Phase,
    Willingness,
    cq_level,
    weakest_dimension,
)
from coach.library.schema import Conditions

VALUES = {
    "phase": Phase,
    "depth": Depth,
    "diversity": Diversity,
    "customer_context": Context,
    "weakest_cq": Dimension,
    "cq_level": CQLevel,
    "willingness": Willingness,
    "incident": Incident,
    "one_sided": OneSided,
}
SITUATIONS = st.builds(
    Situation,
    **{name: st.sampled_from(values) for name, values in VALUES.items() if name not in ("incident", "weakest_cq")},
    weakest_cq=st.none() | st.sampled_from(Dimension),
    incident=st.lists(st.sampled_from(Incident), max_size=3, unique=True).map(tuple),
)
CONDITIONS = st.builds(
    Conditions,
    **{
        name: st.none() | st.lists(st.sampled_from(values), min_size=1, max_size=3).map(tuple)
        for name, values in VALUES.items()
    },
)


def _held(condition: str, situation: Situation) -> set[str]:
    value = getattr(situation, condition)
    return set(value) if isinstance(value, tuple) else {value}


def test_every_label_of_a_situation_may_be_a_condition() -> None:
    assert {field.name for field in fields(Situation)} == set(Conditions.model_fields) == set(VALUES)


@settings(max_examples=50)
@given(situation=SITUATIONS)
def test_a_step_without_conditions_always_holds(situation: Situation) -> None:
    assert conditions_hold(Conditions(), situation)


@settings(max_examples=200)
@given(situation=SITUATIONS, when=CONDITIONS)
def test_conditions_hold_exactly_where_each_named_one_does(situation: Situation, when: Conditions) -> None:
    named = {name: set(values) for name, values in when if values is not None}
    assert conditions_hold(when, situation) == all(_held(name, situation) & named[name] for name in named)


@pytest.mark.parametrize("name", VALUES)
def test_each_condition_is_looked_at_alone(name: str) -> None:
    base = Situation.of(a_diagnosis(states="nnnc", incidents=(Incident.GRIEF,)))
    verdicts = {value: conditions_hold(Conditions(**{name: (value,)}), base) for value in VALUES[name]}
    assert {value for value, holds in verdicts.items() if holds} == _held(name, base)


@pytest.mark.parametrize("letters", list(map("".join, product("ecn", repeat=4))))
def test_the_weakest_dimension_is_named_only_where_something_is_shown(letters: str) -> None:
    situation = Situation.of(a_diagnosis(states=letters))
    states = dimension_states(letters)
    assert situation.cq_level is cq_level(states)
    assert situation.weakest_cq is (None if letters == "nnnn" else weakest_dimension(states))
