"""The report as a page of text, each figure beside its target and its baselines."""

from __future__ import annotations

from coach.evaluation.figures import Agreement, Figure, Report, Slice, Table

_SLICED = ("phase", "disclosure", "diversity", "cq", "willingness")


def render_text(report: Report) -> str:
    """Return the report as a page of text."""
    parts = [f"Corpus {report.corpus}; {report.accounts} accounts by {report.writers} writers, {report.folds} folds by writer"]
    if report.retrieval:
        parts.append(_retrieval(report))
    parts += [_table(table) for table in report.tables]
    if report.second_coder:
        rows = "\n".join(f"{name:20}{value:8.3f}" for name, value in report.second_coder.items())
        parts.append(f"A second, blind coder (kappa)\n{rows}")
    parts += [_confusion(report)] if report.confusions else []
    if report.calibration:
        rows = "\n".join(f"{b.confidence:10.3f}{b.hit_rate:10.3f}{b.accounts:10d}" for b in report.calibration)
        parts.append(f"Phase: how sure, how often right, accounts\n{rows}")
    if report.risk_coverage:
        rows = "\n".join(f"{p.coverage:10.2f}{p.error:10.3f}" for p in report.risk_coverage)
        parts.append(f"Phase: share answered (the surest first), share of errors\n{rows}")
    if report.learning_curve:
        rows = "\n".join(
            f"{point.accounts:10d}" + "".join(f"{point.kappas.get(name, float('nan')):12.3f}" for name in _SLICED)
            for point in report.learning_curve
        )
        parts.append(f"Learning curve: accounts trained on, kappa on the first fold\n{_header(10)}\n{rows}")
    if report.slices:
        rows = "\n".join(_slice(row) for row in report.slices)
        parts.append(f"By length and tag (kappa)\n{_header(34)}\n{rows}")
    return "\n\n".join(parts)


def _retrieval(report: Report) -> str:
    rows = "\n".join(f"{r.ranking:16}{r.hit_at_5:8.3f}{r.mean_reciprocal_rank:8.3f}" for r in report.retrieval)
    return f"Retrieval\n{'':16}{'hit@5':>8}{'MRR':>8}\n{rows}"


def _table(table: Table) -> str:
    names = list(dict.fromkeys(name for row in table.judgements for name in row.baselines))
    head = f"{'':20}{'kappa':>8}{'':18}{'weighted':>9}{'macro-F1':>10}{'target':>18}" + "".join(f"{n:>18}" for n in names)
    lines = [f"Reader, {table.name} ({table.accounts}), 95 % bootstrap intervals", head]
    lines += [_row(row, names) for row in table.judgements]
    for field, words in (
        ("dimensions_macro_f1", "CQ dimensions, mean macro-F1"),
        ("asks_when_unclear", "asks when the phase is unclear"),
        ("asks_when_clear", "asks when it is clear"),
        ("calibration_error", "phase calibration error"),
    ):
        value = getattr(table, field)
        target = f" (target {table.targets[field]:.2f})" if field in table.targets else ""
        lines.append(f"{words}: {'-' if value is None else f'{value:.3f}'}{target}")
    return "\n".join(lines)


def _row(row: Agreement, baselines: list[str]) -> str:
    interval = f"[{row.kappa.low:.3f}, {row.kappa.high:.3f}]" if row.kappa else ""
    target = f"{row.target:.2f} {(row.target_of or '').replace('_kappa', '')}" if row.target is not None else ""
    beside = "".join(f"{row.baselines[name]:18.3f}" if name in row.baselines else " " * 18 for name in baselines)
    figures = f"{_value(row.kappa):>8} {interval:17}{_value(row.weighted_kappa):>9}{_value(row.macro_f1):>10}{target:>18}"
    return f"{row.judgement:20}{figures}{beside}".rstrip()


def _value(figure: Figure | None) -> str:
    return "" if figure is None else f"{figure.value:.3f}"


def _confusion(report: Report) -> str:
    parts = []
    for table in report.confusions:
        width = max(len(label) for label in table.labels) + 2
        rows = "\n".join(
            f"{label:{width}}" + "".join(f"{count:>{width}}" for count in counts)
            for label, counts in zip(table.labels, table.counts, strict=True)
        )
        head = " " * width + "".join(f"{label:>{width}}" for label in table.labels)
        parts.append(f"{table.judgement}: coder (rows) and reader (columns)\n{head}\n{rows}")
    return "\n\n".join(parts)


def _header(width: int) -> str:
    return " " * width + "".join(f"{name:>12}" for name in _SLICED)


def _slice(row: Slice) -> str:
    values = [row.kappas.get(name) for name in _SLICED]
    cells = "".join(" " * 12 if value is None else f"{value:12.3f}" for value in values)
    return f"{row.name[:26]:27}{row.accounts:6d} {cells}".rstrip()
