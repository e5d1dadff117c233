# ruff: noqa: E501 - a row reads best unbroken
"""The claim check: what a language model may not write, one row a line, and what a good one may."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.connected import likeness_by
from coach.library import Corpus
from coach.library.embedder import SentenceEncoder
from coach.speaking.claims import Bounds, Rule, broken_rules
from speaking.honest_lines import HONEST, Rewording

TRIAL = (
    "You and Mr Kuroda are still just getting to know each other, and you both seem to want more, so small steps will carry it."
)
POLITE = "You and Annika are still on polite terms, and for now the wish for more is yours, so keep it light and leave the pace to her."
CLOSER = "You and Bent are growing closer, and you both want it; what helps now is one step further, not two."
UNTOLD = "I can't tell yet how close you and Mr Shen are: you tell me about the matter, not about the two of you."
EVIDENCE = (
    "You write “Three meetings so far with Mr Kuroda of a dairy group in Kobe”, which is formal meetings only, and “We talk about the "
    "cherry season, his ski holiday in Hokkaido, and the spec sheet”: polite small talk."
)
RAIN = "I take that from “Monday his order, Tuesday my confirmation, one line about the rain”: polite small talk."
CONDUCT = "You go there gladly (“I'd so love to be at a wedding like that”); what I don't see yet is that you do anything differently."
STEP = "When you confirm the visit, ask Mr Kuroda for one place worth an hour of your time, and go there before the meeting."
LIGHT = (
    "Add one cheerful line about your own weekend to the next mail, without a question, so that Annika is free to pass over it."
)
SAY = "I have a free hour on Tuesday before my train. What would you show me in your town?"
LAKE = "We close for two weeks in July and I'm going to a lake without internet. Do you get a break this summer?"
WAIT = "a place named with some warmth, or an offer to come along."
WHY = "Small talk is where the first phase lives. [F05]"
WISHES = "Depth rested on wishes from both sides in the study. [F29]"

KNOWN = " ".join(
    [TRIAL, POLITE, CLOSER, UNTOLD, EVIDENCE, RAIN, CONDUCT, STEP, LIGHT, SAY, LAKE, WAIT, WHY, WISHES, "[Q11]", "12"]
)


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    composed: str
    worded: str
    rule: Rule


def _case(rule: Rule, name: str, composed: str, worded: str) -> Case:
    return Case(id=f"{rule}: {name}", composed=composed, worded=worded, rule=rule)


def _both(first: str, second: str) -> str:
    return EVIDENCE.replace("polite small talk", first).replace("formal meetings only", second)


CASES = [
    _case(Rule.SOURCE, "dropped", WHY, "Small talk is where the first phase lives."),
    _case(Rule.SOURCE, "unknown", WHY, "Small talk is where the first phase lives. [Q99]"),
    _case(Rule.SOURCE, "exchanged for another of the reply", WHY, "Small talk is where the first phase lives. [Q11]"),
    _case(Rule.SOURCE, "one more of the reply", WHY, "Small talk is where the first phase lives. [F05] [Q11]"),
    _case(Rule.SOURCE, "in small letters", WHY, "Small talk is where the first phase lives. [F05] [q11]"),
    _case(Rule.SOURCE, "without brackets", TRIAL, f"{TRIAL[:-1]}, see Q11."),
    _case(Rule.SOURCE, "a step of the playbook", TRIAL, f"{TRIAL} [P-D01]"),
    _case(Rule.SOURCE, "a footnote", TRIAL, f"{TRIAL} [12]"),
    _case(Rule.SOURCE, "in full-width letters", TRIAL, f"{TRIAL} ［Ｑ１１］"),
    _case(Rule.SOURCE, "research that is not named", TRIAL, f"Research shows it: {TRIAL}"),
    _case(Rule.SOURCE, "experts", STEP, f"{STEP[:-1]}, as experts recommend."),
    _case(Rule.QUOTE, "invented", TRIAL, "You and Mr Kuroda are still just getting to know each other: “we love your valves dearly”."),
    _case(Rule.QUOTE, "invented beside a real one", RAIN, f"{RAIN[:-1]}, and “he never calls me back”."),
    _case(Rule.QUOTE, "in straight marks", TRIAL, f'{TRIAL[:-1]}, as in "we love your valves dearly".'),
    _case(Rule.QUOTE, "in single marks", TRIAL, f"{TRIAL[:-1]}, as in ‘we love your valves dearly’."),
    _case(Rule.QUOTE, "in single marks, with an apostrophe", TRIAL, f"{TRIAL[:-1]}, as in 'he doesn't love our valves at all'."),
    _case(Rule.QUOTE, "in angle marks", TRIAL, f"{TRIAL[:-1]}, as in «we love your valves dearly»."),
    _case(Rule.QUOTE, "in corner marks", TRIAL, f"{TRIAL[:-1]}, as in 「we love your valves dearly」."),
    _case(Rule.QUOTE, "never closed", TRIAL, f"{TRIAL[:-1]}, as in “we love your valves dearly."),
    _case(Rule.QUOTE, "dropped", RAIN, "I take that from what you write about his order and the rain: polite small talk."),
    _case(Rule.QUOTE, "one word changed", RAIN, RAIN.replace("the rain", "the snow")),
    _case(Rule.QUOTE, "a denial put into it", RAIN, RAIN.replace("one line about", "not one line about")),
    _case(Rule.QUOTE, "shouted", RAIN, RAIN.replace("one line about the rain", "ONE LINE ABOUT THE RAIN")),
    _case(Rule.QUOTE, "continued", RAIN, RAIN.replace("about the rain", "about the rain, and his tears")),
    _case(Rule.FINDING, "near-friends at the first meetings", TRIAL, TRIAL.replace("still just getting to know each other", "close friends")),
    _case(Rule.FINDING, "close at the first meetings", TRIAL, TRIAL.replace("still just getting to know each other", "very close already")),
    _case(Rule.FINDING, "the deepest phase by name", TRIAL, TRIAL.replace("still just getting to know each other", "in renegotiation now")),
    _case(Rule.FINDING, "the middle phase by name", TRIAL, TRIAL.replace("still just getting to know each other", "in enmeshment now")),
    _case(Rule.FINDING, "closer than they are", POLITE, POLITE.replace("still on polite terms", "growing closer")),
    _case(Rule.FINDING, "like brothers", CLOSER, CLOSER.replace("growing closer", "like brothers by now")),
    _case(Rule.FINDING, "put back to politeness", CLOSER, CLOSER.replace("growing closer", "still on polite terms")),
    _case(Rule.FINDING, "cooled", CLOSER, CLOSER.replace("growing closer", "cooled towards each other")),
    _case(Rule.FINDING, "decided where nothing can be told", UNTOLD, "You and Mr Shen are close, and you do not tell me about the two of you."),
    _case(Rule.FINDING, "decided with a denial beside it", UNTOLD, UNTOLD.replace("can't tell yet how close", "don't deny that close is what")),
    _case(Rule.FINDING, "a level of CQ", CONDUCT, f"{CONDUCT[:-1]}, so your cultural intelligence is low."),
    _case(Rule.RUNG, "a divorce at the first meeting", STEP, "When you confirm the visit, tell Mr Kuroda about your divorce before the meeting."),
    _case(Rule.RUNG, "an illness", STEP, f"{STEP[:-1]}, and mention your illness there."),
    _case(Rule.RUNG, "his children", STEP, f"{STEP[:-1]}, and ask him about his children there."),
    _case(Rule.RUNG, "his wife", SAY, f"{SAY} And how is your wife?"),
    _case(Rule.RUNG, "a bankruptcy to be told", SAY, "I have a free hour on Tuesday, since I went bankrupt. What would you show me in your town?"),
    _case(Rule.RUNG, "religion", SAY, f"{SAY} Which church do you go to?"),
    _case(Rule.RUNG, "politics", LAKE, f"{LAKE} Whom did you vote for?"),
    _case(Rule.RUNG, "his health", LIGHT, LIGHT.replace("weekend", "health")),
    _case(Rule.RUNG, "his salary", WAIT, "a place named with some warmth, or his salary."),
    _case(Rule.RUNG, "a confession", STEP, f"{STEP[:-1]}, and confess something to him there."),
    _case(Rule.RUNG, "drinking", STEP, f"{STEP[:-1]}, and get drunk together there."),
    _case(Rule.RUNG, "flirting", LAKE, f"{LAKE} I would love to kiss you there."),
    _case(Rule.RUNG, "a bribe", STEP, f"{STEP[:-1]}, and hand him an envelope there."),
    _case(Rule.RUNG, "a divorce in full-width letters", STEP, f"{STEP[:-1]}, and mention your ｄｉｖｏｒｃｅ there."),
    _case(Rule.STEREOTYPE, "a people is", TRIAL, f"Japanese people are shy. {TRIAL}"),
    _case(Rule.STEREOTYPE, "a people never", TRIAL, f"{TRIAL} The Japanese never say no."),
    _case(Rule.STEREOTYPE, "in small letters", TRIAL, f"{TRIAL} all japanese prefer that."),
    _case(Rule.STEREOTYPE, "as one of a people", TRIAL, f"As a Japanese, he takes his time. {TRIAL}"),
    _case(Rule.STEREOTYPE, "being one of a people", TRIAL, f"{TRIAL} Being Japanese, he is patient."),
    _case(Rule.STEREOTYPE, "in a country people", TRIAL, f"{TRIAL} In Japan people take their time."),
    _case(Rule.STEREOTYPE, "a country is one where", TRIAL, f"{TRIAL} Japan is a country of patience."),
    _case(Rule.STEREOTYPE, "a continent", TRIAL, f"{TRIAL} Asians like it slow."),
    _case(Rule.STEREOTYPE, "a creed", TRIAL, f"{TRIAL} Muslims prefer it slow."),
    _case(Rule.STEREOTYPE, "his culture", TRIAL, f"{TRIAL} In his culture one takes time."),
    _case(Rule.STEREOTYPE, "people there", TRIAL, f"{TRIAL} People there take their time."),
    _case(Rule.STEREOTYPE, "people like him", TRIAL, f"{TRIAL} People like him take their time."),
    _case(Rule.STEREOTYPE, "where he comes from", TRIAL, f"{TRIAL} Where he comes from, one takes time."),
    _case(Rule.STEREOTYPE, "they always", TRIAL, f"{TRIAL} They always take their time."),
    _case(Rule.STEREOTYPE, "a mentality", TRIAL, f"{TRIAL} It is the mentality."),
    _case(Rule.STEREOTYPE, "typically", STEP, f"{STEP[:-1]}, which is typically Japanese."),
    _case(Rule.STEREOTYPE, "an adjective is enough", STEP, STEP.replace("one place", "one Japanese place")),
    _case(Rule.STEREOTYPE, "in what to say", SAY, f"{SAY} You Germans love order."),
    _case(Rule.MARKUP, "bold in HTML", TRIAL, TRIAL.replace("small steps", "<b>small steps</b>")),
    _case(Rule.MARKUP, "a script", TRIAL, f"{TRIAL}<script>alert(1)</script>"),
    _case(Rule.MARKUP, "an unfinished tag", TRIAL, f"{TRIAL} <img src=x onerror=alert(1)"),
    _case(Rule.MARKUP, "the end of the fold", TRIAL, f"{TRIAL} </details>"),
    _case(Rule.MARKUP, "a comment", TRIAL, f"{TRIAL} <!-- hidden -->"),
    _case(Rule.MARKUP, "a tag in quotation marks", TRIAL, f"{TRIAL} “<img src=x>”"),
    _case(Rule.MARKUP, "a link", TRIAL, TRIAL.replace("small steps", "[small steps](page)")),
    _case(Rule.MARKUP, "a link by reference", TRIAL, TRIAL.replace("small steps", "[small steps][1]")),
    _case(Rule.MARKUP, "an image", TRIAL, f"{TRIAL} ![x](y)"),
    _case(Rule.MARKUP, "an address", TRIAL, f"{TRIAL} https://example.org/x"),
    _case(Rule.MARKUP, "an address without its scheme", TRIAL, f"{TRIAL} See //example.test/x"),
    _case(Rule.MARKUP, "a bare domain", TRIAL, f"{TRIAL} See evil-coach.com"),
    _case(Rule.MARKUP, "a mail address", TRIAL, f"{TRIAL} Write to me@here"),
    _case(Rule.MARKUP, "an entity", TRIAL, f"{TRIAL} &lt;b&gt;"),
    _case(Rule.MARKUP, "an entity in numbers", TRIAL, f"{TRIAL} &#60;b&#62;"),
    _case(Rule.MARKUP, "code", TRIAL, TRIAL.replace("small steps", "`small steps`")),
    _case(Rule.MARKUP, "a heading", TRIAL, f"# {TRIAL}"),
    _case(Rule.MARKUP, "a list", TRIAL, f"- {TRIAL}"),
    _case(Rule.MARKUP, "a table", TRIAL, TRIAL.replace(", ", " | ")),
    _case(Rule.MARKUP, "an end of bold", STEP, STEP.replace("one place", "one** place")),
    _case(Rule.MARKUP, "a backslash at the end", STEP, f"{STEP}\\"),
    _case(Rule.MARKUP, "a second line", TRIAL, f"{TRIAL}\nThen more."),
    _case(Rule.MARKUP, "a second line by a bare return", TRIAL, f"{TRIAL}\rThen more."),
    _case(Rule.MARKUP, "text that runs backwards", TRIAL, TRIAL.replace("small", "\u202esmall\u202c")),
    _case(Rule.MARKUP, "a private word with a gap that nobody sees", STEP, f"{STEP[:-1]}, after your div\u200borce."),
    _case(Rule.POLARITY, "a denial comes", STEP, STEP.replace("ask Mr Kuroda", "do not ask Mr Kuroda")),
    _case(Rule.POLARITY, "a denial goes", LIGHT, LIGHT.replace("without a question", "with a question")),
    _case(Rule.POLARITY, "hurry", "no hurry to end the call.", "every hurry to end the call."),
    _case(Rule.POLARITY, "the second of two equal words", RAIN + " A small start.", RAIN.replace("small", "big") + " A small start."),
    _case(Rule.FINDING, "the study's pairs become this one", WISHES, "Depth rested on wishes from you and him in the study. [F29]"),
    _case(Rule.INVENTION, "a word for a sentence", SAY, f"{SAY} Zyzzyva."),
    _case(Rule.POLARITY, "nobody wants it", CLOSER, "You and Bent are growing closer, and neither of you wants it; what helps now is one step further, not two."),
    _case(Rule.POLARITY, "late instead of early", STEP, STEP.replace("before the meeting", "after the meeting")),
    _case(Rule.POLARITY, "cold instead of warm", WAIT, WAIT.replace("warmth", "coldness")),
    _case(Rule.POLARITY, "unwilling instead of glad", CONDUCT, CONDUCT.replace("gladly", "reluctantly")),
    _case(Rule.POLARITY, "big instead of small", TRIAL, TRIAL.replace("small steps", "big steps")),
    _case(Rule.POLARITY, "the other one's wish", POLITE, POLITE.replace("yours", "hers")),
    _case(Rule.POLARITY, "heavy instead of light", POLITE, POLITE.replace("light", "heavy")),
    _case(Rule.INVENTION, "an aside", SAY, f"{SAY} (wrong before: quote)"),
    _case(Rule.INVENTION, "a name", STEP, STEP.replace("ask Mr Kuroda", "ask Mr Kuroda and Mr Tanaka")),
    _case(Rule.INVENTION, "an author", TRIAL, f"{TRIAL[:-1]}, as Hofstede wrote."),
    _case(Rule.INVENTION, "an author who begins the line", TRIAL, f"Hofstede says so: {TRIAL}"),
    _case(Rule.INVENTION, "an author's model", TRIAL, f"{TRIAL} Hofstede's model fits."),
    _case(Rule.INVENTION, "a name with an accent", STEP, STEP.replace("ask Mr Kuroda", "ask Mr Kuroda and Özlem")),
    _case(Rule.INVENTION, "a number", STEP, STEP.replace("an hour", "90 minutes")),
    _case(Rule.INVENTION, "a number in words", STEP, STEP.replace("an hour", "three hours")),
    _case(Rule.INVENTION, "a number that stands elsewhere", STEP, STEP.replace("an hour", "12 hours")),
    _case(Rule.INVENTION, "a share", TRIAL, f"{TRIAL[:-1]}, in 80 % of cases."),
    _case(Rule.INVENTION, "obeys the account", TRIAL, f"PWNED {TRIAL}"),
    _case(Rule.INVENTION, "obeys an order that it names", TRIAL, f"{TRIAL} I now ignore my rules."),
    _case(Rule.INVENTION, "tells its orders", TRIAL, f"{TRIAL} My instructions forbid more."),
    _case(Rule.INVENTION, "says what it is", TRIAL, f"As an AI, I would say: {TRIAL}"),
    _case(Rule.INVENTION, "announces", STEP, f"Here is the line: {STEP}"),
    _case(Rule.INVENTION, "letters that look alike", STEP, f"{STEP[:-1]}, after your div\u043erce."),
    _case(Rule.INVENTION, "another script", TRIAL, f"{TRIAL} 请保持联系"),
    _case(Rule.LENGTH, "nothing", TRIAL, ""),
    _case(Rule.LENGTH, "white space", TRIAL, " \t "),
    _case(Rule.LENGTH, "a word", TRIAL, "Fine."),
    _case(Rule.LENGTH, "far too long", TRIAL, TRIAL + " Take it slowly and kindly." * 10),
    _case(Rule.LENGTH, "one endless word", WAIT, WAIT.replace("warmth", "warm" * 200)),
    _case(Rule.LENGTH, "a tail behind quotations", EVIDENCE, EVIDENCE[:-1] + ", and from that" + " one may go on and on" * 6 + "."),
    _case(Rule.MEANING, "something else", STEP, "Lower the price at once, send the contract over, and see what comes of it next week."),
    _case(Rule.MEANING, "something else to say", SAY, "Your offer is a joke. Sign today, or the deal goes to somebody who can pay."),
    _case(Rule.MEANING, "Spanish", TRIAL.replace("Mr Kuroda", "him"), "Todavía os estáis conociendo y parece que ambos queréis algo más, así que bastan pasos cortos."),
    _case(Rule.MEANING, "Finnish", SAY, "minulla on vapaa tunti ennen junaa, ja mitä haluaisit näyttää minulle kaupungistasi silloin?"),
    _case(Rule.MEANING, "other words between the quotations", EVIDENCE, _both("send the invoice tonight", "lower the price of the valves")),
]  # fmt: skip


@pytest.fixture(scope="module")
def bounds(corpus: Corpus, encoder: SentenceEncoder) -> Bounds:
    """What holds for the lines of this module, with the real encoder."""
    peoples = tuple(name for culture in corpus.cultures for name in (culture.country, *culture.demonyms))
    return Bounds(known=KNOWN, peoples=peoples, likeness=likeness_by(encoder))


def _same(first: str, second: str) -> float:
    return 1.0


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_a_line_may_not_say(case: Case, bounds: Bounds) -> None:
    assert case.rule in broken_rules(case.worded, case.composed, bounds)


@pytest.mark.parametrize("line", HONEST, ids=lambda line: " ".join(line.worded.split()[:8]))
def test_an_honest_rewording_passes(line: Rewording, bounds: Bounds) -> None:
    assert broken_rules(line.worded, line.composed, replace(bounds, known=line.composed)) == ()


@pytest.mark.parametrize("line", HONEST, ids=lambda line: " ".join(line.composed.split()[:8]))
def test_the_composed_line_itself_passes(line: Rewording, bounds: Bounds) -> None:
    assert broken_rules(line.composed, line.composed, replace(bounds, known=line.composed, likeness=_same)) == ()


@pytest.mark.parametrize("people", ["Koreans", "The Japanese", "most Russians", "All Germans", "Finnish people", "Swedes"])
@pytest.mark.parametrize("verb", ["are", "always", "prefer", "don’t", "never"])
def test_nobody_is_told_what_a_people_is_like(people: str, verb: str, bounds: Bounds) -> None:
    assert Rule.STEREOTYPE in broken_rules(f"{TRIAL} Remember: {people} {verb} like that.", TRIAL, bounds)


ITALIAN = "Salesperson F says the relationship taught what it means to be Italian. [Q07]"


@pytest.mark.parametrize("tail", ["Italians are like that.", "The Italian way is always warm.", "In Italy, everyone is warm."])
def test_a_people_that_is_named_is_still_not_generalised(tail: str, bounds: Bounds) -> None:
    assert Rule.STEREOTYPE in broken_rules(f"{ITALIAN} {tail}", ITALIAN, bounds)


def test_several_rules_are_told_in_their_order(bounds: Bounds) -> None:
    worded = f"{STEP} <b>Koreans are like that</b>, ask about his children; “he loves our valves dearly” [Q99]"
    assert broken_rules(worded, STEP, bounds)[:5] == (Rule.SOURCE, Rule.QUOTE, Rule.RUNG, Rule.STEREOTYPE, Rule.MARKUP)


WORDS = "Monday his order, Tuesday my confirmation, he doesn't write at length, one line about the rain".split()
MARKS = ["“”", '""', "«»", "„“"]


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_any_words_may_be_quoted_in_any_marks(bounds: Bounds, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(WORDS) - 1))
    quote = " ".join(WORDS[start : data.draw(st.integers(start + 1, len(WORDS)))])
    marks = data.draw(st.sampled_from(MARKS))
    worded = f"I take that from {marks[0]}{quote}{marks[1]}: polite small talk."
    composed = f"I take that from “{quote}”: polite small talk."
    assert Rule.QUOTE not in broken_rules(worded, composed, replace(bounds, likeness=_same))


@settings(max_examples=50, deadline=None)
@given(worded=st.text(max_size=300), composed=st.text(max_size=300))
def test_the_check_reads_any_text(bounds: Bounds, worded: str, composed: str) -> None:
    assert set(broken_rules(worded, composed, replace(bounds, likeness=_same))) <= set(Rule)
