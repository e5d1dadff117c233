"""The list of towns: every line names a town and known countries, and damage is told with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.errors import CorpusError
from coach.library import Corpus
from coach.reading.gazetteer import fold
from coach.reading.towns import STATE_CODES, Towns, read_towns, state_behind


@pytest.fixture(scope="module")
def towns(corpus: Corpus) -> Towns:
    """The packaged list."""
    return read_towns(corpus.folder / "towns.tsv", corpus.cultures)


def test_names_are_folded_and_their_countries_known(towns: Towns) -> None:
    assert len(towns.codes) > 50_000
    assert all(name == fold(name) for name in towns.codes)
    assert {code for codes in towns.codes.values() for code in codes} <= set(towns.country_of)
    assert set(STATE_CODES.values()) <= set(towns.country_of)


@pytest.mark.parametrize(
    ("after", "before_that", "placed"),
    [
        ("in", "", True),
        ("near", "lives", True),
        ("to", "moved", True),
        ("to", "said", False),
        ("of", "", False),
        ("of", "out", True),
        ("", "", False),
    ],
)
def test_a_town_counts_where_somebody_is_put_there(after: str, before_that: str, placed: bool, towns: Towns) -> None:
    assert bool(towns.countries("lapinlahti", after=after, before_that=before_that)) is placed


def test_a_given_name_needs_more_than_from(towns: Towns) -> None:
    name = min(towns.given_names)
    assert not towns.countries(name, after="from", before_that="")
    assert towns.countries(name, after="in", before_that="")


@pytest.mark.parametrize("month", ["march", "may", "august", "lent"])
def test_months_and_feasts_are_no_towns(month: str, towns: Towns) -> None:
    assert towns.countries(month, after="in", before_that="") == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dayton, OH", (10, "US")),
        ("Dayton OH.", (9, "US")),
        ("Dayton (OH)", (10, "US")),
        ("Perth, OHM", None),
        ("Dayton", None),
    ],
)
def test_a_state_is_seen_behind_a_name(text: str, found: tuple[int, str] | None) -> None:
    assert state_behind(text, len(text.split(",")[0].split(" ")[0])) == found


@pytest.mark.parametrize("line", ["oulu", "oulu\tXX", "\tFI", "oulu\t"])
def test_a_broken_line_is_named(line: str, corpus: Corpus, tmp_path: Path) -> None:
    path = tmp_path / "towns.tsv"
    path.write_text(f"kehl\tDE\n{line}\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"towns\.tsv:2"):
        read_towns(path, corpus.cultures)


@pytest.mark.parametrize(
    ("name", "titled", "placed"), [("uelzen", False, True), ("nelson", False, False), ("nelson", True, True)]
)
def test_behind_a_person_a_given_name_is_a_town_only_where_the_person_has_a_title(
    name: str, titled: bool, placed: bool, towns: Towns
) -> None:
    assert bool(towns.behind_person(name, titled=titled)) is placed
