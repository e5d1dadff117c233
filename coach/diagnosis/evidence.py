"""Choosing the user's own words that carry a verdict.

A unit is evidence for a label where it shows an indicator that supports the label and where leaving the unit out would
weaken the verdict. Where no unit passes both, the one that weighs most stands in, so that a verdict is never bare.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from coach.framework import Scope
from coach.library.schema import Indicator
from coach.records import Evidence, Reading, UnitReading

MOST_SHOWN = 4
"""Passages shown for one verdict."""

_SCOPED = ("disclosure.", "contact.", "trust.", "identity.", "incident.")
_FAINT = 0.1
"""Weight of a unit that carries a verdict without showing any indicator clearly."""

_HARMLESS_LOSS = -0.02
"""Log-odds: a unit whose absence would strengthen the verdict by more than this is not evidence for it."""


def evidence_for(
    reading: Reading,
    indicators: Mapping[str, Indicator],
    supports: Collection[str],
    *,
    judgement: str,
    label: str,
    actual_only: bool = True,
    families: tuple[str, ...] = ("",),
) -> tuple[Evidence, ...]:
    """Return the passages that carry a verdict, in the order of the account.

    Args:
        reading: what was read.
        indicators: the codes, for what each supports and how strongly.
        supports: the `judgement.label` strings that count.
        judgement: name under which the reader was trained, for the influence of units.
        label: the verdict.
        actual_only: leave out what is negated, wished, over or somebody else's.
        families: prefixes of the indicators that may stand in where none passes.
    """
    found: list[tuple[float, Evidence]] = []
    for unit in reading.units:
        pull = _influence(unit, judgement, label)
        if pull < _HARMLESS_LOSS:
            continue
        best = _best(reading, unit, indicators, supports, actual_only=actual_only)
        if best is not None:
            found.append((best.weight + min(pull, 1.0), best))
    if not found and (stand_in := _stand_in(reading, indicators, supports, judgement, label, families)) is not None:
        found = [(0.0, stand_in)]
    chosen = sorted(found, key=lambda item: -item[0])[:MOST_SHOWN]
    return tuple(sorted((item for _, item in chosen), key=lambda item: item.start))


def evidence_against(reading: Reading, indicators: Mapping[str, Indicator], judgement: str, label: str) -> tuple[Evidence, ...]:
    """Return up to three passages that speak for another label of a judgement, or would but for their scope."""
    found: list[tuple[float, Evidence]] = []
    for unit in reading.units:
        for code, strength in unit.indicators.items():
            for support in indicators[code].supports:
                family, _, other = support.rpartition(".")
                scope = scope_of(code, unit)
                if family != judgement or (other == label and scope is Scope.ACTUAL):
                    continue
                item = _item(reading, unit, code, support, strength * indicators[code].weight, scope)
                found.append((item.weight, item))
    unique: dict[int, tuple[float, Evidence]] = {}
    for weight, item in found:
        if item.start not in unique or unique[item.start][0] < weight:
            unique[item.start] = (weight, item)
    chosen = sorted(unique.values(), key=lambda item: -item[0])[:3]
    return tuple(sorted((item for _, item in chosen), key=lambda item: item.start))


def scope_of(code: str, unit: UnitReading) -> Scope:
    """Return the scope of an indicator in a unit: wanting and conduct are read as they stand, events only if actual."""
    return unit.scope if code.startswith(_SCOPED) else Scope.ACTUAL


def _best(
    reading: Reading,
    unit: UnitReading,
    indicators: Mapping[str, Indicator],
    supports: Collection[str],
    *,
    actual_only: bool,
) -> Evidence | None:
    items = [
        _item(reading, unit, code, support, strength * indicators[code].weight, scope_of(code, unit))
        for code, strength in unit.indicators.items()
        for support in indicators[code].supports
        if support in supports and (not actual_only or scope_of(code, unit) is Scope.ACTUAL)
    ]
    return max(items, key=lambda item: item.weight, default=None)


def _stand_in(
    reading: Reading,
    indicators: Mapping[str, Indicator],
    supports: Collection[str],
    judgement: str,
    label: str,
    families: tuple[str, ...],
) -> Evidence | None:
    """Return the unit that weighs most for a verdict, under its likeliest fitting indicator; None where none weighs."""
    if not reading.units:
        return None
    unit = max(reading.units, key=lambda candidate: _influence(candidate, judgement, label))
    if _influence(unit, judgement, label) <= 0 and len(reading.units) > 1:
        return None
    fitting = [code for code in unit.indicators if code.startswith(families)]
    if fitting:
        code = max(fitting, key=lambda name: unit.indicators[name])
        strength = unit.indicators[code] * indicators[code].weight
    else:
        code = next(name for name, indicator in indicators.items() if set(indicator.supports) & set(supports))
        strength = _FAINT
    return _item(reading, unit, code, f"{judgement}.{label}", strength, scope_of(code, unit))


def _item(reading: Reading, unit: UnitReading, code: str, support: str, weight: float, scope: Scope) -> Evidence:
    return Evidence(
        quote=reading.account.text[unit.start : unit.end],
        start=unit.start,
        end=unit.end,
        indicator=code,
        supports=support,
        weight=round(min(weight, 1.0), 3),
        scope=scope,
    )


def _influence(unit: UnitReading, judgement: str, label: str) -> float:
    return unit.influence.get(judgement, {}).get(label, 0.0)
