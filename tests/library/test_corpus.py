"""The packaged corpus is whole, and a broken one says where and how to mend it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from coach.errors import CorpusError
from coach.framework import Context, Diversity, StepKind, diversity_between
from coach.library import Corpus, corpus_version, load_corpus
from coach.library.corpus import PLAYBOOK_FILES, corpus_files
from coach.reading.labelled import read_writers

QUOTES = {
    "Q01": "the seller does not have to know the person",
    "Q02": "It depends on the time of year",
    "Q03": "Do you want to see an ice hockey match?",
    "Q04": "a small failure [in understanding cultural differences] and investigating it deepened the relationship",
    "Q05": "how it's going with the family",
    "Q06": "We get to know each other more deeply",
    "Q07": "Things go well when you know each other so well",
    "Q08": "really easy to share some common experiences and to speak about family problems",
    "Q09": "I open up myself quite a lot and speak about my mistakes",
    "Q10": "I would not want to be too good friends with my customers",
    "Q11": "it's not a friendship but it's not only a pure business relationship",
    "Q12": "like I am an Italian [friend]",
    "Q13": "We love the seaside and also winter sports",
    "Q14": "Business is business.",
    "Q15": "Achieving personal trust is the starting point",
    "Q16": "I feel, I can trust [Salesperson F]",
    "Q17": "the seller does not have to know the person",
    "Q18": "a small failure",
    "Q19": "Things go well when you know each other . . . that relationship has helped me",
    "Q20": "Sweden is quite similar to Finland",
    "Q21": "be aware of the environment and the hierarchical relationships",
    "Q22": "In Italy you have to be flexible",
    "Q23": "I am trying to learn the language even just a little",
    "Q24": "I had to make some concessions so that the CEO would not lose face",
}
"""The interview quotes in the order of the paper's text, then Table 3, then Table A1."""


def plain(text: str) -> str:
    return text.replace("’", "'").casefold()


def test_the_quotes_stand_in_the_order_of_the_text_and_the_tables(corpus: Corpus) -> None:
    assert list(corpus.quotes) == list(QUOTES)


@pytest.mark.parametrize("name", QUOTES)
def test_a_quote_has_the_papers_words(name: str, corpus: Corpus) -> None:
    assert plain(QUOTES[name]) in plain(corpus.quotes[name].text)


def test_the_corpus_is_complete(corpus: Corpus) -> None:
    assert (len(corpus.quotes), len(corpus.cards), len(corpus.cases), len(corpus.indicators)) == (24, 56, 18, 52)
    assert len(corpus.playbook) >= 80
    assert {step.kind for step in corpus.playbook.values()} == set(StepKind)


def test_ids_are_numbered_without_gaps(corpus: Corpus) -> None:
    assert list(corpus.cards) == [f"F{number:02}" for number in range(1, 57)]
    assert list(corpus.cases) == [f"C{number:02}" for number in range(1, 19)]


def test_the_labelled_accounts_use_every_indicator_and_no_other(corpus: Corpus) -> None:
    accounts = read_writers(corpus.folder / "accounts")
    assert {span.indicator for account in accounts for span in account.spans} == set(corpus.indicators)


def test_labelled_accounts_have_ids_of_their_own(corpus: Corpus) -> None:
    names = [account.id for account in read_writers(corpus.folder / "accounts")]
    assert len(set(names)) == len(names)


def test_each_salesperson_has_one_customer_of_each_diversity(corpus: Corpus) -> None:
    pairs = sorted((case.salesperson, case.diversity) for case in corpus.cases.values())
    assert pairs == [(letter, diversity) for letter in "ABCDEFGHI" for diversity in (Diversity.HIGH, Diversity.LOW)]


def test_the_cases_diversity_follows_from_the_cultures(corpus: Corpus) -> None:
    country = {demonym: culture for culture in corpus.cultures for demonym in culture.demonyms}
    for case in corpus.cases.values():
        customer = country[case.customer_nationality].context
        assert diversity_between(corpus.culture_of[case.salesperson_culture].context, customer) is case.diversity


@pytest.mark.parametrize(
    ("countries", "context", "borderline"),
    [
        pytest.param(
            "Finland, Sweden, Denmark, Norway, Iceland, Estonia, Germany, Switzerland, Austria, Netherlands, "
            "United States, Canada, Australia, New Zealand",
            Context.LOW,
            False,
            id="low context",
        ),
        pytest.param(
            "China, Japan, South Korea, Taiwan, Vietnam, Thailand, Indonesia, India, Pakistan, Russia, Italy, Spain, "
            "Portugal, Greece, Turkey, Israel, Iran, Mexico, Brazil, Nigeria, Kenya, Egypt, Saudi Arabia, Argentina",
            Context.HIGH,
            False,
            id="high context",
        ),
        pytest.param(
            "United Kingdom, Ireland, Belgium, Czechia, Latvia, Lithuania, South Africa",
            Context.LOW,
            True,
            id="borderline, nearer low",
        ),
        pytest.param(
            "France, Poland, Hungary, Singapore, Hong Kong, Philippines, Malaysia",
            Context.HIGH,
            True,
            id="borderline, nearer high",
        ),
    ],
)
def test_countries_are_placed_as_the_codebook_places_them(
    countries: str, context: Context, borderline: bool, corpus: Corpus
) -> None:
    placed = [corpus.culture_of[country] for country in countries.split(", ")]
    assert {(culture.country, culture.context, culture.borderline) for culture in placed} == {
        (country, context, borderline) for country in countries.split(", ")
    }


