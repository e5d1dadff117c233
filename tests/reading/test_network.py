"""The network: every unit is read, long accounts too; verdicts rest on the words they name; damage is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from coach.chain import Coach
from coach.errors import EncoderError
from coach.framework import Phase
from coach.library.embedder import SentenceEncoder
from coach.reading.attribution import Owner
from coach.reading.fused_network import FusedNetwork, load_fused_network
from coach.reading.gazetteer import Mention, NameKind
from coach.reading.labelled import JUDGEMENTS
from coach.reading.network import (
    PACKAGED_NETWORK,
    AccountNetwork,
    EncodedAccount,
    NetworkReading,
    Place,
    load_network,
    places_in,
    save_network,
)
from coach.reading.sentences import units
from coach.records import Account

CODES = ("disclosure.small_talk", "disclosure.family", "contact.formal")
UNITS = [
    "I'm from Turku and I sell bearings.",
    "We speak about the autumn leaves and the delivery plan.",
    "I know nothing of her home.",
]
TRIAL = (
    "I'm from Turku and I sell bearings to Ms Hayashi in Osaka. We speak about the autumn leaves and my flight. Then we open "
    "the delivery plan. The bearings are 22 mm and 40 mm. Every small thing needs a meeting with five people."
)
COUNTRIES = {"Turku": "Finland", "Osaka": "Japan"}


@pytest.fixture(scope="module")
def bare(encoder: SentenceEncoder) -> AccountNetwork:
    """A network with a few indicators that was trained on nothing: its shape is that of a trained one."""
    torch.manual_seed(7)
    return AccountNetwork(encoder, CODES, JUDGEMENTS).eval()


@pytest.fixture(scope="module")
def joined(encoder: SentenceEncoder) -> FusedNetwork:
    """The packaged network."""
    return load_fused_network(encoder)


def _place(unit: int, word: str) -> Place:
    start = UNITS[unit].index(word)
    return Place(unit, start, start + len(word))


def _words(network: AccountNetwork, account: EncodedAccount, tokens: list[int]) -> str:
    """Return the words of some tokens of an account."""
    ids = [token for window in account.windows for token in window]
    return str(network.tokenizer.decode([ids[number] for number in tokens]))


def test_every_unit_of_a_long_account_is_read(bare: AccountNetwork) -> None:
    texts = [f"{unit} {number}" for number in range(60) for unit in UNITS]
    account = bare.encode(texts)
    assert len(account.windows) > 1
    assert max(len(window) for window in account.windows) <= 512
    assert {unit for owners in account.unit_of for unit in owners} == {-1, *range(len(texts))}
    assert account.words == sum(len(text.split()) for text in texts)
    assert bare.read(texts).indicators.shape == (len(texts), len(CODES))


def test_each_token_belongs_to_the_unit_it_is_in(bare: AccountNetwork) -> None:
    account = bare.encode(UNITS)
    (window,), (owners,) = account.windows, account.unit_of
    assert (owners[0], owners[-1]) == (-1, -1)
    for number, text in enumerate(UNITS):
        own = [token for token, owner in zip(window, owners, strict=True) if owner == number]
        assert own == bare.tokenizer(text, add_special_tokens=False)["input_ids"]


@pytest.mark.parametrize(("unit", "word"), [(0, "Turku"), (0, "bearings"), (1, "autumn leaves"), (2, "home")])
def test_a_place_points_at_the_words_that_name_it(unit: int, word: str, bare: AccountNetwork) -> None:
    account = bare.encode(UNITS, [_place(unit, word)])
    (tokens,) = account.places
    assert _words(bare, account, tokens) == word.lower()


def test_a_place_far_down_a_long_account_is_found(bare: AccountNetwork) -> None:
    texts = UNITS * 60
    places = [replace(_place(0, "Turku"), unit=number) for number in range(0, len(texts), len(UNITS))]
    account = bare.encode(texts, places)
    assert len(account.windows) > 2
    assert {_words(bare, account, tokens) for tokens in account.places} == {"turku"}
    assert len({tuple(tokens) for tokens in account.places}) == len(places)


def test_a_place_that_was_cut_off_has_no_tokens(bare: AccountNetwork) -> None:
    endless = "and then we talk of pumps " * 200
    account = bare.encode([f"{endless} Turku"], [Place(0, len(endless) + 1, len(endless) + 6)])
    assert account.places == [[]]
    assert np.isfinite(bare.read([f"{endless} Turku"], [Place(0, len(endless) + 1, len(endless) + 6)]).owners).all()


def test_places_are_those_of_the_mentions() -> None:
    spans = units(TRIAL)
    named = [
        Mention(TRIAL.index(name), TRIAL.index(name) + len(name), country, NameKind.CITY) for name, country in COUNTRIES.items()
    ]
    places = places_in(named, spans)
    texts = [span.of(TRIAL) for span in spans]
    assert [texts[place.unit][place.start : place.end] for place in places] == list(COUNTRIES)


def test_owners_have_a_row_for_each_place(bare: AccountNetwork) -> None:
    places = [_place(0, "Turku"), _place(2, "home")]
    read = bare.read(UNITS, places)
    assert read.owners.shape == (2, len(Owner))
    assert bare.read(UNITS).owners.shape == (0, len(Owner))
    # What a place tells does not hang on which others are asked about.
    np.testing.assert_allclose(bare.read(UNITS, places[1:]).owners[0], read.owners[1], atol=1e-5)
    assert not np.allclose(read.owners[0], read.owners[1])


def test_every_label_has_a_column_of_attention_of_its_own(bare: AccountNetwork) -> None:
    columns = bare.columns()
    assert list(columns) == list(JUDGEMENTS)
    numbers = [number for column in columns.values() for number in range(column.start, column.stop)]
    assert numbers == list(range(bare.attention.out_features))
    assert {name: column.stop - column.start for name, column in columns.items()} == {
        name: len(labels) for name, labels in JUDGEMENTS.items()
    }


def _states(network: AccountNetwork, account: EncodedAccount) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return token states, the unit of each token, and indicator probabilities."""
    states, owners = network.states([account])[0]
    return states, owners, torch.sigmoid(network.unit_logits(states, owners, account.cues))


