"""The attribution model is read whole or not at all, and never sees a name or a country."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from coach.errors import EncoderError
from coach.library import Corpus
from coach.reading.attribution import (
    AttributionWeights,
    Owner,
    attribute,
    load_attribution,
    mention_features,
    save_attribution,
)
from coach.reading.gazetteer import Gazetteer, load_gazetteer

WEIGHTS = AttributionWeights(
    bias={"salesperson": 0.1, "customer": 0.2, "nobody": 0.3},
    weight={"salesperson": {"l:i'm": 1.5}, "customer": {"l:käyttäjä": -0.5}, "nobody": {}},
)


@pytest.fixture(scope="module")
def gazetteer(corpus: Corpus) -> Gazetteer:
    """The gazetteer of the packaged cultures."""
    return load_gazetteer(corpus)


def test_weights_survive_a_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "attribution.json"
    save_attribution(WEIGHTS, path)
    assert load_attribution(path) == WEIGHTS
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("content", [None, "", "{", "{}", '{"bias": {}}'], ids=["missing", "empty", "cut", "bare", "half"])
def test_a_damaged_file_is_named_with_the_remedy(content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "attribution.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(EncoderError, match="coach train") as caught:
        load_attribution(path)
    assert str(path) in caught.value.message


@pytest.mark.parametrize("features", [[], ["l:i'm"], ["l:käyttäjä", "unknown"]], ids=["none", "own", "other"])
def test_scores_are_log_probabilities(features: list[str]) -> None:
    scores = WEIGHTS.scores(features)
    assert set(scores) == set(Owner)
    assert sum(math.exp(score) for score in scores.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("We met Hiroshi from Japan here.", "We met Giovanni from Japan here.", id="other name"),
        pytest.param("We met Hiroshi from Japan here.", "We met Hiroshi from Italy here.", id="other country"),
        pytest.param("It is 5 years in Japan now.", "It is 12 years in Japan now.", id="other number"),
    ],
)
def test_names_and_countries_are_no_features(first: str, second: str, gazetteer: Gazetteer) -> None:
    assert mention_features(first, gazetteer.mentions(first)) == mention_features(second, gazetteer.mentions(second))


def test_without_mentions_nobody_is_placed() -> None:
    found = attribute("We talk about the weather.", [], [], salesperson_country=None)
    assert (found.salesperson, found.customer) == (None, None)
