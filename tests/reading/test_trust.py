"""What a model's reading is worth: nothing for a guess or an echo, something for what it is good at."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from coach.errors import ModelError
from coach.reading.labelled import JUDGEMENTS
from coach.reading.trust import Compared, Trust, TrustBook, learn_trust

ACCOUNTS = 60

Saying = Callable[[np.random.Generator, str, int, "np.ndarray[tuple[int], np.dtype[np.float64]]"], int]
"""From the judgement, the true label and the built-in log-probabilities to the label that a model says."""


def _rows(saying: Saying, *, seed: int = 1, count: int = ACCOUNTS, found: int = 0, findings: int = 0) -> list[Compared]:
    """Return labelled accounts on which the built-in reader is good, calibrated, and sometimes wrong."""
    random = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        gold, said, scores = {}, {}, {}
        for judgement, labels in JUDGEMENTS.items():
            true = int(random.integers(len(labels)))
            logits = random.normal(size=len(labels))
            logits[true] += 1.5
            logits *= 1.5
            logs = logits - np.log(np.exp(logits).sum())
            gold[judgement], scores[judgement] = str(labels[true]), tuple(map(float, logs))
            said[judgement] = str(labels[saying(random, judgement, true, logs)])
        rows.append(Compared(gold=gold, said=said, scores=scores, found=found, findings=findings))
    return rows


def _guess(random, judgement, true, logs):  # type: ignore[no-untyped-def]
    return int(random.integers(len(logs)))


def _always_the_first(random, judgement, true, logs):  # type: ignore[no-untyped-def]
    return 0


def _echo(random, judgement, true, logs):  # type: ignore[no-untyped-def]
    return int(logs.argmax())


def _perfect(random, judgement, true, logs):  # type: ignore[no-untyped-def]
    return true


def _good_at_the_phase(random, judgement, true, logs):  # type: ignore[no-untyped-def]
    return true if judgement == "phase" else int(random.integers(len(logs)))


def _loss(rows: list[Compared], trust: Trust | None) -> float:
    """Return the mean negative log-probability of the coder's label under the joined reading."""
    losses = []
    for row in rows:
        for judgement, labels in JUDGEMENTS.items():
            scores = np.array(row.scores[judgement], dtype=np.float32)
            joined = trust.joined(judgement, scores, row.said[judgement]) if trust else scores
            losses.append(-float(joined[[str(label) for label in labels].index(row.gold[judgement])]))
    return float(np.mean(losses))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("saying", [_guess, _always_the_first])
def test_a_model_that_does_not_read_counts_nothing(saying: Saying, seed: int) -> None:
    trust = learn_trust("m", "p", _rows(saying, seed=seed))
    assert set(trust.share.values()) == {0.0}
    assert not trust.counts


def test_a_model_that_says_what_the_built_in_reader_says_adds_nothing() -> None:
    trust = learn_trust("m", "p", _rows(_echo))
    fresh = _rows(_echo, seed=2, count=300)
    assert _loss(fresh, trust) == pytest.approx(_loss(fresh, None), abs=0.02)


def test_a_perfect_model_makes_the_truth_likelier() -> None:
    trust = learn_trust("m", "p", _rows(_perfect))
    fresh = _rows(_perfect, seed=2)
    assert min(trust.share.values()) > 0
    assert _loss(fresh, trust) < _loss(fresh, None) / 2


def test_a_model_counts_for_what_it_is_good_at() -> None:
    trust = learn_trust("m", "p", _rows(_good_at_the_phase, seed=3))
    assert [judgement for judgement, share in trust.share.items() if share > 0] == ["phase"]


def test_a_share_of_nothing_leaves_the_scores_as_they_are() -> None:
    row = _rows(_guess)[0]
    trust = learn_trust("m", "p", _rows(_guess))
    for judgement, scores in row.scores.items():
        given = np.array(scores, dtype=np.float32) + 0.25
        assert (trust.joined(judgement, given, row.said[judgement]) == given).all()


def test_joined_probabilities_add_up_to_one() -> None:
    trust, row = learn_trust("m", "p", _rows(_perfect)), _rows(_perfect)[0]
    for judgement, scores in row.scores.items():
        joined = trust.joined(judgement, np.array(scores, dtype=np.float32), row.said[judgement])
        assert np.exp(joined).sum() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("count", [0, 1, 2, 19])
def test_hardly_any_accounts_are_no_reason_to_trust(count: int) -> None:
    assert not learn_trust("m", "p", _rows(_perfect, count=count)).counts


@pytest.mark.parametrize(("found", "findings", "worth"), [(1, 2, 0.5), (0, 2, 0.0), (2, 2, 1.0), (0, 0, 0.0)])
def test_findings_are_worth_what_coders_confirm(found: int, findings: int, worth: float) -> None:
    assert learn_trust("m", "p", _rows(_guess, found=found, findings=findings)).findings == worth


def test_a_book_keeps_what_was_learnt(tmp_path: Path) -> None:
    book, trust = TrustBook(tmp_path / "trust.json"), learn_trust("m", "p@1", _rows(_perfect))
    assert book.of("m", "p@1") is None
    book.keep(trust)
    book.keep(trust.model_copy(update={"model": "other"}))
    assert (book.of("m", "p@1"), book.of("m", "p@2"), book.of("unknown", "p@1")) == (trust, None, None)


def _damage(path: Path, **changes: object) -> None:
    book = json.loads(path.read_text())
    book["trusts"]["m"] |= changes
    path.write_text(json.dumps(book))


@pytest.mark.parametrize(
    "changes",
    [
        {"share": {"phase": 1.0}},
        {"share": dict.fromkeys(JUDGEMENTS, 5.0)},
        {"evidence": {judgement: [[0.0]] for judgement in JUDGEMENTS}},
        {"findings": 2.0},
        {"more": 1},
    ],
    ids=["judgements missing", "a share above one", "evidence of another shape", "worth above one", "an unknown field"],
)
def test_a_book_that_does_not_fit_is_told(changes: dict[str, object], tmp_path: Path) -> None:
    path = tmp_path / "trust.json"
    TrustBook(path).keep(learn_trust("m", "p", _rows(_guess)))
    _damage(path, **changes)
    with pytest.raises(ModelError, match="damaged"):
        TrustBook(path).of("m", "p")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"trusts": 1}'])
def test_a_damaged_book_is_told(text: str, tmp_path: Path) -> None:
    path = tmp_path / "trust.json"
    path.write_text(text)
    with pytest.raises(ModelError, match="damaged"):
        TrustBook(path).of("m", "p")
