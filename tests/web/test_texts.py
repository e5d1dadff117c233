"""Every label has plain words, and nobody is told what their country is like."""

from __future__ import annotations

import pytest

from coach import framework
from coach.library import load_corpus
from coach.web import texts
from coach.web.examples import EXAMPLES
from coach.web.glossary import glossary_of


@pytest.mark.parametrize(
    ("vocabulary", "words"),
    [
        (framework.Phase, texts.PHASES),
        (framework.Depth, texts.DEPTHS),
        (framework.OneSided, texts.ONE_SIDED),
        (framework.Dimension, texts.DIMENSIONS),
        (framework.DimensionState, texts.STATES),
        (framework.CQLevel, texts.LEVELS),
        (framework.CQLevel, texts.LEVEL_TERMS),
        (framework.Context, texts.CONTEXTS),
        (framework.Diversity, texts.DIVERSITY),
        (framework.CultureFlag, texts.FLAGS),
        (framework.Willingness, texts.WILLINGNESS),
        (framework.BusinessStage, texts.BUSINESS),
        (framework.Incident, texts.INCIDENTS),
        (framework.Scope, texts.SCOPES),
    ],
)
def test_every_label_has_words(vocabulary: type, words: dict) -> None:
    assert set(words) == set(vocabulary)


@pytest.mark.parametrize(
    ("supports", "words"),
    [
        ("phase.trial", "Just getting to know each other"),
        ("cq.cognitive.evident", "Knowing: shown"),
        ("willingness.mutual", "Who wants more: Both of you would like to be closer"),
        ("diversity.customer.HC", "The two cultures: high-context"),
        ("incident.face_loss", "Still in the air: a loss of face"),
        ("phase.regressed", "closer before than now"),
        ("something.new_here", "Something: new here"),
    ],
)
def test_what_evidence_speaks_for_is_said_plainly(supports: str, words: str) -> None:
    assert texts.supports_in_words(supports) == words


def test_there_are_four_examples_in_the_first_person() -> None:
    assert len(EXAMPLES) == 4
    assert all(" I " in example.text or example.text.startswith("I") for example in EXAMPLES)
    assert all(len(example.title) < 45 for example in EXAMPLES)


def test_every_indicator_of_the_corpus_has_a_note_and_speaks_in_words() -> None:
    corpus = load_corpus()
    notes = glossary_of(corpus).notes
    for code, indicator in corpus.indicators.items():
        assert notes[code]
        for supports in indicator.supports:
            assert "_" not in texts.supports_in_words(supports)
