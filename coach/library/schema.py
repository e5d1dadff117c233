"""What each kind of corpus entry must hold: works, quotes, framework cards, cases, cultures, indicators, playbook steps.

Pure models with their own checks; reading files is the business of `corpus`.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from coach.framework import (
    DEPTHS,
    Context,
    CQLevel,
    Depth,
    Dimension,
    Diversity,
    Incident,
    OneSided,
    Phase,
    StepKind,
    Willingness,
    next_rung,
)


def _no_slots(text: str) -> str:
    if "$" in text or re.search(r"\[[^\]]*\]|\bXYZ\b|\{", text):
        raise ValueError("a line to say holds no slots and no brackets")
    return text


def _known_slots(text: str) -> str:
    unknown = sorted(set(re.findall(r"\$\w*", text)) - {"$customer", "$them", "$their"})
    if unknown:
        raise ValueError(f"unknown slot {unknown[0]}; only $customer, $them and $their are filled")
    return text


def _longest(words: int) -> AfterValidator:
    def check(text: str) -> str:
        if (count := len(text.split())) > words:
            raise ValueError(f"{count} words; at most {words} are read in a blink")
        return text

    return AfterValidator(check)


Text = Annotated[str, Field(min_length=1)]
Spoken = Annotated[str, Field(min_length=1), AfterValidator(_no_slots)]
Slotted = Annotated[str, Field(min_length=1), AfterValidator(_known_slots)]


class Entry(BaseModel):
    """Base of all corpus entries: immutable and strict."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Work(Entry):
    """A publication that the corpus rests on."""

    id: Text
    citation: Text
    licence: Text
    url: str | None


class Quote(Entry):
    """An interview quote of the paper, word for word (CC BY 4.0)."""

    id: Annotated[str, Field(pattern=r"^Q\d{2}$")]
    text: Text
    speaker: Text
    speaker_role: Literal["salesperson", "customer"]
    customer_nationality: str | None
    place: Text
    theme: Text
    phase: Phase | None
    cq_dimension: Dimension | None
    depth: Depth | None
    work: Text


class FrameworkCard(Entry):
    """One idea of the framework, in our own words."""

    id: Annotated[str, Field(pattern=r"^F\d{2}$")]
    title: Text
    topic: Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$")]
    text: Annotated[Text, _longest(120)]
    section: Text
    work: Text


class Case(Entry):
    """One of the eighteen relationships of Tables 2 and 4."""

    id: Annotated[str, Field(pattern=r"^C\d{2}$")]
    salesperson: Annotated[str, Field(pattern=r"^[A-I]$")]
    industry: Text
    age: Annotated[int, Field(ge=18, le=99)]
    gender: Literal["male", "female"]
    salesperson_culture: Text
    customer_nationality: Text
    diversity: Diversity
    phase: Phase
    cq: CQLevel
    customer_interviewed: bool
    summary: Text
    work: Text
    place: Text


class Culture(Entry):
    """A country with the words by which people name it, and its communication context."""

    country: Text
    code: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    """ISO 3166-1 alpha-2."""
    context: Context
    basis: Literal["paper", "hall", "ours"]
    """Who places it there: the paper, Hall's own writings, or our extrapolation."""
    borderline: bool
    names: tuple[str, ...] = ()
    demonyms: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    """Cities, towns and regions that settle the country wherever they stand."""
    ambiguous_cities: tuple[str, ...] = ()
    """Places that are also ordinary words or names; they count only after "in", "from", "at" or "near"."""
    misspellings: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


class CounterExample(Entry):
    """A near miss, and why it is not the code."""

    text: Text
    why: Text


class Indicator(Entry):
    """A code by which evidence is read."""

    code: Annotated[str, Field(pattern=r"^[a-z]+\.[a-z_]+$")]
    title: Text
    """Plain words, as a margin note."""
    note: Text
    """A lower-case noun phrase, as it stands in running text."""
    definition: Text
    supports: Annotated[tuple[str, ...], Field(min_length=1)]
    weight: Annotated[float, Field(gt=0, le=1)]
    rule: Text
    examples: Annotated[tuple[str, ...], Field(min_length=2)]
    counter_examples: Annotated[tuple[CounterExample, ...], Field(min_length=1)]


class Conditions(Entry):
    """When a playbook step holds: every key that is given must hold; a key holds if the label is among its values."""

    phase: tuple[Phase, ...] | None = None
    depth: tuple[Depth, ...] | None = None
    diversity: tuple[Diversity, ...] | None = None
    customer_context: tuple[Context, ...] | None = None
    weakest_cq: tuple[Dimension, ...] | None = None
    cq_level: tuple[CQLevel, ...] | None = None
    willingness: tuple[Willingness, ...] | None = None
    incident: tuple[Incident, ...] | None = None
    one_sided: tuple[OneSided, ...] | None = None


class PlaybookStep(Entry):
    """One thing a salesperson can do next, with the conditions under which it holds."""

    id: Annotated[str, Field(pattern=r"^P-[DFCKB]\d{2}$")]
    kind: StepKind
    title: Text
    text: Annotated[Slotted, _longest(32)]
    say: Annotated[Spoken, _longest(32)]
    avoid: Annotated[Spoken, _longest(24)]
    watch_for: Annotated[Slotted, _longest(20)]
    reason: Annotated[Spoken, _longest(34)]
    depth: Depth | None
    when: Conditions
    sources: Annotated[tuple[str, ...], Field(min_length=1, max_length=3)]
    weak_example: str | None = None
    strong_example: str | None = None

    @model_validator(mode="after")
    def _rungs_hold(self) -> PlaybookStep:
        """A disclosure step names its rung and goes at most one above every depth it is offered at (codebook, A1)."""
        if (self.kind is StepKind.DISCLOSURE) != (self.depth is not None):
            raise ValueError("depth belongs to disclosure steps, and each of them has one")
        if self.depth is not None:
            if self.when.depth is None or self.when.phase is None:
                raise ValueError("a disclosure step states when.phase and when.depth")
            for present in self.when.depth:
                if DEPTHS.index(self.depth) > DEPTHS.index(next_rung(present)):
                    raise ValueError(f"depth {self.depth} is more than one rung above {present} (A1)")
        if (self.weak_example is None) != (self.strong_example is None):
            raise ValueError("weak_example and strong_example stand side by side or not at all")
        return self


class Hold(Entry):
    """Something not to do now, with its reason."""

    id: Annotated[str, Field(pattern=r"^H\d{2}$")]
    text: Annotated[Slotted, _longest(40)]
    """What to hold back from and why; may name the customer."""
    when: Conditions
    sources: Annotated[tuple[str, ...], Field(min_length=1, max_length=3)]


class QuestionCard(Entry):
    """A question to ask where a judgement is unclear or the advice hangs on it."""

    id: Annotated[str, Field(pattern=r"^U\d{2}$")]
    asks: Literal[
        "phase", "disclosure", "diversity", "cq", "willingness", "salesperson_culture", "customer_culture", "customer"
    ]
    text: Annotated[Slotted, _longest(40)]
    why: Annotated[Slotted, _longest(40)]
    """What the answer would change."""


class Caveat(Entry):
    """A sentence that limits what a diagnosis may be taken to mean."""

    id: Annotated[str, Field(pattern=r"^V\d{2}$")]
    applies: Literal[
        "salesperson_hc", "both_hc", "borderline", "bicultural", "phase_uncertain", "reverse_roles", "several_customers"
    ]
    text: Annotated[Text, _longest(45)]
