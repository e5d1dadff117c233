"""Fine-tuning the account network on labelled accounts; seeded, and the same on one machine every time."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from coach.framework import signs_of
from coach.library.embedder import SentenceEncoder
from coach.library.schema import Indicator
from coach.reading.attribution import Owner
from coach.reading.attribution_training import OwnedMention
from coach.reading.labelled import JUDGEMENTS, LabelledAccount
from coach.reading.network import FROZEN_LAYERS, AccountNetwork, EncodedAccount, places_in
from coach.reading.sentences import units
from coach.reading.training import shown_in_units

if TYPE_CHECKING:
    from numpy.typing import NDArray

EPOCHS = 4
_BATCH = 8
_BUCKET = 12
"""Batches that are sorted by length together, so that little is padded."""
_ENCODER_RATE, _HEAD_RATE = 1.2e-4, 1.5e-3
_SEED = 20211101
_POSITIVE_WEIGHT = 2.5
_INDICATOR_SHARE = 4.0
"""Weight of the indicator loss beside the mean loss of the judgements."""
_ATTENTION_SHARE = 0.3
"""Weight of attending to the passages that a coder marked for the gold label."""
_OWNER_SHARE = 0.3
"""Weight of the loss of whose culture a named place tells of."""
_SMALLEST_SHARE = 1e-4

Progress = Callable[[int, int], None]
"""Told the number of batches done and in all."""


@dataclass(frozen=True, slots=True)
class TrainingAccount:
    """A labelled account with the places named in it and whose culture each tells of."""

    labelled: LabelledAccount
    named: Sequence[OwnedMention]


@dataclass(frozen=True, slots=True)
class _Example:
    """An account as numbers.

    Attributes:
        account: as the network takes it.
        shown: which indicators each unit shows, shape (units, codes).
        gold: the number of its label for each judgement.
        spanned: whether passages are marked in it.
        marked: columns of gold labels in the attention, and the tokens that a coder marked for them.
        owners: for each named place the number of its owner.
    """

    account: EncodedAccount
    shown: Tensor
    gold: list[int]
    spanned: bool
    marked: list[tuple[int, Tensor]]
    owners: list[int]

    @property
    def length(self) -> int:
        return sum(len(window) for window in self.account.windows)


def train_network(
    accounts: Sequence[TrainingAccount],
    encoder: SentenceEncoder,
    indicators: Mapping[str, Indicator],
    *,
    progress: Progress,
    epochs: int = EPOCHS,
) -> AccountNetwork:
    """Return a network fine-tuned on labelled accounts.

    Args:
        accounts: what to train on.
        encoder: where to start from.
        indicators: by code, in order.
        progress: told the number of batches done and in all.
        epochs: passes over the accounts.

    Raises:
        EncoderError: the encoder cannot be loaded.
    """
    torch.manual_seed(_SEED)
    shuffler = random.Random(_SEED)  # noqa: S311 - for shuffling, not for secrets
    network = AccountNetwork(encoder, list(indicators), JUDGEMENTS)
    nn.init.constant_(network.indicator.bias, -3.5)
    examples = [_example(network, account, indicators) for account in accounts]
    optimizer = _optimizer(network)
    each = len(_batches(examples, shuffler))
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [_ENCODER_RATE, _HEAD_RATE], total_steps=epochs * each + 1, pct_start=0.1
    )
    class_weights = _class_weights(examples)
    network.train()
    done = 0
    for _ in range(epochs):
        for batch in _batches(examples, shuffler):
            # Half precision in the products of matrices halves their time on processors that have it.
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = _loss(network, batch, class_weights)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            done += 1
            progress(done, epochs * each)
    # What is kept is in half precision, so what is measured must be as well.
    for name, tensor in network.trained_state().items():
        network.get_parameter(name).data = tensor.half().float()
    return network.eval()


def _example(network: AccountNetwork, account: TrainingAccount, indicators: Mapping[str, Indicator]) -> _Example:
    labelled = account.labelled
    spans = units(labelled.text)
    gold = [[str(x) for x in labels].index(labelled.gold.label(name)) for name, labels in JUDGEMENTS.items()]
    places = places_in([owned.mention for owned in account.named], spans)
    encoded = network.encode([span.of(labelled.text) for span in spans], places)
    shown = shown_in_units(labelled, spans, list(indicators))
    return _Example(
        account=encoded,
        shown=torch.from_numpy(shown.astype(np.float32)),
        gold=gold,
        spanned=bool(labelled.spans),
        marked=_marked(network, encoded, shown, labelled, indicators),
        owners=[list(Owner).index(owned.owner) for owned in account.named],
    )


def _marked(
    network: AccountNetwork,
    account: EncodedAccount,
    shown: NDArray[np.bool_],
    labelled: LabelledAccount,
    indicators: Mapping[str, Indicator],
) -> list[tuple[int, Tensor]]:
    unit_of = torch.tensor([unit for owners in account.unit_of for unit in owners])
    marked = []
    for name, column in network.columns().items():
        label = labelled.gold.label(name)
        signs = signs_of(name, label)
        codes = [number for number, indicator in enumerate(indicators.values()) if signs.intersection(indicator.supports)]
        rows = np.flatnonzero(shown[:, codes].any(axis=1))
        if len(rows):
            number = column.start + network.labels[name].index(label)
            marked.append((number, torch.isin(unit_of, torch.from_numpy(rows))))
    return marked


def _optimizer(network: AccountNetwork) -> torch.optim.Optimizer:
    for parameter in network.encoder.embeddings.parameters():
        parameter.requires_grad = False
    for layer in network.encoder.encoder.layer[:FROZEN_LAYERS]:
        for parameter in layer.parameters():
            parameter.requires_grad = False
    own = [p for name, p in network.named_parameters() if name.startswith("encoder.") and p.requires_grad]
    heads = [p for name, p in network.named_parameters() if not name.startswith("encoder.")]
    return torch.optim.AdamW([{"params": own}, {"params": heads}], lr=_ENCODER_RATE, weight_decay=0.01)


def _class_weights(examples: Sequence[_Example]) -> list[Tensor]:
    """Return weights between plain and balanced, so that rare labels are found and common ones are not given away."""
    weights = []
    for number, labels in enumerate(JUDGEMENTS.values()):
        counts = np.bincount([example.gold[number] for example in examples], minlength=len(labels)) + 1
        weights.append(torch.tensor((counts.max() / counts) ** 0.4, dtype=torch.float32))
    return weights


def _batches(examples: Sequence[_Example], shuffler: random.Random) -> list[list[_Example]]:
    order = list(examples)
    shuffler.shuffle(order)
    batches = []
    for start in range(0, len(order), _BATCH * _BUCKET):
        bucket = sorted(order[start : start + _BATCH * _BUCKET], key=lambda example: example.length)
        batches += [bucket[i : i + _BATCH] for i in range(0, len(bucket), _BATCH)]
    shuffler.shuffle(batches)
    return batches


def _loss(network: AccountNetwork, batch: Sequence[_Example], class_weights: Sequence[Tensor]) -> Tensor:
    positive = torch.tensor(_POSITIVE_WEIGHT)
    judged, indicator, attention, owner = [], [], [], []
    for example, (states, owners) in zip(batch, network.states([e.account for e in batch]), strict=True):
        logits = network.unit_logits(states, owners, example.account.cues)
        scores, attended = network.judge(states, torch.sigmoid(logits), example.account)
        judged.append(scores)
        if example.spanned:
            indicator.append(functional.binary_cross_entropy_with_logits(logits, example.shown, pos_weight=positive))
        attention += [-torch.log(attended[tokens, column].sum() + _SMALLEST_SHARE) for column, tokens in example.marked]
        if example.owners:
            told = network.owner_logits(states, example.account.places)
            owner.append(functional.cross_entropy(told, torch.tensor(example.owners)))
    loss = torch.zeros(())
    for number, weight in enumerate(class_weights):
        scores_of_all = torch.stack([scores[number] for scores in judged])
        gold = torch.tensor([example.gold[number] for example in batch])
        each = functional.cross_entropy(scores_of_all, gold, weight=weight, label_smoothing=0.05, reduction="none")
        loss = loss + each.mean() / len(class_weights)
    for share, terms, count in (
        (_INDICATOR_SHARE, indicator, len(batch)),
        (_ATTENTION_SHARE, attention, len(batch) * len(class_weights)),
        (_OWNER_SHARE, owner, len(batch)),
    ):
        if terms:
            loss = loss + share * torch.stack(terms).sum() / count
    return loss
