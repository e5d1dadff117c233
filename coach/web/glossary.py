"""What the page needs of the corpus: a margin note for each indicator, and how each country was placed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from coach.library import Corpus
from coach.web.texts import OWN_NOTES


class Placing(NamedTuple):
    """How a country was placed on the line from low to high context."""

    basis: str
    """`paper`, `hall` or `ours`."""
    borderline: bool
    """True where it lies near the middle."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Glossary:
    """Words and placings of the corpus, by code and by country."""

    notes: Mapping[str, str] = field(default_factory=dict)
    placings: Mapping[str, Placing] = field(default_factory=dict)


def glossary_of(corpus: Corpus) -> Glossary:
    """Take from the corpus what the page shows."""
    return Glossary(
        notes={**OWN_NOTES} | {code: indicator.note for code, indicator in corpus.indicators.items()},
        placings={item.country: Placing(item.basis, item.borderline) for item in corpus.cultures},
    )
