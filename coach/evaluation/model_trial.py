"""Whether a connected language model helps: what it can do, how fast, and how its reading compares with the built-in one.

Both readers are compared on labelled accounts whose writers the built-in reader had not seen when it read them. From the same
accounts it is learnt how much the model's reading counts (`reading.trust`).
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict

from coach.connected import READING_PROMPT
from coach.errors import ModelError
from coach.evaluation.agreement import kappa
from coach.evaluation.cross_validation import PACKAGED_RESULTS
from coach.evaluation.verdicts import CrossValidation
from coach.framework import DEPTHS
from coach.library.corpus import Corpus, load_corpus
from coach.library.prompts import Prompt, load_prompt
from coach.models import LanguageModel
from coach.models.failures import FailureReason, ModelFailure
from coach.models.usage import Meter
from coach.reading.extraction import Extracted, extract
from coach.reading.labelled import JUDGEMENTS, LabelledAccount, read_writers
from coach.reading.trust import Compared, Trust, learn_trust
from coach.settings import Settings

ACCOUNTS = 60
"""Labelled accounts that a model is tried on unless told otherwise."""

_GIVE_UP_AFTER = 5
"""Failures in a row after which trying on is pointless."""

_LEAST_PROBABILITY = 1e-4
_STREAMED = "Count from one to twenty in words. (Request $number.)"

Progress = Callable[[int, int], None]


class JudgementAgreement(BaseModel):
    """How far two readers agree with the coder on one judgement: Cohen's kappa, linear-weighted for the depth."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    judgement: str
    built_in: float
    model: float
    share: float
    """How much the model's reading counts from now on, from 0 to 1."""


class ModelReport(BaseModel):
    """What a connected model can do."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    streams: bool
    """Whether words came before the whole answer was there."""
    accounts: int
    """Labelled accounts that it was tried on."""
    answered: int
    """Of them, those that it answered in the form asked for."""
    quotes: float | None
    """Share of its quotations that stand in the account with a known code, from 0 to 1; null where it gave none."""
    seconds: float
    """Median for one account."""
    tokens_per_second: float | None
    """Tokens that it writes in a second when it streams; null where it does not tell."""
    failures: dict[str, int]
    agreement: tuple[JudgementAgreement, ...]
    trust: Trust | None
    """What its reading is worth; null where it answered too few accounts to tell."""


@dataclass(frozen=True, slots=True)
class _Tried:
    account: LabelledAccount
    extracted: Extracted


FEWEST_ANSWERS = 20
"""Answers from which it can be learnt what a model's reading is worth."""


def accounts_to_try(
    accounts: Iterable[LabelledAccount], results: CrossValidation, count: int = ACCOUNTS
) -> list[LabelledAccount]:
    """Return labelled accounts to try a model on, spread over the writers, always the same ones.

    Raises:
        ModelError: the reader's results hold no accounts to compare a model on.
    """
    comparable = {verdict.id for verdict in results.verdicts if verdict.probabilities}
    found = sorted(
        (account for account in accounts if account.id in comparable),
        key=lambda account: hashlib.sha256(f"try {account.id}".encode()).hexdigest(),
    )
    if not found:
        raise ModelError("There are no labelled accounts to try a model on.", "Install Rapport again, or run `coach train`.")
    return found[:count]


def try_model(
    model: LanguageModel,
    prompt: Prompt,
    corpus: Corpus,
    accounts: Sequence[LabelledAccount],
    results: CrossValidation,
    *,
    seconds: float,
    progress: Progress | None = None,
) -> ModelReport:
    """Try a model on labelled accounts and say what it can do.

    Args:
        model: the model.
        prompt: with which it reads.
        corpus: for the codes.
        accounts: labelled accounts of `accounts_to_try`.
        results: what the built-in reader said of them.
        seconds: for each account.
        progress: told how many accounts are done, and of how many.
    """
    streams, speed = _streaming(model, seconds)
    tried: list[_Tried] = []
    durations: list[float] = []
    failures: dict[str, int] = {}
    in_a_row = 0
    for number, account in enumerate(accounts, 1):
        started = time.perf_counter()
        try:
            extracted = extract(account.text, model, prompt, corpus.indicators.values(), seconds=seconds)
        except ModelFailure as failure:
            failures[failure.reason] = failures.get(failure.reason, 0) + 1
            in_a_row += 1
            if in_a_row >= _GIVE_UP_AFTER or failure.reason in _HOPELESS:
                break
        else:
            in_a_row = 0
            durations.append(time.perf_counter() - started)
            tried.append(_Tried(account, extracted))
        if progress:
            progress(number, len(accounts))
    trust = None
    if len(tried) >= FEWEST_ANSWERS:
        trust = learn_trust(model.name, prompt.provenance, compared(tried, results))
    quotes = sum(len(row.extracted.answer.findings) for row in tried)
    held = sum(len(row.extracted.findings) for row in tried)
    return ModelReport(
        model=model.name,
        streams=streams,
        accounts=len(accounts),
        answered=len(tried),
        quotes=held / quotes if quotes else None,
        seconds=float(np.median(durations)) if durations else 0.0,
        tokens_per_second=speed,
        failures=failures,
        agreement=_agreement(tried, results, trust),
        trust=trust,
    )


