"""The packaged network with the fusion that was learnt for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coach.errors import EncoderError
from coach.library.embedder import SentenceEncoder
from coach.reading.attribution import Owner, OwnerScores
from coach.reading.fusion import OWNER, Fusion, Judged
from coach.reading.network import PACKAGED_NETWORK, AccountNetwork, Place, load_network


@dataclass(frozen=True, slots=True)
class FusedNetwork:
    """A network and how its scores are joined with those of the linear heads."""

    network: AccountNetwork
    fusion: Fusion

    def join(
        self,
        texts: Sequence[str],
        places: Sequence[Place],
        shown: NDArray[np.float32],
        judged: Mapping[str, Judged],
        owners: Sequence[OwnerScores],
    ) -> tuple[NDArray[np.float32], dict[str, Judged], list[OwnerScores]]:
        """Return the joined indicator probabilities, judgements and owners of named places of an account.

        Args:
            texts: its units.
            places: where places are named in them.
            shown: indicator probabilities by the linear heads, shape (units, codes).
            judged: judgements by the linear heads.
            owners: for each place the log-probability of each owner, by the linear model.
        """
        read = self.network.read(texts, places)
        joined = {
            name: Judged(
                labels=found.labels,
                scores=self.fusion.scores(name, found.scores, read.scores[name]),
                reduced=self.fusion.scores(name, found.reduced, read.without[name]),
            )
            for name, found in judged.items()
        }
        linear = np.array([[scores[owner] for owner in Owner] for scores in owners], dtype=np.float32).reshape(-1, len(Owner))
        rows = self.fusion.scores(OWNER, linear, read.owners)
        named: list[OwnerScores] = [dict(zip(Owner, row.tolist(), strict=True)) for row in rows]
        return ((shown + read.indicators) / 2).astype(np.float32), joined, named


def load_fused_network(encoder: SentenceEncoder, path: Path = PACKAGED_NETWORK) -> FusedNetwork:
    """Load the network over an encoder, with its fusion.

    Raises:
        EncoderError: the file is missing or damaged, or was trained for another encoder.
    """
    network, extra = load_network(encoder, path)
    try:
        return FusedNetwork(network, Fusion.from_json(extra["fusion"]))
    except (KeyError, TypeError, ValueError) as error:
        raise EncoderError(
            f"The reader's network in {path} does not say how it is joined with the other weights.",
            "Install Rapport again, unset COACH_WEIGHTS_DIR, or train anew with `coach train`.",
        ) from error
