"""Labelled accounts: what the reader is trained and measured on (`corpus/accounts/*.jsonl`, one file a writer)."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from coach.errors import CorpusError
from coach.framework import (
    Context,
    CQLevel,
    CultureFlag,
    Depth,
    Dimension,
    DimensionState,
    Diversity,
    OneSided,
    Phase,
    Willingness,
)
from coach.library.yaml_files import read_text
from coach.records import Profile


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GoldCQ(_Row):
    """What a coder says of the salesperson's cultural intelligence."""

    level: CQLevel
    cognitive: DimensionState
    metacognitive: DimensionState
    motivational: DimensionState
    behavioural: DimensionState


class Gold(_Row):
    """A coder's labels of one account."""

    phase: Phase
    regressed: bool
    disclosure: Depth
    one_sided: OneSided
    diversity: Diversity
    salesperson_context: Context
    customer_context: Context
    customer_culture: str | None
    flags: tuple[CultureFlag, ...]
    cq: GoldCQ
    willingness: Willingness

    @field_validator("customer_culture")
    @classmethod
    def _unclear_is_none(cls, value: str | None) -> str | None:
        return None if value == "unclear" else value

    def label(self, judgement: str) -> str:
        """Return the label of a judgement by the name under which it is trained, such as `cq.cognitive`; `cq` is the level."""
        if judgement == "cq":
            return str(self.cq.level)
        if judgement.startswith("cq."):
            return str(getattr(self.cq, judgement.removeprefix("cq.")))
        return str(getattr(self, judgement)).lower() if judgement == "regressed" else str(getattr(self, judgement))


class LabelledSpan(_Row):
    """A verbatim passage and the indicator that it shows."""

    quote: str
    indicator: str


class LabelledAccount(_Row):
    """An account with a coder's labels."""

    id: str
    text: str
    profile: Profile
    gold: Gold
    why: str = ""
    tags: tuple[str, ...] = ()
    spans: tuple[LabelledSpan, ...] = ()
    writer: str = ""
    """Who wrote it: the name of its file."""


JUDGEMENTS: dict[str, tuple[str, ...]] = {
    "phase": tuple(Phase),
    "disclosure": tuple(Depth),
    "willingness": tuple(Willingness),
    "regressed": ("false", "true"),
    "one_sided": tuple(OneSided),
    **{f"cq.{dimension}": tuple(DimensionState) for dimension in Dimension},
}
"""The judgements with a trained head, and their labels."""


def read_labelled(path: Path) -> list[LabelledAccount]:
    """Read one file of labelled accounts.

    Raises:
        CorpusError: the file is missing, or a line is not a labelled account; the message holds file and line.
    """
    accounts = []
    for number, line in enumerate(read_text(path).splitlines(), 1):
        if not line.strip():
            continue
        try:
            account = LabelledAccount.model_validate_json(line)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "the line"
            raise CorpusError(
                f"{path}:{number}: {where}: {first['msg']}.", "Correct the line; its neighbours show the form."
            ) from error
        for span in account.spans:
            if span.quote not in account.text:
                raise CorpusError(f"{path}:{number}: a span does not occur in the text.", "Quote the account word for word.")
        accounts.append(account.model_copy(update={"writer": path.stem}))
    return accounts


def read_writers(folder: Path) -> list[LabelledAccount]:
    """Read every file of labelled accounts in a folder, in the order of their names.

    Raises:
        CorpusError: there is none, or one is broken.
    """
    paths = sorted(folder.glob("*.jsonl"))
    if not paths:
        raise CorpusError(f"There are no labelled accounts in {folder}.", "Restore corpus/accounts from the repository.")
    return [account for path in paths for account in read_labelled(path)]