def test_a_judgement_sees_every_token_and_each_label_attends_once(bare: AccountNetwork) -> None:
    with torch.inference_mode():
        account = bare.encode(UNITS)
        states, _, shown = _states(bare, account)
        logits, attention = bare.judge(states, shown, account)
    assert [len(scores) for scores in logits] == [len(labels) for labels in JUDGEMENTS.values()]
    assert attention.shape == (len(states), bare.attention.out_features)
    np.testing.assert_allclose(attention.sum(dim=0).numpy(), 1.0, atol=1e-5)
    read = bare.read(UNITS)
    for name, scores in zip(JUDGEMENTS, logits, strict=True):
        np.testing.assert_allclose(read.scores[name], scores.numpy(), atol=1e-5)


@pytest.mark.parametrize("left_out", range(len(UNITS)))
def test_without_a_unit_is_as_if_nobody_attended_to_it(left_out: int, bare: AccountNetwork) -> None:
    read = bare.read(UNITS)
    with torch.inference_mode():
        account = bare.encode(UNITS)
        states, owners, shown = _states(bare, account)
        kept = [number for number in range(len(UNITS)) if number != left_out]
        rest = replace(account, cues=account.cues[kept])
        logits, _ = bare.judge(states[owners != left_out], shown[kept], rest)
    for name, scores in zip(JUDGEMENTS, logits, strict=True):
        np.testing.assert_allclose(read.without[name][left_out], scores.numpy(), atol=1e-4)
        assert not np.allclose(read.without[name][left_out], read.scores[name], atol=1e-4)


def test_a_single_unit_is_compared_with_itself(bare: AccountNetwork) -> None:
    read = bare.read(UNITS[:1])
    assert read.indicators.shape == (1, len(CODES))
    for name in JUDGEMENTS:
        np.testing.assert_allclose(read.without[name], read.scores[name][None], rtol=1e-5)


def test_an_account_is_read_alike_beside_a_longer_one(bare: AccountNetwork) -> None:
    short, long = bare.encode(UNITS[:1]), bare.encode(UNITS * 5)
    with torch.inference_mode():
        alone, beside = bare.states([short])[0], bare.states([long, short])[1]
    np.testing.assert_allclose(alone[0].numpy(), beside[0].numpy(), atol=1e-4)
    assert alone[1].tolist() == beside[1].tolist()


