"""CQ: the four states become a level by Table A1's rule, each with the words that show it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import pytest

from coach.diagnosis.cultural_intelligence import judge_cultural_intelligence
from coach.framework import CQLevel, Dimension, DimensionState, Scope
from coach.library import Corpus
from diagnosis.readings import Unit, a_reading

E, C, N = "evident", "contrary", "not_evident"


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    states: tuple[str, str, str, str]
    """cognitive, metacognitive, motivational, behavioural"""
    level: CQLevel


CASES = [
    Case(id="all four", states=(E, E, E, E), level=CQLevel.HIGH),
    Case(id="all but knowledge", states=(N, E, E, E), level=CQLevel.MEDIUM),
    Case(id="all but knowledge, which is wrong", states=(C, E, E, E), level=CQLevel.MEDIUM),
    Case(id="all but a second look", states=(E, N, E, E), level=CQLevel.MEDIUM),
    Case(id="knows and wants without acting (salesperson B)", states=(E, E, E, N), level=CQLevel.LOW),
    Case(id="facework without wanting (salesperson D)", states=(E, E, C, E), level=CQLevel.LOW),
    Case(id="motivation alone", states=(N, N, E, N), level=CQLevel.LOW),
    Case(id="motivation contrary", states=(N, N, C, N), level=CQLevel.LOW),
    Case(id="nothing shown", states=(N, N, N, N), level=CQLevel.UNCLEAR),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_level_follows_table_a1(case: Case, corpus: Corpus) -> None:
    labels = {f"cq.{dimension}": state for dimension, state in zip(Dimension, case.states, strict=True)}
    judgement = judge_cultural_intelligence(a_reading(labels=labels), corpus.indicators)
    assert judgement.level is case.level
    assert tuple(judgement.dimensions[dimension].state for dimension in Dimension) == case.states


@pytest.mark.parametrize("states", list(product((E, C, N), repeat=4)), ids="-".join)
def test_motivation_contrary_is_never_more_than_low(states: tuple[str, ...], corpus: Corpus) -> None:
    labels = {f"cq.{dimension}": state for dimension, state in zip(Dimension, states, strict=True)}
    judgement = judge_cultural_intelligence(a_reading(labels=labels), corpus.indicators)
    assert judgement.level is CQLevel.LOW or states[2] != C
    assert (judgement.level is CQLevel.HIGH) == (states == (E, E, E, E))


@pytest.mark.parametrize("dimension", list(Dimension))
@pytest.mark.parametrize("state", list(DimensionState))
def test_each_state_rests_on_its_own_code(dimension: Dimension, state: DimensionState, corpus: Corpus) -> None:
    codes = {E: f"cq.{dimension}", C: f"cq.{dimension}_contrary"}
    units = [Unit(text=f"This shows {name}.", shows={code: 0.9}) for name, code in codes.items()]
    reading = a_reading(*units, labels={f"cq.{dimension}": state})
    shown = judge_cultural_intelligence(reading, corpus.indicators).dimensions[dimension].evidence
    assert [item.indicator for item in shown] == ([codes[state]] if state in codes else [])


def test_conduct_counts_as_it_stands_whatever_its_scope(corpus: Corpus) -> None:
    unit = Unit(text="I would learn Thai for her.", shows={"cq.behavioural": 0.9}, scope=Scope.HYPOTHETICAL)
    reading = a_reading(unit, labels={"cq.behavioural": E})
    shown = judge_cultural_intelligence(reading, corpus.indicators).dimensions[Dimension.BEHAVIOURAL].evidence
    assert [item.scope for item in shown] == [Scope.ACTUAL]


def test_at_most_two_passages_a_dimension(corpus: Corpus) -> None:
    units = [Unit(text=f"Lesson {number}.", shows={"cq.behavioural": 0.9}) for number in range(5)]
    reading = a_reading(*units, labels={"cq.behavioural": E})
    assert len(judge_cultural_intelligence(reading, corpus.indicators).dimensions[Dimension.BEHAVIOURAL].evidence) == 2
