"""A report with every part filled, for tests of what is shown; its figures are made up."""

from __future__ import annotations

from coach.evaluation.figures import (
    Agreement,
    CalibrationBin,
    Confusion,
    CoveragePoint,
    Figure,
    LearningPoint,
    RankingFigures,
    Report,
    Slice,
    Table,
)

_BASELINES = ("majority", "keyword lexicon", "bag of words", "nearest quote")
_ORDERED = ("phase", "disclosure", "cq")
_SHOWN = ("phase", "disclosure", "diversity", "cq", "willingness")
_JUDGED = (
    *_SHOWN,
    "regressed",
    "one_sided",
    *(f"cq.{name}" for name in ("cognitive", "metacognitive", "motivational", "behavioural")),
)

_ALL = (0.913, 0.921, 0.964, 0.741, 0.702, 0.688, 0.593, 0.764, 0.821, 0.803, 0.777)
_PLAIN = (0.958, 0.949, 0.981, 0.772, 0.793, 0.902, 0.655, 0.782, 0.884, 0.901, 0.812)
_HARD = (0.861, 0.884, 0.9496, 0.681, 0.644, 0.402, 0.548, 0.731, 0.752, 0.729, 0.741)
_DEVELOPMENT = (0.954, 0.977, 1.0, 0.798, 0.749, 1.0, -0.021, 0.768, 0.936, 0.969, 0.787)

_TARGETS = {
    "plain": (("kappa", 0.95), ("weighted_kappa", 0.94), ("kappa", 0.97), ("weighted_kappa", 0.78), ("kappa", 0.78)),
    "hard": (("kappa", 0.85), ("weighted_kappa", 0.86), ("kappa", 0.95), ("weighted_kappa", 0.74), ("kappa", 0.70)),
}
_OTHER_TARGETS = {
    "plain": {"dimensions_macro_f1": 0.75, "asks_when_unclear": 0.90, "asks_when_clear": 0.02, "calibration_error": 0.05},
    "hard": {"dimensions_macro_f1": 0.70, "asks_when_unclear": 0.85, "asks_when_clear": 0.05, "calibration_error": 0.06},
}


def _figure(value: float, spread: float) -> Figure:
    return Figure(value=value, low=round(max(-1.0, value - spread), 3), high=round(min(1.0, value + spread * 0.8), 3))


def _baselines(place: int, judgement: str) -> dict[str, float]:
    values = (0.0, 0.31 + 0.02 * (place % 5), 0.52 + 0.03 * (place % 4), 0.18)
    beside = {name: round(value, 3) for name, value in zip(_BASELINES, values, strict=True)}
    if judgement not in ("phase", "disclosure"):
        del beside["nearest quote"]
    return beside | ({"CQ and diversity": 0.644} if judgement == "phase" else {})


def _table(name: str, accounts: int, kappas: tuple[float, ...], spread: float, targets: str = "") -> Table:
    judgements = []
    for place, (judgement, kappa) in enumerate(zip(_JUDGED, kappas, strict=True)):
        of, target = _TARGETS[targets][place] if targets and place < len(_SHOWN) else (None, None)
        judgements.append(
            Agreement(
                judgement=judgement,
                kappa=_figure(kappa, spread),
                weighted_kappa=_figure(round(min(1.0, kappa + 0.024), 3), spread) if judgement in _ORDERED else None,
                macro_f1=_figure(round(min(1.0, abs(kappa) + 0.031), 3), spread),
                target=target,
                target_of=of,
                baselines=_baselines(place, judgement) if targets or accounts > 1000 else {},
            )
        )
    return Table(
        name=name,
        accounts=accounts,
        judgements=tuple(judgements),
        dimensions_macro_f1=0.768 if targets != "hard" else 0.711,
        asks_when_unclear=0.936 if targets != "hard" else 0.834,
        asks_when_clear=0.011,
        calibration_error=0.032,
        targets=_OTHER_TARGETS.get(targets, {}),
    )


