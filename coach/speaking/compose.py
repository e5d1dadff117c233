"""The built-in voice: from the record to the coach's answer in Markdown.

First the answer in one sentence, then the evidence in the user's own words, then the first step or two in full: together
under 180 words. The rest waits in a fold: further steps, what to hold back from, how it was placed, and the research.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from coach.advising import Address
from coach.framework import CQLevel, Dimension, DimensionState, Diversity, Incident, Phase, Willingness
from coach.library.passages import Passage
from coach.library.schema import Indicator
from coach.records import Advice, Diagnosis, Evidence, Question, Step
from coach.speaking import phrases
from coach.speaking.composition import Composition, LineKind, Segment, joined, separated
from coach.speaking.quoting import plain, quoted, words

MOST_WORDS = 178
"""Words before the fold."""

MOST_STEPS_SHOWN = 3
_QUOTE_WORDS = 15
_CONDUCT_WORDS = 14
_TELLING = 0.3
"""Weight from which a second quote adds to the first."""


def compose(
    diagnosis: Diagnosis,
    advice: Advice,
    questions: Sequence[Question],
    *,
    address: Address,
    named: bool,
    indicators: Mapping[str, Indicator],
    echoes: Sequence[Passage],
) -> Composition:
    """Return the composed reply.

    Args:
        diagnosis: what was decided.
        advice: the steps and warnings.
        questions: what to ask.
        address: how to name the customer.
        named: whether the user gave the customer a name.
        indicators: the codes, for plain words on what a quote shows.
        echoes: passages of the research that resemble the account, most alike first.
    """
    safe = Address(plain(address.customer), address.them, address.their)
    unclear = diagnosis.phase.label is Phase.UNCLEAR or diagnosis.diversity.label is Diversity.UNCLEAR
    asked = list(questions) if unclear else []
    page = _Page(
        opening=_opening(diagnosis, safe, named=named, brief=bool(asked)),
        questions=[f"**{question.text}**" for question in asked],
        steps=[_step(step, number) for number, step in enumerate(advice.steps[:1], 1)],
    )
    page.offer(evidence=_evidence(diagnosis, indicators, most=2)) or page.offer(
        evidence=_evidence(diagnosis, indicators, most=1)
    )
    page.offer(conduct=_conduct(diagnosis, safe))
    if asked:
        page.offer(questions=[f"**{question.text}** {question.why}" for question in asked])
    for number, step in enumerate(advice.steps[1:MOST_STEPS_SHOWN], 2):
        if not page.offer(steps=[*page.steps, _step(step, number)]):
            break
    if rest := advice.steps[len(page.steps) : MOST_STEPS_SHOWN]:
        page.offer(after=f"After that, see below: {'; '.join(_titled(step) for step in rest)}.")
    fold = _fold(diagnosis, advice, [] if asked else questions, len(page.steps), echoes)
    return Composition((*page.segments(), Segment(f"\n\n{fold}")))


@dataclass
class _Page:
    """What stands before the fold: the opening, the questions and the first step always, the rest as far as it fits."""

    opening: str
    questions: list[str]
    steps: list[tuple[Segment, ...]]
    evidence: str = ""
    conduct: str = ""
    after: str = ""

    def offer(self, **parts: Any) -> bool:
        """Take parts in if the page stays short enough with them, and say whether it did."""
        offered = replace(self, **parts)
        fits = words(joined(offered.segments())) <= MOST_WORDS
        if fits:
            self.__dict__.update(offered.__dict__)
        return fits

    def segments(self) -> tuple[Segment, ...]:
        """Return the page as Markdown in segments."""
        questions = self.questions[0] if len(self.questions) == 1 else "\n".join(f"- {item}" for item in self.questions)
        parts = [
            (Segment(self.opening, LineKind.ANSWER),),
            (Segment(self.evidence, LineKind.EVIDENCE),),
            (Segment(self.conduct, LineKind.CONDUCT),),
            (Segment(questions),),
            separated(self.steps, "\n"),
            (Segment(self.after),),
        ]
        return separated(parts, "\n\n")


def _opening(diagnosis: Diagnosis, address: Address, *, named: bool, brief: bool) -> str:
    phase, willingness = diagnosis.phase.label, diagnosis.willingness.label
    if not diagnosis.willingness.evidence:
        # Whose wish it is must not be said without words of the user that show it.
        willingness = Willingness.UNCLEAR
    if phase is Phase.UNCLEAR:
        text = phrases.UNCLEAR_WITH_WORDS if named else phrases.UNCLEAR_NAMELESS
        if diagnosis.customers:
            text = phrases.SEVERAL_CUSTOMERS
    elif diagnosis.phase.regressed and phase in phrases.COOLED:
        text = phrases.COOLED[phase]
    elif Incident.NEW_CONTACT in diagnosis.incidents and phase is Phase.TRIAL:
        text = phrases.NEW_CONTACT
    else:
        text = phrases.OPENING[phase, willingness]
        if brief:
            pass
        elif diagnosis.diversity.label is Diversity.LOW and willingness in (Willingness.NEITHER, Willingness.UNCLEAR):
            text += phrases.EASY_PAIR
        elif (
            diagnosis.diversity.label is Diversity.HIGH
            and phase is not Phase.RENEGOTIATION
            and willingness is Willingness.MUTUAL
        ):
            text += phrases.FAR_PAIR
    return _fill(text, address)


def _evidence(diagnosis: Diagnosis, indicators: Mapping[str, Indicator], *, most: int) -> str:
    """Return the user's own words that place the relationship, with what they show."""
    found = sorted(diagnosis.phase.evidence, key=lambda item: -item.weight)[:most]
    if len(found) == 2 and found[1].weight < _TELLING:
        found.pop()
    if not found:
        found = sorted(diagnosis.disclosure.evidence, key=lambda item: -item.weight)[:1]
    if not found:
        return ""
    found.sort(key=lambda item: item.start)
    notes = [_note(item, indicators) for item in found]
    quotes = [quoted(item.quote, _QUOTE_WORDS) for item in found]
    if len(found) == 1:
        return f"I take that from {quotes[0]}: {notes[0]}."
    if notes[0] == notes[1]:
        return f"You write {quotes[0]} and {quotes[1]}: both times, {notes[0]}."
    return f"You write {quotes[0]}, which is {notes[0]}, and {quotes[1]}: {notes[1]}."


