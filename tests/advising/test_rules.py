"""The rules of advice (codebook, section 7): single breaches as a table, then A1 to A8 over every situation sampled."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from advising.conftest import Planned
from advising.situations import a_diagnosis, told
from coach.advising import Situation, breaches
from coach.framework import (
    DEPTHS,
    CQLevel,
    Depth,
    Diversity,
    Incident,
    Phase,
    StepKind,
    Willingness,
    deepest_advisable,
)
from coach.library import Corpus
from coach.library.schema import Conditions, PlaybookStep
from coach.records import Advice, Diagnosis

UNWILLING = (Willingness.CUSTOMER_ONLY, Willingness.SALESPERSON_ONLY, Willingness.NEITHER)
NEAR_GRIEF = (Incident.GRIEF, Incident.ILLNESS)


def _step(depth: Depth | None = None, sources: tuple[str, ...] = ("F05",), when: dict[str, Any] | None = None) -> PlaybookStep:
    limits = {"phase": tuple(Phase), "depth": (depth,)} if depth else {}
    return PlaybookStep(
        id="P-D99" if depth else "P-F99",
        kind=StepKind.DISCLOSURE if depth else StepKind.FACEWORK,
        title="A step",
        text="Do it.",
        say="Hello.",
        avoid="Hey.",
        watch_for="an answer",
        reason="It helps.",
        depth=depth,
        when=Conditions(**{**limits, **(when or {})}),
        sources=sources,
    )


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    step: PlaybookStep
    given: dict[str, Any] = field(default_factory=dict)
    rules: tuple[str, ...] = ()


ENMESHED = {"phase": Phase.ENMESHMENT, "depth": Depth.MORE_INTIMATE}
CASES = [
    Case(id="small talk at trial", step=_step(Depth.SUPERFICIAL)),
    Case(id="family at trial (A1)", step=_step(Depth.MORE_INTIMATE), rules=("A1",)),
    Case(id="grief at trial (A1)", step=_step(Depth.MOST_INTIMATE), rules=("A1",)),
    Case(id="family where it is shared", step=_step(Depth.MORE_INTIMATE), given=ENMESHED),
    Case(id="one rung up, both want it", step=_step(Depth.MOST_INTIMATE), given=ENMESHED),
    Case(
        id="two rungs up, both want it (A1)",
        step=_step(Depth.MOST_INTIMATE),
        given={"phase": Phase.ENMESHMENT, "depth": Depth.SUPERFICIAL},
        rules=("A1",),
    ),
    *(
        Case(
            id=f"one rung up, {will} (A2)",
            step=_step(Depth.MOST_INTIMATE),
            given={**ENMESHED, "willingness": will},
            rules=("A2",),
        )
        for will in UNWILLING
    ),
    Case(
        id="the deepest rung needs a wish that is told (A1)",
        step=_step(Depth.MOST_INTIMATE),
        given={**ENMESHED, "willingness": Willingness.UNCLEAR},
        rules=("A1",),
    ),
    Case(id="mending what did not happen (A4)", step=_step(when={"incident": (Incident.FACE_LOSS,)}), rules=("A4",)),
    Case(
        id="mending what happened",
        step=_step(when={"incident": (Incident.FACE_LOSS, Incident.COOLED)}),
        given={"incidents": (Incident.COOLED,)},
    ),
    Case(id="an unknown source (A7)", step=_step(sources=("F05", "Q99")), rules=("A7",)),
    Case(
        id="several at once",
        step=_step(Depth.MORE_INTIMATE, ("Q99",), {"incident": (Incident.GRIEF,)}),
        rules=("A1", "A4", "A7"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_which_rules_a_step_would_break(case: Case) -> None:
    found = breaches(case.step, Situation.of(a_diagnosis(**case.given)), {"F05"})
    assert tuple(breach.rule for breach in found) == case.rules
    assert all(breach.why for breach in found)


def _named(planned: list[Planned]) -> list[Planned]:
    return [row for row in planned if row.diagnosis.phase.label is not Phase.UNCLEAR]


def _failing(planned: list[Planned], rule: Callable[[Diagnosis, Advice], bool]) -> list[str]:
    return [told(row.diagnosis) for row in planned if not rule(row.diagnosis, row.advice)][:10]


def test_a_named_phase_gets_two_to_four_different_steps(planned: list[Planned]) -> None:
    assert not _failing(_named(planned), lambda _, advice: 2 <= len(advice.steps) <= 4)
    assert not _failing(planned, lambda _, advice: len({s.playbook_id for s in advice.steps}) == len(advice.steps))


def test_an_unclear_phase_still_gets_something_harmless(planned: list[Planned]) -> None:
    unclear = [row for row in planned if row.diagnosis.phase.label is Phase.UNCLEAR]
    assert not _failing(unclear, lambda _, advice: 1 <= len(advice.steps) <= 4)


def test_a1_nothing_goes_deeper_than_is_advisable(planned: list[Planned]) -> None:
    def holds(diagnosis: Diagnosis, advice: Advice) -> bool:
        labels = diagnosis.disclosure.label, diagnosis.phase.label, diagnosis.willingness.label
        limit = DEPTHS.index(deepest_advisable(*labels))
        return all(DEPTHS.index(step.depth) <= limit for step in advice.steps if step.depth)

    assert not _failing(planned, holds)


def test_a1_as_the_codebook_words_it(planned: list[Planned]) -> None:
    def holds(diagnosis: Diagnosis, advice: Advice) -> bool:
        present = DEPTHS.index(diagnosis.disclosure.label) if diagnosis.disclosure.label in DEPTHS else -1
        rungs = [DEPTHS.index(step.depth) for step in advice.steps if step.depth]
        early = diagnosis.phase.label in (Phase.TRIAL, Phase.UNCLEAR)
        return all(rung <= present + 1 and not (early and rung) for rung in rungs)

    assert not _failing(planned, holds)


def test_only_disclosure_steps_stand_on_a_rung(planned: list[Planned]) -> None:
    assert not _failing(
        planned, lambda _, advice: all((s.depth is not None) == (s.kind is StepKind.DISCLOSURE) for s in advice.steps)
    )


def test_a2_where_one_side_wants_no_more_the_depth_is_kept(planned: list[Planned]) -> None:
    def holds(diagnosis: Diagnosis, advice: Advice) -> bool:
        present = max(DEPTHS.index(diagnosis.disclosure.label) if diagnosis.disclosure.label in DEPTHS else 0, 0)
        return all(DEPTHS.index(step.depth) <= present for step in advice.steps if step.depth)

    assert not _failing([row for row in planned if row.diagnosis.willingness.label in UNWILLING], holds)


def test_a3_near_cultures_get_no_practice_of_distance(planned: list[Planned]) -> None:
    low = [row for row in _named(planned) if row.diagnosis.diversity.label is Diversity.LOW]
    assert not _failing(low, lambda _, advice: all(step.kind is not StepKind.CQ for step in advice.steps))


def test_a4_what_happened_is_mended_first(planned: list[Planned]) -> None:
    hurt = [row for row in _named(planned) if row.diagnosis.incidents and row.diagnosis.phase.label is not Phase.TRIAL]
    assert not _failing(hurt, lambda _, advice: advice.steps[0].kind is StepKind.FACEWORK)


def test_a4_nothing_is_mended_that_did_not_happen(planned: list[Planned], corpus: Corpus) -> None:
    def holds(diagnosis: Diagnosis, advice: Advice) -> bool:
        conditions = [corpus.playbook[step.playbook_id].when.incident for step in advice.steps]
        return all(when is None or set(when) & set(diagnosis.incidents) for when in conditions)

    assert not _failing(planned, holds)


def test_a4_nothing_is_sold_to_the_bereaved(planned: list[Planned]) -> None:
    grieving = [row for row in _named(planned) if set(row.diagnosis.incidents) & set(NEAR_GRIEF)]
    beyond_trial = [row for row in grieving if row.diagnosis.phase.label is not Phase.TRIAL]
    assert not _failing(beyond_trial, lambda _, advice: all(s.kind is not StepKind.BUSINESS for s in advice.steps))


def test_a5_the_weakest_dimension_gets_one_practice(planned: list[Planned], corpus: Corpus) -> None:
    def holds(diagnosis: Diagnosis, advice: Advice) -> bool:
        practices = [corpus.playbook[step.playbook_id] for step in advice.steps if step.kind is StepKind.CQ]
        weakest = Situation.of(diagnosis).weakest_cq
        return len(practices) == 1 and (practices[0].when.weakest_cq is None or weakest in practices[0].when.weakest_cq)

    wanting = [
        row
        for row in _named(planned)
        if row.diagnosis.cq.level in (CQLevel.LOW, CQLevel.MEDIUM)
        and row.diagnosis.diversity.label is Diversity.HIGH
        and not set(row.diagnosis.incidents) & set(NEAR_GRIEF)
    ]
    assert not _failing(wanting, holds)


def test_a6_no_step_speaks_of_a_people_as_a_whole(corpus: Corpus) -> None:
    names = "|".join(re.escape(name) for culture in corpus.cultures for name in culture.demonyms)
    stereotype = re.compile(rf"\b(?:{names})s?\b[^.]{{0,20}}\b(?:are|always|never|tend|love|hate|expect)\b", re.IGNORECASE)
    spoken = [(s.id, text) for s in corpus.playbook.values() for text in (s.text, s.say, s.reason, s.watch_for)]
    spoken += [(hold.id, hold.text) for hold in corpus.holds]
    assert not [(name, text) for name, text in spoken if stereotype.search(text)]


def test_a7_every_step_names_its_reason_and_known_sources(planned: list[Planned], known_sources: frozenset[str]) -> None:
    assert not _failing(
        planned, lambda _, advice: all(s.reason and s.sources and set(s.sources) <= known_sources for s in advice.steps)
    )


PRYING = re.compile(
    r"\b(religio\w*|church|mosque|temple|politic\w*|election|vot(?:e|ing)|salary|diagnosis|pregnan\w*|divorce\w*"
    r"|gift card|cash|commission for you)\b",
    re.IGNORECASE,
)


def test_a8_no_line_pries_or_pays(corpus: Corpus) -> None:
    lines = [(step.id, line) for step in corpus.playbook.values() for line in (step.say, step.strong_example or "")]
    assert not [(name, line) for name, line in lines if PRYING.search(line)]


SLOT = re.compile(r"\$|\{|\}|\[|\]|\bXYZ\b|<[^>]*>")


def test_lines_to_the_customer_have_no_slots(planned: list[Planned]) -> None:
    assert not _failing(planned, lambda _, advice: not any(SLOT.search(step.say + step.avoid) for step in advice.steps))


def test_no_slot_is_left_anywhere(planned: list[Planned]) -> None:
    assert not _failing(planned, lambda _, advice: "$" not in advice.model_dump_json())


def test_two_warnings_at_most_and_one_for_most(planned: list[Planned], known_sources: frozenset[str]) -> None:
    cited = re.compile(r"\[([QFC]\d{2})\]")
    assert not _failing(planned, lambda _, advice: len(set(advice.hold)) == len(advice.hold) <= 2)
    assert not _failing(planned, lambda _, advice: set(cited.findall(" ".join(advice.hold))) <= known_sources)
    assert sum(bool(row.advice.hold) for row in planned) > 0.9 * len(planned)
