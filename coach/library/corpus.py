"""The corpus as one value: every entry of `corpus/`, validated, cross-checked and versioned.

Labelled accounts for training are not part of it; `evaluation` and `reading.training` read those.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from coach.errors import CorpusError
from coach.library.resources import data_folder
from coach.library.schema import (
    Case,
    Caveat,
    Culture,
    Entry,
    FrameworkCard,
    Hold,
    Indicator,
    PlaybookStep,
    QuestionCard,
    Quote,
    Work,
)
from coach.library.yaml_files import read_entries

PLAYBOOK_FILES = ("disclosure", "facework", "cq", "contact", "business")

_Entry = TypeVar("_Entry", bound=Entry)


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """Everything Rapport knows, as data. Entries keep the order of their files."""

    folder: Path
    version: str
    """First 12 hexadecimal digits of the SHA-256 over all files, names and contents."""
    works: Mapping[str, Work]
    quotes: Mapping[str, Quote]
    cards: Mapping[str, FrameworkCard]
    cases: Mapping[str, Case]
    cultures: tuple[Culture, ...]
    indicators: Mapping[str, Indicator]
    playbook: Mapping[str, PlaybookStep]
    holds: tuple[Hold, ...]
    questions: tuple[QuestionCard, ...]
    caveats: tuple[Caveat, ...]

    @cached_property
    def culture_of(self) -> Mapping[str, Culture]:
        """Cultures by country name."""
        return {culture.country: culture for culture in self.cultures}


def corpus_files(folder: Path) -> list[Path]:
    """Return the files whose contents make up the corpus version, in a fixed order."""
    names = ["works", "quotes", "framework", "cases", "cultures", "indicators", "holds", "questions", "caveats"]
    playbook = [folder / "playbook" / f"{name}.yaml" for name in PLAYBOOK_FILES]
    return [folder / f"{name}.yaml" for name in names] + playbook + [folder / "towns.tsv"]


def corpus_version(folder: Path) -> str:
    """Return the version hash of the corpus in `folder`.

    Raises:
        CorpusError: a file is missing.
    """
    digest = hashlib.sha256()
    for path in corpus_files(folder):
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CorpusError(f"{path} cannot be read.", "Restore it from the package or the repository.") from error
        digest.update(path.name.encode() + b"\0" + content + b"\0")
    return digest.hexdigest()[:12]


def load_corpus(override: Path | None = None) -> Corpus:
    """Load and check the whole corpus.

    Args:
        override: a corpus folder to use in place of the packaged one.

    Raises:
        CorpusError: a file is missing or broken, or an entry names an id that does not exist; the message holds the
            file, the line and what to do.
    """
    folder = data_folder("corpus", override)

    def table(name: str, model: type[_Entry], key: Callable[[_Entry], str]) -> dict[str, _Entry]:
        return {key(entry): entry for entry in read_entries(folder / f"{name}.yaml", model, key=key)}

    playbook: dict[str, PlaybookStep] = {}
    for name in PLAYBOOK_FILES:
        steps = table(f"playbook/{name}", PlaybookStep, lambda step: step.id)
        if twice := steps.keys() & playbook.keys():
            raise CorpusError(
                f"{folder / 'playbook' / name}.yaml: {min(twice)} occurs in another playbook file as well.",
                "Give one of the two another id.",
            )
        playbook |= steps
    corpus = Corpus(
        folder=folder,
        version=corpus_version(folder),
        works=table("works", Work, lambda work: work.id),
        quotes=table("quotes", Quote, lambda quote: quote.id),
        cards=table("framework", FrameworkCard, lambda card: card.id),
        cases=table("cases", Case, lambda case: case.id),
        cultures=tuple(table("cultures", Culture, lambda culture: culture.country).values()),
        indicators=table("indicators", Indicator, lambda indicator: indicator.code),
        playbook=playbook,
        holds=tuple(table("holds", Hold, lambda hold: hold.id).values()),
        questions=tuple(table("questions", QuestionCard, lambda card: card.id).values()),
        caveats=tuple(table("caveats", Caveat, lambda caveat: caveat.id).values()),
    )
    _check_references(corpus)
    return corpus


def _check_references(corpus: Corpus) -> None:
    for name, entries in (("quotes", corpus.quotes), ("framework", corpus.cards), ("cases", corpus.cases)):
        for entry_id, entry in entries.items():
            if entry.work not in corpus.works:
                raise CorpusError(
                    f"{corpus.folder / name}.yaml: {entry_id} names the work {entry.work}, which works.yaml lacks.",
                    "Add the work there or correct the name.",
                )
    known = corpus.quotes.keys() | corpus.cards.keys() | corpus.cases.keys()
    citing: list[PlaybookStep | Hold] = [*corpus.playbook.values(), *corpus.holds]
    for step in citing:
        for source in step.sources:
            if source not in known:
                raise CorpusError(
                    f"{corpus.folder}: {step.id} cites {source}, which does not exist.",
                    "Cite an id of quotes.yaml, framework.yaml or cases.yaml.",
                )
