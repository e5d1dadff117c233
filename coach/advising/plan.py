"""From a diagnosis to two to four next steps, and what to hold back from (codebook, section 7).

Steps come from the playbook. Conditions decide which hold, the rules which may be given, and relevance to the account
which of those is chosen; the kinds are taken in the order in which the situation needs them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from coach.advising.holds import holds_for
from coach.advising.rules import breaches, grief_is_near
from coach.advising.situation import Situation, admits, specificity
from coach.framework import CQLevel, Diversity, Phase, StepKind, Willingness
from coach.library.schema import Hold, PlaybookStep
from coach.records import Advice, Diagnosis, Step

MOST_STEPS = 4


@dataclass(frozen=True, slots=True)
class Address:
    """How the advice names the customer: `Mr Kuroda`, `him`, `his`."""

    customer: str
    them: str
    their: str

    def fill(self, text: str) -> str:
        """Return a playbook text with its slots filled and its first letter capital."""
        filled = self._filled(text)
        return filled[:1].upper() + filled[1:]

    def fill_inside(self, text: str) -> str:
        """Return a playbook text as it stands inside a sentence; a name that leads keeps its capital."""
        return self._filled(text if text.startswith("$") else text[:1].lower() + text[1:])

    def _filled(self, text: str) -> str:
        return text.replace("$customer", self.customer).replace("$them", self.them).replace("$their", self.their)


def plan(
    diagnosis: Diagnosis,
    playbook: Iterable[PlaybookStep],
    holds: tuple[Hold, ...],
    *,
    relevance: Mapping[str, float],
    known_sources: Collection[str],
    address: Address,
    asked: Collection[str] = (),
) -> Advice:
    """Return the advice for a diagnosis.

    Args:
        diagnosis: the situation.
        playbook: every step there is.
        holds: every warning there is.
        relevance: how close each step is to this account, higher is closer, by playbook id; missing means 0.
        known_sources: ids that may be cited.
        address: how to name the customer.
        asked: playbook ids of the steps for the occasion that the user asks about; they come before the others.
    """
    situation = Situation.of(diagnosis)
    chosen = choose(situation, playbook, relevance=relevance, known_sources=known_sources)
    chosen.sort(key=lambda step: (step.when.incident is None, step.id not in asked))
    return Advice(
        steps=tuple(_step(step, address) for step in chosen),
        hold=tuple(address.fill(hold.text) for hold in holds_for(situation, holds)),
    )


_CLOSER = (StepKind.DISCLOSURE, StepKind.CONTACT)


def choose(
    situation: Situation, playbook: Iterable[PlaybookStep], *, relevance: Mapping[str, float], known_sources: Collection[str]
) -> list[PlaybookStep]:
    """Return the steps that a situation gets, the most urgent kind first; the arguments are those of `plan`."""
    candidates = [step for step in playbook if admits(step, situation) and not breaches(step, situation, known_sources)]
    chosen: list[PlaybookStep] = []
    for kinds in _needs(situation):
        if len(chosen) == MOST_STEPS:
            break
        fresh = [step for step in candidates if step.kind in kinds and not any(_alike(step, other) for other in chosen)]
        best = _best(fresh, situation, relevance)
        if best is not None:
            chosen.append(best)
    return chosen


def _needs(situation: Situation) -> list[tuple[StepKind, ...]]:
    """Return the kinds of steps that a situation needs, the most urgent first."""
    if grief_is_near(situation) and situation.phase is not Phase.TRIAL:
        return [(StepKind.FACEWORK,), (StepKind.CONTACT,), (StepKind.DISCLOSURE,)]
    if situation.phase is Phase.UNCLEAR:
        return [(StepKind.FACEWORK, StepKind.BUSINESS, StepKind.CONTACT), (*_CLOSER, StepKind.CQ)]
    needs: list[tuple[StepKind, ...]] = []
    if situation.incident:
        needs.append((StepKind.FACEWORK,))
    needs.append((StepKind.DISCLOSURE,))
    practise = situation.cq_level in (CQLevel.LOW, CQLevel.MEDIUM)
    if practise and situation.diversity is not Diversity.LOW:
        needs.append((StepKind.CQ,))
    if not situation.incident and situation.diversity is not Diversity.LOW:
        needs.append((StepKind.FACEWORK,))
    if situation.willingness in (Willingness.NEITHER, Willingness.CUSTOMER_ONLY) or situation.diversity is Diversity.LOW:
        needs.append((StepKind.BUSINESS,))
    needs.append((StepKind.CONTACT,))
    return needs[:MOST_STEPS]


def _alike(step: PlaybookStep, other: PlaybookStep) -> bool:
    """Say whether two steps would read as the same one: the titles share two words that carry meaning."""
    words = [{word for word in title.lower().split() if len(word) > 3} for title in (step.title, other.title)]
    return step is other or len(words[0] & words[1]) > 1


def _best(steps: list[PlaybookStep], situation: Situation, relevance: Mapping[str, float]) -> PlaybookStep | None:
    nearest = {step.id: n for n, step in enumerate(sorted(steps, key=lambda s: (-relevance.get(s.id, 0.0), s.id)))}

    def score(step: PlaybookStep) -> tuple[float, str]:
        value = 0.2 * specificity(step) + 2.0 * (1 - nearest[step.id] / len(nearest))
        if step.when.incident:
            value += 2.0
        if step.kind is StepKind.CQ and step.when.weakest_cq:
            value += 1.0
        if step.depth is not None and step.depth is not situation.depth:
            # With all else equal the next rung is more useful than the present one.
            value += 0.2
        return -value, step.id

    return min(steps, key=score, default=None)


def _step(step: PlaybookStep, address: Address) -> Step:
    return Step(
        kind=step.kind,
        title=step.title,
        text=address.fill(step.text),
        say=step.say,
        avoid=step.avoid,
        depth=step.depth,
        reason=address.fill(step.reason),
        watch_for=address.fill_inside(step.watch_for),
        sources=step.sources,
        playbook_id=step.id,
        weak_example=step.weak_example,
        strong_example=step.strong_example,
    )
