"""Each cue holds where its words stand, in any case, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.reading.cues import CUE_SCALE, CUES, cue_features

EXAMPLES = {
    "negation": "That didn’t happen",
    "never": "Not once in ten years",
    "wish": "I’d love to visit",
    "plan": "Next spring is for the cottage",
    "hypothetical": "Should I ask",
    "question": "Is it so?",
    "past_over": "It used to be different",
    "change": "Since the merger",
    "third_party": "My colleague was there",
    "i_tell": "I told him",
    "other_tells": "She asked me",
    "both": "Each other",
    "first_person": "My own garden",
    "other_person": "His garden",
    "refusal": "Declined the dinner",
    "effort": "Learning Turkish in the evenings",
    "reflection": "Realised something",
    "enjoyment": "Looking forward to Izmir",
    "dislike": "Business is business",
    "lumping": "They are all the same",
    "custom": "Rank counts over there",
}


def cues_of(text: str) -> set[str]:
    return {name for name, value in zip(CUES, cue_features([text])[0], strict=True) if value}


def test_every_cue_has_an_example() -> None:
    assert set(EXAMPLES) == set(CUES)


@pytest.mark.parametrize("cue", EXAMPLES)
def test_a_cue_holds_in_its_example_in_any_case(cue: str) -> None:
    assert cue in cues_of(EXAMPLES[cue])
    assert cues_of(EXAMPLES[cue].upper()) == cues_of(EXAMPLES[cue])


@pytest.mark.parametrize("text", ["", "Pumps and valves.", "Knot, nonetheless.", "Shell, weather, hermit", "notable"])
def test_no_cue_holds_inside_other_words(text: str) -> None:
    assert cues_of(text) == set()


@settings(max_examples=50)
@given(st.lists(st.text(max_size=40), max_size=4))
def test_features_have_one_row_a_text_and_two_values(texts: list[str]) -> None:
    features = cue_features(texts)
    assert features.shape == (len(texts), len(CUES))
    assert features.dtype == np.float32
    assert set(np.unique(features)) <= {np.float32(0.0), np.float32(CUE_SCALE)}
