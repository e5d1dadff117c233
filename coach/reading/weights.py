"""The trained heads as a safetensors file: what they read, how they decide, and what they were trained on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from coach.errors import EncoderError
from coach.library.atomic import write_atomically

if TYPE_CHECKING:
    from numpy.typing import NDArray

PACKAGED_WEIGHTS = Path(__file__).parent / "weights" / "heads.safetensors"


@dataclass(frozen=True, kw_only=True)
class JudgementHead:
    """A softmax over the labels of one judgement.

    Attributes:
        labels: in the order of the rows.
        weight: shape (labels, features).
        bias: shape (labels,).
        temperature: what the scores are divided by, so that probabilities mean what they say.
    """

    labels: tuple[str, ...]
    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    temperature: float

    def scores(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return calibrated log-odds up to a constant, shape (..., labels)."""
        result: NDArray[np.float32] = ((features @ self.weight.T + self.bias) / self.temperature).astype(np.float32)
        return result

    def probabilities(self, features: NDArray[np.float32]) -> dict[str, float]:
        """Return the probability of each label for one account's features."""
        scores = self.scores(features)
        exponentials = np.exp(scores - scores.max())
        return dict(zip(self.labels, (exponentials / exponentials.sum()).tolist(), strict=True))


@dataclass(frozen=True, kw_only=True)
class ReaderWeights:
    """Everything the reader learnt.

    Attributes:
        codes: indicator codes in the order of the rows.
        indicator_weight: shape (codes, unit features).
        indicator_bias: shape (codes,).
        thresholds: probability from which an indicator counts as shown, shape (codes,).
        judgements: a head for each judgement.
        card: what the weights were trained on, and the figures reached.
    """

    codes: tuple[str, ...]
    indicator_weight: NDArray[np.float32]
    indicator_bias: NDArray[np.float32]
    thresholds: NDArray[np.float32]
    judgements: Mapping[str, JudgementHead]
    card: Mapping[str, str]

    @property
    def unit_size(self) -> int:
        """Number of features of a unit."""
        return int(self.indicator_weight.shape[1])

    def indicators(self, units: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probability of each indicator in each unit, shape (units, codes)."""
        result: NDArray[np.float32] = (1 / (1 + np.exp(-(units @ self.indicator_weight.T + self.indicator_bias)))).astype(
            np.float32
        )
        return result


def save_weights(weights: ReaderWeights, path: Path) -> None:
    """Write weights, atomically."""
    from safetensors.numpy import save

    tensors: dict[str, NDArray[Any]] = {
        "indicator.weight": weights.indicator_weight.astype(np.float16),
        "indicator.bias": weights.indicator_bias.astype(np.float32),
        "indicator.threshold": weights.thresholds.astype(np.float32),
    }
    labels = {}
    for name, head in weights.judgements.items():
        tensors[f"{name}.weight"] = head.weight.astype(np.float16)
        tensors[f"{name}.bias"] = head.bias.astype(np.float32)
        tensors[f"{name}.temperature"] = np.array([head.temperature], dtype=np.float32)
        labels[name] = head.labels
    # One key: safetensors writes several in no fixed order, and the same weights must give the same file.
    told = {"codes": weights.codes, "labels": labels, "card": dict(weights.card)}
    metadata = {"rapport": json.dumps(told, sort_keys=True)}
    write_atomically(path, save(tensors, metadata=metadata))


def load_weights(path: Path = PACKAGED_WEIGHTS) -> ReaderWeights:
    """Read weights.

    Raises:
        EncoderError: the file is missing or damaged.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata()
            tensors = {name: file.get_tensor(name).astype(np.float32) for name in file.keys()}  # noqa: SIM118
        told = json.loads(metadata["rapport"])
        labels = told["labels"]
        return ReaderWeights(
            codes=tuple(told["codes"]),
            indicator_weight=tensors["indicator.weight"],
            indicator_bias=tensors["indicator.bias"],
            thresholds=tensors["indicator.threshold"],
            judgements={
                name: JudgementHead(
                    labels=tuple(names),
                    weight=tensors[f"{name}.weight"],
                    bias=tensors[f"{name}.bias"],
                    temperature=float(tensors[f"{name}.temperature"][0]),
                )
                for name, names in labels.items()
            },
            card=told["card"],
        )
    except (OSError, SafetensorError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise EncoderError(
            f"The reader's trained weights in {path} are missing or damaged.",
            "Install Rapport again, or train them anew with `coach train`.",
        ) from error