def _conduct(diagnosis: Diagnosis, address: Address) -> str:
    """Return a sentence on the salesperson's own conduct: what is shown, and what is weakest."""
    if diagnosis.cq.level is CQLevel.UNCLEAR:
        return ""
    states = diagnosis.cq.dimensions
    if diagnosis.cq.level is CQLevel.HIGH:
        best = _strongest([e for judgement in states.values() for e in judgement.evidence])
        tail = f": {quoted(best.quote, _CONDUCT_WORDS)}" if best else ""
        return f"{phrases.ALL_SHOWN[CQLevel.HIGH]}{tail}."
    shown = [d for d in _BY_TELLING if states[d].state is DimensionState.EVIDENT]
    wanting = next((d for d in _BY_NEED if states[d].state is DimensionState.CONTRARY), None)
    missing = next((d for d in _BY_NEED if states[d].state is DimensionState.NOT_EVIDENT), None)
    parts = []
    if shown:
        quote = _strongest(states[shown[0]].evidence)
        parts.append(_fill(phrases.SHOWN[shown[0]], address) + (f" ({quoted(quote.quote, _CONDUCT_WORDS)})" if quote else ""))
    if wanting is Dimension.MOTIVATIONAL and diagnosis.willingness.label in _CONTENT_AS_IT_IS:
        # Not wanting more was just called a sound place to stay.
        wanting = missing = None
    if wanting:
        quote = _strongest(states[wanting].evidence)
        parts.append(phrases.CONTRARY[wanting] + (f" ({quoted(quote.quote, _CONDUCT_WORDS)})" if quote and not shown else ""))
    elif missing and diagnosis.diversity.label is not Diversity.LOW:
        parts.append(phrases.MISSING[missing])
    if not parts:
        return ""
    text = "; ".join(parts)
    return text[:1].upper() + text[1:] + "."


