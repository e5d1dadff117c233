# ruff: noqa: ARG002, S311 - scripted models take what a model takes; chance here is no secret
"""Trying a model: what it can do is told as it is, and only a model that helps is trusted."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hostile import an_extraction
from pydantic import BaseModel

from coach.connected import READING_PROMPT
from coach.errors import ModelError
from coach.evaluation.cross_validation import PACKAGED_RESULTS
from coach.evaluation.model_trial import ModelReport, accounts_to_try, try_model
from coach.evaluation.verdicts import CrossValidation
from coach.library import Corpus
from coach.library.prompts import load_prompt
from coach.models import connect
from coach.models.failures import FailureReason, ModelFailure
from coach.models.usage import Meter, Usage
from coach.reading.extraction import Extraction
from coach.reading.labelled import JUDGEMENTS, LabelledAccount, read_writers
from coach.settings import load_settings

Schema = TypeVar("Schema", bound=BaseModel)
TRIED = 40


class Scripted:
    """Reads as it is told to, and streams three words."""

    name = "scripted:model"

    def __init__(self, read: Callable[[str], Extraction]) -> None:
        self._read = read
        self.calls = 0

    def extract(self, prompt: str, schema: type[Schema], *, seconds: float, meter: Meter | None = None) -> Schema:
        self.calls += 1
        account = prompt.rpartition("<account>\n")[2].partition("\n</account>")[0]
        return schema.model_validate(self._read(account).model_dump())

    def stream(self, prompt: str, *, seconds: float, meter: Meter | None = None) -> Iterator[str]:
        yield from ("one ", "two ", "three")
        if meter is not None:
            meter.add(Usage(calls=1, output_tokens=3))


@pytest.fixture(scope="module")
def results() -> CrossValidation:
    """The packaged verdicts."""
    return CrossValidation.load(PACKAGED_RESULTS)


@pytest.fixture(scope="module")
def accounts(corpus: Corpus, results: CrossValidation) -> list[LabelledAccount]:
    """Labelled accounts to try models on."""
    return accounts_to_try(read_writers(corpus.folder / "accounts"), results, TRIED)


def _tried(model: Any, corpus: Corpus, accounts: list[LabelledAccount], results: CrossValidation) -> ModelReport:
    return try_model(model, load_prompt(READING_PROMPT), corpus, accounts, results, seconds=5)


def _as_coded(account: LabelledAccount) -> Extraction:
    gold = {name.removeprefix("cq."): account.gold.label(name) for name in JUDGEMENTS}
    spans = [(span.quote, span.indicator) for span in account.spans[:6]]
    return an_extraction(*spans, **{**gold, "regressed": account.gold.regressed})


def test_accounts_to_try_are_always_the_same_and_of_many_writers(
    corpus: Corpus, results: CrossValidation, accounts: list[LabelledAccount]
) -> None:
    again = accounts_to_try(read_writers(corpus.folder / "accounts"), results, TRIED)
    assert [account.id for account in again] == [account.id for account in accounts]
    assert len(accounts) == TRIED
    assert len({account.writer for account in accounts}) > TRIED // 4


def test_a_model_that_reads_as_the_coder_does_is_trusted(
    corpus: Corpus, accounts: list[LabelledAccount], results: CrossValidation
) -> None:
    by_text = {account.text: account for account in accounts}
    report = _tried(Scripted(lambda text: _as_coded(by_text[text])), corpus, accounts, results)
    assert (report.answered, report.quotes, report.streams) == (TRIED, 1.0, True)
    assert all(row.model == pytest.approx(1.0) or row.model != row.model for row in report.agreement)
    assert report.trust is not None
    assert report.trust.counts
    assert report.trust.findings > 0.8


def test_a_model_that_guesses_is_worth_nothing(
    corpus: Corpus, accounts: list[LabelledAccount], results: CrossValidation
) -> None:
    chance = random.Random(7)

    def guess(text: str) -> Extraction:
        labels = {name.removeprefix("cq."): chance.choice([str(label) for label in JUDGEMENTS[name]]) for name in JUDGEMENTS}
        return an_extraction(("never said by anybody", "disclosure.grief"), **{**labels, "regressed": chance.random() < 0.5})

    report = _tried(Scripted(guess), corpus, accounts, results)
    assert report.quotes == 0.0
    assert report.trust is not None
    assert not report.trust.counts
    assert report.trust.findings == 0.0


@pytest.mark.parametrize(
    ("reason", "calls"),
    [(FailureReason.WRONG_KEY, 1), (FailureReason.UNREACHABLE, 1), (FailureReason.TOO_SLOW, 5), (FailureReason.MALFORMED, 5)],
)
def test_a_model_that_does_not_answer_is_given_up(
    reason: FailureReason, calls: int, corpus: Corpus, accounts: list[LabelledAccount], results: CrossValidation
) -> None:
    def fail(text: str) -> Extraction:
        raise ModelFailure(reason)

    model = Scripted(fail)
    report = _tried(model, corpus, accounts, results)
    assert (model.calls, report.answered, report.failures, report.trust) == (calls, 0, {reason: calls}, None)


def test_without_accounts_to_compare_on_the_remedy_is_named(corpus: Corpus, results: CrossValidation) -> None:
    bare = results.model_copy(update={"verdicts": ()})
    with pytest.raises(ModelError, match="no labelled accounts"):
        accounts_to_try(read_writers(corpus.folder / "accounts"), bare)


@pytest.mark.slow
def test_a_small_real_model_is_tried_from_end_to_end(
    corpus: Corpus, accounts: list[LabelledAccount], results: CrossValidation, tmp_path: Path, smollm2_path: Path
) -> None:
    model = connect(load_settings(model=f"gguf:{smollm2_path}", data_dir=tmp_path, model_context=4096))
    assert model is not None
    report = try_model(model, load_prompt(READING_PROMPT), corpus, accounts[:1], results, seconds=20)
    assert report.answered + sum(report.failures.values()) == 1
    assert report.trust is None
    assert report.streams
