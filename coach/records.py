"""What flows through Rapport: Account -> Reading -> Diagnosis -> Advice -> Record.

Frozen models that carry values only: no clients, no storage. `Record` is the diagnosis record that the command line
prints, the web page shows and other programs consume; its JSON shape is a public contract.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from coach.framework import (
    BusinessStage,
    Context,
    CQLevel,
    CultureFlag,
    Depth,
    Dimension,
    DimensionState,
    Diversity,
    Incident,
    OneSided,
    Phase,
    Scope,
    StepKind,
    Willingness,
)

Probability = Annotated[float, Field(ge=0.0, le=1.0)]


class Value(BaseModel):
    """Base of all records: immutable, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Profile(Value):
    """What the user told once and for all about themselves."""

    salesperson_culture: str | None = None
    """Country or demonym of the salesperson, used where the account itself does not say."""


class Account(Value):
    """One salesperson's telling of one customer relationship."""

    text: str
    """The user's own words, unchanged; every evidence span points into this string."""
    profile: Profile = Profile()
    """The teller's profile."""
    id: str | None = None
    """The caller's own identifier, returned untouched in the record."""


class Evidence(Value):
    """A verbatim passage of the account and what it shows; `account.text[start:end] == quote`."""

    quote: str
    """The user's words."""
    start: int
    """Offset of the first character in the account."""
    end: int
    """Offset after the last character."""
    indicator: str
    """Code of the indicator in corpus/indicators.yaml."""
    supports: str
    """The judgement and label it speaks for, such as `phase.trial` or `cq.cognitive.evident`."""
    weight: Probability
    """How strongly it speaks, from 0 to 1."""
    scope: Scope = Scope.ACTUAL
    """Whether it is about this relationship as it is now."""


class CultureReading(Value):
    """Which culture one of the two persons is taken to belong to."""

    culture: str | None = None
    """Country name as in corpus/cultures.yaml, or null where nothing tells."""
    context: Context = Context.UNCLEAR
    """Communication context of that culture."""


class UnitReading(Value):
    """One unit of the account (a sentence, or a clause of a long one) as the reader sees it."""

    start: int
    end: int
    indicators: dict[str, Probability]
    """Indicators that the unit shows, with the strength of each."""
    scope: Scope = Scope.ACTUAL
    """Whether it is about this relationship as it is now."""
    influence: dict[str, dict[str, float]] = {}
    """For each judgement and label, by how much (in log-odds) the unit speaks for that label."""


class Reading(Value):
    """What the reader found in an account, before any verdict."""

    account: Account
    units: tuple[UnitReading, ...]
    probabilities: dict[str, dict[str, Probability]]
    """For each judgement the calibrated probability of each label."""
    salesperson: CultureReading
    customer: CultureReading
    culture_flags: tuple[CultureFlag, ...] = ()
    culture_evidence: tuple[Evidence, ...] = ()
    customer_name: str | None = None
    """What the user calls the customer."""
    customer_pronoun: str = "them"
    """Object pronoun for the customer: him, her or them."""
    customers: tuple[str, ...] = ()
    """What the customers are called where the account tells of several; empty where it tells of one."""
    vector: tuple[float, ...] = ()
    """Mean embedding of the account, as a query for retrieval."""


class PhaseJudgement(Value):
    """Which phase of identity management the relationship is in now (codebook, section 1)."""

    label: Phase
    probabilities: dict[str, Probability]
    """Calibrated probability of trial, enmeshment and renegotiation; they add up to 1."""
    confidence: Probability
    """Probability of the most probable phase."""
    regressed: bool = False
    """True where a closer relationship has cooled to the present label (P3)."""
    evidence: tuple[Evidence, ...] = ()
    against: tuple[Evidence, ...] = ()
    """Passages that speak for another phase, or that would but for their scope."""


class DisclosureJudgement(Value):
    """How deep the mutual social disclosure goes now (codebook, section 2)."""

    label: Depth
    one_sided: OneSided = OneSided.NONE
    """Who alone has gone deeper than the mutual depth."""
    evidence: tuple[Evidence, ...] = ()


