"""What is measured, as records: the packaged report, the page in the app and the HTML file all show these."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

PACKAGED_REPORT = Path(__file__).parent / "report.json"

Share = Annotated[float, Field(ge=0, le=1)]


class _Measured(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Figure(_Measured):
    """A figure with its 95 % bootstrap interval over accounts."""

    value: float
    low: float
    high: float


class Agreement(_Measured):
    """How well the reader agrees with a coder on one judgement; None where a figure makes no sense."""

    judgement: str
    kappa: Figure | None
    weighted_kappa: Figure | None = None
    """Linear-weighted, where the labels are ordered."""
    macro_f1: Figure | None
    target: float | None = None
    """What the project set itself, for the figure that `target_of` names."""
    target_of: str | None = None
    """`kappa`, `weighted_kappa` or `macro_f1`."""
    baselines: dict[str, float] = {}
    """The same figure (kappa) of simple methods, by name."""


class Table(_Measured):
    """All judgements on one set of accounts."""

    name: str
    accounts: int
    judgements: tuple[Agreement, ...]
    dimensions_macro_f1: float | None
    """Mean macro-F1 of the four CQ dimensions."""
    asks_when_unclear: Share | None
    """Share of the accounts with no evidence of a phase in which the reader asks."""
    asks_when_clear: Share | None
    calibration_error: Share | None
    """Expected calibration error of the phase, over accounts with a phase."""
    targets: dict[str, float] = {}
    """What the project set itself for the last four figures, by field name."""


class Confusion(_Measured):
    """How often a coder's label (row) met the reader's (column)."""

    judgement: str
    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


class CalibrationBin(_Measured):
    """Accounts whose phase was told with about the same confidence."""

    confidence: Share
    hit_rate: Share
    accounts: int


class CoveragePoint(_Measured):
    """Error of the phase when only the surest share of the accounts is answered."""

    coverage: Share
    error: Share


class LearningPoint(_Measured):
    """Kappa of some judgements when trained on so many accounts, on writers not among them."""

    accounts: int
    kappas: dict[str, float]


class Slice(_Measured):
    """Kappa of some judgements on accounts with one tag, or of one length."""

    kind: str
    """`tag` or `length`."""
    name: str
    accounts: int
    kappas: dict[str, float | None]


class RankingFigures(_Measured):
    """How well a ranking of passages answers questions."""

    ranking: str
    questions: int
    hit_at_5: Share
    mean_reciprocal_rank: Share


class Report(_Measured):
    """Everything that is measured."""

    corpus: str
    """Version of the corpus."""
    accounts: int
    writers: int
    folds: int
    tables: tuple[Table, ...]
    """First all cross-validated accounts, then the plain ones, the hard ones, and the development accounts."""
    confusions: tuple[Confusion, ...] = ()
    calibration: tuple[CalibrationBin, ...] = ()
    risk_coverage: tuple[CoveragePoint, ...] = ()
    learning_curve: tuple[LearningPoint, ...] = ()
    slices: tuple[Slice, ...] = ()
    second_coder: dict[str, float] = {}
    """Kappa of a second, blind coder, by judgement."""
    retrieval: tuple[RankingFigures, ...] = ()


def packaged_report() -> Report | None:
    """Return the report that came with this version, None where there is none that can be read."""
    try:
        return Report.model_validate_json(PACKAGED_REPORT.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
