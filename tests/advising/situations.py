"""Diagnoses built by hand from labels, and every combination of labels that can occur."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from coach.framework import (
    Context,
    CultureFlag,
    Depth,
    Dimension,
    DimensionState,
    Incident,
    OneSided,
    Phase,
    Willingness,
    business_stage_of,
    cq_level,
    diversity_between,
    weakest_dimension,
)
from coach.records import (
    BusinessStageJudgement,
    CQJudgement,
    CultureReading,
    Diagnosis,
    DimensionJudgement,
    DisclosureJudgement,
    DiversityJudgement,
    Evidence,
    PhaseJudgement,
    WillingnessJudgement,
)

_STATES = {"e": DimensionState.EVIDENT, "c": DimensionState.CONTRARY, "n": DimensionState.NOT_EVIDENT}


def dimension_states(letters: str) -> dict[Dimension, DimensionState]:
    """Return the four states from letters such as `ecnn`: cognitive, metacognitive, motivational, behavioural."""
    return {dimension: _STATES[letter] for dimension, letter in zip(Dimension, letters, strict=True)}


def a_diagnosis(
    *,
    phase: Phase = Phase.TRIAL,
    depth: Depth = Depth.SUPERFICIAL,
    salesperson: Context = Context.LOW,
    customer: Context = Context.HIGH,
    willingness: Willingness = Willingness.MUTUAL,
    states: str = "eeee",
    incidents: tuple[Incident, ...] = (),
    one_sided: OneSided = OneSided.NONE,
    regressed: bool = False,
    confidence: float = 0.9,
    flags: tuple[CultureFlag, ...] = (),
    evidence: tuple[Evidence, ...] = (),
    cq_evidence: Mapping[Dimension, tuple[Evidence, ...]] | None = None,
    caveats: tuple[str, ...] = (),
) -> Diagnosis:
    """Return a diagnosis with these labels; what is not named is a trial that both want and that shows all of CQ."""
    held = dimension_states(states)
    rest = (1 - confidence) / 2
    probabilities = {str(p): confidence if p is phase else rest for p in Phase if p is not Phase.UNCLEAR}
    return Diagnosis(
        phase=PhaseJudgement(
            label=phase,
            probabilities=probabilities,
            confidence=confidence,
            regressed=regressed,
            evidence=() if phase is Phase.UNCLEAR else evidence,
        ),
        disclosure=DisclosureJudgement(label=depth, one_sided=one_sided, evidence=evidence[:1]),
        diversity=DiversityJudgement(
            label=diversity_between(salesperson, customer),
            salesperson=CultureReading(context=salesperson),
            customer=CultureReading(context=customer),
            flags=flags,
        ),
        cq=CQJudgement(
            level=cq_level(held),
            dimensions={
                name: DimensionJudgement(state=state, evidence=(cq_evidence or {}).get(name, ()))
                for name, state in held.items()
            },
        ),
        willingness=WillingnessJudgement(label=willingness, evidence=evidence[:1]),
        business_stage=BusinessStageJudgement(label=business_stage_of(phase)),
        incidents=incidents,
        caveats=caveats,
    )


def telling_states() -> list[str]:
    """Return one set of states for each pair of CQ level and weakest dimension that can occur."""
    found: dict[tuple[str, str], str] = {}
    for letters in map("".join, product("ecn", repeat=4)):
        held = dimension_states(letters)
        found.setdefault((cq_level(held), weakest_dimension(held)), letters)
    return list(found.values())


PAIRS = tuple({(diversity_between(a, b), b): (a, b) for a, b in product(Context, Context)}.values())
"""Every pair of contexts that advice can tell apart, salesperson's first."""

COMBINATIONS = len(Phase) * len(Depth) * len(PAIRS) * len(Willingness) * len(telling_states()) * (len(Incident) + 1)


def every_diagnosis(*, step: int = 1) -> Iterator[Diagnosis]:
    """Yield a diagnosis for each `step`-th combination of phase, depth, pair, willingness, CQ and at most one incident.

    One-sidedness goes round with the count, so that it meets all other labels in turn.
    """
    sides = tuple(OneSided)
    everything = product(Phase, Depth, PAIRS, Willingness, telling_states(), (None, *Incident))
    for number, (phase, depth, (own, other), will, states, incident) in enumerate(everything):
        if number % step == 0:
            yield a_diagnosis(
                phase=phase,
                depth=depth,
                salesperson=own,
                customer=other,
                willingness=will,
                states=states,
                incidents=() if incident is None else (incident,),
                one_sided=sides[number // step % len(sides)],
                regressed=incident is Incident.COOLED and phase in (Phase.TRIAL, Phase.ENMESHMENT),
            )


def told(diagnosis: Diagnosis) -> str:
    """Return the labels of a diagnosis in one line, for a failing test."""
    return " ".join(
        [
            diagnosis.phase.label,
            diagnosis.disclosure.label,
            f"{diagnosis.diversity.label}/{diagnosis.diversity.customer.context}",
            diagnosis.willingness.label,
            f"cq={diagnosis.cq.level}",
            *diagnosis.incidents,
        ]
    )