class DiversityJudgement(Value):
    """How culturally diverse the pair is (codebook, section 3)."""

    label: Diversity
    salesperson: CultureReading
    customer: CultureReading
    flags: tuple[CultureFlag, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class DimensionJudgement(Value):
    """What the account shows of one CQ dimension."""

    state: DimensionState
    evidence: tuple[Evidence, ...] = ()


class CQJudgement(Value):
    """How culturally intelligent the salesperson's own conduct is (codebook, section 4)."""

    level: CQLevel
    dimensions: dict[Dimension, DimensionJudgement]


class WillingnessJudgement(Value):
    """Who wants the relationship to deepen (codebook, section 5)."""

    label: Willingness
    evidence: tuple[Evidence, ...] = ()


class BusinessStageJudgement(Value):
    """Where business and social penetration stand (codebook, section 6)."""

    label: BusinessStage
    evidence: tuple[Evidence, ...] = ()


class Diagnosis(Value):
    """All judgements about one account."""

    phase: PhaseJudgement
    disclosure: DisclosureJudgement
    diversity: DiversityJudgement
    cq: CQJudgement
    willingness: WillingnessJudgement
    business_stage: BusinessStageJudgement
    incidents: tuple[Incident, ...] = ()
    """What happened between the two and is still in the air."""
    caveats: tuple[str, ...] = ()
    """Sentences that limit what the diagnosis may be taken to mean."""
    customers: tuple[str, ...] = Field(default=(), exclude=True)
    """What the customers are called where the account tells of several, and none is placed; empty where it tells of one. It is
    no judgement, and the public record keeps its shape: there the question and the caveat say it."""


class Step(Value):
    """One next step."""

    kind: StepKind
    title: str
    """What it is about, in a few words."""
    text: str
    """What to do."""
    say: str
    """The very words to say or write."""
    avoid: str
    """A line that would do harm."""
    depth: Depth | None = None
    """For a disclosure step, the rung it discloses or asks at; null otherwise."""
    reason: str
    """Why, resting on `sources`."""
    watch_for: str
    """The sign to wait for."""
    sources: tuple[str, ...]
    """Ids of the passages the reason rests on."""
    playbook_id: str
    """Id of the playbook step this was fitted from."""
    weak_example: str | None = None
    """What people usually write in this place."""
    strong_example: str | None = None
    """The same, moved to good."""


class Advice(Value):
    """What to do next, and what to hold back from."""

    steps: tuple[Step, ...] = ()
    hold: tuple[str, ...] = ()
    """What not to do now, each with its reason."""


class Question(Value):
    """A question whose answer would change the advice."""

    asks: str
    """Name of the judgement it would settle."""
    text: str
    why: str
    """What the answer would change."""


class Source(Value):
    """A passage that the record cites."""

    id: str
    kind: str
    """quote, framework, case, playbook or own."""
    text: str
    attribution: str


class ModelUsage(Value):
    """What a connected language model was asked for one record."""

    calls: int
    """Calls that were answered by the model, failed ones included."""
    cached_calls: int
    """Calls that were answered from earlier ones."""
    failed_calls: int
    input_tokens: int
    output_tokens: int
    cost: float | None = None
    """US dollars, where the settings name the price."""


class Engine(Value):
    """What produced the record."""

    reader: str
    voice: str
    corpus: str
    """Version hash of the corpus."""
    elapsed_ms: int = 0
    prompts: tuple[str, ...] = ()
    """Name, version and hash of each prompt that had a part in the record; none where no language model had."""
    note: str | None = None
    """A calm line for the user where a connected model failed and the built-in part did its work."""
    usage: ModelUsage | None = None
    """What the connected model was asked; null where none is connected."""


class Record(Value):
    """The diagnosis record: what was read, decided, advised and said about one account."""

    id: str | None = None
    diagnosis: Diagnosis
    advice: Advice
    questions: tuple[Question, ...] = ()
    sources: tuple[Source, ...] = ()
    reply: str
    """The coach's answer in Markdown; citations stand in square brackets, such as [Q07]."""
    engine: Engine
