"""Corpus entries as passages: the units that are embedded, stored, retrieved and cited."""

from __future__ import annotations

from dataclasses import dataclass

from coach.library.corpus import Corpus
from coach.library.schema import PlaybookStep
from coach.records import Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """A citable piece of the corpus."""

    id: str
    kind: str
    """quote, framework, case or playbook."""
    text: str
    """What is embedded and searched."""
    attribution: str
    """Who said it and where."""
    topic: str
    """Theme in plain words or a dotted topic, for filtering and display."""

    def as_source(self) -> Source:
        """Return the passage as a record cites it."""
        return Source(id=self.id, kind=self.kind, text=self.text, attribution=self.attribution)


def passages_of(corpus: Corpus) -> list[Passage]:
    """Return every passage of the corpus, quotes first, in a fixed order."""
    short = {work.id: _short_citation(work.citation) for work in corpus.works.values()}
    passages = [
        Passage(
            id=quote.id,
            kind="quote",
            text=quote.text,
            attribution=f"{quote.speaker}, {quote.place}; {short[quote.work]}, CC BY 4.0",
            topic=quote.theme,
        )
        for quote in corpus.quotes.values()
    ]
    passages += [
        Passage(
            id=card.id,
            kind="framework" if card.work != "rapport" else "own",
            text=card.text,
            attribution=(
                f"{card.title}: our wording of {short[card.work]}, {card.section}"
                if card.work != "rapport"
                else f"{card.title}: Rapport's own reading, {card.section}"
            ),
            topic=card.topic,
        )
        for card in corpus.cards.values()
    ]
    passages += [
        Passage(
            id=case.id,
            kind="case",
            text=(
                f"Salesperson {case.salesperson} ({case.industry}) and a {case.customer_nationality} customer: "
                f"{case.phase} phase, {case.diversity} cultural diversity, {case.cq} CQ. {case.summary}"
            ),
            attribution=f"{case.place}, told in our own words; {short[case.work]}",
            topic=f"{case.phase}, {case.diversity} diversity",
        )
        for case in corpus.cases.values()
    ]
    passages += [step_passage(step) for step in corpus.playbook.values()]
    return passages


def step_passage(step: PlaybookStep) -> Passage:
    """Return a playbook step as a passage."""
    text = step.text.replace("$customer", "the customer").replace("$them", "them").replace("$their", "their")
    return Passage(
        id=step.id,
        kind="playbook",
        text=f"{step.title}. {text} {step.reason}",
        attribution=f"Rapport's playbook, resting on {', '.join(step.sources)}",
        topic=step.kind.value,
    )


def _short_citation(citation: str) -> str:
    """Return `Koponen et al. (2021)` from a full reference."""
    authors, _, rest = citation.partition("(")
    year = rest[:4]
    first = authors.split(",")[0].strip()
    several = authors.count(" and ") + authors.count(",") > 2
    return f"{first} et al. ({year})" if several else f"{first} ({year})"
