"""The theory's vocabulary and its pure rules.

Covers the labels that the codebook defines (phases, disclosure depths, communication contexts, dimensions and levels of
cultural intelligence, willingness, business stages) and the rules that follow from them by definition alone. It knows no
account, no corpus and no library; what a given text shows is the business of `reading` and `diagnosis`.

Source: Koponen, Julkunen, Gabrielsson and Pullins (2021), Tables 1-4 and A1; rules marked (ours) settle what the paper
leaves open and are presented to users as Rapport's own reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Phase(StrEnum):
    """Phase of identity management between the two persons (Table 1, Table 3)."""

    TRIAL = "trial"
    ENMESHMENT = "enmeshment"
    RENEGOTIATION = "renegotiation"
    UNCLEAR = "unclear"


class Depth(StrEnum):
    """Rung of the disclosure ladder: the deepest mutual social disclosure now (Table 3)."""

    SUPERFICIAL = "superficial"
    MORE_INTIMATE = "more_intimate"
    MOST_INTIMATE = "most_intimate"
    UNCLEAR = "unclear"


class Context(StrEnum):
    """Hall's communication context of a person's culture: low (LC) or high (HC)."""

    LOW = "LC"
    HIGH = "HC"
    UNCLEAR = "unclear"


class Diversity(StrEnum):
    """Cultural diversity of the pair: same context category is low, different is high (Table 4)."""

    LOW = "low"
    HIGH = "high"
    UNCLEAR = "unclear"


class CultureFlag(StrEnum):
    """What softens a diversity label (codebook, section 3)."""

    BORDERLINE = "borderline"
    BICULTURAL = "bicultural"
    SCOPE_CAVEAT = "scope_caveat"


class Dimension(StrEnum):
    """The four dimensions of cultural intelligence (CQ; Table A1)."""

    COGNITIVE = "cognitive"
    METACOGNITIVE = "metacognitive"
    MOTIVATIONAL = "motivational"
    BEHAVIOURAL = "behavioural"


class DimensionState(StrEnum):
    """What an account shows of one CQ dimension; `contrary` means shown by its opposite."""

    EVIDENT = "evident"
    CONTRARY = "contrary"
    NOT_EVIDENT = "not_evident"


class CQLevel(StrEnum):
    """Level of the salesperson's cultural intelligence (Table A1)."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    UNCLEAR = "unclear"


class Willingness(StrEnum):
    """Who wants the relationship to deepen (codebook, section 5)."""

    MUTUAL = "mutual"
    CUSTOMER_ONLY = "customer_only"
    SALESPERSON_ONLY = "salesperson_only"
    NEITHER = "neither"
    UNCLEAR = "unclear"


class BusinessStage(StrEnum):
    """Stage of business and social penetration (Koponen and Julkunen, abstract)."""

    BECOMING_BUSINESS_PARTNERS = "becoming_business_partners"
    COLLABORATIVE_PARTNERS = "collaborative_partners"
    COLLABORATIVE_AND_PERSONAL_PARTNERS = "collaborative_and_personal_partners"
    UNCLEAR = "unclear"


class OneSided(StrEnum):
    """Who alone has opened up deeper than the other has answered."""

    CUSTOMER = "customer"
    SALESPERSON = "salesperson"
    NONE = "none"


class Scope(StrEnum):
    """Whether a statement is about this relationship as it is now (codebook, P1, P3 and P8)."""

    ACTUAL = "actual"
    NEGATED = "negated"
    HYPOTHETICAL = "hypothetical"
    PAST = "past"
    THIRD_PARTY = "third_party"
    ONE_SIDED_CUSTOMER = "one_sided_customer"
    ONE_SIDED_SALESPERSON = "one_sided_salesperson"


class StepKind(StrEnum):
    """What a next step works on (codebook, section 7)."""

    DISCLOSURE = "disclosure"
    FACEWORK = "facework"
    CQ = "cq"
    CONTACT = "contact"
    BUSINESS = "business"


class Incident(StrEnum):
    """Something that happened between the two and is still in the air."""

    BROKEN_PROMISE = "broken_promise"
    FACE_LOSS = "face_loss"
    MISUNDERSTANDING = "misunderstanding"
    COOLED = "cooled"
    NEW_CONTACT = "new_contact"
    GRIEF = "grief"
    ILLNESS = "illness"


PHASES: tuple[Phase, ...] = (Phase.TRIAL, Phase.ENMESHMENT, Phase.RENEGOTIATION)
"""The phases in the order in which relationships pass through them."""

DEPTHS: tuple[Depth, ...] = (Depth.SUPERFICIAL, Depth.MORE_INTIMATE, Depth.MOST_INTIMATE)
"""The rungs of the disclosure ladder from the lowest up."""

LEVELS: tuple[CQLevel, ...] = (CQLevel.LOW, CQLevel.MEDIUM, CQLevel.HIGH)
"""The CQ levels from the lowest up."""

