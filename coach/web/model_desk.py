"""What the Settings page does with the language model: connecting one, letting go of it, and trying it.

No Gradio here. One trial runs at a time, in a thread of its own, whoever watches.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from coach.connected import READING_PROMPT, TRUST_FILE
from coach.errors import CoachError, ModelError
from coach.library.prompts import load_prompt
from coach.models import LanguageModel, connect
from coach.models.choice import ModelChoice, chosen, forget_choice, keep_choice, kept_key, load_choice
from coach.models.failures import FailureReason, ModelFailure
from coach.reading.trust import Trust, TrustBook
from coach.settings import Settings, is_local
from coach.web import settings_texts as texts
from coach.web.desk import Coach
from coach.web.settings_view import Lock, Standing, Trial

if TYPE_CHECKING:
    from coach.evaluation.model_trial import ModelReport, Progress

_log = logging.getLogger(__name__)

_GREETING = "Answer with one word: are you there?"
_FORGIVEN = frozenset({FailureReason.REFUSED, FailureReason.EMPTY, FailureReason.CUT_OFF})
"""What a model may do with the greeting and still be there."""
_PRINTABLE = frozenset(map(chr, range(33, 127)))

Connector = Callable[..., LanguageModel | None]
Trier = Callable[[Settings, LanguageModel, int, "Progress"], "ModelReport"]


class _Stopped(Exception):  # noqa: N818 - the user's wish, not an error
    """Ends a trial between two accounts."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Wish:
    """What was filled in on the page; it may hold a key, so it shows nothing of itself."""

    provider: str
    name: str = ""
    address: str = ""
    key: str = ""


