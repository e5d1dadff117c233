"""Simple methods beside which the reader is measured, on the same accounts and folds: what skill has to beat."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from coach.evaluation.agreement import kappa
from coach.evaluation.verdicts import JUDGED
from coach.framework import Phase
from coach.library.corpus import Corpus
from coach.library.embedder import SentenceEncoder
from coach.library.schema import Entry
from coach.library.yaml_files import read_entries
from coach.reading.labelled import LabelledAccount

MAJORITY = "majority"
LEXICON = "keyword lexicon"
WORDS = "bag of words"
QUOTE = "nearest quote"
RULE = "CQ and diversity"
"""The phase that most of the paper's eighteen relationships with the same diversity and CQ level are in (Tables 2 and 4); it
fits sixteen of them. It is given the coder's own diversity and CQ level, which flatters it."""

_QUOTED: Mapping[str, str] = {"phase": "phase", "disclosure": "depth"}
"""Judgements for which the paper places quotes, and the field that says so."""

Told = Mapping[str, Mapping[str, list[str]]]
"""For each baseline and judgement a label for each account."""


class Keywords(Entry):
    """Words that the keyword baseline takes as a sign of a label."""

    judgement: str
    label: str
    words: tuple[str, ...]


def baselines(
    corpus: Corpus,
    encoder: SentenceEncoder,
    accounts: Sequence[LabelledAccount],
    folds: Sequence[Sequence[str]],
    *,
    say: Callable[[str], None],
) -> dict[str, dict[str, list[str]]]:
    """Return what each baseline tells of each account, those that learn trained without the account's fold of writers.

    Raises:
        CorpusError: the lexicon is missing or broken.
        EncoderError: the encoder cannot be loaded.
    """
    lexicon = read_lexicon(corpus.folder)
    told: dict[str, dict[str, list[str]]] = {MAJORITY: {}, LEXICON: {}, WORDS: {}}
    say("baselines: majority, keywords, bag of words")
    for judgement in JUDGED:
        gold = [account.gold.label(judgement) for account in accounts]
        commonest = _by_fold(accounts, folds, gold, _majority)
        told[MAJORITY][judgement] = commonest
        words = {row.label: row.words for row in lexicon if row.judgement == judgement}
        if words:
            told[LEXICON][judgement] = [
                by_keywords(account.text, words) or common for account, common in zip(accounts, commonest, strict=True)
            ]
    told[WORDS] = _bag_of_words(accounts, folds)
    say("baselines: nearest quote, CQ and diversity")
    told[QUOTE] = _nearest_quote(corpus, encoder, accounts)
    told[RULE] = {"phase": by_rule(corpus, accounts)}
    return told


def kappas(accounts: Sequence[LabelledAccount], told: Told, keep: Sequence[bool]) -> dict[str, dict[str, float]]:
    """Return for each judgement the kappa of each baseline on the accounts for which `keep` holds."""
    results: dict[str, dict[str, float]] = {}
    for name, judgements in told.items():
        for judgement, labels in judgements.items():
            pairs = [
                (account.gold.label(judgement), label)
                for account, label, kept in zip(accounts, labels, keep, strict=True)
                if kept
            ]
            value = kappa(pairs)
            if not np.isnan(value):
                results.setdefault(judgement, {})[name] = value
    return results


def read_lexicon(corpus_folder: Path) -> list[Keywords]:
    """Read the words of the keyword baseline.

    Raises:
        CorpusError: the file is missing or broken.
    """
    path = corpus_folder / "evaluation" / "lexicon.yaml"
    return read_entries(path, Keywords, key=lambda row: f"{row.judgement}.{row.label}")


def by_keywords(text: str, words: Mapping[str, Sequence[str]]) -> str | None:
    """Return the label whose words occur most often in a text, the first of several; None where none occurs."""
    lower = text.lower()
    counts = {label: sum(len(re.findall(rf"\b{re.escape(w)}\b", lower)) for w in listed) for label, listed in words.items()}
    best = max(counts, key=lambda label: counts[label])
    return best if counts[best] else None


def by_rule(corpus: Corpus, accounts: Sequence[LabelledAccount]) -> list[str]:
    """Return the phase in which most of the paper's relationships with the same diversity and CQ level are."""
    table: dict[tuple[str, str], Counter[str]] = {}
    for case in corpus.cases.values():
        table.setdefault((str(case.diversity), str(case.cq)), Counter())[str(case.phase)] += 1
    return [
        found.most_common(1)[0][0]
        if (found := table.get((str(account.gold.diversity), str(account.gold.cq.level))))
        else str(Phase.UNCLEAR)
        for account in accounts
    ]


def _by_fold(
    accounts: Sequence[LabelledAccount],
    folds: Sequence[Sequence[str]],
    gold: Sequence[str],
    learn: Callable[[Sequence[str], Sequence[str]], Callable[[Sequence[str]], Sequence[str]]],
) -> list[str]:
    told = [""] * len(accounts)
    for fold in folds:
        seen = [number for number, account in enumerate(accounts) if account.writer not in fold]
        unseen = [number for number, account in enumerate(accounts) if account.writer in fold]
        tell = learn([accounts[number].text for number in seen], [gold[number] for number in seen])
        for number, label in zip(unseen, tell([accounts[number].text for number in unseen]), strict=True):
            told[number] = str(label)
    return told


def _majority(_: Sequence[str], gold: Sequence[str]) -> Callable[[Sequence[str]], Sequence[str]]:
    commonest = Counter(gold).most_common(1)[0][0]
    return lambda texts: [commonest] * len(texts)


def _bag_of_words(accounts: Sequence[LabelledAccount], folds: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    told: dict[str, list[str]] = {judgement: [""] * len(accounts) for judgement in JUDGED}
    for fold in folds:
        seen = [number for number, account in enumerate(accounts) if account.writer not in fold]
        unseen = [number for number, account in enumerate(accounts) if account.writer in fold]
        vectorizer = TfidfVectorizer(min_df=min(3, len(seen)), ngram_range=(1, 2), sublinear_tf=True)
        features = vectorizer.fit_transform([accounts[number].text for number in seen])
        tested = vectorizer.transform([accounts[number].text for number in unseen])
        for judgement in JUDGED:
            gold = [accounts[number].gold.label(judgement) for number in seen]
            if len(set(gold)) == 1:
                labels = [gold[0]] * len(unseen)
            else:
                model = LogisticRegression(C=10, max_iter=200, class_weight="balanced")
                labels = [str(label) for label in model.fit(features, gold).predict(tested)]
            for number, label in zip(unseen, labels, strict=True):
                told[judgement][number] = label
    return told


def _nearest_quote(corpus: Corpus, encoder: SentenceEncoder, accounts: Sequence[LabelledAccount]) -> dict[str, list[str]]:
    vectors = encoder.encode([account.text for account in accounts])
    told = {}
    for judgement, field in _QUOTED.items():
        placed = [quote for quote in corpus.quotes.values() if getattr(quote, field) is not None]
        nearest = (vectors @ encoder.encode([quote.text for quote in placed]).T).argmax(axis=1)
        told[judgement] = [str(getattr(placed[int(number)], field)) for number in nearest]
    return told