_STAGE_OF_PHASE: Mapping[Phase, BusinessStage] = {
    Phase.TRIAL: BusinessStage.BECOMING_BUSINESS_PARTNERS,
    Phase.ENMESHMENT: BusinessStage.COLLABORATIVE_PARTNERS,
    Phase.RENEGOTIATION: BusinessStage.COLLABORATIVE_AND_PERSONAL_PARTNERS,
    Phase.UNCLEAR: BusinessStage.UNCLEAR,
}


def diversity_between(salesperson: Context, customer: Context) -> Diversity:
    """Return the diversity of a pair from the two contexts; unclear where either is (codebook, D2)."""
    if Context.UNCLEAR in (salesperson, customer):
        return Diversity.UNCLEAR
    return Diversity.LOW if salesperson is customer else Diversity.HIGH


def cq_level(states: Mapping[Dimension, DimensionState]) -> CQLevel:
    """Return the CQ level that follows from the four dimension states (Table A1, made explicit (ours)).

    High needs all four evident; medium needs three that include the motivational and the behavioural; everything else
    that shows something is low; nothing shown at all is unclear.

    Raises:
        KeyError: a dimension is missing from `states`.
    """
    if all(states[dimension] is DimensionState.NOT_EVIDENT for dimension in Dimension):
        return CQLevel.UNCLEAR
    evident = {dimension for dimension in Dimension if states[dimension] is DimensionState.EVIDENT}
    if len(evident) == len(Dimension):
        return CQLevel.HIGH
    if len(evident) == 3 and {Dimension.MOTIVATIONAL, Dimension.BEHAVIOURAL} <= evident:
        return CQLevel.MEDIUM
    return CQLevel.LOW


def weakest_dimension(states: Mapping[Dimension, DimensionState]) -> Dimension:
    """Return the dimension to practise first: one that is contrary, else one not evident, else the cognitive.

    Ties go to motivation first (without it the level is low whatever else is shown), then conduct, then awareness, then
    knowledge (codebook, section 4 and A5; the order is ours).
    """
    order = (Dimension.MOTIVATIONAL, Dimension.BEHAVIOURAL, Dimension.METACOGNITIVE, Dimension.COGNITIVE)
    for state in (DimensionState.CONTRARY, DimensionState.NOT_EVIDENT):
        for dimension in order:
            if states[dimension] is state:
                return dimension
    return Dimension.COGNITIVE


def next_rung(depth: Depth) -> Depth:
    """Return the deepest rung that advice may suggest from `depth`: one up, never two (codebook, A1).

    An unclear depth allows the superficial rung only.
    """
    if depth is Depth.UNCLEAR:
        return Depth.SUPERFICIAL
    return DEPTHS[min(DEPTHS.index(depth) + 1, len(DEPTHS) - 1)]


def deepest_advisable(depth: Depth, phase: Phase, willingness: Willingness) -> Depth:
    """Return the deepest rung that a step may disclose or ask at (codebook, A1 and A2).

    At trial nothing intimate; where one side does not want more, the present depth is kept; the most intimate rung only
    from a settled enmeshment that both want.
    """
    limit = next_rung(depth)
    if phase in (Phase.TRIAL, Phase.UNCLEAR):
        return Depth.SUPERFICIAL
    if willingness in (Willingness.SALESPERSON_ONLY, Willingness.CUSTOMER_ONLY, Willingness.NEITHER):
        limit = depth if depth is not Depth.UNCLEAR else Depth.SUPERFICIAL
    if limit is Depth.MOST_INTIMATE and willingness is not Willingness.MUTUAL and depth is not Depth.MOST_INTIMATE:
        return Depth.MORE_INTIMATE
    return limit


def business_stage_of(phase: Phase) -> BusinessStage:
    """Return the stage of business and social penetration that runs beside a phase (the pairing is ours)."""
    return _STAGE_OF_PHASE[phase]


_SIGNS_OF_WILLINGNESS: Mapping[str, frozenset[str]] = {
    Willingness.MUTUAL: frozenset({"willingness.customer_yes", "willingness.salesperson_yes"}),
    Willingness.CUSTOMER_ONLY: frozenset({"willingness.customer_yes", "willingness.salesperson_no"}),
    Willingness.SALESPERSON_ONLY: frozenset({"willingness.salesperson_yes", "willingness.customer_no"}),
    Willingness.NEITHER: frozenset({"willingness.customer_no", "willingness.salesperson_no"}),
}


def signs_of(judgement: str, label: str) -> frozenset[str]:
    """Return what an indicator must support to speak for a label of a judgement, such as `phase.trial` for trial.

    Willingness is two wishes in one label (codebook, section 5); a regression is shown by what cooled and what is over (P3).
    """
    if judgement == "willingness":
        return _SIGNS_OF_WILLINGNESS.get(label, frozenset())
    if judgement == "regressed":
        return frozenset({"phase.regressed", "incident.cooled", "scope.past"}) if label == "true" else frozenset()
    if judgement == "one_sided":
        return frozenset({f"scope.one_sided_{label}"})
    return frozenset({f"{judgement}.{label}"})
