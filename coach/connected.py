"""What a connected language model takes part in.

It words the replies; it reads beside the built-in reader as far as it has proved itself; and it carries accounts and replies
across where the user writes in a language that the built-in reader does not know.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from pydantic import SecretStr

from coach.errors import AccountError, ModelError
from coach.library.corpus import Corpus
from coach.library.embedder import SentenceEncoder
from coach.library.prompts import Prompt, load_prompt
from coach.models import LanguageModel, connect
from coach.models.choice import chosen, kept_key
from coach.models.failures import ModelFailure
from coach.models.usage import Meter
from coach.reading.intake import language_to_translate
from coach.reading.model_reader import ModelReader
from coach.reading.reader import Reader
from coach.reading.translation import told_in_original, translate
from coach.reading.trust import TrustBook
from coach.records import Account, Reading
from coach.settings import Settings
from coach.speaking.claims import Likeness
from coach.speaking.notes import PARTLY_TRANSLATED, not_translated, reading_failed
from coach.speaking.translation import in_language
from coach.speaking.voices import BUILT_IN, BuiltInVoice, Message, ModelVoice, Utterance, Voice
from coach.speaking.wording import WordingPrompts

log = logging.getLogger(__name__)

TRUST_FILE = "model-trust.json"
"""In the data folder: what `coach model test` learnt of models."""

READING_PROMPT = "reading/extract"
BUILT_IN_READER = "encoder"


@dataclass(frozen=True, kw_only=True, slots=True)
class Connected:
    """A language model in its places.

    Attributes:
        model: it; None where none is connected.
        voice: who words replies.
        built_in: who composes them without a model.
        reader: who reads beside the built-in reader; None where no model has proved itself at it.
        interpreter: who translates accounts and replies; None where no model is connected.
    """

    model: LanguageModel | None
    voice: Voice
    built_in: Voice
    reader: ModelReader | None
    interpreter: Interpreter | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Interpreter:
    """Translates accounts into English and replies out of it.

    Attributes:
        model: what translates.
        account: the prompt for accounts.
        reply: the prompt for replies.
        reading_seconds: for one account.
        wording_seconds: for one reply.
    """

    model: LanguageModel
    account: Prompt
    reply: Prompt
    reading_seconds: float
    wording_seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """An account that has been read.

    Attributes:
        reading: what was read; its spans point into the user's own words.
        english: the account in the language of the corpus: the user's words, or their translation.
        language: the language that the reply is to be in, where it is not English.
        reader: who read.
        prompt: provenance of the prompt with which a model took part, if one did.
        note: a calm line where a model failed.
    """

    reading: Reading
    english: str
    reader: str
    language: str | None = None
    prompt: str | None = None
    note: str | None = None


def connected(settings: Settings, corpus: Corpus, encoder: SentenceEncoder) -> Connected:
    """Return the model that the settings name, in its places.

    Raises:
        ModelError: it cannot be connected.
        CorpusError: a prompt is broken.
    """
    model, built_in = _model(settings), BuiltInVoice(corpus)
    if model is None:
        return Connected(model=None, voice=built_in, built_in=built_in, reader=None, interpreter=None)
    voice = ModelVoice(
        model=model,
        corpus=corpus,
        prompts=WordingPrompts(
            reply=load_prompt("speaking/reply", settings.prompts_dir),
            rewrite=load_prompt("speaking/rewrite", settings.prompts_dir),
        ),
        likeness=likeness_by(encoder),
        seconds=settings.model_wording_seconds,
    )
    interpreter = Interpreter(
        model=model,
        account=load_prompt("reading/translate", settings.prompts_dir),
        reply=load_prompt("speaking/translate", settings.prompts_dir),
        reading_seconds=settings.model_reading_seconds,
        wording_seconds=settings.model_wording_seconds,
    )
    return Connected(
        model=model, voice=voice, built_in=built_in, reader=_reader(settings, corpus, model), interpreter=interpreter
    )


def read_account(account: Account, reader: Reader, connected: Connected, languages: Collection[str], meter: Meter) -> Told:
    """Read an account with the built-in reader, and with what is connected where that helps.

    Raises:
        AccountError: the text cannot be read as an account, or is in a language that nobody here knows.
        EncoderError: what the built-in reader needs cannot be loaded.
    """
    language = language_to_translate(account.text, languages)
    if language is not None and connected.interpreter is not None:
        return _translated(account, language, reader, connected.interpreter, meter)
    reading = reader.read(account)
    if connected.reader is None:
        return Told(reading=reading, english=account.text, reader=BUILT_IN_READER)
    sharpened = connected.reader.sharpen(reading, meter)
    if sharpened.failure is not None:
        note = reading_failed(sharpened.failure)
        return Told(reading=reading, english=account.text, reader=BUILT_IN_READER, note=note)
    return Told(
        reading=sharpened.reading,
        english=account.text,
        reader=f"{BUILT_IN_READER}+{connected.reader.model.name}",
        prompt=connected.reader.prompt.provenance,
    )


def _translated(account: Account, language: str, reader: Reader, interpreter: Interpreter, meter: Meter) -> Told:
    try:
        translation = translate(
            account.text, interpreter.model, interpreter.account, seconds=interpreter.reading_seconds, meter=meter
        )
        reading = reader.read(account.model_copy(update={"text": translation.english}))
    except ModelFailure as failure:
        log.warning("the model %s could not translate: %s", interpreter.model.name, failure.reason)
        raise AccountError(not_translated(language, failure.reason), "Write it in English, or try again later.") from failure
    return Told(
        reading=told_in_original(reading, translation, account),
        english=translation.english,
        language=language,
        reader=f"{BUILT_IN_READER}+{interpreter.model.name}",
        prompt=interpreter.account.provenance,
    )


def say(message: Message, told: Told, connected: Connected, meter: Meter) -> Utterance:
    """Return the reply, in the language in which the user wrote."""
    if told.language is None or connected.interpreter is None:
        return connected.voice.say(message, meter)
    interpreter = connected.interpreter
    composed = "".join(connected.built_in.say(message).pieces)
    reply = in_language(
        composed,
        told.language,
        interpreter.model,
        interpreter.reply,
        account=message.account.text,
        seconds=interpreter.wording_seconds,
        meter=meter,
    )
    if reply.failure is not None:
        log.warning("the model %s could not translate the reply: %s", interpreter.model.name, reply.failure)
    return Utterance(
        pieces=iter([reply.text]),
        voice=interpreter.model.name if reply.kept else BUILT_IN,
        prompts=(interpreter.reply.provenance,) if reply.kept else (),
        note=PARTLY_TRANSLATED if reply.left else None,
    )


def _model(settings: Settings) -> LanguageModel | None:
    """Return the model that the environment names, else the one that was chosen in the app.

    Raises:
        ModelError: the environment names one that cannot be connected.
    """
    if settings.model is not None:
        return connect(settings, key=_key(settings))
    try:
        return connect(chosen(settings), key=kept_key(settings))
    except ModelError as error:
        # The way to put a choice right is the app, so the app has to start.
        log.warning("the chosen language model is not connected: %s %s", error.message, error.remedy)
        return None


def _key(settings: Settings) -> SecretStr | None:
    try:
        return kept_key(settings)
    except ModelError as error:
        log.warning("%s %s", error.message, error.remedy)
        return None


def likeness_by(encoder: SentenceEncoder) -> Likeness:
    """Return the cosine similarity of two texts under an encoder, as a function."""

    def likeness(first: str, second: str) -> float:
        vectors = encoder.encode([first, second])
        norms = np.linalg.norm(vectors, axis=1)
        return float(vectors[0] @ vectors[1] / max(float(norms[0] * norms[1]), 1e-9))

    return likeness


def _reader(settings: Settings, corpus: Corpus, model: LanguageModel) -> ModelReader | None:
    prompt = load_prompt(READING_PROMPT, settings.prompts_dir)
    try:
        trust = TrustBook(settings.data_dir / TRUST_FILE).of(model.name, prompt.provenance)
    except ModelError as error:
        # Not knowing what a model is worth is no reason to do without the coach.
        log.warning("%s %s", error.message, error.remedy)
        return None
    if trust is None or not trust.counts:
        return None
    return ModelReader(
        model=model, prompt=prompt, trust=trust, indicators=corpus.indicators, seconds=settings.model_reading_seconds
    )
