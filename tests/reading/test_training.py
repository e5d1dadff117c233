"""Training aligns spans with units, gives the same weights twice, and learns more than the commonest label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from coach.library import Corpus
from coach.library.embedder import SentenceEncoder
from coach.reading.labelled import JUDGEMENTS, LabelledAccount, read_writers
from coach.reading.reader import Reader
from coach.reading.sentences import units
from coach.reading.training import TrainingSet, embedded, fit, prepare, shown_in_units, subset
from coach.reading.weights import ReaderWeights
from coach.records import Account

CODES = ("disclosure.small_talk", "disclosure.family", "contact.private_circle", "contact.formal")
LEARNT_FROM = ("train_5", "train_9", "train_13")
HELD_OUT = "train_7"
EACH = 35
FLOOR = 0.10
"""How far above the commonest label's share the accuracy on an unseen writer must lie; about 0.3 is usual."""


def _some(accounts: Sequence[LabelledAccount], writer: str) -> list[LabelledAccount]:
    chosen = [account for account in accounts if account.writer == writer][:EACH]
    return [
        account.model_copy(update={"spans": tuple(span for span in account.spans if span.indicator in CODES)})
        for account in chosen
    ]


@pytest.fixture(scope="module")
def accounts(corpus: Corpus) -> list[LabelledAccount]:
    """All labelled accounts."""
    return read_writers(corpus.folder / "accounts")


@pytest.fixture(scope="module")
def data(accounts: list[LabelledAccount], encoder: SentenceEncoder) -> TrainingSet:
    """Accounts of three writers, with a handful of indicators."""
    return prepare([account for writer in LEARNT_FROM for account in _some(accounts, writer)], encoder, CODES)


@pytest.fixture(scope="module")
def weights(data: TrainingSet) -> ReaderWeights:
    """What is learnt from them."""
    return fit(data, card={"accounts": str(len(data.accounts))})


def test_spans_are_aligned_with_the_units_that_hold_them(accounts: list[LabelledAccount], encoder: SentenceEncoder) -> None:
    one = accounts[0].model_copy(
        update={
            "text": "We open the folder. He asks about the rain, always. Then we part.",
            "spans": (accounts[0].spans[0].model_copy(update={"quote": "He asks about the rain", "indicator": CODES[0]}),),
        }
    )
    two = one.model_copy(update={"spans": ()})
    small = prepare([one, two], encoder, CODES)
    assert small.shown[:, 0].tolist() == [False, True, False, False, False, False]
    assert small.owner.tolist() == [0, 0, 0, 1, 1, 1]
    assert small.spanned.tolist() == [True] * 3 + [False] * 3
    assert not small.shown[:, 1:].any()


@pytest.mark.parametrize(
    ("quote", "shown"),
    [
        ("We open the folder.", [True, False, False]),
        ("folder. He asks about the rain", [False, True, False]),
        ("He asks about the rain, always. Then we part.", [False, True, True]),
        ("rain", [False, True, False]),
    ],
)
def test_a_unit_shows_what_most_of_a_passage_in_it_shows(
    quote: str, shown: list[bool], accounts: list[LabelledAccount]
) -> None:
    text = "We open the folder. He asks about the rain, always. Then we part."
    span = accounts[0].spans[0].model_copy(update={"quote": quote, "indicator": CODES[1]})
    account = accounts[0].model_copy(update={"text": text, "spans": (span,)})
    found = shown_in_units(account, units(text), CODES)
    assert found[:, 1].tolist() == shown
    assert not found[:, [0, 2, 3]].any()


