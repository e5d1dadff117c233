"""The composed reply over many situations: short, in plain words, cited, and safe whatever the user wrote."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from advising.situations import a_diagnosis, every_diagnosis, told
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from coach.advising import Address
from coach.framework import (
    Context,
    CQLevel,
    Depth,
    Dimension,
    DimensionState,
    Incident,
    OneSided,
    Phase,
    Scope,
    Willingness,
)
from coach.library import Corpus
from coach.records import Diagnosis
from coach.speaking.compose import compose
from coach.speaking.voices import Message
from speaking.messages import ACCOUNT, a_message, evidence_in

EVERY = 37
FOLD = "<details>"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A situation and the reply it gets."""

    diagnosis: Diagnosis
    message: Message
    reply: str

    @property
    def body(self) -> str:
        """What is read before the fold opens."""
        return self.reply.partition(FOLD)[0]


def _say(message: Message, corpus: Corpus) -> str:
    return compose(
        message.diagnosis,
        message.advice,
        message.questions,
        address=message.address,
        named=message.named,
        indicators=corpus.indicators,
        echoes=message.echoes,
    ).text


@pytest.fixture(scope="module")
def spoken(corpus: Corpus) -> list[Spoken]:
    """The reply to each situation of a fixed sample."""
    messages = [a_message(diagnosis, corpus) for diagnosis in every_diagnosis(step=EVERY)]
    return [Spoken(message.diagnosis, message, _say(message, corpus)) for message in messages]


def _failing(spoken: list[Spoken], rule: Callable[[Spoken], bool]) -> list[str]:
    return [told(row.diagnosis) for row in spoken if not rule(row)][:10]


def test_no_slot_and_nothing_missing_is_shown(spoken: list[Spoken]) -> None:
    assert not _failing(spoken, lambda row: not re.search(r"\$|\bNone\b|\bnull\b|\{|\}", row.reply))


CODES = {
    str(label)
    for labels in (Phase, Depth, Context, CQLevel, Dimension, DimensionState, Incident, OneSided, Scope, Willingness)
    for label in labels
    if "_" in label
}


def test_no_code_is_shown(spoken: list[Spoken], corpus: Corpus) -> None:
    codes = CODES | set(corpus.indicators) | set(corpus.playbook) | {hold.id for hold in corpus.holds}
    shown = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(codes)))})(?![\w-])|\b[a-z]+\.[a-z]+_[a-z]+")
    assert not _failing(spoken, lambda row: not shown.search(row.reply))


def test_every_citation_is_known(spoken: list[Spoken], known_ids: frozenset[str]) -> None:
    assert not _failing(spoken, lambda row: set(re.findall(r"\[([A-Z]-?\w*\d+)\]", row.reply)) <= known_ids)


def test_the_customer_is_named_as_the_user_does(spoken: list[Spoken]) -> None:
    assert not _failing(spoken, lambda row: "Mr Kuroda" in row.body)


def test_the_evidence_is_the_users_own_words(spoken: list[Spoken]) -> None:
    named = [row for row in spoken if row.diagnosis.phase.label is not Phase.UNCLEAR]
    assert not _failing(named, lambda row: "“I sell pumps from Finland to Mr Kuroda in Osaka" in row.body)


def test_every_step_and_warning_is_somewhere(spoken: list[Spoken]) -> None:
    assert not _failing(spoken, lambda row: all(step.say in row.reply for step in row.message.advice.steps))
    assert not _failing(spoken, lambda row: all(hold in row.reply for hold in row.message.advice.hold))


def test_caveats_are_said(spoken: list[Spoken]) -> None:
    assert not _failing(spoken, lambda row: all(caveat in row.reply for caveat in row.diagnosis.caveats))


def test_the_only_markup_is_the_fold(spoken: list[Spoken]) -> None:
    tags = ["<details>", "<summary>", "</summary>", "</details>"]
    assert not _failing(spoken, lambda row: re.findall(r"<[^>]*>", row.reply) == tags)


def test_what_differs_is_said_differently(spoken: list[Spoken]) -> None:
    openings = {
        (row.diagnosis.phase.label, row.diagnosis.willingness.label): row.body.split("\n")[0]
        for row in spoken
        if not row.diagnosis.incidents and row.diagnosis.phase.label is not Phase.UNCLEAR
    }
    assert len(set(openings.values())) == len(openings) == 15


def test_the_same_message_is_worded_the_same(corpus: Corpus) -> None:
    message = a_message(a_diagnosis(), corpus)
    assert _say(message, corpus) == _say(message, corpus)


def test_a_nameless_customer_is_not_given_a_name(corpus: Corpus) -> None:
    message = a_message(a_diagnosis(), corpus, address=Address("your customer", "them", "their"))
    body = _say(message, corpus).partition(FOLD)[0]
    assert "your customer" in body
    assert "$" not in body


_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_TAGS = re.compile(r"</?([a-zA-Z]+)")
_HARMLESS = {"p", "ol", "ul", "li", "strong", "em", "br", "details", "summary"}
_HOSTILE = st.sampled_from(
    [
        "<script>alert(1)</script>",
        "</details>",
        "<img src=x onerror=alert(1)>",
        "[go](javascript:alert(1))",
        "![x](http://127.0.0.1/x)",
        "`code`",
        "~~gone~~",
        "# head",
        "| a |\n|---|",
        "\n\n1. one",
        "“",
        '"',
    ]
)


@settings(max_examples=50, deadline=None)
@given(pieces=st.lists(_HOSTILE | st.text(max_size=20), min_size=1, max_size=5), phase=st.sampled_from(Phase))
def test_what_users_write_never_acts(corpus: Corpus, pieces: list[str], phase: Phase) -> None:
    text = "He bows " + " and ".join(pieces) + ". She waits " + " or ".join(pieces)
    diagnosis = a_diagnosis(phase=phase, states="eece", evidence=evidence_in(text, phase))
    reply = _say(a_message(diagnosis, corpus, text=text), corpus)
    assert set(_TAGS.findall(_MARKDOWN.render(reply))) <= _HARMLESS
    assert reply.count("<details>") == reply.count("</details>") == 1


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_verdict_with_little_evidence_still_reads_well(count: int, corpus: Corpus) -> None:
    message = a_message(a_diagnosis(), corpus)
    phase = message.diagnosis.phase.model_copy(update={"evidence": evidence_in(ACCOUNT, Phase.TRIAL)[:count]})
    disclosure = message.diagnosis.disclosure.model_copy(update={"evidence": ()})
    bare = message.diagnosis.model_copy(update={"phase": phase, "disclosure": disclosure})
    body = compose(
        bare,
        message.advice,
        (),
        address=message.address,
        named=True,
        indicators=corpus.indicators,
        echoes=(),
    ).text.partition(FOLD)[0]
    assert body.split("\n")[2].count("“") == (count or body.split("\n")[2].count("“"))
    assert not re.search(r"\s[.,:;]|\(\)|“”|\.\.", body)


def test_under_180_words_before_the_fold(spoken: list[Spoken]) -> None:
    def count(row: Spoken) -> int:
        return len(re.sub(r"[*_#>]|\[[QFC]\d\d\]", " ", row.body).split())

    assert not _failing(spoken, lambda row: 20 <= count(row) < 180)


def test_an_unclear_phase_or_pair_is_asked_about_before_the_fold(spoken: list[Spoken]) -> None:
    unclear = [row for row in spoken if "unclear" in (row.diagnosis.phase.label, row.diagnosis.diversity.label)]
    assert not _failing(unclear, lambda row: all(question.text in row.body for question in row.message.questions))
