"""The built-in reading, sharpened by a connected language model as far as the model has proved itself."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from coach.library.prompts import Prompt
from coach.library.schema import Indicator
from coach.models.failures import FailureReason, ModelFailure
from coach.models.usage import Meter
from coach.reading.extraction import CheckedFinding, Extracted, ExtractingModel, extract
from coach.reading.labelled import JUDGEMENTS
from coach.reading.trust import Trust
from coach.records import Reading, UnitReading

log = logging.getLogger(__name__)

_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Sharpened:
    """A reading that a model took part in, or could not.

    Attributes:
        reading: the joined reading, or the built-in one as it was.
        failure: why the model took no part, if it failed.
    """

    reading: Reading
    failure: FailureReason | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelReader:
    """Reads beside the built-in reader.

    Attributes:
        model: what reads.
        prompt: what it is told.
        trust: how much it counts.
        indicators: the codes.
        seconds: for one account.
    """

    model: ExtractingModel
    prompt: Prompt
    trust: Trust
    indicators: Mapping[str, Indicator]
    seconds: float

    def sharpen(self, reading: Reading, meter: Meter | None = None) -> Sharpened:
        """Return the reading joined with what the model says of the same account."""
        try:
            extracted = extract(
                reading.account.text,
                self.model,
                self.prompt,
                self.indicators.values(),
                seconds=self.seconds,
                meter=meter,
            )
        except ModelFailure as failure:
            log.warning("the model %s could not read: %s", self.model.name, failure.reason)
            return Sharpened(reading, failure.reason)
        return Sharpened(join(reading, extracted, self.trust, self.indicators))


def join(reading: Reading, extracted: Extracted, trust: Trust, indicators: Mapping[str, Indicator]) -> Reading:
    """Return a reading joined with what a model extracted, as much as the model is trusted."""
    if not trust.counts:
        return reading
    probabilities, gained = dict(reading.probabilities), {}
    for judgement, labels in JUDGEMENTS.items():
        if trust.share[judgement] == 0 or judgement not in probabilities:
            continue
        names = [str(label) for label in labels]
        before = np.log(np.array([max(probabilities[judgement][name], _LEAST) for name in names], dtype=np.float32))
        after = trust.joined(judgement, before, extracted.answer.label(judgement))
        probabilities[judgement] = dict(zip(names, np.exp(after).clip(0, 1).tolist(), strict=True))
        gained[judgement] = dict(zip(names, (after - before).tolist(), strict=True))
    units = tuple(_with_findings(unit, extracted.findings, trust, indicators, gained) for unit in reading.units)
    return reading.model_copy(update={"probabilities": probabilities, "units": units})


def _with_findings(
    unit: UnitReading,
    findings: tuple[CheckedFinding, ...],
    trust: Trust,
    indicators: Mapping[str, Indicator],
    gained: Mapping[str, Mapping[str, float]],
) -> UnitReading:
    """Return a unit with the codes that the model found in it, and with its part in what the model's labels changed."""
    codes = {found.indicator for found in findings if found.span.start < unit.end and unit.start < found.span.end}
    shown = {code: 1 - (1 - unit.indicators.get(code, 0.0)) * (1 - trust.findings) for code in codes}
    influence = {judgement: dict(labels) for judgement, labels in unit.influence.items()}
    for support in {support for code in codes for support in indicators[code].supports}:
        judgement, _, label = support.rpartition(".")
        if label in gained.get(judgement, {}) and judgement in influence:
            influence[judgement][label] = influence[judgement].get(label, 0.0) + max(gained[judgement][label], 0.0)
    content = {code: value for code, value in shown.items() if not code.startswith("scope.") and value > 0}
    return unit.model_copy(update={"indicators": {**unit.indicators, **content}, "influence": influence})
