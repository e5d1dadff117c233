"""Baselines: each does the simple thing that it is named for, and none learns from the writers it is measured on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coach.errors import CorpusError
from coach.evaluation import baselines as module
from coach.evaluation.baselines import (
    LEXICON,
    MAJORITY,
    QUOTE,
    RULE,
    WORDS,
    baselines,
    by_keywords,
    by_rule,
    kappas,
    read_lexicon,
)
from coach.evaluation.verdicts import JUDGED
from coach.framework import Phase
from coach.library import Corpus
from coach.library.embedder import SentenceEncoder
from coach.reading.labelled import JUDGEMENTS, LabelledAccount, read_labelled

WRITERS = ("ann", "ben", "cleo", "dan")
FOLDS = (("ann", "cleo"), ("ben", "dan"))
EACH = 6
PHASES = ("trial", "enmeshment", "renegotiation", "unclear")

FIND = {"trial": ("weather", "small talk"), "enmeshment": ("family", "dinner")}


@pytest.fixture(scope="module")
def one(corpus: Corpus) -> LabelledAccount:
    """An account whose labels a test may change."""
    return read_labelled(corpus.folder / "accounts" / "train_1.jsonl")[0]


def _account(one: LabelledAccount, number: int, writer: str, text: str, **labels: Any) -> LabelledAccount:
    gold = one.gold.model_copy(update=labels)
    return one.model_copy(update={"id": f"{writer}-{number}", "writer": writer, "text": text, "gold": gold, "spans": ()})


@pytest.fixture(scope="module")
def voices(one: LabelledAccount) -> list[LabelledAccount]:
    """Four writers, each with words and a phase of their own: who has heard a writer knows the phase, others cannot."""
    return [
        _account(one, number, writer, f"{writer} says that {writer} sells pumps {number}", phase=Phase(phase))
        for writer, phase in zip(WRITERS, PHASES, strict=True)
        for number in range(EACH)
    ]


@pytest.fixture(scope="module")
def told(corpus: Corpus, encoder: SentenceEncoder, voices: list[LabelledAccount]) -> dict[str, dict[str, list[str]]]:
    """What the baselines tell of them."""
    return baselines(corpus, encoder, voices, FOLDS, say=lambda _: None)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("We speak of the weather.", "trial"),
        ("Small talk, always SMALL TALK, and then a dinner.", "trial"),
        ("Dinner with the family, whatever the weather.", "enmeshment"),
        # Words, not parts of words; of as many signs for two labels the first one counts.
        ("The familys weathercock.", None),
        ("Weather and dinner.", "trial"),
        ("We sell pumps.", None),
    ],
)
def test_the_label_whose_words_occur_most_often_is_told(text: str, label: str | None) -> None:
    assert by_keywords(text, FIND) == label


def test_the_lexicon_names_judgements_and_labels_that_exist(corpus: Corpus) -> None:
    lexicon = read_lexicon(corpus.folder)
    assert {row.judgement for row in lexicon} >= {"phase", "disclosure", "willingness"}
    known = {**JUDGEMENTS, "cq": ("low", "medium", "high", "unclear"), "diversity": ("low", "high", "unclear")}
    assert [row for row in lexicon if row.label not in known[row.judgement]] == []
    assert [row for row in lexicon if not row.words or any(word != word.lower() for word in row.words)] == []


def test_a_broken_lexicon_is_told_by_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "evaluation").mkdir()
    (tmp_path / "evaluation" / "lexicon.yaml").write_text("- judgement: phase\n  label: trial\n  word: [rain]\n")
    with pytest.raises(CorpusError, match=r"lexicon\.yaml:"):
        read_lexicon(tmp_path)


def test_the_rule_fits_sixteen_of_the_eighteen_relationships(corpus: Corpus, one: LabelledAccount) -> None:
    cases = list(corpus.cases.values())
    accounts = [
        _account(one, n, "case", case.summary, diversity=case.diversity, cq=one.gold.cq.model_copy(update={"level": case.cq}))
        for n, case in enumerate(cases)
    ]
    fitting = [told == case.phase for told, case in zip(by_rule(corpus, accounts), cases, strict=True)]
    assert (sum(fitting), len(fitting)) == (16, 18)


def test_the_rule_says_nothing_of_what_the_paper_has_not(corpus: Corpus, one: LabelledAccount) -> None:
    accounts = [_account(one, 0, "ann", one.text, diversity="unclear")]
    assert by_rule(corpus, accounts) == ["unclear"]


def test_each_baseline_tells_a_label_of_every_account(
    told: dict[str, dict[str, list[str]]], voices: list[LabelledAccount]
) -> None:
    assert {name: tuple(found) for name, found in told.items() if name not in (LEXICON, QUOTE)} == {
        MAJORITY: JUDGED,
        WORDS: JUDGED,
        RULE: ("phase",),
    }
    assert set(told[QUOTE]) == {"phase", "disclosure"}
    assert {"phase", "disclosure", "willingness"} <= set(told[LEXICON]) < set(JUDGED)
    for found in told.values():
        assert all(len(labels) == len(voices) and all(labels) for labels in found.values())


def test_the_majority_is_that_of_the_other_writers(one: LabelledAccount, corpus: Corpus, encoder: SentenceEncoder) -> None:
    phases = {"ann": "trial", "cleo": "trial", "ben": "renegotiation", "dan": "renegotiation"}
    accounts = [
        _account(one, n, writer, f"{writer} sells pumps in {n}", phase=Phase(phase))
        for writer, phase in phases.items()
        for n in range(EACH)
    ]
    told = baselines(corpus, encoder, accounts, FOLDS, say=lambda _: None)[MAJORITY]["phase"]
    assert told == ["renegotiation"] * 2 * EACH + ["trial"] * 2 * EACH


def test_without_a_keyword_the_majority_is_told(one: LabelledAccount, corpus: Corpus, encoder: SentenceEncoder) -> None:
    texts = {"ann": "The funeral and the divorce.", "ben": "We sell pumps, and that is that."}
    accounts = [_account(one, n, writer, text, phase=Phase.ENMESHMENT) for writer, text in texts.items() for n in range(EACH)]
    told = baselines(corpus, encoder, accounts, [("ann",), ("ben",)], say=lambda _: None)
    assert told[LEXICON]["phase"] == ["renegotiation"] * EACH + ["enmeshment"] * EACH


def test_bag_of_words_cannot_know_a_writer_it_has_not_read(
    told: dict[str, dict[str, list[str]]], voices: list[LabelledAccount]
) -> None:
    hits = [label == account.gold.phase for label, account in zip(told[WORDS]["phase"], voices, strict=True)]
    assert not any(hits)


def test_bag_of_words_knows_what_other_writers_say_too(one: LabelledAccount, corpus: Corpus, encoder: SentenceEncoder) -> None:
    words = {"trial": "we speak of rain and the flight", "enmeshment": "we cook with the children at home"}
    accounts = [
        _account(one, n, writer, f"{text}, {writer} writes", phase=Phase(phase))
        for writer in WRITERS
        for phase, text in words.items()
        for n in range(EACH)
    ]
    told = baselines(corpus, encoder, accounts, FOLDS, say=lambda _: None)[WORDS]["phase"]
    assert told == [account.gold.phase for account in accounts]


def test_nothing_is_learnt_from_the_writers_held_out(
    monkeypatch: pytest.MonkeyPatch, corpus: Corpus, encoder: SentenceEncoder, voices: list[LabelledAccount]
) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    learnt: list[Sequence[str]] = []
    fit = TfidfVectorizer.fit_transform

    def spy(vectorizer: Any, texts: Sequence[str], *rest: Any) -> Any:
        learnt.append(texts)
        return fit(vectorizer, texts, *rest)

    monkeypatch.setattr(TfidfVectorizer, "fit_transform", spy)
    majority = module._majority
    told_of: list[Counter[str]] = []
    monkeypatch.setattr(module, "_majority", lambda texts, gold: told_of.append(Counter(texts)) or majority(texts, gold))
    baselines(corpus, encoder, voices, FOLDS, say=lambda _: None)
    others = [[account.text for account in voices if account.writer not in fold] for fold in FOLDS]
    assert learnt == others
    assert told_of == [Counter(texts) for texts in others] * len(JUDGED)


def test_the_nearest_quote_lends_its_place(one: LabelledAccount, corpus: Corpus, encoder: SentenceEncoder) -> None:
    placed = [quote for quote in corpus.quotes.values() if quote.phase is not None and quote.depth is not None]
    assert placed
    accounts = [_account(one, n, writer, quote.text) for writer in ("ann", "ben") for n, quote in enumerate(placed * 3)]
    told = baselines(corpus, encoder, accounts, [("ann",), ("ben",)], say=lambda _: None)[QUOTE]
    assert told["phase"] == [quote.phase for quote in placed] * 6
    assert told["disclosure"] == [quote.depth for quote in placed] * 6


def test_kappas_are_of_the_accounts_that_are_kept(voices: list[LabelledAccount]) -> None:
    gold = [str(account.gold.phase) for account in voices]
    half = len(voices) // 2
    told = {"right at first": {"phase": [*gold[:half], *["trial"] * half]}, MAJORITY: {"phase": ["trial"] * len(gold)}}
    first, second = [n < half for n in range(len(gold))], [n >= half for n in range(len(gold))]
    assert kappas(voices, told, first) == {"phase": {"right at first": 1.0, MAJORITY: 0.0}}
    assert kappas(voices, told, second) == {"phase": {"right at first": 0.0, MAJORITY: 0.0}}
    everyone = kappas(voices, told, [True] * len(gold))["phase"]
    # Observed 12/24; by chance 1/4 of trial times 18/24 and 1/4 of enmeshment times 6/24.
    assert everyone["right at first"] == pytest.approx((0.5 - 0.25) / (1 - 0.25))
    assert kappas(voices, told, [False] * len(gold)) == {}


@pytest.mark.slow
def test_on_real_accounts_skill_lies_above_chance(corpus: Corpus, encoder: SentenceEncoder) -> None:
    folds = [("train_5", "train_9"), ("train_12", "train_13")]
    accounts = [
        account
        for writer in sorted(writer for fold in folds for writer in fold)
        for account in read_labelled(corpus.folder / "accounts" / f"{writer}.jsonl")[:50]
    ]
    found = kappas(accounts, baselines(corpus, encoder, accounts, folds, say=lambda _: None), [True] * len(accounts))
    assert set(found) == set(JUDGED)
    assert all(abs(row[MAJORITY]) < 0.25 for row in found.values())
    assert found["phase"][WORDS] > 0.2, f"bag of words reaches {found['phase'][WORDS]:.2f}; above 0.2 is usual"
    assert not [value for row in found.values() for value in row.values() if np.isnan(value)]
