"""Which of the targets that the project set itself are reached, and which are not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from coach.evaluation.figures import Agreement, Figure, Report, Table
from coach.evaluation.page_texts import AT_MOST


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """One target, and what was measured against it."""

    table: str
    """Name of the accounts it is for."""
    subject: str
    """The judgement, or the field of a table."""
    figure: str
    """`kappa`, `weighted_kappa` or `macro_f1`; for a field of a table its name once more."""
    value: float
    target: float
    at_most: bool = False
    """True where smaller is better."""

    @property
    def met(self) -> bool:
        """Whether the target is reached."""
        return self.value <= self.target if self.at_most else self.value >= self.target

    @property
    def gap(self) -> float:
        """How far the figure is from the target; positive where it is missed."""
        return self.value - self.target if self.at_most else self.target - self.value


def aimed_at(agreement: Agreement) -> Figure | None:
    """Return the figure that the target of a judgement is for; None without a target or a figure."""
    if agreement.target is None:
        return None
    by_name = {"kappa": agreement.kappa, "weighted_kappa": agreement.weighted_kappa, "macro_f1": agreement.macro_f1}
    return by_name.get(agreement.target_of or "kappa")


def judged_outcome(table: Table, agreement: Agreement) -> Outcome | None:
    """Return how a judgement stands to its target; None where there is nothing to compare."""
    figure = aimed_at(agreement)
    if figure is None or agreement.target is None:
        return None
    return Outcome(
        table=table.name,
        subject=agreement.judgement,
        figure=agreement.target_of or "kappa",
        value=figure.value,
        target=agreement.target,
    )


def share_outcome(table: Table, field: str) -> Outcome | None:
    """Return how a figure of the whole table stands to its target; None where there is nothing to compare."""
    value, target = getattr(table, field, None), table.targets.get(field)
    if value is None or target is None:
        return None
    return Outcome(table=table.name, subject=field, figure=field, value=value, target=target, at_most=field in AT_MOST)


def outcomes(report: Report) -> tuple[Outcome, ...]:
    """Return every target of a report that can be compared with a figure, in the order of the tables."""
    return tuple(_outcomes(report))


def _outcomes(report: Report) -> Iterator[Outcome]:
    for table in report.tables:
        for found in (judged_outcome(table, agreement) for agreement in table.judgements):
            if found is not None:
                yield found
        for found in (share_outcome(table, field) for field in table.targets):
            if found is not None:
                yield found
