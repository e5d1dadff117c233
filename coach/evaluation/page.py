"""A report as a page: the same HTML stands in the app and, with a style sheet around it, in a file of its own.

Pure functions without a script. Plain words come first, every figure stands beside what it is to be compared with, and
what falls short of its target is said before anything else. Parts that a report lacks are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib.resources import files

from coach.evaluation import charts, page_tables
from coach.evaluation import page_texts as texts
from coach.evaluation.charts import Marks, Scale, number, percent
from coach.evaluation.figures import Agreement, CoveragePoint, Figure, LearningPoint, Report, Table
from coach.evaluation.targets import Outcome, aimed_at, judged_outcome, outcomes, share_outcome

_STYLES = ("file.css", "report.css")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def report_file(report: Report) -> str:
    """Return a report as a complete HTML document that needs no other file and fetches nothing."""
    return (
        '<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><title>{texts.FILE_TITLE}</title>'
        f"<style>\n{''.join(_style(name) for name in _STYLES)}</style></head>"
        f"<body><header><h1>{texts.PRODUCT}</h1></header><main>{report_html(report)}</main></body></html>\n"
    )


def report_styles() -> str:
    """Return the style sheet of `report_html`; its colours and type come from the page around it."""
    return _style("report.css")


def _style(name: str) -> str:
    return (files("coach.evaluation") / "static" / name).read_text(encoding="utf-8")


def report_html(report: Report) -> str:
    """Return the body of a report; its headings begin at the second level."""
    parts = (
        f'<header class="opening"><h2>{texts.TITLE}</h2><p>{texts.LEAD}</p></header>',
        _in_short(report),
        *(_agreement(table, _key(report.tables) if place == 0 else None) for place, table in enumerate(report.tables)),
        _second_coder(report),
        _confusions(report),
        _calibration(report),
        _coverage(report),
        _learning(report),
        _slices(report),
        _retrieval(report),
        _measured(report),
    )
    return f'<article class="report">{"".join(parts)}</article>'


def _section(heading: texts.Heading, figures: str, *, beside: str = "") -> str:
    opening = f"<p>{escape(heading.opening)}</p>" if heading.opening else ""
    term = f'<p class="scholarly">{escape(heading.term)}</p>' if heading.term else ""
    return (
        f'<section><div class="beside"><h3>{escape(heading.plain)}</h3>{term}{opening}{beside}</div>'
        f'<div class="figures">{figures}</div></section>'
    )


def _in_short(report: Report) -> str:
    found = outcomes(report)
    if not found:
        return ""
    missed, met = [item for item in found if not item.met], [item for item in found if item.met]
    said = [f'<p class="verdict">{texts.reached(len(met), len(found))}</p>']
    if missed:
        said.append(f'<h4>{texts.MISSED_HEAD}</h4><ul class="targets missed">{"".join(map(_outcome_entry, missed))}</ul>')
    if met:
        listed = f'<ul class="targets">{"".join(map(_outcome_entry, met))}</ul>'
        said.append(f"<details><summary>{texts.MET_HEAD}</summary>{listed}</details>")
    return _section(texts.SHORT, "".join(said))


def _outcome_entry(outcome: Outcome) -> str:
    value, target = _apart(outcome)
    shared = outcome.figure in texts.SHARES
    name = texts.SHARES[outcome.subject][0] if shared else texts.judgement_name(outcome.subject)
    term = "" if shared else f", {texts.FIGURES.get(outcome.figure, outcome.figure)}"
    bound = "at most " if outcome.at_most else ""
    return (
        f"<li><b>{escape(name)}</b> <span>{value}{escape(term)}; wanted {bound}{target}</span> "
        f"<small>{escape(outcome.table)}</small></li>"
    )


def _apart(outcome: Outcome) -> tuple[str, str]:
    """Write a figure and its target with as many decimals as it takes to tell them apart."""
    for digits in (2, 3, 4):
        value, target = number(outcome.value, digits), number(outcome.target, digits)
        if value != target:
            return value, number(outcome.target) if round(outcome.target, 2) == outcome.target else target
    return number(outcome.value), number(outcome.target)


def _agreement(table: Table, opening_key: str | None) -> str:
    """Show one set of accounts; the first one comes with the key to the marks."""
    heading, figures = texts.AGREEMENT, [f"<h4>{escape(texts.held(table.name, table.accounts))}</h4>"]
    if opening_key is None:
        heading, figures = texts.Heading(texts.capital(table.name), "", texts.alone(table.accounts)), []
    if table.judgements:
        values = [row.kappa.low for row in table.judgements if row.kappa is not None]
        scale = charts.scale_for([*values, *(value for row in table.judgements for value in row.baselines.values())])
        rows = "".join(_judgement_row(table, row, scale) for row in table.judgements)
        figures.append(f'<div class="rows">{rows}<div class="row foot">{charts.axis(scale)}</div></div>')
    figures.append(_shares(table))
    if table.judgements:
        figures.append(page_tables.figures_table(table))
    return _section(heading, "".join(figures), beside=opening_key or "")


def _judgement_row(table: Table, row: Agreement, scale: Scale) -> str:
    aimed = aimed_at(row)
    second = aimed if aimed is not row.kappa else None
    outcome = judged_outcome(table, row)
    said = [f"kappa {_with_interval(row.kappa)}"] if row.kappa else [texts.TOO_FEW]
    seen = f"<b>{number(row.kappa.value)}</b> {_span(row.kappa)}" if row.kappa else texts.TOO_FEW
    if second is not None:
        name = texts.FIGURES.get(row.target_of or "", row.target_of or "")
        said.append(f"{name} {_with_interval(second)}")
        seen += f'<span class="also">{escape(name)} <b>{number(second.value)}</b></span>'
    said += [f"target {number(outcome.target)}, {'reached' if outcome.met else 'missed'}"] if outcome else []
    said += [f"{name} {number(value)}" for name, value in row.baselines.items()]
    marks = Marks(dot=row.kappa, diamond=second, target=row.target, crosses=row.baselines)
    words = f"{texts.judgement_name(row.judgement)}: {'; '.join(said)}."
    return _row(page_tables.judgement_heading(row.judgement), charts.row(marks, scale, words), seen + _standing(outcome))


def _row(name: str, drawn: str, said: str) -> str:
    return f'<div class="row"><p class="name">{name}</p>{drawn}<p class="told">{said}</p></div>'


def _with_interval(figure: Figure) -> str:
    return f"{number(figure.value)} (95 % interval {number(figure.low)} to {number(figure.high)})"


def _span(figure: Figure) -> str:
    return f"<small>{number(figure.low)} to {number(figure.high)}</small>"


def _standing(outcome: Outcome | None) -> str:
    if outcome is None:
        return ""
    value, target = _apart(outcome)
    bound = "at most " if outcome.at_most else ""
    if outcome.met:
        return f'<span class="standing">target {bound}{target}, reached</span>'
    exact = f"{value}, " if value != number(outcome.value) else ""
    return f'<span class="standing short">{exact}target {bound}{target}, missed</span>'


def _key(tables: Sequence[Table]) -> str:
    rows = [row for table in tables for row in table.judgements]
    if not rows:
        return ""
    entries = [("dot", texts.KEY_DOT), ("bar", texts.KEY_BAR)]
    if any(row.target is not None for row in rows):
        entries.append(("tick", texts.KEY_TICK))
    if any(aimed_at(row) is not row.kappa for row in rows if aimed_at(row)):
        entries.append(("diamond", texts.KEY_DIAMOND))
    if names := dict.fromkeys(name for row in rows for name in row.baselines):
        entries.append(("cross", f"{texts.KEY_CROSS}: {'; '.join(map(texts.baseline_name, names))}"))
    return _key_list(entries)


def _key_list(entries: Sequence[tuple[str, str]]) -> str:
    listed = "".join(f"<li>{charts.key(mark)}<span>{escape(words)}</span></li>" for mark, words in entries)
    return f'<ul class="key">{listed}</ul>'


def _shares(table: Table) -> str:
    entries = []
    for field, (name, term) in texts.SHARES.items():
        value: float | None = getattr(table, field)
        if value is not None:
            standing = _standing(share_outcome(table, field))
            entries.append(
                f"<div><dt>{escape(name)} <small>{escape(term)}</small></dt><dd><b>{number(value, 3)}</b>{standing}</dd></div>"
            )
    return f'<h4>{texts.ASKING_HEAD}</h4><dl class="shares">{"".join(entries)}</dl>' if entries else ""


def _second_coder(report: Report) -> str:
    if not report.second_coder:
        return ""
    reader = {row.judgement: row.kappa for table in report.tables[:1] for row in table.judgements}
    scale = charts.scale_for(report.second_coder.values())
    rows = []
    for judgement, kappa in report.second_coder.items():
        own = reader.get(judgement)
        beside = {texts.KEY_READER: own.value} if own else {}
        said = f"second coder {number(kappa)}" + (f", reader {number(own.value)}" if own else "")
        rows.append(
            _row(
                page_tables.judgement_heading(judgement),
                charts.row(Marks(diamond=kappa, crosses=beside), scale, f"{texts.judgement_name(judgement)}: {said}."),
                f"<b>{number(kappa, 3)}</b>" + (f"<small>reader {number(own.value)}</small>" if own else ""),
            )
        )
    drawn = f'<div class="rows">{"".join(rows)}<div class="row foot">{charts.axis(scale)}</div></div>'
    legend = _key_list([("diamond", texts.KEY_SECOND), ("cross", texts.KEY_READER)])
    return _section(texts.SECOND_CODER, drawn, beside=legend)


def _confusions(report: Report) -> str:
    if not report.confusions:
        return ""
    tables = "".join(map(page_tables.confusion_table, report.confusions))
    return _section(texts.CONFUSION, f'<div class="confusions">{tables}</div>')


def _plot(drawn: str, across: str, up: str) -> str:
    return (
        f'<figure class="curve-figure"><p class="up" aria-hidden="true">{up}</p>{drawn}'
        f'<p class="across" aria-hidden="true">{across}</p></figure>'
    )


def _calibration(report: Report) -> str:
    if not report.calibration:
        return ""
    drawn = _plot(charts.calibration_curve(report.calibration), texts.CALIBRATION_ACROSS, texts.CALIBRATION_UP)
    return _section(texts.CALIBRATION, drawn + page_tables.calibration_table(report.calibration))


def _coverage(report: Report) -> str:
    if not report.risk_coverage:
        return ""
    drawn = _plot(charts.coverage_curve(report.risk_coverage), texts.COVERAGE_ACROSS, texts.COVERAGE_UP)
    said = f"<p>{_coverage_words(report.risk_coverage)}</p>"
    return _section(texts.COVERAGE, drawn + page_tables.coverage_table(report.risk_coverage), beside=said)


def _coverage_words(points: Sequence[CoveragePoint]) -> str:
    every = max(points, key=lambda point: point.coverage)
    half = min(points, key=lambda point: abs(point.coverage - 0.5))
    if half is every:
        return ""
    return texts.covered(percent(half.coverage), percent(half.error), percent(every.error))


def _learning(report: Report) -> str:
    points = sorted(report.learning_curve, key=lambda point: point.accounts)
    judgements = list(dict.fromkeys(name for point in points for name in point.kappas))
    if not judgements:
        return ""
    most = points[-1].accounts
    scale = charts.scale_for(value for point in points for value in point.kappas.values())
    drawn = "".join(_learning_figure(name, points, scale, most) for name in judgements)
    beside = f'<p class="aside">{texts.LEARNING_ACROSS}</p>'
    figures = f'<div class="curves">{drawn}</div>{page_tables.learning_table(points, judgements)}'
    return _section(texts.LEARNING, figures, beside=beside)


def _learning_figure(judgement: str, points: Sequence[LearningPoint], scale: Scale, most: int) -> str:
    known = [(point.accounts, point.kappas[judgement]) for point in points if judgement in point.kappas]
    (fewest, first), (latest, last) = known[0], known[-1]
    said = texts.climbed(number(first), fewest, number(last), latest)
    words = "; ".join(f"{number(value)} with {accounts:,}" for accounts, value in known)
    drawn = charts.learning_curve(known, scale, most, f"{texts.judgement_name(judgement)}: kappa {words} accounts.")
    return (
        f"<figure><figcaption>{page_tables.judgement_heading(judgement)}</figcaption>{drawn}"
        f'<p class="aside">{said}</p></figure>'
    )


def _slices(report: Report) -> str:
    if not report.slices:
        return ""
    return _section(texts.SLICES, page_tables.slices_tables(report.slices), beside=f'<p class="aside">{texts.SHADES}</p>')


def _retrieval(report: Report) -> str:
    if not report.retrieval:
        return ""
    scale = Scale()
    rows = []
    for found in report.retrieval:
        name, term = texts.RANKINGS.get(found.ranking, (found.ranking, ""))
        marks = Marks(dot=found.hit_at_5, diamond=found.mean_reciprocal_rank)
        hit, rank = number(found.hit_at_5, 3), number(found.mean_reciprocal_rank, 3)
        said = f"{name}: among the first five {hit}; mean reciprocal rank {rank}; {found.questions:,} questions."
        rows.append(
            _row(
                f"{escape(name)} <small>{escape(term)}</small>",
                charts.row(marks, scale, said),
                f"<b>{hit}</b> <small>hit@5</small> <b>{rank}</b> <small>MRR</small>"
                f'<span class="standing">{found.questions:,} questions</span>',
            )
        )
    drawn = f'<div class="rows">{"".join(rows)}<div class="row foot">{charts.axis(scale)}</div></div>'
    return _section(texts.RETRIEVAL, drawn)


def _measured(report: Report) -> str:
    paragraphs = (
        texts.gathered(report.accounts, report.writers, report.folds),
        texts.intervals(report.corpus),
        texts.INVENTED,
    )
    return _section(texts.MEASURED, "".join(f"<p>{escape(words)}</p>" for words in paragraphs))
