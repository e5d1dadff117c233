"""The panel "where you stand": a diagnosis as one page of pictures, words and marked evidence."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from coach.conversation import Change
from coach.framework import DEPTHS, Context, Depth, Phase, deepest_advisable
from coach.records import Diagnosis, Question
from coach.web import pictures, texts
from coach.web.glossary import Glossary
from coach.web.markup import margin_notes, marks_of


def empty_panel() -> str:
    """Return the panel before anything has been said."""
    return (
        f'<section id="stand" class="stand vacant" aria-label="{texts.STAND_HEAD}">{pictures.phase_path(None)}'
        f'<p class="aside">{texts.STAND_EMPTY}</p></section>'
    )


def stand_panel(
    diagnosis: Diagnosis,
    account: str,
    glossary: Glossary,
    *,
    changes: Sequence[Change] | None = None,
    questions: Sequence[Question] = (),
) -> str:
    """Return the whole panel for a diagnosis.

    Args:
        diagnosis: what was judged.
        account: the text that the evidence points into.
        glossary: margin notes, and where the placing of a country comes from.
        changes: what the latest message moved; null for a first message, empty where nothing moved.
        questions: what would settle the phase; shown where it is unclear.
    """
    parts = (
        _changed(changes),
        _place(diagnosis),
        f'<div class="pair">{_sharing(diagnosis)}{_meeting(diagnosis)}</div>',
        _cultures(diagnosis, glossary),
        _both_sides(diagnosis),
        _settling(questions) if diagnosis.phase.label is Phase.UNCLEAR else "",
        _words(diagnosis, account, glossary),
        _caveats(diagnosis),
    )
    return f'<section id="stand" class="stand" aria-label="{texts.STAND_HEAD}">{"".join(parts)}</section>'


def _term(term: texts.Term) -> str:
    return (
        f'<details class="term"><summary>{texts.TERM_SUMMARY}</summary>'
        f"<p><b>{escape(term.term)}</b>: {escape(term.meaning)}</p></details>"
    )


def _changed(changes: Sequence[Change] | None) -> str:
    if changes is None:
        return ""
    if not changes:
        return f'<div class="changes" role="status"><h3>{texts.CHANGED_HEAD}</h3><p>{texts.UNCHANGED}</p></div>'
    rows = "".join(
        f"<li><span>{escape(texts.judgement_in_words(change.judgement))}</span> "
        f"<s>{escape(texts.label_in_words(change.judgement, change.before))}</s> "
        f'<span class="arrow" aria-hidden="true">→</span><span class="unseen">now</span> '
        f"<b>{escape(texts.label_in_words(change.judgement, change.after))}</b></li>"
        for change in changes
    )
    return f'<div class="changes" role="status"><h3>{texts.CHANGED_HEAD}</h3><ul>{rows}</ul></div>'


def _place(diagnosis: Diagnosis) -> str:
    phase = diagnosis.phase
    term = texts.PHASES[phase.label]
    sure = term.meaning
    if phase.label is not Phase.UNCLEAR:
        sure = f"{texts.sureness(phase.confidence)}, {pictures.chances_of(phase)[phase.label]}."
        if phase.regressed:
            sure += f" {texts.COOLED}"
    place = texts.COOLED_PLACES.get(phase.label, term.plain) if phase.regressed else term.plain
    known = _term(term) if phase.label is not Phase.UNCLEAR else ""
    return (
        f'<section class="place"><h2>{escape(place)}</h2><p class="sure">{escape(sure)}</p>'
        f"{pictures.phase_path(phase)}{known}</section>"
    )


def _following(diagnosis: Diagnosis) -> Depth | None:
    depth = diagnosis.disclosure.label
    limit = deepest_advisable(depth, diagnosis.phase.label, diagnosis.willingness.label)
    reached = DEPTHS.index(depth) if depth in DEPTHS else -1
    return limit if DEPTHS.index(limit) > reached else None


def _sharing(diagnosis: Diagnosis) -> str:
    disclosure = diagnosis.disclosure
    drawn = pictures.ladder(disclosure.label, _following(diagnosis), disclosure.one_sided)
    return f'<section class="sharing"><h3>{texts.LADDER_HEAD}</h3>{drawn}{_term(texts.DEPTHS[disclosure.label])}</section>'


def _meeting(diagnosis: Diagnosis) -> str:
    level = diagnosis.cq.level
    dimensions = "".join(
        f"<li><b>{term.plain}</b> ({term.term}): {escape(term.meaning)}</li>" for term in texts.DIMENSIONS.values()
    )
    return (
        f'<section class="meeting"><h3>{texts.CQ_HEAD}</h3><p class="sure">{texts.LEVELS[level]}</p>'
        f'{pictures.petals(diagnosis.cq.dimensions)}<details class="term"><summary>{texts.TERM_SUMMARY}</summary>'
        f"<p><b>cultural intelligence (CQ), {texts.LEVEL_TERMS[level]}</b>. {texts.CQ_MEANING}</p><ul>{dimensions}</ul>"
        "</details></section>"
    )


def _cultures(diagnosis: Diagnosis, glossary: Glossary) -> str:
    diversity = diagnosis.diversity
    term = texts.DIVERSITY[diversity.label]
    flags = " ".join(texts.FLAGS[flag] for flag in diversity.flags)
    known = any(reading.context is not Context.UNCLEAR for reading in (diversity.salesperson, diversity.customer))
    names = dict.fromkeys(reading.culture for reading in (diversity.salesperson, diversity.customer) if reading.culture)
    placed = [f"{name}: {texts.BASES[glossary.placings[name].basis]}." for name in names if name in glossary.placings]
    basis = " ".join((texts.CULTURES_BASIS, *placed)) if known else term.meaning
    borderline = frozenset(name for name, placing in glossary.placings.items() if placing.borderline)
    return (
        f'<section class="apart"><h3>{texts.CULTURES_HEAD}</h3><p class="sure">{term.plain}</p>'
        f"{pictures.culture_line(diversity, borderline)}"
        f'<p class="aside">{escape(f"{basis} {flags}".strip())}</p>{_term(term)}</section>'
    )


def _both_sides(diagnosis: Diagnosis) -> str:
    rows = [
        (texts.WILLINGNESS_HEAD, texts.WILLINGNESS[diagnosis.willingness.label]),
        (texts.STAGE_HEAD, texts.BUSINESS[diagnosis.business_stage.label]),
    ]
    if diagnosis.incidents:
        rows.append((texts.INCIDENTS_HEAD, ", ".join(texts.INCIDENTS[item] for item in diagnosis.incidents)))
    entries = "".join(f"<div><dt>{head}</dt><dd>{escape(words)}</dd></div>" for head, words in rows)
    return f'<dl class="facts">{entries}</dl>'


def _settling(questions: Sequence[Question]) -> str:
    if not questions:
        return ""
    entries = "".join(f"<li>{escape(item.text)} <small>{escape(item.why)}</small></li>" for item in questions)
    return f'<section class="settle"><h3>{texts.SETTLE_HEAD}</h3><ul>{entries}</ul></section>'


def _words(diagnosis: Diagnosis, account: str, glossary: Glossary) -> str:
    marks = marks_of(diagnosis, account, glossary.notes)
    none = "" if marks else f'<p class="aside">{texts.ACCOUNT_NONE}</p>'
    return f'<section class="evidence"><h3>{texts.ACCOUNT_HEAD}</h3>{none}{margin_notes(account, marks)}</section>'


def _caveats(diagnosis: Diagnosis) -> str:
    if not diagnosis.caveats:
        return ""
    entries = "".join(f"<li>{escape(caveat)}</li>" for caveat in diagnosis.caveats)
    return f'<section class="caveats"><h3>{texts.CAVEATS_HEAD}</h3><ul>{entries}</ul></section>'
