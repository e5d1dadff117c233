"""Which questions to ask: those whose answers would change the advice most (codebook, P7 and D2).

How much each would is worked out by `advising.usefulness`. Where two would change as much, the order follows what advice hangs
on: the phase decides every step, the pair of cultures how much depth is worth, willingness whether to go further at all, and CQ
one practice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coach.framework import Context, CQLevel, Depth, Diversity, Incident, Phase, Willingness
from coach.library.schema import QuestionCard
from coach.records import Diagnosis, Question

MOST_ASKED = 2
_SHAKY = 0.55
"""Confidence below which a named phase is asked about as well."""


def questions_for(
    diagnosis: Diagnosis,
    cards: Sequence[QuestionCard],
    *,
    customer: str,
    possessive: str,
    usefulness: Mapping[str, float] | None = None,
) -> tuple[Question, ...]:
    """Return at most two questions, the most useful first.

    Args:
        diagnosis: what is known.
        cards: the questions of the corpus.
        customer: what the user calls the customer.
        possessive: his, her or their.
        usefulness: how much the answer about each open subject would change; all alike where None.
    """
    by_subject = {card.asks: card for card in cards}
    worth = usefulness or {}
    subjects = sorted(open_subjects(diagnosis), key=lambda subject: -worth.get(subject, 0.0))
    asked = [by_subject[subject] for subject in subjects if subject in by_subject][:MOST_ASKED]
    return tuple(
        Question(
            asks={"salesperson_culture": "diversity", "customer_culture": "diversity"}.get(card.asks, card.asks),
            text=_fill(card.text, customer, possessive),
            why=_fill(card.why, customer, possessive),
        )
        for card in asked
    )


def open_subjects(diagnosis: Diagnosis) -> list[str]:
    """Return what the account leaves open and advice could use, by the names that the question cards have in `asks`."""
    if diagnosis.customers:
        # Nothing else can be asked before it is known of whom.
        return ["customer"]
    subjects = []
    phase = diagnosis.phase
    not_met = phase.label is Phase.UNCLEAR and Incident.NEW_CONTACT in diagnosis.incidents
    if (phase.label is Phase.UNCLEAR or phase.confidence < _SHAKY) and not not_met:
        subjects.append("phase")
    if diagnosis.diversity.label is Diversity.UNCLEAR:
        own_unclear = diagnosis.diversity.salesperson.context is Context.UNCLEAR
        other_unclear = diagnosis.diversity.customer.context is Context.UNCLEAR
        subjects.append(
            "diversity" if own_unclear and other_unclear else "salesperson_culture" if own_unclear else "customer_culture"
        )
    if diagnosis.willingness.label is Willingness.UNCLEAR and phase.label is not Phase.UNCLEAR:
        subjects.append("willingness")
    if diagnosis.disclosure.label is Depth.UNCLEAR and phase.label not in (Phase.UNCLEAR, Phase.TRIAL):
        subjects.append("disclosure")
    if diagnosis.cq.level is CQLevel.UNCLEAR and diagnosis.diversity.label is not Diversity.LOW:
        subjects.append("cq")
    return subjects


def _fill(text: str, customer: str, possessive: str) -> str:
    return text.replace("$customer", customer).replace("$their", possessive)