def rich_report() -> Report:
    """Return a report in which nothing is missing."""
    accounts = (231, 462, 694, 925, 1387)
    ends = {"phase": 0.92, "disclosure": 0.925, "diversity": 0.96, "cq": 0.73, "willingness": 0.71}
    starts = {"phase": 0.68, "disclosure": 0.71, "diversity": 0.93, "cq": 0.42, "willingness": 0.34}
    tags = {"hard": 866, "plain": 768, "trial": 512, "second language": 344, "one_sided": 121, "several customers": 44}
    lengths = {"under 30 words": 88, "30 to 79 words": 612, "80 to 149 words": 790, "150 words and more": 144}
    return Report(
        corpus="f76238eeaf7c",
        accounts=1634,
        writers=41,
        folds=5,
        tables=(
            _table("unseen writers", 1634, _ALL, 0.022),
            _table("unseen writers, plain accounts", 768, _PLAIN, 0.031, "plain"),
            _table("unseen writers, hard accounts", 866, _HARD, 0.038, "hard"),
            _table("development accounts", 60, _DEVELOPMENT, 0.105),
        ),
        confusions=(
            Confusion(
                judgement="phase",
                labels=("trial", "enmeshment", "renegotiation", "unclear"),
                counts=((498, 21, 2, 6), (17, 421, 19, 3), (1, 24, 402, 1), (9, 4, 0, 206)),
            ),
            Confusion(
                judgement="disclosure",
                labels=("superficial", "more_intimate", "most_intimate", "unclear"),
                counts=((611, 14, 0, 11), (22, 480, 13, 2), (0, 16, 290, 1), (8, 3, 0, 163)),
            ),
            Confusion(
                judgement="diversity",
                labels=("low", "high", "unclear"),
                counts=((402, 9, 11), (6, 988, 14), (4, 7, 193)),
            ),
            Confusion(
                judgement="cq",
                labels=("low", "medium", "high", "unclear"),
                counts=((420, 61, 2, 18), (52, 508, 41, 6), (1, 39, 240, 0), (24, 5, 0, 217)),
            ),
            Confusion(
                judgement="willingness",
                labels=("mutual", "customer_only", "salesperson_only", "neither", "unclear"),
                counts=(
                    (412, 18, 22, 1, 40),
                    (14, 121, 2, 6, 19),
                    (21, 3, 188, 4, 33),
                    (0, 5, 6, 96, 14),
                    (38, 14, 41, 12, 504),
                ),
            ),
        ),
        calibration=tuple(
            CalibrationBin(confidence=confidence, hit_rate=hit_rate, accounts=count)
            for confidence, hit_rate, count in (
                (0.447, 0.391, 23),
                (0.556, 0.583, 48),
                (0.651, 0.618, 76),
                (0.757, 0.779, 113),
                (0.858, 0.842, 221),
                (0.967, 0.981, 934),
            )
        ),
        risk_coverage=tuple(
            CoveragePoint(coverage=place / 20, error=round(0.004 + 0.063 * (place / 20) ** 3, 4)) for place in range(1, 21)
        ),
        learning_curve=tuple(
            LearningPoint(
                accounts=count,
                kappas={
                    name: round(ends[name] - (ends[name] - starts[name]) * (1 - place / (len(accounts) - 1)) ** 1.7, 3)
                    for name in _SHOWN
                },
            )
            for place, count in enumerate(accounts)
        ),
        slices=tuple(
            Slice(
                kind=kind,
                name=name,
                accounts=count,
                kappas={
                    judgement: None if count < 50 and judgement == "willingness" else round(0.95 - 0.07 * place - 0.03 * row, 3)
                    for place, judgement in enumerate(_SHOWN)
                },
            )
            for kind, named in (("length", lengths), ("tag", tags))
            for row, (name, count) in enumerate(named.items())
        ),
        second_coder={"phase": 0.981, "disclosure": 0.967, "diversity": 0.993, "cq": 0.954, "willingness": 0.948},
        retrieval=(
            RankingFigures(ranking="fused", questions=80, hit_at_5=0.8, mean_reciprocal_rank=0.662),
            RankingFigures(ranking="dense", questions=80, hit_at_5=0.7125, mean_reciprocal_rank=0.644),
            RankingFigures(ranking="lexical", questions=80, hit_at_5=0.55, mean_reciprocal_rank=0.486),
        ),
    )
