"""The tables of the evaluation page: every figure once more, confusions, and slices, as HTML that reads well aloud.

Everything that comes out of a report is escaped here; shading only repeats what the numbers say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from string import ascii_lowercase

from coach.evaluation import page_texts as texts
from coach.evaluation.charts import number, percent
from coach.evaluation.figures import (
    CalibrationBin,
    Confusion,
    CoveragePoint,
    Figure,
    LearningPoint,
    Slice,
    Table,
)

_STRONGEST = 34
"""Percentage of the accent in the cell of the strongest tint; ink keeps AA contrast on it in light and in dark."""


def judgement_heading(judgement: str) -> str:
    """Return a judgement's plain name with the scholarly term under it."""
    name, term = texts.judgement_name(judgement), texts.judgement_term(judgement)
    beside = f" <small>{escape(term)}</small>" if term and term.lower() != name.lower() else ""
    return f"{escape(name)}{beside}"


def figures_table(table: Table) -> str:
    """Return all figures of a set of accounts, each with its interval, target and baselines."""
    names = list(dict.fromkeys(name for row in table.judgements for name in row.baselines))
    head = ["", "Kappa", "Linear-weighted kappa", "Macro-F1", "Target", *map(escape, names)]
    rows = []
    for row in table.judgements:
        figures = [_figure(figure) for figure in (row.kappa, row.weighted_kappa, row.macro_f1)]
        aimed = "" if row.target is None else texts.FIGURES.get(row.target_of or "kappa", row.target_of or "")
        target = "" if row.target is None else f"{number(row.target)} <small>{escape(aimed)}</small>"
        beside = [number(row.baselines[name], 3) if name in row.baselines else "" for name in names]
        rows.append([judgement_heading(row.judgement), *figures, target, *beside])
    return _folded(texts.ALL_FIGURES, _table(texts.held(table.name, table.accounts), head, rows))


def _figure(figure: Figure | None) -> str:
    if figure is None:
        return texts.NO_FIGURE
    return f"{number(figure.value, 3)} <small>{number(figure.low, 3)} to {number(figure.high, 3)}</small>"


def calibration_table(bins: Sequence[CalibrationBin]) -> str:
    """Return the points of the calibration curve."""
    rows = [[number(point.confidence, 3), number(point.hit_rate, 3), f"{point.accounts:,}"] for point in bins]
    return _folded(texts.AS_TABLE, _table(texts.CALIBRATION_WORDS, ["How sure", "How often right", "Accounts"], rows))


def coverage_table(points: Sequence[CoveragePoint]) -> str:
    """Return the points of the risk-coverage curve."""
    rows = [[percent(point.coverage), number(point.error, 3)] for point in points]
    return _folded(texts.AS_TABLE, _table(texts.COVERAGE_WORDS, ["Answered", "Share of mistakes"], rows))


def learning_table(points: Sequence[LearningPoint], judgements: Sequence[str]) -> str:
    """Return the points of the learning curves of some judgements."""
    rows = [
        [
            f"{point.accounts:,}",
            *(number(point.kappas[name], 3) if name in point.kappas else texts.NO_FIGURE for name in judgements),
        ]
        for point in points
    ]
    head = ["Accounts learnt from", *(judgement_heading(name) for name in judgements)]
    return _folded(texts.AS_TABLE, _table(texts.LEARNING.plain, head, rows))


