"""Who words the reply: the built-in voice, or a connected language model whose every line is checked."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from coach.advising import Address
from coach.library.corpus import Corpus
from coach.library.passages import Passage
from coach.models.usage import Meter
from coach.records import Account, Advice, Diagnosis, Question
from coach.speaking.claims import Bounds, Likeness
from coach.speaking.compose import compose
from coach.speaking.composition import Composition
from coach.speaking.notes import BROKE_OFF, FAILED_CHECK, voice_failed
from coach.speaking.wording import Outcome, StreamingModel, WordingPrompts, worded

log = logging.getLogger(__name__)

BUILT_IN = "built-in"


@dataclass(frozen=True, kw_only=True)
class Message:
    """Everything a voice may word.

    Attributes:
        account: the user's text.
        diagnosis: what was decided.
        advice: the steps.
        questions: what to ask.
        address: how to name the customer.
        named: whether the user gave a name.
        echoes: passages that resemble the account.
    """

    account: Account
    diagnosis: Diagnosis
    advice: Advice
    questions: Sequence[Question]
    address: Address
    named: bool
    echoes: Sequence[Passage]


@dataclass(kw_only=True)
class Utterance:
    """A reply that is being worded, and who words it; the rest is known when its last piece has been taken.

    Attributes:
        pieces: the reply in Markdown, piece by piece.
        voice: `built-in` or the model's name.
        prompts: provenance of the prompts; none for the built-in voice.
        note: a calm line where a connected model failed.
    """

    pieces: Iterator[str]
    voice: str = BUILT_IN
    prompts: tuple[str, ...] = ()
    note: str | None = None


class Voice(Protocol):
    """Words a message."""

    def say(self, message: Message, meter: Meter | None = None) -> Utterance:
        """Return the reply, to be taken piece by piece; `meter` counts calls of a language model."""
        ...


class BuiltInVoice:
    """Composes the reply from the playbook and the user's own words."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def say(self, message: Message, meter: Meter | None = None) -> Utterance:  # noqa: ARG002 - it calls no model
        """Return the composed reply; the same message always gives the same words."""
        return Utterance(pieces=iter([self.compose(message).text]))

    def compose(self, message: Message) -> Composition:
        """Return the reply as lines."""
        return compose(
            message.diagnosis,
            message.advice,
            message.questions,
            address=message.address,
            named=message.named,
            indicators=self._corpus.indicators,
            echoes=message.echoes,
        )


@dataclass(frozen=True, kw_only=True)
class ModelVoice:
    """Lets a language model word the composed reply line by line.

    Attributes:
        model: what words.
        corpus: for the composed reply and the names of peoples.
        prompts: what the model is told.
        likeness: how alike two texts are in meaning.
        seconds: for the wording of one reply.
    """

    model: StreamingModel
    corpus: Corpus
    prompts: WordingPrompts
    likeness: Likeness
    seconds: float
    _built_in: BuiltInVoice = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_built_in", BuiltInVoice(self.corpus))

    def say(self, message: Message, meter: Meter | None = None) -> Utterance:
        """Return the reply in the model's words as far as they hold, else in the composed ones."""
        utterance = Utterance(pieces=iter(()))
        utterance.pieces = self._pieces(message, utterance, meter)
        return utterance

    def _pieces(self, message: Message, utterance: Utterance, meter: Meter | None) -> Iterator[str]:
        composition = self._built_in.compose(message)
        bounds = Bounds(
            known=composition.text,
            peoples=tuple(name for culture in self.corpus.cultures for name in (culture.country, *culture.demonyms)),
            likeness=self.likeness,
        )
        outcome = Outcome()
        yield from worded(
            composition,
            message.account.text,
            self.model,
            self.prompts,
            bounds,
            seconds=self.seconds,
            outcome=outcome,
            meter=meter,
        )
        if outcome.broken:
            log.warning("lines by the model %s broke rules: %s", self.model.name, ", ".join(sorted(set(outcome.broken))))
        if outcome.failure:
            log.warning("the model %s failed: %s", self.model.name, outcome.failure)
        if outcome.kept:
            utterance.voice = self.model.name
            utterance.prompts = (self.prompts.reply.provenance,)
            if outcome.rewritten:
                utterance.prompts += (self.prompts.rewrite.provenance,)
            utterance.note = BROKE_OFF if outcome.failure else None
        else:
            utterance.note = voice_failed(outcome.failure) if outcome.failure else FAILED_CHECK