class _Counting(SentenceEncoder):
    """An encoder that counts how often it is asked, and gives every text the same vector."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.asked = 0

    def encode(self, texts: list[str]) -> np.ndarray:
        self.asked += 1
        return np.full((len(texts), 4), len(self.name), dtype=np.float32)


def test_units_are_embedded_once_and_kept(accounts: list[LabelledAccount], tmp_path: Path) -> None:
    few, kept = [_some(accounts, LEARNT_FROM[0])[number] for number in range(3)], tmp_path / "bench" / "units.npz"
    encoder, other = _Counting("one"), _Counting("another")
    first = embedded(few, encoder, CODES, kept)
    again = embedded(few, encoder, CODES, kept)
    assert encoder.asked == 1
    plain = prepare(few, encoder, CODES)
    for found in (first, again):
        np.testing.assert_array_equal(found.features, plain.features)
        np.testing.assert_array_equal(found.shown, plain.shown)
        np.testing.assert_array_equal(found.owner, plain.owner)
    # What is kept is of these texts and this encoder only.
    assert not np.array_equal(embedded(few, other, CODES, kept).features, plain.features)
    assert len(embedded(few[:2], other, CODES, kept).accounts) == 2
    assert other.asked == 2


def test_labels_that_changed_are_read_anew_beside_kept_units(accounts: list[LabelledAccount], tmp_path: Path) -> None:
    few, kept = _some(accounts, LEARNT_FROM[0])[:3], tmp_path / "units.npz"
    encoder = _Counting("one")
    embedded(few, encoder, CODES, kept)
    bare = [account.model_copy(update={"spans": ()}) for account in few]
    assert not embedded(bare, encoder, CODES, kept).shown.any()
    assert encoder.asked == 1


@pytest.mark.slow
def test_every_account_is_prepared_once(data: TrainingSet) -> None:
    assert len(data.accounts) == len(LEARNT_FROM) * EACH
    assert set(data.owner.tolist()) == set(range(len(data.accounts)))
    assert data.features.shape[0] == data.shown.shape[0] == len(data.owner)
    assert set(data.writers) == set(LEARNT_FROM)


@pytest.mark.slow
def test_training_twice_gives_the_same_weights(data: TrainingSet, weights: ReaderWeights) -> None:
    again = fit(data)
    np.testing.assert_array_equal(again.indicator_weight, weights.indicator_weight)
    np.testing.assert_array_equal(again.thresholds, weights.thresholds)
    for name, head in weights.judgements.items():
        np.testing.assert_array_equal(again.judgements[name].weight, head.weight)
        assert again.judgements[name].temperature == head.temperature


@pytest.mark.slow
def test_the_weights_cover_every_judgement_and_label(weights: ReaderWeights) -> None:
    assert weights.codes == CODES
    assert weights.card == {"accounts": str(len(LEARNT_FROM) * EACH)}
    assert {name: head.labels for name, head in weights.judgements.items()} == {
        name: tuple(str(label) for label in labels) for name, labels in JUDGEMENTS.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("judgement", ["phase", "disclosure"])
def test_an_unseen_writer_is_read_better_than_by_the_commonest_label(
    judgement: str, accounts: list[LabelledAccount], weights: ReaderWeights, corpus: Corpus, encoder: SentenceEncoder
) -> None:
    reader = Reader(corpus, encoder, weights)
    unseen = _some(accounts, HELD_OUT)
    gold = [account.gold.label(judgement) for account in unseen]
    told = [reader.read(Account(text=account.text, profile=account.profile)).probabilities[judgement] for account in unseen]
    reached = np.mean([max(chances, key=lambda label: chances[label]) == g for chances, g in zip(told, gold, strict=True)])
    wanted = Counter(gold).most_common(1)[0][1] / len(gold) + FLOOR
    assert reached >= wanted, f"{judgement}: {reached:.2f} of {HELD_OUT} read right, wanted {wanted:.2f}"


@pytest.mark.slow
def test_a_subset_keeps_each_account_with_its_own_units(data: TrainingSet) -> None:
    part = subset(data, data.writers == LEARNT_FROM[1])
    assert set(part.writers) == {LEARNT_FROM[1]}
    assert part.owner.tolist() == sorted(part.owner.tolist())
    np.testing.assert_array_equal(part.features[part.owner == 3], data.features[data.owner == EACH + 3])
    np.testing.assert_array_equal(part.words, data.words[EACH : 2 * EACH])
