"""Messages for a voice: diagnoses with evidence, their advice and questions, from the real corpus."""

from __future__ import annotations

from coach.advising import Address, plan
from coach.diagnosis import questions_for
from coach.diagnosis.caveats import caveats_for
from coach.framework import Dimension, DimensionState, Phase
from coach.library import Corpus, Passage, passages_of
from coach.records import Account, Diagnosis, Evidence
from coach.speaking.voices import Message

ACCOUNT = (
    "I sell pumps from Finland to Mr Kuroda in Osaka, and after nine years we ring each other about our boys. "
    "Last autumn I sat beside him at his father's funeral while his colleagues waited outside in the rain."
)

_CODES = {
    Phase.TRIAL: ("disclosure.small_talk", "contact.order_bound"),
    Phase.ENMESHMENT: ("disclosure.family", "contact.off_work"),
    Phase.RENEGOTIATION: ("disclosure.grief", "contact.private_circle"),
    Phase.UNCLEAR: ("disclosure.small_talk", "contact.formal"),
}


def evidence_in(text: str, phase: Phase) -> tuple[Evidence, ...]:
    """Return the two halves of a text as evidence for a phase."""
    middle = text.find(". ") + 1 or len(text)
    spans = [(start, end) for start, end in ((0, middle), (middle, len(text))) if text[start:end].strip()]
    return tuple(
        Evidence(
            quote=text[start:end],
            start=start,
            end=end,
            indicator=code,
            supports=f"phase.{phase}",
            weight=0.8,
        )
        for (start, end), code in zip(spans, _CODES[phase], strict=False)
    )


def with_evidence(diagnosis: Diagnosis, text: str, corpus: Corpus) -> Diagnosis:
    """Return the diagnosis with every verdict resting on words of the text, and its caveats."""
    found = evidence_in(text, diagnosis.phase.label)
    phase = diagnosis.phase
    if phase.label is not Phase.UNCLEAR:
        phase = phase.model_copy(update={"evidence": found, "against": found[:1]})
    dimensions = {
        name: judged.model_copy(update={"evidence": found}) if judged.state is not DimensionState.NOT_EVIDENT else judged
        for name, judged in diagnosis.cq.dimensions.items()
    }
    assert set(dimensions) == set(Dimension)
    return diagnosis.model_copy(
        update={
            "phase": phase,
            "disclosure": diagnosis.disclosure.model_copy(update={"evidence": found[:1]}),
            "willingness": diagnosis.willingness.model_copy(update={"evidence": found[:1]}),
            "cq": diagnosis.cq.model_copy(update={"dimensions": dimensions}),
            "caveats": caveats_for(diagnosis.phase, diagnosis.diversity, corpus.caveats),
        }
    )


def a_message(diagnosis: Diagnosis, corpus: Corpus, *, text: str = ACCOUNT, address: Address | None = None) -> Message:
    """Return what a voice is given for a diagnosis, with real steps, questions and passages."""
    address = address or Address("Mr Kuroda", "him", "his")
    passages = {passage.id: passage for passage in passages_of(corpus)}
    known = corpus.quotes.keys() | corpus.cards.keys() | corpus.cases.keys()
    advice = plan(diagnosis, corpus.playbook.values(), corpus.holds, relevance={}, known_sources=known, address=address)
    echoes = _echoes(list(passages.values()), diagnosis)
    return Message(
        account=Account(text=text),
        diagnosis=with_evidence(diagnosis, text, corpus),
        advice=advice,
        questions=questions_for(diagnosis, corpus.questions, customer=address.customer, possessive=address.their),
        address=address,
        named=True,
        echoes=echoes,
    )


def _echoes(passages: list[Passage], diagnosis: Diagnosis) -> list[Passage]:
    """Return one passage of each kind that the research section may hold, turning with the labels."""
    turn = len(diagnosis.phase.label + diagnosis.willingness.label)
    kinds = [[p for p in passages if p.kind == kind] for kind in ("quote", "case", "framework")]
    return [found[turn % len(found)] for found in kinds]
