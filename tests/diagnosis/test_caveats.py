"""Caveats: what a diagnosis may not be taken to mean (D1, D3, and a phase that is only probable)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from advising.situations import a_diagnosis

from coach.diagnosis.caveats import caveats_for
from coach.framework import Context, CultureFlag, Phase
from coach.library import Corpus

SCOPE, BORDERLINE, BICULTURAL = CultureFlag.SCOPE_CAVEAT, CultureFlag.BORDERLINE, CultureFlag.BICULTURAL


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    given: dict[str, Any] = field(default_factory=dict)
    shown: tuple[str, ...]


CASES = [
    Case(id="within the study", shown=()),
    Case(id="HC with LC", given={"flags": (SCOPE,), "customer": Context.LOW}, shown=("salesperson_hc",)),
    Case(id="HC with HC", given={"flags": (SCOPE,), "customer": Context.HIGH}, shown=("both_hc",)),
    Case(id="HC with unknown", given={"flags": (SCOPE,), "customer": Context.UNCLEAR}, shown=("salesperson_hc",)),
    Case(id="a country between the categories", given={"flags": (BORDERLINE,)}, shown=("borderline",)),
    Case(id="at home in two cultures", given={"flags": (BICULTURAL,)}, shown=("bicultural",)),
    Case(id="a phase that may be another", given={"confidence": 0.59}, shown=("phase_uncertain",)),
    Case(id="sure enough", given={"confidence": 0.6}, shown=()),
    Case(id="an unclear phase is asked about instead", given={"phase": Phase.UNCLEAR, "confidence": 0.4}, shown=()),
    Case(
        id="several, in the order of the corpus",
        given={"flags": (BICULTURAL, SCOPE, BORDERLINE), "customer": Context.LOW, "confidence": 0.4},
        shown=("salesperson_hc", "borderline", "bicultural", "phase_uncertain"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_which_caveats_hold(case: Case, corpus: Corpus) -> None:
    diagnosis = a_diagnosis(**case.given)
    texts = {caveat.applies: caveat.text for caveat in corpus.caveats}
    assert caveats_for(diagnosis.phase, diagnosis.diversity, corpus.caveats) == tuple(texts[c] for c in case.shown)
