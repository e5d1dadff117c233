"""A conversation: turns add up to one account, and each record is kept so that a change can be shown."""

from __future__ import annotations

import pytest
from advising.situations import a_diagnosis
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.conversation import Change, Thread
from coach.framework import Phase
from coach.records import Advice, Engine, Profile, Record

FINN = Profile(salesperson_culture="Finland")


def _record(phase: Phase) -> Record:
    return Record(
        diagnosis=a_diagnosis(phase=phase),
        advice=Advice(),
        reply="So it stands.",
        engine=Engine(reader="encoder", voice="built-in", corpus="0"),
    )


def test_turns_add_up_to_one_account() -> None:
    thread = Thread().with_turn(" I sell pumps. ").with_turn("He is from Osaka.\n")
    assert thread.account(FINN).text == "I sell pumps.\n\nHe is from Osaka."
    assert thread.account(FINN).profile == FINN


def test_a_turn_leaves_the_former_thread_as_it_was() -> None:
    first = Thread().with_turn("I sell pumps.")
    first.with_turn("He is from Osaka.").with_record(_record(Phase.TRIAL))
    assert (first.turns, first.records) == (("I sell pumps.",), ())


def test_a_turn_that_could_not_be_read_is_taken_back() -> None:
    first = Thread().with_turn("I sell pumps.")
    assert first.with_turn("🙂").without_last_turn() == first


@pytest.mark.parametrize(
    ("phases", "told"),
    [
        ([], ()),
        ([Phase.TRIAL], ()),
        ([Phase.TRIAL, Phase.TRIAL], ()),
        (
            [Phase.TRIAL, Phase.ENMESHMENT],
            (
                Change("phase", "trial", "enmeshment"),
                Change("business_stage", "becoming_business_partners", "collaborative_partners"),
            ),
        ),
        ([Phase.TRIAL, Phase.ENMESHMENT, Phase.ENMESHMENT], ()),
    ],
    ids=["nothing told", "the first turn", "nothing new", "grown closer", "only the last turn counts"],
)
def test_what_the_last_turn_changed(phases: list[Phase], told: tuple[Change, ...]) -> None:
    thread = Thread()
    for phase in phases:
        thread = thread.with_turn("More.").with_record(_record(phase))
    assert thread.last_changes == told


@settings(max_examples=50)
@given(turns=st.lists(st.text(min_size=1, max_size=30), max_size=6))
def test_every_turn_stays_in_the_account_in_order(turns: list[str]) -> None:
    thread = Thread()
    for turn in turns:
        thread = thread.with_turn(turn)
    text, position = thread.account(FINN).text, 0
    for turn in turns:
        position = text.index(turn.strip(), position) + len(turn.strip())
    assert thread.turns == tuple(turn.strip() for turn in turns)
