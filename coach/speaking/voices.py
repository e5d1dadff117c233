"""Who words the reply: the built-in voice, or a connected language model whose words are checked claim by claim."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from coach.advising import Address
from coach.framework import deepest_advisable
from coach.library.corpus import Corpus
from coach.library.passages import Passage
from coach.library.prompts import Prompt, load_prompt
from coach.records import Account, Advice, Diagnosis, Question, Source
from coach.speaking.claims import unborne_claims
from coach.speaking.compose import compose

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

log = logging.getLogger(__name__)

BUILT_IN = "built-in"
FELL_BACK = "The connected model did not give a usable answer, so the built-in voice speaks."
FAILED_CHECK = "The connected model's wording did not pass the check against the findings, so the built-in voice speaks."


@dataclass(frozen=True, kw_only=True)
class Message:
    """Everything a voice may word.

    Attributes:
        account: the user's text.
        diagnosis: what was decided.
        advice: the steps.
        questions: what to ask.
        sources: what may be cited.
        address: how to name the customer.
        named: whether the user gave a name.
        echoes: passages that resemble the account.
    """

    account: Account
    diagnosis: Diagnosis
    advice: Advice
    questions: Sequence[Question]
    sources: Sequence[Source]
    address: Address
    named: bool
    echoes: Sequence[Passage]


@dataclass(frozen=True, kw_only=True)
class Utterance:
    """A worded reply and who worded it.

    Attributes:
        text: Markdown.
        voice: `built-in` or the model's name.
        prompt: provenance of the prompt, None for the built-in voice.
        note: a calm line where a connected model failed.
    """

    text: str
    voice: str
    prompt: str | None = None
    note: str | None = None


class Voice(Protocol):
    """Words a message."""

    def say(self, message: Message) -> Utterance:
        """Return the reply."""
        ...


class BuiltInVoice:
    """Composes the reply from the playbook and the user's own words."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def say(self, message: Message) -> Utterance:
        """Return the composed reply; the same message always gives the same words."""
        text = compose(
            message.diagnosis,
            message.advice,
            message.questions,
            address=message.address,
            named=message.named,
            indicators=self._corpus.indicators,
            echoes=message.echoes,
        )
        return Utterance(text=text, voice=BUILT_IN)


class ModelVoice:
    """Lets a language model word the record, and falls back to the composed reply where that fails."""

    def __init__(self, model: BaseChatModel, name: str, corpus: Corpus, prompt: Prompt | None = None) -> None:
        self._model = model
        self._name = name
        self._corpus = corpus
        self._built_in = BuiltInVoice(corpus)
        self._prompt = prompt or load_prompt("speaking/reply")

    def say(self, message: Message) -> Utterance:
        """Return the model's reply if it passes the claim check, else the composed one with a note."""
        composed = self._built_in.say(message)
        try:
            answer = self._model.invoke(self._prompt.render(_inputs(message)))
            text = str(answer.text).strip()
        except Exception as error:
            # Providers raise errors of their own; whatever it was, the user gets an answer and the log says why.
            log.warning("model %s failed: %s", self._name, type(error).__name__)
            return Utterance(text=composed.text, voice=BUILT_IN, note=FELL_BACK)
        claims = unborne_claims(
            text,
            diagnosis=message.diagnosis,
            sources={source.id for source in message.sources},
            allowed_texts=[
                message.account.text,
                *(line for step in message.advice.steps for line in (step.say, step.avoid, step.text)),
                *(source.text for source in message.sources),
                *(question.text for question in message.questions),
            ],
            deepest=deepest_advisable(
                message.diagnosis.disclosure.label, message.diagnosis.phase.label, message.diagnosis.willingness.label
            ),
            peoples=[name for culture in self._corpus.cultures for name in culture.demonyms],
        )
        if claims:
            log.warning("model %s failed the claim check: %s", self._name, ", ".join(sorted({c.rule for c in claims})))
            return Utterance(text=composed.text, voice=BUILT_IN, note=FAILED_CHECK)
        return Utterance(text=text, voice=self._name, prompt=self._prompt.provenance)


def _inputs(message: Message) -> Mapping[str, str]:
    diagnosis = message.diagnosis
    record = {
        "customer": message.address.customer,
        "phase": diagnosis.phase.label,
        "cooled_from_closer": diagnosis.phase.regressed,
        "present_depth": diagnosis.disclosure.label,
        "diversity": diagnosis.diversity.label,
        "cultural_intelligence": diagnosis.cq.level,
        "willingness": diagnosis.willingness.label,
        "evidence": [item.quote for item in (*diagnosis.phase.evidence, *diagnosis.willingness.evidence)],
        "steps": [
            step.model_dump(include={"text", "say", "watch_for", "reason", "sources"}) for step in message.advice.steps[:3]
        ],
        "hold_back": message.advice.hold,
        "questions": [question.text for question in message.questions],
        "caveats": diagnosis.caveats,
    }
    return {"account": message.account.text, "record": json.dumps(record, ensure_ascii=False, indent=1)}
