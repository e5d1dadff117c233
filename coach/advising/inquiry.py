"""How much an answer would change the advice: the value of asking (codebook, P7 and D2).

For each open judgement every answer is tried, as likely as the account makes it: the more of the steps it would replace, the
more the question is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from coach.advising.situation import Situation
from coach.framework import DEPTHS, PHASES, Context, CQLevel, Depth, Dimension, Diversity, Phase, Willingness
from coach.records import Diagnosis

_FROM_THE_ACCOUNT = 0.5
"""How far an unclear account is trusted over not knowing at all: half and half."""

_WANTED = (Willingness.MUTUAL, Willingness.CUSTOMER_ONLY, Willingness.SALESPERSON_ONLY, Willingness.NEITHER)
_DEPTH_OF: Mapping[Phase, Depth] = dict(zip(PHASES, DEPTHS, strict=True))

Answers = list[tuple[float, Situation]]
"""The situations that the answers to a question would make, and how likely each is."""


def usefulness(
    subjects: Collection[str],
    diagnosis: Diagnosis,
    probabilities: Mapping[str, Mapping[str, float]],
    choose: Callable[[Situation], Collection[str]],
) -> dict[str, float]:
    """Return for each open subject the expected share of the steps that its answer would replace, from 0 to 1.

    Args:
        subjects: what is open, by the names of `diagnosis.open_subjects`.
        diagnosis: what is known.
        probabilities: what the reader makes of each judgement's labels.
        choose: the ids of the steps that a situation gets.
    """
    now = Situation.of(diagnosis)
    present = set(choose(now))
    worth = {}
    for subject in subjects:
        answers = _answers(subject, now, probabilities)
        total = sum(likely for likely, _ in answers)
        changed = sum(likely * _replaced(present, set(choose(situation))) for likely, situation in answers)
        worth[subject] = changed / total if total else 0.0
    return worth


def _replaced(before: set[str], after: set[str]) -> float:
    return 1 - len(before & after) / max(len(before | after), 1)


def _answers(subject: str, now: Situation, probabilities: Mapping[str, Mapping[str, float]]) -> Answers:
    if subject == "phase":
        return [
            (
                likely,
                replace(now, phase=Phase(label), depth=_DEPTH_OF[Phase(label)] if now.depth is Depth.UNCLEAR else now.depth),
            )
            for label, likely in _likely(probabilities["phase"], PHASES).items()
        ]
    if subject == "willingness":
        return [(p, replace(now, willingness=Willingness(w))) for w, p in _likely(probabilities[subject], _WANTED).items()]
    if subject == "disclosure":
        return [(p, replace(now, depth=Depth(d))) for d, p in _likely(probabilities[subject], DEPTHS).items()]
    if subject == "cq":
        weak = [(1.0, replace(now, cq_level=CQLevel.LOW, weakest_cq=dimension)) for dimension in Dimension]
        return [*weak, (1.0, replace(now, cq_level=CQLevel.HIGH, weakest_cq=Dimension.COGNITIVE))]
    contexts = [now.customer_context] if subject == "salesperson_culture" else [Context.LOW, Context.HIGH]
    return [
        (1.0, replace(now, diversity=diversity, customer_context=context))
        for context in contexts
        for diversity in (Diversity.LOW, Diversity.HIGH)
    ]


def _likely(told: Mapping[str, float], labels: Collection[str]) -> dict[str, float]:
    total = sum(told[label] for label in labels)
    even = 1 / len(labels)
    return {
        label: _FROM_THE_ACCOUNT * (told[label] / total if total else even) + (1 - _FROM_THE_ACCOUNT) * even for label in labels
    }
