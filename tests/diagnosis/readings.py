"""Readings built by hand: units with what they show, and how sure the reader is of each judgement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from coach.framework import (
    Context,
    CultureFlag,
    Depth,
    Dimension,
    DimensionState,
    OneSided,
    Phase,
    Scope,
    Willingness,
)
from coach.records import Account, CultureReading, Reading, UnitReading

LABELS: Mapping[str, tuple[str, ...]] = {
    "phase": tuple(map(str, Phase)),
    "disclosure": tuple(map(str, Depth)),
    "one_sided": tuple(map(str, OneSided)),
    "willingness": tuple(map(str, Willingness)),
    "regressed": ("true", "false"),
    **{f"cq.{dimension}": tuple(map(str, DimensionState)) for dimension in Dimension},
}
SURE = 0.91


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """A sentence, the indicators it shows, and by how much it speaks for each label of a judgement."""

    text: str
    shows: Mapping[str, float] = field(default_factory=dict)
    scope: Scope = Scope.ACTUAL
    influence: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def sure_of(judgement: str, label: str, *, probability: float = SURE) -> dict[str, float]:
    """Return probabilities that put most on one label and share the rest."""
    others = [other for other in LABELS[judgement] if other != label]
    return {label: probability, **{other: (1 - probability) / len(others) for other in others}}


_QUIET = {
    "phase": "unclear",
    "disclosure": "unclear",
    "one_sided": "none",
    "willingness": "unclear",
    "regressed": "false",
    **{f"cq.{dimension}": "not_evident" for dimension in Dimension},
}


def a_reading(
    *units: Unit,
    labels: Mapping[str, str] | None = None,
    probabilities: Mapping[str, Mapping[str, float]] | None = None,
    salesperson: Context = Context.LOW,
    customer: Context = Context.HIGH,
    flags: tuple[CultureFlag, ...] = (),
) -> Reading:
    """Return a reading of the units joined by spaces; judgements not named are unclear, not evident or none."""
    units = units or (Unit(text="We sell pumps."),)
    placed, text = [], ""
    for unit in units:
        start = len(text) + 1 if text else 0
        text = f"{text} {unit.text}" if text else unit.text
        placed.append(
            UnitReading(
                start=start,
                end=start + len(unit.text),
                indicators=dict(unit.shows),
                scope=unit.scope,
                influence={name: dict(values) for name, values in unit.influence.items()},
            )
        )
    chosen = {**_QUIET, **(labels or {})}
    return Reading(
        account=Account(text=text),
        units=tuple(placed),
        probabilities={
            **{name: sure_of(name, label) for name, label in chosen.items()},
            **{name: dict(table) for name, table in (probabilities or {}).items()},
        },
        salesperson=CultureReading(context=salesperson),
        customer=CultureReading(context=customer),
        culture_flags=flags,
    )
