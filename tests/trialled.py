"""A language model that is scripted, and what trying one brings, for tests of the Settings page."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from pydantic import SecretStr

from coach.evaluation.model_trial import JudgementAgreement, ModelReport
from coach.library.prompts import load_prompt
from coach.models.failures import FailureReason, ModelFailure
from coach.reading.labelled import JUDGEMENTS
from coach.reading.trust import Trust
from coach.settings import Settings

_SHARES = {"phase": 0.5, "disclosure": 1.0, "willingness": 0.25}


class ScriptedModel:
    """Answers a greeting, or fails as it is told to.

    Args:
        name: what it is called.
        failure: why every call fails; None where none does.
    """

    def __init__(self, name: str, failure: FailureReason | None = None) -> None:
        self.name = name
        self._failure = failure

    def complete(self, prompt: str, *, seconds: float) -> str:  # noqa: ARG002 - as a real model is called
        """Return the answer to any prompt."""
        if self._failure is not None:
            raise ModelFailure(self._failure)
        return "Yes."


class Provider:
    """Connects scripted models and remembers with which settings and keys.

    A model whose name holds a reason of failure, such as `wrong_key`, fails for that reason.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[Settings, str | None]] = []

    def __call__(self, settings: Settings, *, key: SecretStr | None = None) -> ScriptedModel:
        self.asked.append((settings, key and key.get_secret_value()))
        name = settings.model or ""
        failure = next((reason for reason in FailureReason if reason.value in name), None)
        return ScriptedModel(name, failure)


def report(
    model: str, *, accounts: int = 24, answered: int | None = None, shares: dict[str, float] | None = None
) -> ModelReport:
    """Return what trying a model brought; too few answers teach nothing."""
    usable = accounts if answered is None else answered
    counting = _SHARES if shares is None else shares
    share = {judgement: counting.get(judgement, 0.0) for judgement in JUDGEMENTS}
    rows = tuple(
        JudgementAgreement(
            judgement=name, built_in=0.81 - number / 30, model=0.4 - number / 15, share=share[name] if usable >= 20 else 0.0
        )
        for number, name in enumerate(JUDGEMENTS)
    )
    trust = Trust(
        model=model,
        prompt=load_prompt("reading/extract").provenance,
        accounts=usable,
        share=share,
        evidence={name: tuple((0.0,) * len(labels) for _ in labels) for name, labels in JUDGEMENTS.items()},
        findings=0.6,
    )
    return ModelReport(
        model=model,
        streams=True,
        accounts=accounts,
        answered=usable,
        quotes=0.93 if usable else None,
        seconds=3.42,
        tokens_per_second=None,
        failures={} if usable == accounts else {"too_slow": accounts - usable},
        agreement=rows if usable else (),
        trust=trust if usable >= 20 else None,
    )


def trier(pause: float = 0.0, **figures: Any) -> Callable[..., ModelReport]:
    """Return what tries a model on so many accounts, with a pause after each."""

    def try_it(settings: Settings, model: ScriptedModel, accounts: int, progress: Callable[[int, int], None]) -> ModelReport:
        for done in range(1, accounts + 1):
            time.sleep(pause)
            progress(done, accounts)
        return report(model.name, accounts=accounts, **figures)

    return try_it