def confusion_table(confusion: Confusion) -> str:
    """Return one confusion as a shaded table, with the commonest mistake in words."""
    names = [texts.label_name(confusion.judgement, label) for label in confusion.labels]
    letters = [ascii_lowercase[place % len(ascii_lowercase)] for place in range(len(names))]
    columns = "".join(
        f'<th scope="col"><span aria-hidden="true">{letter}</span><span class="unseen">{escape(name)}</span></th>'
        for letter, name in zip(letters, names, strict=True)
    )
    rows = "".join(
        f'<tr><th scope="row"><span class="letter" aria-hidden="true">{letter}</span>{escape(name)}</th>'
        f"{_counts(counts, place)}</tr>"
        for place, (letter, name, counts) in enumerate(zip(letters, names, confusion.counts, strict=False))
    )
    corner = f'<th scope="col" class="corner"><span>{texts.READER} →</span> <span>{texts.CODER} ↓</span></th>'
    table = _framed(texts.judgement_name(confusion.judgement), f"{corner}{columns}", rows, "shaded")
    right = sum(counts[place] for place, counts in enumerate(confusion.counts) if place < len(counts))
    total = sum(map(sum, confusion.counts))
    return (
        f'<div class="confusion"><h4>{judgement_heading(confusion.judgement)}</h4>{table}'
        f"<p>{texts.agreed(right, total)} {escape(_commonest(confusion, names))}</p></div>"
    )


def _counts(counts: Sequence[int], diagonal: int) -> str:
    total = sum(counts) or 1
    cells = [(f"--shade:{_STRONGEST * count / total:.0f}%", f"{count:,}") for count in counts]
    return "".join(
        f'<td class="agreed" style="{shade}"><b>{count}</b></td>' if place == diagonal else f'<td style="{shade}">{count}</td>'
        for place, (shade, count) in enumerate(cells)
    )


def _commonest(confusion: Confusion, names: Sequence[str]) -> str:
    mistakes = [
        (count, names[gold], names[told])
        for gold, counts in enumerate(confusion.counts[: len(names)])
        for told, count in enumerate(counts[: len(names)])
        if gold != told and count
    ]
    if not mistakes:
        return ""
    count, gold, told = max(mistakes, key=lambda mistake: mistake[0])
    return texts.mistaken(gold, told, count)


def slices_tables(slices: Sequence[Slice]) -> str:
    """Return the kappas on one kind of account at a time, one table for tags and one for lengths."""
    kinds = dict.fromkeys(piece.kind for piece in slices)
    return "".join(_slices_table(kind, [piece for piece in slices if piece.kind == kind]) for kind in kinds)


def _slices_table(kind: str, slices: Sequence[Slice]) -> str:
    heading, column = texts.SLICE_KINDS.get(kind, (kind.capitalize(), kind.capitalize()))
    judgements = list(dict.fromkeys(name for piece in slices for name in piece.kappas))
    head = [escape(column), "Accounts", *(judgement_heading(name) for name in judgements)]
    rows = "".join(
        f'<tr><th scope="row">{escape(piece.name)}</th><td class="count">{piece.accounts:,}</td>'
        f"{''.join(_shaded(piece.kappas.get(name)) for name in judgements)}</tr>"
        for piece in slices
    )
    return f"<h4>{escape(heading)}</h4>{_framed(heading, _columns(head), rows, 'shaded slices')}"


def _shaded(kappa: float | None) -> str:
    if kappa is None:
        return f'<td><span aria-hidden="true">{texts.NO_FIGURE}</span><span class="unseen">{texts.TOO_FEW}</span></td>'
    return f'<td style="--shade:{_STRONGEST * min(1.0, max(0.0, kappa)) ** 3:.0f}%">{number(kappa)}</td>'


def _table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    body = "".join(f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>' for row in rows)
    return _framed(caption, _columns(head), body, "plain")


def _columns(head: Sequence[str]) -> str:
    return "".join(f'<th scope="col">{cell}</th>' if cell else "<td></td>" for cell in head)


def _framed(caption: str, columns: str, body: str, kind: str) -> str:
    return (
        f'<div class="scroller" role="region" tabindex="0" aria-label="{escape(caption, quote=True)}">'
        f'<table class="{kind}"><caption class="unseen">{escape(caption)}</caption>'
        f"<thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _folded(summary: str, body: str) -> str:
    return f"<details><summary>{summary}</summary>{body}</details>"
