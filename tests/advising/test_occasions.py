"""Occasions: a step for what the user asks about comes first, one for what nobody mentioned comes last."""

from __future__ import annotations

from coach.advising import asked_about, occasion_fit, occasions_of

DINNER = occasions_of("At a team dinner, thank the group first.")
FAIR = occasions_of("At the fair, ask for five minutes at the booth.")
PLAIN = occasions_of("Say one true thing and wait.")
ACCOUNT = occasions_of("We had dinner twice. He is polite.")


def test_a_step_for_the_dinner_that_is_asked_about_fits_best() -> None:
    asked = occasions_of("What do I do at the dinner on Thursday?")
    assert asked_about(DINNER, asked)
    assert occasion_fit(DINNER, ACCOUNT, asked) > occasion_fit(DINNER, ACCOUNT, frozenset()) > 0


def test_a_step_for_an_occasion_that_nobody_mentioned_fits_worst() -> None:
    assert occasion_fit(FAIR, ACCOUNT, frozenset()) < occasion_fit(PLAIN, ACCOUNT, frozenset()) == 0
    assert not asked_about(FAIR, ACCOUNT)


def test_an_everyday_channel_is_no_occasion_of_its_own() -> None:
    assert not asked_about(occasions_of("Call on Friday."), occasions_of("Should I call?"))
