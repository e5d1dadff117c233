"""The diagnosis as a whole: every judgement from one reading, and nothing but the reading."""

from __future__ import annotations

from coach.diagnosis import diagnose
from coach.framework import Context, CQLevel, CultureFlag, Diversity, Incident, Phase, Willingness
from coach.library import Corpus
from diagnosis.readings import Unit, a_reading

READING = a_reading(
    Unit(text="We talk about the rain.", shows={"disclosure.small_talk": 0.9}),
    Unit(text="I promised May and it was July.", shows={"incident.broken_promise": 0.9}),
    labels={"phase": "trial", "disclosure": "superficial", "regressed": "true", "cq.motivational": "evident"},
    salesperson=Context.HIGH,
    flags=(CultureFlag.SCOPE_CAVEAT,),
)


def test_every_judgement_is_made_by_its_own_rule(corpus: Corpus) -> None:
    diagnosis = diagnose(READING, corpus)
    assert (diagnosis.phase.label, diagnosis.phase.regressed) == (Phase.TRIAL, True)
    assert (diagnosis.diversity.label, diagnosis.cq.level) == (Diversity.LOW, CQLevel.LOW)
    assert diagnosis.willingness.label is Willingness.UNCLEAR
    assert diagnosis.incidents == (Incident.BROKEN_PROMISE, Incident.COOLED)
    assert diagnosis.caveats == tuple(caveat.text for caveat in corpus.caveats if caveat.applies == "both_hc")


def test_the_same_reading_gives_the_same_diagnosis(corpus: Corpus) -> None:
    assert diagnose(READING, corpus) == diagnose(READING, corpus)


def test_where_several_customers_are_told_of_none_is_placed(corpus: Corpus) -> None:
    diagnosis = diagnose(READING.model_copy(update={"customers": ("Ana", "Herr Schmidt")}), corpus)
    assert (diagnosis.phase.label, diagnosis.diversity.label) == (Phase.UNCLEAR, Diversity.UNCLEAR)
    assert diagnosis.willingness.label is Willingness.UNCLEAR
    assert diagnosis.diversity.salesperson.context is Context.HIGH
    assert diagnosis.cq.level is CQLevel.LOW
    assert diagnosis.customers == ("Ana", "Herr Schmidt")
    several = next(caveat.text for caveat in corpus.caveats if caveat.applies == "several_customers")
    assert several in diagnosis.caveats
