"""Plans for a fixed sample of all situations, made once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from advising.situations import every_diagnosis
from coach.advising import Address, plan
from coach.library import Corpus
from coach.records import Advice, Diagnosis

EVERY = 11
"""Shares no factor with the number of labels of any judgement, so that every pair of labels occurs in the sample."""

ADDRESS = Address("Mr Kuroda", "him", "his")


@dataclass(frozen=True, slots=True)
class Planned:
    """A situation and the advice that it gets."""

    diagnosis: Diagnosis
    advice: Advice


@pytest.fixture(scope="session")
def known_sources(corpus: Corpus) -> frozenset[str]:
    """Every id that may be cited."""
    return frozenset(corpus.quotes.keys() | corpus.cards.keys() | corpus.cases.keys())


@pytest.fixture(scope="session")
def plan_for(corpus: Corpus, known_sources: frozenset[str]) -> Callable[[Diagnosis], Advice]:
    """Plan from the real playbook, with no passage nearer than another."""

    def make(diagnosis: Diagnosis) -> Advice:
        return plan(
            diagnosis,
            corpus.playbook.values(),
            corpus.holds,
            relevance={},
            known_sources=known_sources,
            address=ADDRESS,
        )

    return make


@pytest.fixture(scope="session")
def planned(plan_for: Callable[[Diagnosis], Advice]) -> list[Planned]:
    """A plan for each situation of the sample."""
    return [Planned(diagnosis, plan_for(diagnosis)) for diagnosis in every_diagnosis(step=EVERY)]
