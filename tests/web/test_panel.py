"""The panel and its pictures say in words what they draw."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.conversation import Change
from coach.framework import Context, Depth, Dimension, DimensionState, Diversity, OneSided, Phase
from coach.records import CultureReading, DimensionJudgement, DiversityJudgement, PhaseJudgement
from coach.web import texts
from coach.web.panel import empty_panel, stand_panel
from coach.web.pictures import culture_line, ladder, petals, phase_path


def _phase(label: Phase, *, regressed: bool = False) -> PhaseJudgement:
    shares = {"trial": 0.16, "enmeshment": 0.66, "renegotiation": 0.18}
    return PhaseJudgement(label=label, probabilities=shares, confidence=0.66, regressed=regressed)


def test_every_picture_has_a_text_equivalent(first, glossary) -> None:
    html = stand_panel(first.record.diagnosis, first.said, glossary)
    pictures = re.findall(r"<svg[^>]*>", html)
    assert pictures
    assert all('role="img" aria-label="' in tag for tag in pictures if "focusable" not in tag)


@pytest.mark.parametrize("phase", list(Phase))
def test_the_path_names_the_place_and_the_chances(phase: Phase) -> None:
    html = phase_path(_phase(phase))
    assert f"Present place: {texts.PHASES[phase].plain.lower()}." in html
    assert ('class="pin"' in html) is (phase is not Phase.UNCLEAR)
    assert ("about 7 in 10" in html) is (phase is not Phase.UNCLEAR)


def test_a_cooled_relationship_shows_the_way_back() -> None:
    assert "way-back" in phase_path(_phase(Phase.TRIAL, regressed=True))
    assert texts.COOLED in phase_path(_phase(Phase.TRIAL, regressed=True))


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3).filter(lambda shares: sum(shares) > 0.01))
def test_chances_make_up_ten_tenths(shares: list[float]) -> None:
    said = texts.chances([share / sum(shares) for share in shares])
    counts = [0 if "under" in words else 10 if "certain" in words else int(words.split()[1]) for words in said]
    assert sum(counts) == 10


def test_a_cooled_relationship_is_not_called_new(first, glossary) -> None:
    phase = first.record.diagnosis.phase.model_copy(update={"regressed": True})
    diagnosis = first.record.diagnosis.model_copy(update={"phase": phase})
    assert "<h2>Back to polite terms</h2>" in stand_panel(diagnosis, first.said, glossary)


def test_the_ladder_marks_the_present_and_the_next_rung() -> None:
    html = ladder(Depth.SUPERFICIAL, Depth.MORE_INTIMATE, OneSided.CUSTOMER)
    assert html.count(texts.HERE) == html.count(texts.NEXT) == html.count(texts.NOT_YET) == 1
    assert texts.ONE_SIDED[OneSided.CUSTOMER] in html


def test_the_ladder_of_an_unclear_depth_claims_no_place() -> None:
    html = ladder(Depth.UNCLEAR, Depth.SUPERFICIAL, OneSided.NONE)
    assert texts.HERE not in html
    assert html.count(texts.NEXT) == 1


def test_borderline_countries_stand_nearer_to_the_middle() -> None:
    pair = DiversityJudgement(
        label=Diversity.LOW,
        salesperson=CultureReading(culture="Finland", context=Context.LOW),
        customer=CultureReading(culture="Ireland", context=Context.LOW),
    )
    assert "left:22%" in culture_line(pair, {"Ireland"})
    assert "left:36%" in culture_line(pair, {"Ireland"})


def test_petals_tell_states_apart_in_words_and_shape() -> None:
    states = dict(zip(Dimension, [*DimensionState, DimensionState.EVIDENT], strict=True))
    html = petals({item: DimensionJudgement(state=state) for item, state in states.items()})
    for state in DimensionState:
        assert f"petal {state}" in html
        assert texts.STATES[state] in html


def test_the_panel_shows_what_changed(second, glossary) -> None:
    account = "\n\n".join((second.said,))
    moved = (Change("phase", "trial", "enmeshment"), Change("cq.behavioural", "not_evident", "evident"))
    html = stand_panel(second.record.diagnosis, account, glossary, changes=moved)
    assert "<s>Just getting to know each other</s>" in html
    assert "<b>Growing closer</b>" in html
    assert "<span>Doing</span>" in html
    assert texts.UNCHANGED in stand_panel(second.record.diagnosis, account, glossary, changes=())
    assert texts.CHANGED_HEAD not in stand_panel(second.record.diagnosis, account, glossary)


def test_text_of_models_and_users_is_escaped(first, glossary) -> None:
    hostile = '<img src=x onerror="alert(1)">'
    reading = first.record.diagnosis.diversity.customer.model_copy(update={"culture": hostile})
    diversity = first.record.diagnosis.diversity.model_copy(update={"customer": reading})
    diagnosis = first.record.diagnosis.model_copy(update={"diversity": diversity, "caveats": (hostile,)})
    assert "<img" not in stand_panel(diagnosis, hostile + first.said, glossary)


def test_the_empty_panel_names_the_three_places() -> None:
    assert all(texts.PHASES[phase].plain in empty_panel() for phase in Phase if phase is not Phase.UNCLEAR)