def try_on_labelled(settings: Settings, model: LanguageModel, count: int, progress: Progress) -> ModelReport:
    """Try a model on labelled accounts of the corpus, beside the reader whose weights the settings name.

    Raises:
        ModelError: there are no accounts to compare the two on.
        CorpusError: the accounts, the reader's results on them or the prompt cannot be read.
    """
    corpus = load_corpus(settings.corpus_dir)
    results = CrossValidation.load((settings.weights_dir or PACKAGED_RESULTS.parent) / PACKAGED_RESULTS.name)
    return try_model(
        model,
        load_prompt(READING_PROMPT, settings.prompts_dir),
        corpus,
        accounts_to_try(read_writers(corpus.folder / "accounts"), results, count),
        results,
        seconds=settings.model_reading_seconds,
        progress=progress,
    )


_HOPELESS = (FailureReason.WRONG_KEY, FailureReason.UNKNOWN_MODEL, FailureReason.UNREACHABLE)


def compared(tried: Sequence[_Tried], results: CrossValidation) -> list[Compared]:
    """Return the accounts as both readers see them."""
    verdicts = {verdict.id: verdict for verdict in results.verdicts}
    rows = []
    for row in tried:
        probabilities = verdicts[row.account.id].probabilities
        found, findings = _agreeing_findings(row)
        rows.append(
            Compared(
                gold={judgement: row.account.gold.label(judgement) for judgement in JUDGEMENTS},
                said={judgement: row.extracted.answer.label(judgement) for judgement in JUDGEMENTS},
                scores={
                    judgement: tuple(float(np.log(max(p, _LEAST_PROBABILITY))) for p in probabilities[judgement])
                    for judgement in JUDGEMENTS
                },
                found=found,
                findings=findings,
            )
        )
    return rows


def _agreeing_findings(row: _Tried) -> tuple[int, int]:
    """Return how many findings fall on a passage that the coder gave the same code, and any code."""
    text, same, coded = row.account.text, 0, 0
    for finding in row.extracted.findings:
        codes = {
            span.indicator
            for span in row.account.spans
            if (start := text.index(span.quote)) < finding.span.end and finding.span.start < start + len(span.quote)
        }
        coded += bool(codes)
        same += finding.indicator in codes
    return same, coded


def _agreement(tried: Sequence[_Tried], results: CrossValidation, trust: Trust | None) -> tuple[JudgementAgreement, ...]:
    if not tried:
        return ()
    verdicts = {verdict.id: verdict for verdict in results.verdicts}
    rows = []
    for judgement in JUDGEMENTS:
        order = [str(depth) for depth in DEPTHS] if judgement == "disclosure" else None
        gold = [row.account.gold.label(judgement) for row in tried]
        built_in = [verdicts[row.account.id].label(judgement) for row in tried]
        said = [row.extracted.answer.label(judgement) for row in tried]
        rows.append(
            JudgementAgreement(
                judgement=judgement,
                built_in=kappa(list(zip(gold, built_in, strict=True)), order),
                model=kappa(list(zip(gold, said, strict=True)), order),
                share=trust.share[judgement] if trust else 0.0,
            )
        )
    return tuple(rows)


def _streaming(model: LanguageModel, seconds: float) -> tuple[bool, float | None]:
    """Return whether words come one after the other, and how many tokens a second."""
    meter = Meter()
    first = last = None
    pieces = 0
    try:
        # A number that was not asked before: an answer from the cache says nothing of the model's speed.
        asked = _STREAMED.replace("$number", secrets.token_hex(3))
        for _ in model.stream(asked, seconds=seconds, meter=meter):
            last = time.perf_counter()
            first = first or last
            pieces += 1
    except ModelFailure:
        return False, None
    tokens = meter.usage.output_tokens
    took = last - first if first and last else 0.0
    return pieces > 2, tokens / took if tokens and took > 0 else None
