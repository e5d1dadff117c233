"""The network: every unit is read, long accounts too; verdicts rest on the words they name; damage is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from coach.chain import Coach
from coach.errors import EncoderError
from coach.framework import Phase
from coach.library.embedder import SentenceEncoder
from coach.reading.fused_network import FusedNetwork, load_fused_network
from coach.reading.network import PACKAGED_NETWORK, load_network
from coach.records import Account

UNITS = [
    "I'm from Turku and I sell bearings.",
    "We speak about the autumn leaves and the delivery plan.",
    "I know nothing of her home.",
]
TRIAL = (
    "I'm from Turku and I sell bearings to Ms Hayashi in Osaka. We speak about the autumn leaves and my flight. Then we open "
    "the delivery plan. The bearings are 22 mm and 40 mm. Every small thing needs a meeting with five people."
)


@pytest.fixture(scope="module")
def joined(encoder: SentenceEncoder) -> FusedNetwork:
    """The packaged network."""
    return load_fused_network(encoder)


def test_the_packaged_file_is_small_enough_to_ship() -> None:
    assert PACKAGED_NETWORK.stat().st_size < 30_000_000


def test_every_unit_of_a_long_account_is_read(joined: FusedNetwork) -> None:
    texts = [f"{unit} {number}" for number in range(60) for unit in UNITS]
    account = joined.network.encode(texts)
    assert len(account.windows) > 1
    assert max(len(window) for window in account.windows) <= 512
    assert {unit for owners in account.unit_of for unit in owners} == {-1, *range(len(texts))}
    assert joined.network.read(texts).indicators.shape == (len(texts), len(joined.network.codes))


def test_reading_is_the_same_every_time(joined: FusedNetwork) -> None:
    first, second = joined.network.read(UNITS), joined.network.read(UNITS)
    np.testing.assert_array_equal(first.indicators, second.indicators)
    np.testing.assert_array_equal(first.scores["phase"], second.scores["phase"])


def test_a_single_unit_is_compared_with_itself(joined: FusedNetwork) -> None:
    read = joined.network.read(UNITS[:1])
    np.testing.assert_allclose(read.without["phase"][0], read.scores["phase"], rtol=1e-5)


def test_what_is_kept_is_what_differs_from_the_encoder(joined: FusedNetwork) -> None:
    names = joined.network.trained_state()
    assert not any("embeddings" in name or "layer.0." in name for name in names)
    assert any("layer.5." in name for name in names)


@pytest.mark.parametrize("damage", [b"", b"garbage" * 100], ids=["empty", "garbage"])
def test_a_damaged_file_is_told(damage: bytes, tmp_path: Path, encoder: SentenceEncoder) -> None:
    path = tmp_path / "network.safetensors"
    path.write_bytes(damage)
    with pytest.raises(EncoderError, match="coach train"):
        load_network(encoder, path)


def test_a_network_for_another_shape_is_told(tmp_path: Path, encoder: SentenceEncoder, joined: FusedNetwork) -> None:
    from safetensors.torch import save_file

    path = tmp_path / "network.safetensors"
    save_file(
        {"indicator.bias": torch.zeros(3)},
        path,
        metadata={"rapport": '{"codes": ["a"], "labels": {"phase": ["x", "y"]}, "extra": {}}'},
    )
    with pytest.raises(EncoderError, match="another sentence encoder"):
        load_network(encoder, path)


def test_without_its_evidence_a_verdict_grows_less_sure(coach: Coach) -> None:
    whole = coach.reader.read(Account(text=TRIAL))
    evidence = coach.invoke(Account(text=TRIAL))["diagnosis"].phase.evidence
    assert evidence
    bare = TRIAL
    for item in evidence:
        bare = bare.replace(item.quote, "")
    reduced = coach.reader.read(Account(text=bare))
    assert reduced.probabilities["phase"][Phase.TRIAL] < whole.probabilities["phase"][Phase.TRIAL]