def _assert_same(first: NetworkReading, second: NetworkReading) -> None:
    np.testing.assert_array_equal(first.indicators, second.indicators)
    np.testing.assert_array_equal(first.owners, second.owners)
    for name in JUDGEMENTS:
        np.testing.assert_array_equal(first.scores[name], second.scores[name])
        np.testing.assert_array_equal(first.without[name], second.without[name])


def test_reading_is_the_same_every_time(bare: AccountNetwork) -> None:
    places = [_place(0, "Turku")]
    _assert_same(bare.read(UNITS, places), bare.read(UNITS, places))


def test_what_is_kept_is_what_differs_from_the_encoder(bare: AccountNetwork) -> None:
    names = bare.trained_state()
    assert not any("embeddings" in name or "layer.0." in name for name in names)
    assert all(any(f"layer.{number}." in name for name in names) for number in range(1, 6))
    heads = {name.split(".")[0] for name in names if not name.startswith("encoder.")}
    assert heads == {"indicator", "owner", "attention", "sign", "judgement"}


def test_a_network_is_read_as_it_was_written(bare: AccountNetwork, encoder: SentenceEncoder, tmp_path: Path) -> None:
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    save_network(bare, first, extra={"card": {"accounts": "3"}})
    again, extra = load_network(encoder, first)
    assert extra == {"card": {"accounts": "3"}}
    assert (again.codes, again.labels) == (bare.codes, bare.labels)
    np.testing.assert_allclose(again.read(UNITS).scores["phase"], bare.read(UNITS).scores["phase"], atol=0.02)
    # Half precision is kept, so a network that was read once does not change any more.
    save_network(again, second, extra=extra)
    assert first.read_bytes() == second.read_bytes()
    _assert_same(load_network(encoder, second)[0].read(UNITS), again.read(UNITS))


@pytest.mark.parametrize("damage", [b"", b"garbage" * 100], ids=["empty", "garbage"])
def test_a_damaged_file_is_told(damage: bytes, tmp_path: Path, encoder: SentenceEncoder) -> None:
    path = tmp_path / "network.safetensors"
    path.write_bytes(damage)
    with pytest.raises(EncoderError, match=r"network\.safetensors is missing, damaged") as told:
        load_network(encoder, path)
    assert "coach train" in told.value.remedy


def test_a_missing_file_is_told(tmp_path: Path, encoder: SentenceEncoder) -> None:
    with pytest.raises(EncoderError, match=r"gone\.safetensors is missing"):
        load_network(encoder, tmp_path / "gone.safetensors")


@pytest.mark.parametrize(
    "metadata",
    [None, {"rapport": '{"codes": ["a"], "labels": {"phase": ["x", "y"]}, "extra": {}}'}, {"rapport": "{}"}],
    ids=["no words beside it", "another shape", "too few words"],
)
def test_a_network_for_another_shape_is_told(metadata: dict[str, str] | None, tmp_path: Path, encoder: SentenceEncoder) -> None:
    from safetensors.torch import save_file

    path = tmp_path / "network.safetensors"
    save_file({"indicator.bias": torch.zeros(3)}, path, metadata=metadata)
    with pytest.raises(EncoderError, match="another sentence encoder"):
        load_network(encoder, path)


def test_the_packaged_file_is_small_enough_to_ship() -> None:
    assert PACKAGED_NETWORK.stat().st_size < 30_000_000


def test_the_packaged_network_knows_every_judgement_and_how_it_is_joined(joined: FusedNetwork) -> None:
    assert joined.network.labels == {name: tuple(map(str, labels)) for name, labels in JUDGEMENTS.items()}
    assert set(joined.fusion.mix) == set(joined.fusion.temperature) == {*JUDGEMENTS, "owner"}
    assert len(joined.fusion.thresholds) == len(joined.network.codes)
    # The network has a say in some of them, or it need not be shipped.
    assert any(share > 0 for share in joined.fusion.mix.values())


def test_without_its_evidence_a_verdict_grows_less_sure(coach: Coach) -> None:
    whole = coach.reader.read(Account(text=TRIAL))
    evidence = coach.invoke(Account(text=TRIAL))["diagnosis"].phase.evidence
    assert evidence
    bare = TRIAL
    for item in evidence:
        bare = bare.replace(item.quote, "")
    reduced = coach.reader.read(Account(text=bare))
    assert reduced.probabilities["phase"][Phase.TRIAL] < whole.probabilities["phase"][Phase.TRIAL]
