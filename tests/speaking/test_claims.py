"""The claim check: what a language model may not write, one row a rule, and what it may."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from advising.situations import a_diagnosis
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.framework import Depth, Phase
from coach.library import Corpus
from coach.speaking.claims import LONGEST, unborne_claims

ACCOUNT = "I bow, he bows, and then we talk about the rain in Osaka. He never asks about my home."
STEP = "We close for two weeks in July. Do you get a break this summer?"
CLEAN = (
    "You and Mr Kuroda are still on polite terms: “then we talk about the rain”. Ask about his summer, and say: "
    "“Do you get a break this summer?” Small talk suits this stage [F05]."
)


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    reply: str
    rules: tuple[str, ...] = ()
    deepest: Depth = Depth.SUPERFICIAL
    given: dict[str, Any] = field(default_factory=dict)


CASES = [
    Case(id="a clean reply", reply=CLEAN),
    Case(id="no citation at all", reply="Keep it light with Mr Kuroda."),
    Case(id="an unknown citation", reply="Keep it light [Q99].", rules=("source",)),
    Case(id="a playbook id is no source", reply="Keep it light [P-D01].", rules=("source",)),
    Case(id="two unknown citations", reply="Keep it light [Q98] [Q99].", rules=("source", "source")),
    Case(id="an invented quote", reply="You write “he loves our valves dearly”.", rules=("quote",)),
    Case(id="an invented quote in straight marks", reply='You write "he loves our valves dearly".', rules=("quote",)),
    Case(id="a quote in other case and spacing", reply="You write “THEN we  talk about the rain”."),
    Case(id="a quote shortened in the middle", reply="You write “I bow … he never asks about my home”."),
    Case(id="half of a shortened quote invented", reply="You write “I bow, he bows … he smiled at me”.", rules=("quote",)),
    Case(id="two words in marks are no quote", reply="A “polite bow” is enough."),
    Case(id="another phase", reply="You are in the enmeshment phase.", rules=("finding",)),
    Case(id="the phase that was found", reply="You are in the trial phase."),
    Case(id="another phase only compared", reply="It may lead to enmeshment one day."),
    Case(id="a rung too deep: family", reply="Ask him about his children.", rules=("rung",)),
    Case(id="family where it may be spoken of", reply="Ask him about his children.", deepest=Depth.MORE_INTIMATE),
    Case(id="two rungs too deep: divorce", reply="Tell him about the divorce.", rules=("rung",)),
    Case(
        id="divorce is too deep among family talk as well",
        reply="Tell him about the divorce.",
        deepest=Depth.MORE_INTIMATE,
        rules=("rung",),
    ),
    Case(id="divorce where it may be spoken of", reply="Tell him about the divorce.", deepest=Depth.MOST_INTIMATE),
    Case(id="a people as a whole", reply="Japanese people are polite.", rules=("stereotype",)),
    Case(id="a people as a whole, in the plural", reply="The Germans never joke.", rules=("stereotype",)),
    Case(id="a people only named", reply="Your Japanese customer answered you."),
    Case(id="HTML", reply="Keep it <b>light</b>.", rules=("markup",)),
    Case(id="a comment in HTML", reply="Keep it <!-- x --> light.", rules=("markup",)),
    Case(id="a script", reply="<script>alert(1)</script>", rules=("markup",)),
    Case(id="an address", reply="Read https://example.org first.", rules=("markup",)),
    Case(id="a link", reply="Read [this](page).", rules=("markup",)),
    Case(id="a picture", reply="![x](page)", rules=("markup",)),
    Case(id="a script in a link", reply="[x](JavaScript:alert(1))", rules=("markup",)),
    Case(id="empty", reply="", rules=("length",)),
    Case(id="white space", reply=" \n ", rules=("length",)),
    Case(id="as long as may be", reply="word " * LONGEST),
    Case(id="too long", reply="word " * (LONGEST + 1), rules=("length",)),
    Case(
        id="everything at once",
        reply="Ask him about his children [Q99]; “he loves our valves dearly”, <b>Koreans are like that</b>.",
        rules=("source", "quote", "rung", "stereotype", "markup"),
    ),
    Case(
        id="an unclear phase must not be named",
        reply="You are in the trial phase.",
        given={"phase": Phase.UNCLEAR},
        rules=("finding",),
    ),
]


def _check(reply: str, corpus: Corpus, *, deepest: Depth = Depth.SUPERFICIAL, **labels: Any) -> tuple[str, ...]:
    claims = unborne_claims(
        reply,
        diagnosis=a_diagnosis(**labels),
        sources={"F05", "Q02"},
        allowed_texts=[ACCOUNT, STEP],
        deepest=deepest,
        peoples=[name for culture in corpus.cultures for name in culture.demonyms],
    )
    assert all(claim.excerpt for claim in claims)
    return tuple(claim.rule for claim in claims)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_the_record_does_not_bear(case: Case, corpus: Corpus) -> None:
    assert _check(case.reply, corpus, deepest=case.deepest, **case.given) == case.rules


@pytest.mark.parametrize("people", ["Koreans", "The Japanese", "most Russians", "All Germans", "Finnish people", "Swedes"])
@pytest.mark.parametrize("verb", ["are", "always", "prefer", "don’t", "never"])
def test_nobody_is_told_what_a_people_is_like(people: str, verb: str, corpus: Corpus) -> None:
    assert _check(f"Remember: {people} {verb} like that.", corpus) == ("stereotype",)


@settings(max_examples=50)
@given(data=st.data())
def test_any_stretch_of_the_account_may_be_quoted(corpus: Corpus, data: st.DataObject) -> None:
    words = ACCOUNT.split()
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    assert _check(f"You write “{' '.join(words[start:end])}”.", corpus) == ()


@settings(max_examples=50)
@given(reply=st.text(max_size=300))
def test_the_check_reads_any_text(corpus: Corpus, reply: str) -> None:
    assert set(_check(reply, corpus)) <= {"source", "quote", "finding", "rung", "stereotype", "markup", "length"}
