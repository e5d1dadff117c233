"""What the reader says of labelled accounts, as labels that can be compared with a coder's, and kept in a file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from coach.diagnosis import diagnose
from coach.errors import CorpusError
from coach.framework import Dimension
from coach.library.atomic import write_atomically
from coach.library.corpus import Corpus
from coach.library.yaml_files import read_text
from coach.reading.labelled import JUDGEMENTS, LabelledAccount
from coach.reading.reader import Reader
from coach.records import Account, Diagnosis, Reading

JUDGED = ("phase", "disclosure", "diversity", "cq", "willingness", "regressed", "one_sided", *(f"cq.{d}" for d in Dimension))
"""What is compared with a coder's labels."""


class Verdict(BaseModel):
    """What the reader told of one account."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    told: tuple[str, ...]
    """A label for each of `JUDGED`, in its order."""
    confidence: float
    """Of the phase, given that there is one."""
    probabilities: dict[str, tuple[float, ...]] = {}
    """For accounts on which a language model may be compared with the reader: of each label of `JUDGEMENTS`."""

    def label(self, judgement: str) -> str:
        """Return what was told of a judgement."""
        return self.told[JUDGED.index(judgement)]


@dataclass(frozen=True, slots=True)
class Compared:
    """An account with a coder's labels and what the reader told."""

    account: LabelledAccount
    verdict: Verdict

    def pair(self, judgement: str) -> tuple[str, str]:
        """Return the coder's label and the reader's."""
        return self.account.gold.label(judgement), self.verdict.label(judgement)


def read_all(corpus: Corpus, reader: Reader, accounts: Sequence[LabelledAccount]) -> list[Verdict]:
    """Diagnose labelled accounts with one reader.

    Raises:
        EncoderError: what the reader needs cannot be loaded.
    """
    verdicts = []
    for account in accounts:
        reading = reader.read(Account(text=account.text, profile=account.profile))
        found = verdict(account.id, diagnose(reading, corpus))
        if for_comparison(account.id):
            found = found.model_copy(update={"probabilities": _probabilities(reading)})
        verdicts.append(found)
    return verdicts


def for_comparison(account_id: str) -> bool:
    """Say whether an account is one of those, one in eight, on which a language model may be compared with the reader."""
    return hashlib.sha256(account_id.encode()).digest()[0] % 8 == 0


def verdict(account_id: str, diagnosis: Diagnosis) -> Verdict:
    """Return the labels of a diagnosis."""
    told = tuple(_told(diagnosis, name) for name in JUDGED)
    return Verdict(id=account_id, told=told, confidence=round(diagnosis.phase.confidence, 4))


def compare(accounts: Sequence[LabelledAccount], verdicts: Sequence[Verdict]) -> list[Compared]:
    """Join accounts and verdicts by their ids; accounts without a verdict are left out."""
    found: Mapping[str, Verdict] = {verdict.id: verdict for verdict in verdicts}
    return [Compared(account, found[account.id]) for account in accounts if account.id in found]


class CrossValidation(BaseModel):
    """Verdicts on accounts by readers that had not seen their writers.

    Attributes:
        accounts_sha256: of the accounts that were trained on and measured.
        folds: the writers held out together; those in none were not measured.
        verdicts: one for each account of a writer who was held out.
        curve: verdicts on the first fold's accounts by readers trained on so many accounts, fewest first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    accounts_sha256: str
    folds: tuple[tuple[str, ...], ...]
    verdicts: tuple[Verdict, ...]
    curve: tuple[tuple[int, tuple[Verdict, ...]], ...]

    def save(self, path: Path) -> None:
        """Write it as JSON, atomically."""
        write_atomically(path, self.model_dump_json() + "\n")

    @classmethod
    def load(cls, path: Path) -> CrossValidation:
        """Read it.

        Raises:
            CorpusError: the file is missing or damaged.
        """
        try:
            return cls.model_validate_json(read_text(path))
        except ValidationError as error:
            raise CorpusError(f"{path} is damaged.", "Install Rapport again, or measure anew with `coach train`.") from error


def _probabilities(reading: Reading) -> dict[str, tuple[float, ...]]:
    return {
        judgement: tuple(round(reading.probabilities[judgement][str(label)], 4) for label in labels)
        for judgement, labels in JUDGEMENTS.items()
    }


def _told(diagnosis: Diagnosis, name: str) -> str:
    if name == "cq":
        return str(diagnosis.cq.level)
    if name.startswith("cq."):
        return str(diagnosis.cq.dimensions[Dimension(name.removeprefix("cq."))].state)
    if name == "regressed":
        return str(diagnosis.phase.regressed).lower()
    if name == "one_sided":
        return str(diagnosis.disclosure.one_sided)
    return str(getattr(diagnosis, name).label)
