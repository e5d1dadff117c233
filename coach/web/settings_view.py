"""What the Settings page shows, as HTML made from plain values; nothing here reads a file or asks a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from coach.models.failures import FailureReason
from coach.settings import Settings, is_local
from coach.web import settings_texts as texts
from coach.web.texts import judgement_in_words

if TYPE_CHECKING:
    from coach.evaluation.model_trial import JudgementAgreement, ModelReport
    from coach.reading.trust import Trust


class Lock(StrEnum):
    """Why the model cannot be chosen on the page."""

    ENVIRONMENT = "environment"
    SHARED = "shared"


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How things stand with the language model.

    Attributes:
        settings: with the model that is used.
        key_kept: whether a key is kept for it.
        lock: why it cannot be changed here, None where it can.
        trust: what its reading is known to be worth, None where it was not tried.
    """

    settings: Settings
    key_kept: bool = False
    lock: Lock | None = None
    trust: Trust | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """A trial of the connected model, running or ended.

    Attributes:
        done: accounts that are done.
        total: of how many; 0 while it gets ready.
        running: whether it goes on.
        stopping: whether it was asked to stop.
        report: what it found; None while it runs, and where it was stopped or failed.
        notice: what to say of its end where there is no report.
    """

    done: int = 0
    total: int = 0
    running: bool = True
    stopping: bool = False
    report: ModelReport | None = None
    notice: str = ""


def destination(settings: Settings) -> str | None:
    """Return where what users write goes, None where it stays on this computer."""
    if settings.model is None:
        return None
    provider = settings.model.partition(":")[0]
    if provider == "gguf":
        return None
    if settings.model_base_url:
        host = urlsplit(settings.model_base_url).hostname or settings.model_base_url
        return None if is_local(host) else host
    known = texts.PROVIDERS.get(provider)
    return known.host if known else provider


def model_name(settings: Settings) -> str:
    """Return the connected model as users know it, `none` where none is: of a file its name, without the folders."""
    if settings.model is None:
        return "none"
    provider, _, name = settings.model.partition(":")
    return Path(name).name if provider == "gguf" else name


def standing_html(standing: Standing) -> str:
    """Return who speaks, and why that cannot be changed here where it cannot."""
    parts = []
    if standing.settings.model is None:
        parts.append(f"<p>{texts.NONE_SPEAKS}</p>")
    else:
        reads = f" {texts.ALSO_READS}" if standing.trust is not None and standing.trust.counts else ""
        parts.append(f"<p><b>{escape(model_name(standing.settings))}</b> {texts.SPEAKS}{reads}</p>")
    if standing.lock is not None:
        why = {Lock.ENVIRONMENT: texts.BY_ENVIRONMENT, Lock.SHARED: texts.BY_OPERATOR}[standing.lock]
        parts.append(f'<p class="notice">{why}</p>')
    return f'<div class="standing-model">{"".join(parts)}</div>'


def said_html(words: str, *, amiss: bool = False) -> str:
    """Return a result to be read out: a word of success, or what is amiss and what to do."""
    return f'<p class="{"notice" if amiss else "saved"}">{escape(words)}</p>' if words else ""


def worth_html(standing: Standing, trial: Trial | None = None) -> str:
    """Return in plain words what the model's reading is worth, and how the latest trial ended where it brought nothing."""
    if standing.settings.model is None:
        return f"<p>{texts.NOTHING_TO_TRY}</p>"
    parts = []
    if trial is not None and trial.notice:
        parts.append(said_html(trial.notice, amiss=True))
    if trial is not None and trial.report is not None and trial.report.trust is None:
        parts.append(f"<p>{texts.TOO_FEW}</p>")
    return "".join([*parts, f'<p class="verdict">{escape(_verdict(standing.trust))}</p>'])


def trial_html(trial: Trial) -> str:
    """Return how far a running trial is."""
    if not trial.running:
        return ""
    words = texts.of_all(trial.done, trial.total) if trial.total else texts.STARTING
    amount = f' value="{trial.done}" max="{trial.total}"' if trial.total else ""
    label = f'<label for="trial-bar">{texts.STOPPING if trial.stopping else texts.TRYING}</label>'
    return f'<div class="trial">{label}<progress id="trial-bar"{amount}></progress><span>{words}</span></div>'


