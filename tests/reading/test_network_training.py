"""Fine-tuning: the same network every time, above a part that stays as it is, and it learns what coders mark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from coach.framework import Phase
from coach.library import Corpus
from coach.library.embedder import SentenceEncoder
from coach.library.schema import Indicator
from coach.reading.attribution import Owner
from coach.reading.attribution_training import OwnedMention
from coach.reading.gazetteer import Mention, NameKind
from coach.reading.labelled import JUDGEMENTS, LabelledAccount, LabelledSpan, read_labelled
from coach.reading.network import FROZEN_LAYERS, AccountNetwork, Place
from coach.reading.network_training import TrainingAccount, train_network
from coach.reading.sentences import units

CODES = ("disclosure.small_talk", "disclosure.family", "contact.private_circle")
EPOCHS = 20
PHASES = [str(label) for label in JUDGEMENTS["phase"]]

TALKS = {
    "We talk about the rain and the flight.": ("disclosure.small_talk", Phase.TRIAL),
    "She told me about her two daughters.": ("disclosure.family", Phase.ENMESHMENT),
}
PLACES = ("Osaka", "Hanoi", "Lyon", "Bergen")


def _account(one: LabelledAccount, talk: str, place: str, *, marked: bool = True) -> TrainingAccount:
    """Return an account in which one sentence shows the phase, and a town is named as the customer's."""
    code, phase = TALKS[talk]
    text = f"My customer is in {place}. {talk} The order is for pumps."
    labelled = one.model_copy(
        update={
            "id": f"{place}-{phase}",
            "text": text,
            "gold": one.gold.model_copy(update={"phase": phase}),
            "spans": (LabelledSpan(quote=talk, indicator=code),) if marked else (),
        }
    )
    start = text.index(place)
    return TrainingAccount(labelled, [OwnedMention(Mention(start, start + len(place), "Japan", NameKind.CITY), Owner.CUSTOMER)])


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A network and how its training was told."""

    network: AccountNetwork
    seen: list[tuple[int, int]]


@pytest.fixture(scope="module")
def indicators(corpus: Corpus) -> dict[str, Indicator]:
    """A handful of indicators."""
    return {code: corpus.indicators[code] for code in CODES}


@pytest.fixture(scope="module")
def one(corpus: Corpus) -> LabelledAccount:
    """An account whose text and labels a test may change."""
    return read_labelled(corpus.folder / "accounts" / "train_1.jsonl")[0]


@pytest.fixture(scope="module")
def accounts(one: LabelledAccount) -> list[TrainingAccount]:
    """Eight accounts in which one sentence tells the phase."""
    return [_account(one, talk, place) for place in PLACES for talk in TALKS]


def _train(accounts: list[TrainingAccount], encoder: SentenceEncoder, indicators: dict[str, Indicator], epochs: int) -> Trained:
    seen = list[tuple[int, int]]()
    network = train_network(
        accounts, encoder, indicators, progress=lambda done, total: seen.append((done, total)), epochs=epochs
    )
    return Trained(network=network, seen=seen)


@pytest.fixture(scope="module")
def trained(accounts: list[TrainingAccount], encoder: SentenceEncoder, indicators: dict[str, Indicator]) -> Trained:
    """A network that saw them often enough to know them."""
    return _train(accounts, encoder, indicators, EPOCHS)


def _texts(account: TrainingAccount) -> list[str]:
    return [span.of(account.labelled.text) for span in units(account.labelled.text)]


@pytest.mark.slow
def test_every_batch_is_told(trained: Trained) -> None:
    # Eight accounts are one batch.
    assert trained.seen == [(number, EPOCHS) for number in range(1, EPOCHS + 1)]


@pytest.mark.slow
def test_what_it_was_shown_is_learnt(trained: Trained, accounts: list[TrainingAccount]) -> None:
    for account in accounts:
        read = trained.network.read(_texts(account))
        assert PHASES[int(read.scores["phase"].argmax())] == account.labelled.gold.phase
        (code,) = {span.indicator for span in account.labelled.spans}
        shown, others = read.indicators[1], read.indicators[[0, 2]]
        assert CODES[int(shown.argmax())] == code
        assert shown.max() > others.max()


@pytest.mark.slow
def test_the_gold_label_attends_to_what_a_coder_marked(trained: Trained, accounts: list[TrainingAccount]) -> None:
    network = trained.network
    column = network.columns()["phase"]
    for labelled in accounts:
        with torch.inference_mode():
            account = network.encode(_texts(labelled))
            states, owners = network.states([account])[0]
            shown = torch.sigmoid(network.unit_logits(states, owners, account.cues))
            _, attention = network.judge(states, shown, account)
        number = column.start + PHASES.index(str(labelled.labelled.gold.phase))
        share = float(attention[owners == 1, number].sum())
        even = float((owners == 1).float().mean())
        assert share > even, f"{share:.2f} of the attention, {even:.2f} of the tokens"


@pytest.mark.slow
def test_named_places_are_given_to_their_owner(trained: Trained, accounts: list[TrainingAccount]) -> None:
    for account in accounts:
        (owned,) = account.named
        read = trained.network.read(_texts(account), [Place(0, owned.mention.start, owned.mention.end)])
        assert list(Owner)[int(read.owners[0].argmax())] is owned.owner


@pytest.mark.slow
def test_the_lower_layers_stay_those_of_the_encoder(trained: Trained, encoder: SentenceEncoder) -> None:
    base, tuned = encoder.model[0].auto_model, trained.network.encoder
    assert tuned.embeddings is base.embeddings
    before, after = base.encoder.layer, tuned.encoder.layer
    assert len(before) == len(after) > FROZEN_LAYERS
    for number, (old, new) in enumerate(zip(before, after, strict=True)):
        pairs = list(zip(old.parameters(), new.parameters(), strict=True))
        assert all(torch.equal(a, b) for a, b in pairs) is (number < FROZEN_LAYERS)


@pytest.mark.slow
def test_what_is_measured_is_what_half_precision_keeps(trained: Trained) -> None:
    assert not trained.network.training
    for name, tensor in trained.network.trained_state().items():
        assert torch.equal(tensor, tensor.half().float()), name


@pytest.mark.slow
def test_the_same_accounts_give_the_same_network(
    accounts: list[TrainingAccount], encoder: SentenceEncoder, indicators: dict[str, Indicator]
) -> None:
    first, second = (_train(accounts[:3], encoder, indicators, 1).network.trained_state() for _ in range(2))
    assert first.keys() == second.keys()
    for name, tensor in first.items():
        assert torch.equal(tensor, second[name]), name


@pytest.mark.slow
def test_accounts_without_marks_or_places_are_learnt_from_too(
    one: LabelledAccount, encoder: SentenceEncoder, indicators: dict[str, Indicator]
) -> None:
    plain = [TrainingAccount(_account(one, talk, PLACES[0], marked=False).labelled, []) for talk in TALKS]
    read = _train(plain, encoder, indicators, 1).network.read(_texts(plain[0]))
    assert np.isfinite(read.scores["phase"]).all()
    assert np.isfinite(read.indicators).all()
