"""What replies are checked against."""

from __future__ import annotations

import pytest

from coach.library import Corpus


@pytest.fixture(scope="session")
def known_ids(corpus: Corpus) -> frozenset[str]:
    """Every id that a reply may cite."""
    return frozenset(corpus.quotes.keys() | corpus.cards.keys() | corpus.cases.keys())
