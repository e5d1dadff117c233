"""The whole as one LangChain runnable: read | diagnose | look up | advise | speak.

`invoke` gives the finished state, `batch` many, and `stream` yields each stage as it is done, then the reply piece by piece,
then the record. Building the coach loads nothing heavy; the encoder and the store open at first use, or by `warm`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any, TypedDict, cast

from langchain_core.runnables import Runnable, RunnableGenerator, RunnableLambda, RunnablePassthrough

from coach.advising import Address, Situation, asked_about, choose, occasion_fit, occasions_of, plan, usefulness
from coach.connected import Connected, Told, connected, read_account, say
from coach.diagnosis import diagnose, open_subjects, questions_for
from coach.errors import LibraryError
from coach.library.corpus import Corpus, load_corpus
from coach.library.embedder import SentenceEncoder
from coach.library.passages import Passage
from coach.models.usage import Meter
from coach.reading.persons import CustomerName
from coach.reading.reader import Reader
from coach.reading.sentences import sentences
from coach.records import Account, Advice, Diagnosis, Engine, ModelUsage, Question, Reading, Record, Source
from coach.settings import Settings, load_settings
from coach.speaking.voices import Message, Utterance

if TYPE_CHECKING:
    from coach.library.retriever import PassageRetriever
    from coach.library.store import Progress

STAGES = ("reading", "diagnosis", "passages", "advice")
"""Keys of the state in the order in which `stream` gives them, before the reply and the record."""

_CITATION = re.compile(r"\[([QFC]\d{2})\]")
_ECHO_KINDS = ("quote", "case", "framework")
_NAMELESS = "your customer"


State = dict[str, Any]
"""A CoachState while LangChain passes it on: its runnables know dictionaries only."""


class CoachState(TypedDict, total=False):
    """What the chain knows, filled in stage by stage."""

    account: Account
    started: float
    connected: Connected
    meter: Meter
    told: Told
    reading: Reading
    diagnosis: Diagnosis
    passages: list[Passage]
    relevance: dict[str, float]
    advice: Advice
    questions: tuple[Question, ...]
    utterance: Utterance
    reply: str
    record: Record


class Coach:
    """Rapport's chain with everything it needs.

    Attributes:
        corpus: what Rapport knows.
        encoder: what embeds texts.
        reader: what reads accounts.
        runnable: the chain itself, from an Account to a CoachState, for composing with other runnables.
    """

    def __init__(self, settings: Settings, *, progress: Progress | None = None) -> None:
        self.settings = settings
        self.corpus: Corpus = load_corpus(settings.corpus_dir)
        self.encoder = SentenceEncoder.from_settings(settings)
        self.reader = Reader(self.corpus, self.encoder, folder=settings.weights_dir, languages=settings.languages)
        self._connected = connected(settings, self.corpus, self.encoder)
        self._progress = progress
        self._lock = Lock()
        self._retriever: PassageRetriever | None = None

    @cached_property
    def runnable(self) -> Runnable[Account, CoachState]:
        """The chain."""
        assign = RunnablePassthrough.assign
        chain = (
            RunnableLambda(self._begin)
            | RunnableLambda(self._read).with_config(run_name="read")
            | assign(diagnosis=RunnableLambda(self._diagnose).with_config(run_name="diagnose"))
            | assign(
                passages=RunnableLambda(self._echoes).with_config(run_name="look up"),
                relevance=RunnableLambda(self._relevance).with_config(run_name="rank steps"),
            )
            | assign(
                advice=RunnableLambda(self._advise).with_config(run_name="advise"),
                questions=RunnableLambda(self._ask).with_config(run_name="ask"),
            )
            | assign(utterance=RunnableLambda(self._say).with_config(run_name="speak"))
            | assign(reply=RunnableGenerator(_utter))
            | assign(record=RunnableLambda(self._record).with_config(run_name="record"))
        )
        return cast("Runnable[Account, CoachState]", chain)

    def invoke(self, account: Account) -> CoachState:
        """Return the finished state for one account.

        Raises:
            AccountError: the text cannot be read.
            EncoderError: the encoder or the reader's weights cannot be loaded.
            LibraryError: the vector store cannot be used.
        """
        return self.runnable.invoke(account)

    def batch(self, accounts: list[Account]) -> list[CoachState]:
        """Return the finished state of each account, in order; errors as for `invoke`."""
        return self.runnable.batch(accounts, config={"max_concurrency": 1})

    def stream(self, account: Account) -> Iterator[State]:
        """Yield partial states: each stage once, the reply in pieces, the record last; errors as for `invoke`."""
        yield from cast("Iterator[State]", self.runnable.stream(account))

    def reconnect(self, settings: Settings) -> None:
        """Connect the language model that these settings name, or none, from the next account on.

        Raises:
            ModelError: it cannot be connected; the present one stays.
        """
        self._connected = connected(settings, self.corpus, self.encoder)
        self.settings = settings

    def warm(self) -> None:
        """Load the encoder and open the store, so that the first account does not wait."""
        self.reader.warm()
        _ = self.retriever

    @property
    def retriever(self) -> PassageRetriever:
        """Retrieval over the passages; the store is opened, and built where necessary, at first use.

        Raises:
            LibraryError: it cannot be.
        """
        with self._lock:
            if self._retriever is None:
                from coach.library.retriever import PassageRetriever
                from coach.library.store import open_store

                store = open_store(self.settings.data_dir, self.corpus, self.encoder, progress=self._progress)
                self._retriever = PassageRetriever(store=store, encoder=self.encoder)
            return self._retriever

    @cached_property
    def _occasions(self) -> dict[str, frozenset[int]]:
        """The occasions of each playbook step."""
        return {name: occasions_of(f"{step.title}. {step.text} {step.say}") for name, step in self.corpus.playbook.items()}

    def _look_up(self, told: Told, *, kinds: tuple[str, ...], k: int) -> list[Passage]:
        vector = list(told.reading.vector)
        try:
            return self.retriever.passages(told.english, k=k, kinds=kinds, vector=vector)
        except LibraryError:
            # The store was damaged or deleted under us: it rebuilds itself once.
            with self._lock:
                self._retriever = None
            return self.retriever.passages(told.english, k=k, kinds=kinds, vector=vector)

    def _begin(self, account: Account) -> State:
        # One account is read and answered with the same model, whatever is connected meanwhile.
        return {"account": account, "started": time.perf_counter(), "connected": self._connected, "meter": Meter()}

    def _read(self, state: State) -> State:
        """Read the account: through the connected model where its language is not ours, and with it where it proved itself."""
        told = read_account(state["account"], self.reader, state["connected"], self.settings.languages, state["meter"])
        return {**state, "told": told, "reading": told.reading}

    def _diagnose(self, state: State) -> Diagnosis:
        return diagnose(state["reading"], self.corpus)

    def _echoes(self, state: State) -> list[Passage]:
        found = self._look_up(state["told"], kinds=_ECHO_KINDS, k=12)
        # Real voices first: a quote or a case of the same phase says more than a definition.
        phase = state["diagnosis"].phase.label
        ranked = sorted(found, key=lambda passage: _echo_rank(passage, phase, self.corpus))
        # Table 3 words three quotes a little differently; one wording of each is enough.
        different = {passage.text[:24]: passage for passage in reversed(ranked)}
        return [passage for passage in ranked if different[passage.text[:24]] is passage][:3]

    def _relevance(self, state: State) -> dict[str, float]:
        """Return how close each playbook step is to the account: in meaning and words, and in the occasions it speaks of."""
        text = state["told"].english
        told, asked = occasions_of(text), occasions_of(_question(text))
        ranked = self._look_up(state["told"], kinds=("playbook",), k=100)
        closeness = {passage.id: 1 - rank / len(ranked) for rank, passage in enumerate(ranked)}
        return {name: closeness.get(name, 0.0) + occasion_fit(step, told, asked) for name, step in self._occasions.items()}

    def _advise(self, state: State) -> Advice:
        question = occasions_of(_question(state["told"].english))
        return plan(
            state["diagnosis"],
            self.corpus.playbook.values(),
            self.corpus.holds,
            relevance=state["relevance"],
            known_sources=self._known_sources,
            address=_address(state["reading"]),
            asked={name for name, step in self._occasions.items() if asked_about(step, question)},
        )

    def _ask(self, state: State) -> tuple[Question, ...]:
        address = _address(state["reading"])
        return questions_for(
            state["diagnosis"],
            self.corpus.questions,
            customer=address.customer,
            possessive=address.their,
            usefulness=self._usefulness(state),
        )

    def _usefulness(self, state: State) -> dict[str, float]:
        """Return how much an answer about each open subject would change the advice; empty where there is nothing to rank."""
        subjects = open_subjects(state["diagnosis"])
        if len(subjects) < 2:
            return {}

        def steps(situation: Situation) -> list[str]:
            playbook, known = self.corpus.playbook.values(), self._known_sources
            return [step.id for step in choose(situation, playbook, relevance=state["relevance"], known_sources=known)]

        return usefulness(subjects, state["diagnosis"], state["reading"].probabilities, steps)

    @cached_property
    def _known_sources(self) -> frozenset[str]:
        """Ids that may be cited."""
        return frozenset(self.corpus.quotes.keys() | self.corpus.cards.keys() | self.corpus.cases.keys())

    def message(self, state: State) -> Message:
        """Return what is to be said, from a state that has been advised on."""
        return Message(
            account=state["account"],
            diagnosis=state["diagnosis"],
            advice=state["advice"],
            questions=state["questions"],
            address=_address(state["reading"]),
            named=state["reading"].customer_name is not None,
            echoes=state["passages"],
        )

    def _say(self, state: State) -> Utterance:
        return say(self.message(state), state["told"], state["connected"], state["meter"])

    def _record(self, state: State) -> Record:
        utterance: Utterance = state["utterance"]
        told: Told = state["told"]
        prompts = (told.prompt, *utterance.prompts)
        notes = (told.note, utterance.note)
        return Record(
            id=state["account"].id,
            diagnosis=state["diagnosis"],
            advice=state["advice"],
            questions=state["questions"],
            sources=self._sources(state, state["reply"]),
            reply=state["reply"],
            engine=Engine(
                reader=told.reader,
                voice=utterance.voice,
                corpus=self.corpus.version,
                elapsed_ms=round((time.perf_counter() - state["started"]) * 1000),
                prompts=tuple(prompt for prompt in prompts if prompt),
                note=" ".join(note for note in notes if note) or None,
                usage=_usage(state["meter"]) if state["connected"].model else None,
            ),
        )

    def _sources(self, state: State, reply: str) -> tuple[Source, ...]:
        """Return every passage that the record cites, in the order in which it does, then those that resemble the account."""
        advice, diagnosis = state["advice"], state["diagnosis"]
        ids = [source for step in advice.steps for source in step.sources]
        ids += _CITATION.findall(" ".join([reply, *advice.hold, *diagnosis.caveats]))
        ids += [passage.id for passage in state["passages"]]
        passages = self.retriever.store.passages
        return tuple(passages[name].as_source() for name in dict.fromkeys(ids) if name in passages)


def build_coach(settings: Settings | None = None, *, progress: Progress | None = None) -> Coach:
    """Return the coach for these settings.

    Args:
        settings: read from the environment where None.
        progress: told how far a build of the vector store is.

    Raises:
        SettingsError: a setting cannot be used.
        CorpusError: the corpus is broken.
        ModelError: a language model is named that cannot be connected.
    """
    return Coach(settings or load_settings(), progress=progress)


def _usage(meter: Meter) -> ModelUsage:
    spent = meter.usage
    return ModelUsage(
        calls=spent.calls,
        cached_calls=spent.cached_calls,
        failed_calls=spent.failed_calls,
        input_tokens=spent.input_tokens,
        output_tokens=spent.output_tokens,
        cost=spent.cost,
    )


def _utter(states: Iterator[State]) -> Iterator[str]:
    """Yield the reply word by word, as fast as it is worded."""
    merged: State = {}
    for state in states:
        merged |= state
    for piece in merged["utterance"].pieces:
        yield from re.findall(r"\S+\s*|\s+", piece)


def _question(text: str) -> str:
    """Return what the user asks, empty where nothing."""
    return " ".join(sentence.of(text) for sentence in sentences(text) if sentence.of(text).endswith("?"))


def _address(reading: Reading) -> Address:
    # Of several customers none is meant by name before it is known which.
    called = CustomerName() if reading.customers else CustomerName(reading.customer_name, reading.customer_pronoun)
    return Address(called.name or _NAMELESS, called.pronoun, called.possessive)


def _echo_rank(passage: Passage, phase: str, corpus: Corpus) -> int:
    if passage.kind == "quote":
        return 0 if corpus.quotes[passage.id].phase == phase else 2
    if passage.kind == "case":
        return 1 if corpus.cases[passage.id].phase == phase else 4
    return 3