def report_html(report: ModelReport) -> str:
    """Return the figures that a trial brought."""
    facts = [
        (texts.STREAMS, texts.STREAMS_YES if report.streams else texts.STREAMS_NO),
        (texts.TAKES, texts.seconds(report.seconds) if report.answered else texts.NO_FIGURE),
        (texts.ANSWERED, _answered(report)),
    ]
    if report.quotes is not None:
        facts.append((texts.QUOTES, f"{round(report.quotes * 100)} in 100"))
    return _facts(facts) + _table(report.agreement)


def encoder_html(settings: Settings) -> str:
    """Return which encoder reads, and with how many threads."""
    which = texts.ENCODER_PACKAGED if settings.encoder == "packaged" else settings.encoder
    facts = [(texts.WHICH, which), (texts.THREADS, f"{settings.encoder_threads}. {texts.THREADS_NOTE}")]
    return _section(texts.ENCODER_HEAD, f"<p>{texts.ENCODER_INTRO}</p>{_facts(facts)}")


def privacy_html(settings: Settings) -> str:
    """Return what leaves the machine as things stand now, and where everything else lies."""
    host = destination(settings)
    leaves = texts.LEAVES_NOTHING if host is None else texts.sent_to(host)
    if host is not None and urlsplit(settings.model_base_url or "").scheme == "http":
        leaves += f" {texts.UNENCRYPTED}"
    if settings.tracing != "off":
        traced = texts.TRACING_WORDS[settings.tracing]
        leaves = traced if host is None else f"{leaves} {traced}"
    keeps = f"{settings.data_dir}. {texts.LIES_NOTE}"
    if settings.model is not None and settings.model_cache:
        keeps += f" {texts.LIES_CACHE}"
    facts = [
        (texts.LEAVES, leaves),
        (texts.LIES, keeps),
        (texts.TELEMETRY, texts.TELEMETRY_NONE),
        (texts.TRACING, texts.TRACING_WORDS[settings.tracing]),
        (texts.REACH, texts.REACH_LOCAL if is_local(settings.host) else texts.REACH_OPEN),
    ]
    return _section(texts.PRIVACY_HEAD, _facts(facts))


def about_html(version: str, corpus_version: str) -> str:
    """Return what this is, under which licences, and how to cite it."""
    facts = [
        (texts.VERSION, version),
        (texts.CORPUS, corpus_version),
        (texts.LICENCES, texts.LICENCES_WORDS),
        (texts.CITE, f"Rapport {version}, corpus {corpus_version}. {texts.CITE_STUDY}"),
    ]
    return _section(texts.ABOUT_HEAD, _facts(facts))


def head_html(head: str, intro: str) -> str:
    """Return the head of a section whose controls follow."""
    return f'<div class="settings-head"><h2>{head}</h2><p>{intro}</p></div>'


def _verdict(trust: Trust | None) -> str:
    if trust is None:
        return texts.UNTRIED
    counting = [judgement_in_words(judgement) for judgement, share in trust.share.items() if share > 0]
    return texts.counts_for(counting) if counting else texts.NOT_USED


def _answered(report: ModelReport) -> str:
    said = texts.of_all(report.answered, report.accounts)
    failed = [f"{count} {texts.FAILED[FailureReason(reason)]}" for reason, count in sorted(report.failures.items())]
    return f"{said} ({', '.join(failed)})" if failed else said


def _table(rows: Sequence[JudgementAgreement]) -> str:
    if not rows:
        return ""
    heads = (texts.TABLE_JUDGEMENT, texts.TABLE_BUILT_IN, texts.TABLE_MODEL, texts.TABLE_COUNTS)
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(judgement_in_words(row.judgement))}</th><td>{_figure(row.built_in)}</td>'
        f"<td>{_figure(row.model)}</td><td>{_share(row.share)}</td></tr>"
        for row in rows
    )
    caption = f"<caption>{texts.TABLE_CAPTION}</caption>"
    return f'<table class="worth">{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _figure(value: float) -> str:
    # A minus sign, not a hyphen: it is read out as one and is as wide as a digit.
    return texts.NO_FIGURE if isnan(value) else f"{value:.2f}".replace("-", "−")


def _share(share: float) -> str:
    return next((words for least, words in texts.COUNTS if share >= least), texts.COUNTS_NOT)


def _facts(facts: Sequence[tuple[str, str]]) -> str:
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)
    return f'<dl class="settings-facts">{rows}</dl>'


def _section(head: str, body: str) -> str:
    return f"<section><h2>{head}</h2>{body}</section>"