class ModelDesk:
    """The language model of a running app.

    Args:
        settings: as the environment gives them.
        coach: what is to use another model from the next account on.
        connector: makes the model that settings name.
        trier: tries a model on so many labelled accounts.
    """

    def __init__(self, settings: Settings, coach: Coach, *, connector: Connector = connect, trier: Trier | None = None) -> None:
        self._settings = settings
        self._coach = coach
        self._connector = connector
        self._trier = trier or _try_on_labelled
        self._changing = threading.Lock()
        self._changed = threading.Condition()
        self._trial: Trial | None = None

    @property
    def lock(self) -> Lock | None:
        """Why the model cannot be changed here."""
        if not is_local(self._settings.host):
            return Lock.SHARED
        return Lock.ENVIRONMENT if self._settings.model is not None else None

    @property
    def own_settings(self) -> Settings:
        """The settings as the environment gives them."""
        return self._settings

    @property
    def settings(self) -> Settings:
        """The settings with the model that is used.

        Raises:
            ModelError: the file of the choice is damaged.
        """
        return chosen(self._settings)

    def standing(self) -> Standing:
        """Return how things stand now.

        Raises:
            ModelError: the file of the choice is damaged.
        """
        used = self.settings
        kept = kept_key(self._settings) is not None
        return Standing(settings=used, key_kept=kept, lock=self.lock, trust=_trust(used))

    def connect(self, wish: Wish) -> None:
        """Connect the wished-for model, ask it one short question, and use it from the next account on.

        Raises:
            ModelError: it cannot be connected or does not answer; nothing has changed.
        """
        if wish.provider == "none":
            self.disconnect()
            return
        with self._changing:
            self._check_free()
            before = self._kept()
            choice = self._choice(wish, before)
            self._greet(choice)
            keep_choice(self._settings.data_dir, choice)
            self._use(before)
        self._forget_trial()

    def disconnect(self) -> None:
        """Let go of the model and forget its key.

        Raises:
            ModelError: the choice cannot be deleted, or the environment names the model.
        """
        with self._changing:
            self._check_free()
            before = self._kept()
            forget_choice(self._settings.data_dir)
            self._use(before)
        self._forget_trial()

    @property
    def trial(self) -> Trial | None:
        """The trial that runs or ran last; None where there was none of the present model."""
        with self._changed:
            return self._trial

    def await_news(self, known: Trial | None, seconds: float) -> Trial | None:
        """Return the trial as soon as it differs from what is known, or as it is after so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._trial != known, seconds)
            return self._trial

    def start_trial(self, accounts: int) -> None:
        """Begin to try the connected model.

        Raises:
            ModelError: no model is connected, these pages are open to others, or a model is being tried already.
        """
        if self.lock is Lock.SHARED:
            raise ModelError(texts.BY_OPERATOR, "")
        with self._changing:
            used, key = self.settings, kept_key(self._settings)
            if used.model is None:
                raise ModelError(texts.NONE_SPEAKS, texts.NOTHING_TO_TRY)
            with self._changed:
                if self._trial is not None and self._trial.running:
                    raise ModelError(texts.ANOTHER_TRIAL, texts.STOP_FIRST_REMEDY)
                self._set(Trial())
        threading.Thread(target=self._try, args=(used, key, accounts), name="model-trial", daemon=True).start()

    def stop_trial(self) -> None:
        """Ask the trial to end after the account it is at."""
        with self._changed:
            if self._trial is not None and self._trial.running:
                self._set(replace(self._trial, stopping=True))

    def _check_free(self) -> None:
        if self.lock is not None:
            raise ModelError({Lock.SHARED: texts.BY_OPERATOR, Lock.ENVIRONMENT: texts.BY_ENVIRONMENT}[self.lock], "")
        if (trial := self.trial) is not None and trial.running:
            raise ModelError(texts.STOP_FIRST, texts.STOP_FIRST_REMEDY)

    def _kept(self) -> ModelChoice:
        """Return what is kept, nothing where the file is damaged: choosing anew is its remedy."""
        try:
            return load_choice(self._settings.data_dir)
        except ModelError as error:
            _log.warning("%s %s", error.message, error.remedy)
            return ModelChoice()

    def _choice(self, wish: Wish, before: ModelChoice) -> ModelChoice:
        """Return the wish as a choice; a kept key goes on being used with the provider and address it was kept for."""
        if wish.provider not in texts.PROVIDERS:
            raise ModelError(*texts.NO_NAME)
        name = wish.name.strip()
        if not name:
            raise ModelError(*(texts.NO_FILE if wish.provider == "gguf" else texts.NO_NAME))
        model = f"{wish.provider}:{name}"
        if wish.provider == "gguf":
            return ModelChoice(model=model)
        address = self._settings.model_base_url
        if address is None and wish.provider == "openai":
            address = _address(wish.address)
        key = _key(wish.key)
        if key is None and _provider(before.model) == wish.provider and before.base_url == address:
            key = before.key
        return ModelChoice(model=model, base_url=address, key=key)

    def _greet(self, choice: ModelChoice) -> None:
        """Ask the model something, so that a wrong key, name or address is known at once."""
        update = {"model": choice.model, "model_base_url": choice.base_url, "model_cache": False}
        settings = self._settings.model_copy(update=update)
        model = self._connector(settings, key=choice.key)
        if model is None:
            raise ModelError(*texts.NO_NAME)
        try:
            model.complete(_GREETING, seconds=settings.model_wording_seconds)
        except ModelFailure as failure:
            if failure.reason not in _FORGIVEN:
                raise ModelError(*texts.FAILURES[failure.reason]) from failure

    def _use(self, before: ModelChoice) -> None:
        """Let the coach use what is kept now; where that fails, what was kept before is kept again."""
        used = False
        try:
            self._coach.reconnect(self.settings)
            used = True
        finally:
            if not used:
                keep_choice(self._settings.data_dir, before)

    def _forget_trial(self) -> None:
        with self._changed:
            self._set(None)

    def _set(self, trial: Trial | None) -> None:
        self._trial = trial
        self._changed.notify_all()

    def _try(self, settings: Settings, key: SecretStr | None, accounts: int) -> None:
        ended = Trial(running=False)
        try:
            report = self._report(settings, key, accounts)
            ended = replace(ended, report=report)
            if report.trust is not None:
                TrustBook(settings.data_dir / TRUST_FILE).keep(report.trust)
                self._coach.reconnect(settings)
        except _Stopped:
            ended = replace(ended, notice=texts.TRIAL_STOPPED)
        except CoachError as error:
            ended = replace(ended, notice=f"{error.message} {error.remedy}")
        except Exception as error:  # The thread must not die unseen; what a server said stays out of the log.
            _log.error("Trying the model failed with %s", type(error).__name__)
            ended = replace(ended, notice=texts.UNEXPECTED)
        finally:
            with self._changed:
                self._set(ended)

    def _report(self, settings: Settings, key: SecretStr | None, accounts: int) -> ModelReport:
        # Kept answers would make the model seem quick.
        model = self._connector(settings.model_copy(update={"model_cache": False}), key=key)
        if model is None:
            raise ModelError(texts.NONE_SPEAKS, texts.NOTHING_TO_TRY)

        def progress(done: int, total: int) -> None:
            with self._changed:
                if self._trial is None or self._trial.stopping:
                    raise _Stopped
                self._set(replace(self._trial, done=done, total=total))

        progress(0, accounts)
        report = self._trier(settings, model, accounts, progress)
        with self._changed:
            if self._trial is None or self._trial.stopping:
                raise _Stopped
        return report


def _try_on_labelled(settings: Settings, model: LanguageModel, accounts: int, progress: Progress) -> ModelReport:
    from coach.evaluation.model_trial import try_on_labelled

    return try_on_labelled(settings, model, accounts, progress)


def fetched_models(settings: Settings) -> list[tuple[str, str]]:
    """Return the catalogue's models that lie in the data folder, as titles and paths."""
    from coach.models.catalogue import is_in_place, load_catalogue, model_path

    models = load_catalogue(settings.corpus_dir).values()
    here = (model for model in models if is_in_place(model, settings.data_dir))
    return [(model.title, str(model_path(model, settings.data_dir).absolute())) for model in here]


def _trust(settings: Settings) -> Trust | None:
    """Return what is known of the model's reading; nothing is known of it where the file cannot be read."""
    if settings.model is None:
        return None
    provider, _, name = settings.model.partition(":")
    known_as = settings.model
    if provider == "gguf":
        file = Path(name).name
        known_as = f"gguf:{file if file.endswith('.gguf') else file + '.gguf'}"
    try:
        prompt = load_prompt(READING_PROMPT, settings.prompts_dir)
        return TrustBook(settings.data_dir / TRUST_FILE).of(known_as, prompt.provenance)
    except CoachError as error:
        _log.warning("%s %s", error.message, error.remedy)
        return None


def _provider(model: str | None) -> str:
    return (model or "").partition(":")[0]


def _address(given: str) -> str | None:
    """Return an address that can be used, None where none is given.

    Raises:
        ModelError: it is none, or holds a key.
    """
    address = given.strip()
    if not address:
        return None
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or "@" in parts.netloc or parts.query or parts.fragment or not set(address) <= _PRINTABLE:
        raise ModelError(*texts.BAD_ADDRESS)
    return address


def _key(given: str) -> SecretStr | None:
    """Return a key that can be sent in a header, None where none is given.

    Raises:
        ModelError: it cannot.
    """
    key = given.strip()
    if not set(key) <= _PRINTABLE:
        raise ModelError(*texts.BAD_KEY)
    return SecretStr(key) if key else None
