"""How much a language model's reading counts: learnt from labelled accounts, and nothing until it has been.

For each judgement it is counted which label the model says where a coder says another. Such counts turn what the model says
of a new account into evidence beside the built-in reader's own, in a measure that must have lowered the loss on accounts left
out; where it did not, clearly, the measure is nought. So a poor model changes nothing, and a good one changes what it is good
at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, model_validator

from coach.errors import ModelError
from coach.library.atomic import write_atomically
from coach.library.yaml_files import read_text
from coach.reading.fusion import log_softmax
from coach.reading.labelled import JUDGEMENTS

_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
_SMOOTHING = 3.0
"""Pseudo-counts: a model is taken to say its usual labels until it is known to do better."""

_STANDARD_ERRORS = 2.0
"""How many of its own standard errors a gain must exceed: with one, chance alone gave a guessing model a part now and then."""

_LEAST_GAIN = 0.01
"""Nats an account below which a gain is none: even a model that always says the same shifts the odds by a hair."""

_FEWEST_ACCOUNTS = 20
_FEWEST_FINDINGS = 20


class Trust(BaseModel):
    """What a model's reading is worth.

    Attributes:
        model: its name.
        prompt: provenance of the prompt under which it was measured; under another it is not known.
        accounts: how many labelled accounts it was measured on.
        share: for each judgement how much of its evidence counts, from 0 to 1.
        evidence: for each judgement, log P(said | true) by the label said (rows) and the true one (columns), in the order of
            `JUDGEMENTS`.
        findings: how probable it is that a coder would give a passage the code that the model gives it, from 0 to 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    prompt: str
    accounts: int
    share: dict[str, Annotated[float, Field(ge=0, le=1)]]
    evidence: dict[str, tuple[tuple[FiniteFloat, ...], ...]]
    findings: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _fits_the_judgements(self) -> Self:
        """Refuse a trust of other judgements or labels, which a file may hold that was written by another version."""
        if not self.share.keys() == self.evidence.keys() == JUDGEMENTS.keys():
            raise ValueError("these are not the judgements")
        for judgement, labels in JUDGEMENTS.items():
            if [len(row) for row in self.evidence[judgement]] != [len(labels)] * len(labels):
                raise ValueError(f"the evidence for {judgement} has another shape")
        return self

    @property
    def counts(self) -> bool:
        """Whether the model's reading changes anything."""
        return any(share > 0 for share in self.share.values())

    def joined(self, judgement: str, scores: NDArray[np.float32], said: str) -> NDArray[np.float32]:
        """Return the log-probabilities of a judgement's labels, joined with what the model says, shape (labels,)."""
        if self.share[judgement] == 0:
            return scores
        row = [str(label) for label in JUDGEMENTS[judgement]].index(said)
        told = np.array(self.evidence[judgement][row], dtype=np.float32)
        return log_softmax((scores + self.share[judgement] * told).astype(np.float32))


class Compared(BaseModel):
    """One labelled account as both readers see it.

    Attributes:
        gold: the coder's label of each judgement.
        said: the model's.
        scores: the built-in reader's log-probabilities, for each judgement in the order of its labels, on writers it never saw.
        found: how many of the model's findings fall on a passage to which the coder gives the same code.
        findings: how many there are on passages that the coder gave any code.
    """

    model_config = ConfigDict(frozen=True)

    gold: dict[str, str]
    said: dict[str, str]
    scores: dict[str, tuple[float, ...]]
    found: int
    findings: int


def learn_trust(model: str, prompt: str, rows: Sequence[Compared]) -> Trust:
    """Return what a model's reading is worth, from labelled accounts that both readers read."""
    share, evidence = {}, {}
    for judgement, labels in JUDGEMENTS.items():
        names = [str(label) for label in labels]
        gold = np.array([names.index(row.gold[judgement]) for row in rows], dtype=np.int64)
        said = np.array([names.index(row.said[judgement]) for row in rows], dtype=np.int64)
        scores = np.array([row.scores[judgement] for row in rows], dtype=np.float32).reshape(len(rows), len(names))
        share[judgement] = _best_share(gold, said, scores)
        evidence[judgement] = tuple(tuple(round(float(x), 4) for x in line) for line in _evidence(gold, said, len(names)))
    found, findings = sum(row.found for row in rows), sum(row.findings for row in rows)
    return Trust(
        model=model,
        prompt=prompt,
        accounts=len(rows),
        share=share,
        evidence=evidence,
        findings=round(found / findings, 3) if findings >= _FEWEST_FINDINGS else 0.0,
    )


def _best_share(gold: NDArray[np.int64], said: NDArray[np.int64], scores: NDArray[np.float32]) -> float:
    """Return the share under which accounts left out one by one are likeliest, if clearly so, else 0."""
    if len(gold) < _FEWEST_ACCOUNTS:
        return 0.0
    losses = {}
    for share in _SHARES:
        loss = []
        for left_out in range(len(gold)):
            kept = np.arange(len(gold)) != left_out
            told = _evidence(gold[kept], said[kept], scores.shape[1])[said[left_out]]
            joined = log_softmax((scores[left_out] + share * told).astype(np.float32))
            loss.append(-float(joined[gold[left_out]]))
        losses[share] = np.array(loss)
    best = min(_SHARES, key=lambda share: float(losses[share].mean()))
    gain = losses[0.0] - losses[best]
    # A few lucky accounts must not make a model count.
    least = max(_LEAST_GAIN, _STANDARD_ERRORS * float(gain.std(ddof=1)) / len(gain) ** 0.5)
    return best if float(gain.mean()) > least else 0.0


def _evidence(gold: NDArray[np.int64], said: NDArray[np.int64], size: int) -> NDArray[np.float64]:
    """Return log P(said | true), rows by what is said, smoothed towards how often it is said at all."""
    counts = np.zeros((size, size))
    np.add.at(counts, (said, gold), 1.0)
    usual = (counts.sum(axis=1, keepdims=True) + 1.0) / (len(gold) + size)
    result: NDArray[np.float64] = np.log((counts + _SMOOTHING * usual) / (counts.sum(axis=0, keepdims=True) + _SMOOTHING))
    return result


class TrustBook:
    """What is known of models, in a file of the data folder.

    Args:
        path: the file; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def of(self, model: str, prompt: str) -> Trust | None:
        """Return what is known of a model under a prompt; None where it was not measured.

        Raises:
            ModelError: the file is damaged.
        """
        found = self._all().get(model)
        return found if found is not None and found.prompt == prompt else None

    def keep(self, trust: Trust) -> None:
        """Keep what was learnt of a model in place of what was known.

        Raises:
            ModelError: the file is damaged or cannot be written.
        """
        book = _Book(trusts={**self._all(), trust.model: trust})
        try:
            write_atomically(self._path, book.model_dump_json(indent=1) + "\n")
        except OSError as error:
            raise ModelError(
                f"What was learnt of the model cannot be kept in {self._path}.",
                "Free some space or point COACH_DATA_DIR at a folder that can be written.",
            ) from error

    def _all(self) -> Mapping[str, Trust]:
        if not self._path.is_file():
            return {}
        try:
            return _Book.model_validate_json(read_text(self._path)).trusts
        except ValidationError as error:
            raise ModelError(f"{self._path} is damaged.", "Delete it and run `coach model test` again.") from error


class _Book(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    trusts: dict[str, Trust]
