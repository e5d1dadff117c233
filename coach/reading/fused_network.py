"""The packaged network with the fusion that was learnt for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coach.library.embedder import SentenceEncoder
from coach.reading.fusion import Fusion, Judged
from coach.reading.network import PACKAGED_NETWORK, AccountNetwork, load_network


@dataclass(frozen=True, slots=True)
class FusedNetwork:
    """A network and how its scores are joined with those of the linear heads."""

    network: AccountNetwork
    fusion: Fusion
    held_out: tuple[str, ...] = ()
    """Writers that the network never saw."""

    def join(
        self, texts: Sequence[str], shown: NDArray[np.float32], judged: Mapping[str, Judged]
    ) -> tuple[NDArray[np.float32], dict[str, Judged]]:
        """Return the joined indicator probabilities and judgements of an account.

        Args:
            texts: its units.
            shown: indicator probabilities by the linear heads, shape (units, codes).
            judged: judgements by the linear heads.
        """
        read = self.network.read(texts)
        joined = {
            name: Judged(
                labels=found.labels,
                scores=self.fusion.scores(name, found.scores, read.scores[name]),
                reduced=self.fusion.scores(name, found.reduced, read.without[name]),
            )
            for name, found in judged.items()
        }
        return ((shown + read.indicators) / 2).astype(np.float32), joined


def load_fused_network(encoder: SentenceEncoder, path: Path = PACKAGED_NETWORK) -> FusedNetwork:
    """Load the network over an encoder, with its fusion.

    Raises:
        EncoderError: the file is missing or damaged, or was trained for another encoder.
    """
    network, extra = load_network(encoder, path)
    return FusedNetwork(network, Fusion.from_json(extra["fusion"]), tuple(extra["held_out"]))
