"""Diversity: Hall's categories of two persons compared, with what was read about them handed on unchanged."""

from __future__ import annotations

from itertools import product

import pytest

from coach.diagnosis.diversity import judge_diversity
from coach.framework import Context, CultureFlag, Diversity
from diagnosis.readings import a_reading


@pytest.mark.parametrize(("salesperson", "customer"), list(product(Context, Context)))
def test_same_category_is_low_and_different_is_high(salesperson: Context, customer: Context) -> None:
    label = judge_diversity(a_reading(salesperson=salesperson, customer=customer)).label
    assert (label is Diversity.UNCLEAR) == (Context.UNCLEAR in (salesperson, customer))
    assert (label is Diversity.LOW) == (salesperson is customer is not Context.UNCLEAR)


def test_flags_and_cultures_are_handed_on() -> None:
    reading = a_reading(flags=(CultureFlag.BORDERLINE, CultureFlag.BICULTURAL))
    judgement = judge_diversity(reading)
    assert judgement.flags == reading.culture_flags
    assert (judgement.salesperson, judgement.customer) == (reading.salesperson, reading.customer)
