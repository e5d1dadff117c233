"""What a connected language model reads out of an account: quotations first, then its reasoning, then labels.

The model's answer is a claim, not a reading: each quotation must occur in the account word for word, each code must be one of
the corpus, and how much its labels count is learnt from labelled accounts (`trust`).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, create_model

from coach.framework import Depth, Dimension, DimensionState, OneSided, Phase, Willingness
from coach.library.prompts import Prompt
from coach.library.schema import Indicator
from coach.models.usage import Meter
from coach.reading.sentences import Span

Schema = TypeVar("Schema", bound=BaseModel)

MOST_FINDINGS = 6


class ExtractingModel(Protocol):
    """The part of a connected model that reads."""

    @property
    def name(self) -> str:
        """What it is called."""

    def extract(self, prompt: str, schema: type[Schema], *, seconds: float, meter: Meter | None = None) -> Schema:
        """Return the answer in the form of the schema; raises ModelFailure."""


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Finding(_Answer):
    """One passage of the account and what it shows."""

    quote: str
    """Words copied exactly from the account, one sentence or a part of it."""
    indicator: str
    """The code of what they show."""


class Extraction(_Answer):
    """What an account shows about one relationship between a salesperson and a customer."""

    findings: tuple[Finding, ...] = Field(max_length=MOST_FINDINGS)
    """The most telling passages."""
    reasoning: str
    """Two sentences: what is mutual and true now; what is over, denied, wished, or somebody else's."""
    phase: Phase
    regressed: bool
    """Whether a closer relationship has cooled to the present phase."""
    disclosure: Depth
    one_sided: OneSided
    """Who alone has opened up deeper than the other has answered."""
    cognitive: DimensionState
    metacognitive: DimensionState
    motivational: DimensionState
    behavioural: DimensionState
    willingness: Willingness

    def label(self, judgement: str) -> str:
        """Return the label of a judgement by the name under which it is trained, such as `cq.cognitive`."""
        if judgement.startswith("cq."):
            return str(getattr(self, Dimension(judgement.removeprefix("cq."))))
        if judgement == "regressed":
            return str(self.regressed).lower()
        return str(getattr(self, judgement))


@dataclass(frozen=True, slots=True)
class CheckedFinding:
    """A finding whose quotation stands in the account."""

    span: Span
    indicator: str


@dataclass(frozen=True, slots=True)
class Extracted:
    """A model's reading of an account.

    Attributes:
        answer: its labels.
        findings: those of its findings that hold.
        invented: how many do not: the quotation does not occur, or there is no such code.
    """

    answer: Extraction
    findings: tuple[CheckedFinding, ...]
    invented: int


def extract(
    text: str,
    model: ExtractingModel,
    prompt: Prompt,
    indicators: Collection[Indicator],
    *,
    seconds: float,
    meter: Meter | None = None,
) -> Extracted:
    """Let a model read an account, and keep of its findings what holds.

    Raises:
        ModelFailure: there is no usable answer.
    """
    codes = "\n".join(f"{indicator.code}: {indicator.title}" for indicator in indicators)
    known = tuple(indicator.code for indicator in indicators)
    asked = prompt.render({"codes": codes, "account": text})
    answer = model.extract(asked, _form(known), seconds=seconds, meter=meter)
    held = []
    for finding in answer.findings:
        span = find_quote(finding.quote, text)
        if span is not None and finding.indicator in known:
            held.append(CheckedFinding(span, finding.indicator))
    return Extracted(answer, tuple(held), len(answer.findings) - len(held))


@cache
def _form(codes: tuple[str, ...]) -> type[Extraction]:
    """Return the schema with the codes that a finding may have, so that a grammar can hold a model to them.

    A model that is not held to them loses the finding alone, not its whole answer.
    """
    code = Field(description="The code of what they show.", json_schema_extra={"enum": list(codes)})
    finding: Any = create_model("Finding", __base__=Finding, __doc__=Finding.__doc__, indicator=(str, code))
    findings = (tuple[finding, ...], Field(max_length=MOST_FINDINGS, description="The most telling passages."))
    return create_model("Extraction", __base__=Extraction, __doc__=Extraction.__doc__, findings=findings)


def find_quote(quote: str, text: str) -> Span | None:
    """Return where a quotation stands in a text, white space and quotation marks apart; None where it does not."""
    words = quote.split()
    if not any(character.isalnum() for character in quote) or sum(map(len, words)) > len(text):
        return None
    pattern = r"\s+".join("".join(_ALIKE.get(character, re.escape(character)) for character in word) for word in words)
    # Half a word is no quotation: "art" does not stand in "party".
    before = r"(?<!\w)" if words[0][0].isalnum() else ""
    after = r"(?!\w)" if words[-1][-1].isalnum() else ""
    match = re.search(f"{before}{pattern}{after}", text)
    return Span(match.start(), match.end()) if match else None


_SINGLE, _DOUBLE = "'‘’‚`´", '"“”„«»'
_ALIKE = {mark: f"[{marks}]" for marks in (_SINGLE, _DOUBLE) for mark in marks}