def test_every_passage_of_the_papers_own_words_names_the_paper(corpus: Corpus) -> None:
    assert {quote.work for quote in corpus.quotes.values()} == {"koponen2021"}
    assert corpus.works["koponen2021"].licence == "CC BY 4.0"


def test_citations_in_holds_are_declared_as_their_sources(corpus: Corpus) -> None:
    for hold in corpus.holds:
        assert set(re.findall(r"\[([QFC]\d{2})\]", hold.text)) <= set(hold.sources)


@pytest.fixture
def folder(corpus: Corpus, tmp_path: Path) -> Path:
    """A copy of the packaged corpus that a test may break."""
    copy = tmp_path / "corpus"
    shutil.copytree(corpus.folder, copy, ignore=shutil.ignore_patterns("accounts", "evaluation"))
    return copy


def test_an_unchanged_copy_is_the_same_corpus(folder: Path, corpus: Corpus) -> None:
    copied = load_corpus(folder)
    assert copied.version == corpus.version
    assert copied.playbook == corpus.playbook


@pytest.mark.parametrize("number", range(9 + len(PLAYBOOK_FILES)))
def test_every_file_counts_for_the_version(number: int, folder: Path, corpus: Corpus) -> None:
    path = corpus_files(folder)[number]
    path.write_bytes(path.read_bytes() + b"\n# A remark.\n")
    assert corpus_version(folder) != corpus.version


class Break(NamedTuple):
    id: str
    file: str
    edit: Callable[[str], str]
    message: str
    remedy: str


BREAKS = [
    Break("broken YAML", "caveats.yaml", lambda text: text + "\n- id: [V99\n", "", "Check indentation"),
    Break(
        "unknown key",
        "quotes.yaml",
        lambda text: text.replace("- id: Q02\n", "- id: Q02\n  colour: red\n"),
        "colour: Extra inputs",
        "Remove the key colour",
    ),
    Break(
        "missing key",
        "questions.yaml",
        lambda text: text.replace("- id: U02\n", "- id: U02\n  aks: phase\n").replace("  asks: ", "  # asks: "),
        "asks: Field required",
        "Add the key asks",
    ),
    Break("duplicate id", "quotes.yaml", lambda text: text.replace("- id: Q02", "- id: Q01"), "Q01 occurs twice", "line"),
    Break("unknown label", "quotes.yaml", lambda text: text.replace("phase: trial", "phase: begun", 1), "phase", "values"),
    Break("id of another kind", "cases.yaml", lambda text: text.replace("id: C02", "id: X02"), "id: String", "form"),
    Break(
        "slot in a line to say",
        "playbook/cq.yaml",
        lambda text: re.sub(r'  say: "', '  say: "$customer, ', text, count=1),
        "no slots",
        "neighbouring entries",
    ),
]


@pytest.mark.parametrize("case", BREAKS, ids=lambda case: case.id)
def test_a_broken_file_is_named_with_its_line_and_the_remedy(case: Break, folder: Path) -> None:
    path = folder / case.file
    path.write_text(case.edit(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        load_corpus(folder)
    assert re.match(rf"{re.escape(str(path))}:\d+: ", caught.value.message)
    assert case.message in caught.value.message
    assert case.remedy in caught.value.remedy


def test_the_line_is_that_of_the_fault(folder: Path) -> None:
    path = folder / "quotes.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    fault = lines.index("- id: Q02") + 1
    lines.insert(fault, "  colour: red")
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(CorpusError, match=rf"quotes\.yaml:{fault + 1}: colour"):
        load_corpus(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        pytest.param("playbook/cq.yaml", "sources: [Q21,", "sources: [Q99,", "P-C01 cites Q99", id="step"),
        pytest.param("holds.yaml", "sources: [F05,", "sources: [F99,", "H01 cites F99", id="hold"),
        pytest.param("quotes.yaml", "work: koponen2021", "work: nobody1999", "Q01 names the work nobody1999", id="work"),
    ],
)
def test_an_unknown_source_is_named(file: str, old: str, new: str, message: str, folder: Path) -> None:
    path = folder / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        load_corpus(folder)
    assert message in caught.value.message
    assert str(folder) in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize("number", range(9 + len(PLAYBOOK_FILES)))
def test_a_missing_file_is_named(number: int, folder: Path) -> None:
    path = corpus_files(folder)[number]
    path.unlink()
    with pytest.raises(CorpusError, match="Restore it") as caught:
        load_corpus(folder)
    assert str(path) in caught.value.message


def test_a_file_that_is_not_utf8_is_named(folder: Path) -> None:
    (folder / "works.yaml").write_bytes("- id: é\n".encode("latin-1"))
    with pytest.raises(CorpusError, match="Save the file as UTF-8") as caught:
        load_corpus(folder)
    assert str(folder / "works.yaml") in caught.value.message


def test_a_missing_folder_names_its_variable(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="COACH_CORPUS_DIR") as caught:
        load_corpus(tmp_path / "nowhere")
    assert str(tmp_path / "nowhere") in caught.value.message