_CONTENT_AS_IT_IS = (Willingness.NEITHER, Willingness.CUSTOMER_ONLY)
_BY_TELLING = (Dimension.BEHAVIOURAL, Dimension.METACOGNITIVE, Dimension.COGNITIVE, Dimension.MOTIVATIONAL)
_BY_NEED = (Dimension.MOTIVATIONAL, Dimension.BEHAVIOURAL, Dimension.METACOGNITIVE, Dimension.COGNITIVE)


def _step(step: Step, number: int) -> tuple[Segment, ...]:
    cited = " ".join(f"[{source}]" for source in step.sources[:1])
    return (
        Segment(f"{number}. **"),
        Segment(_ended(plain(step.text)), LineKind.STEP),
        Segment("**  \n   Say: “"),
        Segment(step.say, LineKind.SAY),
        Segment("”  \n   Wait for: "),
        Segment(_ended(plain(step.watch_for)), LineKind.WAIT),
        Segment("  \n   Why: "),
        Segment(f"{_ended(_first_sentence(step.reason))} {cited}", LineKind.WHY),
    )


def _titled(step: Step) -> str:
    return f"*{_lower_initial(plain(step.title))}*"


def _fold(diagnosis: Diagnosis, advice: Advice, questions: Sequence[Question], shown: int, echoes: Sequence[Passage]) -> str:
    parts = []
    if rest := advice.steps[shown:]:
        parts.append("\n".join(["**Also worth doing**", "", *(joined(_step(s, n)) for n, s in enumerate(rest, shown + 1))]))
    for step in advice.steps[:1]:
        if step.weak_example and step.strong_example:
            parts.append(f"**Side by side**\n\n- Often written: “{step.weak_example}”\n- Better: “{step.strong_example}”")
        else:
            parts.append(f"**Rather not say** “{step.avoid}”")
    if advice.hold:
        parts.append("\n".join(["**Hold back for now**", "", *(f"- {hold}" for hold in advice.hold)]))
    if questions:
        parts.append("\n".join(["**What would sharpen this**", "", *(f"- {q.text} {q.why}" for q in questions)]))
    if echoes:
        parts.append("**From the research**\n\n" + "\n".join(_echo(passage) for passage in echoes[:2]))
    if diagnosis.caveats:
        parts.append("\n".join(["**Bear in mind**", "", *(f"- {caveat}" for caveat in diagnosis.caveats)]))
    parts.append(_placed(diagnosis))
    return (
        "<details><summary>More: other steps, what to hold back, the research</summary>\n\n"
        + "\n\n".join(parts)
        + "\n\n</details>"
    )


def _echo(passage: Passage) -> str:
    speaker = passage.attribution.split(",")[0]
    if passage.kind == "quote":
        return f"- {speaker}: “{passage.text.translate(_INNER)}” [{passage.id}]"
    return f"- {_first_sentence(passage.text)} [{passage.id}]"


_INNER = str.maketrans("“”", "‘’")
"""Quotation marks inside a quotation."""


def _placed(diagnosis: Diagnosis) -> str:
    phase = phrases.PHASE[diagnosis.phase.label]
    if diagnosis.phase.label is not Phase.UNCLEAR:
        phase += f", {round(diagnosis.phase.confidence * 100)} % sure"
        if diagnosis.phase.regressed:
            phase += ", cooled from deeper"
    return (
        f"**In the study's terms**: {phase}; {phrases.DIVERSITY[diagnosis.diversity.label]}; "
        f"your cultural intelligence (CQ): {phrases.LEVEL[diagnosis.cq.level]}."
    )


def _note(item: Evidence, indicators: Mapping[str, Indicator]) -> str:
    return indicators[item.indicator].note if item.indicator in indicators else "a sign of it"


def _strongest(evidence: Sequence[Evidence]) -> Evidence | None:
    return max(evidence, key=lambda item: item.weight, default=None)


def _fill(text: str, address: Address) -> str:
    filled = text.replace("$name", address.customer).replace("$them", address.them).replace("$their", address.their)
    return filled[:1].upper() + filled[1:]


def _first_sentence(text: str) -> str:
    for mark in (". ", "; "):
        head, separator, _ = text.partition(mark)
        if separator and len(head.split()) >= 6:
            return head
    return text


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else text + "."


def _lower_initial(text: str) -> str:
    """Return a title as it stands inside a sentence; an initial that is followed by another capital stays."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
