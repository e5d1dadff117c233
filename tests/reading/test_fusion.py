"""Joining two readers: each extreme is one of them, the better one gets the larger share, and JSON keeps it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from coach.reading.fusion import Fusion, fit_fusion, log_softmax

SCORES = arrays(np.float32, (3, 4), elements=st.floats(-8, 8, width=32))


def _fusion(mix: float, temperature: float = 1.0) -> Fusion:
    return Fusion(mix={"phase": mix}, temperature={"phase": temperature}, thresholds=np.array([0.3], dtype=np.float32))


@given(linear=SCORES, network=SCORES)
def test_the_extremes_are_the_two_readers(linear: np.ndarray, network: np.ndarray) -> None:
    np.testing.assert_allclose(_fusion(0.0).scores("phase", linear, network), log_softmax(linear), atol=1e-4)
    np.testing.assert_allclose(_fusion(1.0).scores("phase", linear, network), log_softmax(network), atol=1e-4)


@given(linear=SCORES, network=SCORES, mix=st.floats(0, 1), temperature=st.floats(0.4, 2.4))
def test_probabilities_add_up(linear: np.ndarray, network: np.ndarray, mix: float, temperature: float) -> None:
    joined = np.exp(_fusion(mix, temperature).scores("phase", linear, network))
    np.testing.assert_allclose(joined.sum(axis=1), 1.0, atol=1e-4)


@pytest.mark.parametrize(("good", "share"), [("linear", 0.0), ("network", 1.0)])
def test_the_better_reader_gets_the_larger_share(good: str, share: float) -> None:
    rng = np.random.default_rng(7)
    gold = rng.integers(0, 3, 200)
    sharp = (np.eye(3)[gold] * 4 + rng.normal(size=(200, 3))).astype(np.float32)
    noise = rng.normal(size=(200, 3)).astype(np.float32)
    given_scores = {"linear": sharp, "network": noise} if good == "linear" else {"linear": noise, "network": sharp}
    fusion = fit_fusion(
        {"phase": given_scores["linear"]},
        {"phase": given_scores["network"]},
        {"phase": gold.tolist()},
        np.array([], dtype=np.float32),
    )
    assert abs(fusion.mix["phase"] - share) <= 0.25


def test_a_reader_that_is_too_sure_is_cooled_down() -> None:
    # Told with near certainty, right three times in four: only a higher temperature makes that likely.
    gold = np.array([0, 0, 0, 1] * 25)
    sure = np.tile(np.array([[6.0, 0.0]], dtype=np.float32), (100, 1))
    fusion = fit_fusion({"phase": sure}, {"phase": sure}, {"phase": gold.tolist()}, np.array([], dtype=np.float32))
    cool = float(np.exp(fusion.scores("phase", sure, sure))[0, 0])
    assert fusion.temperature["phase"] > 1
    assert 0.75 <= cool < float(np.exp(log_softmax(sure))[0, 0])


def test_each_judgement_is_joined_in_its_own_way_and_thresholds_are_passed_on() -> None:
    gold = np.array([0, 1] * 50)
    right = (np.eye(2)[gold] * 3).astype(np.float32)
    thresholds = np.array([0.3, 0.7], dtype=np.float32)
    fusion = fit_fusion(
        {"phase": right, "owner": -right},
        {"phase": -right, "owner": right},
        {"phase": gold.tolist(), "owner": gold.tolist()},
        thresholds,
    )
    assert (fusion.mix["phase"], fusion.mix["owner"]) == (0.0, 1.0)
    np.testing.assert_array_equal(fusion.thresholds, thresholds)


def test_an_account_without_places_has_no_rows() -> None:
    empty = np.zeros((0, 3), dtype=np.float32)
    assert log_softmax(empty).shape == (0, 3)
    assert _fusion(0.5).scores("phase", empty, empty).shape == (0, 3)


def test_json_keeps_a_fusion() -> None:
    fusion = _fusion(0.625, 0.9)
    again = Fusion.from_json(fusion.as_json())
    assert (again.mix, again.temperature) == (fusion.mix, fusion.temperature)
    np.testing.assert_allclose(again.thresholds, fusion.thresholds)
