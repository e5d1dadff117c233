"""Fine-tuning the account network on labelled accounts; seeded, and the same on one machine every time."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from coach.library.embedder import SentenceEncoder
from coach.reading.labelled import JUDGEMENTS, LabelledAccount
from coach.reading.network import FROZEN_LAYERS, AccountNetwork, EncodedAccount
from coach.reading.sentences import units
from coach.reading.training import shown_in_units

EPOCHS = 4
_BATCH = 8
_BUCKET = 12
"""Batches that are sorted by length together, so that little is padded."""
_ENCODER_RATE, _HEAD_RATE = 7e-5, 1.5e-3
_SEED = 20211101
_POSITIVE_WEIGHT = 2.5
_INDICATOR_SHARE = 4.0
"""Weight of the indicator loss beside the mean loss of the judgements."""


@dataclass(frozen=True, slots=True)
class _Example:
    account: EncodedAccount
    shown: Tensor
    gold: list[int]
    spanned: bool

    @property
    def length(self) -> int:
        return sum(len(window) for window in self.account.windows)


def train_network(
    accounts: Sequence[LabelledAccount],
    encoder: SentenceEncoder,
    codes: Sequence[str],
    *,
    progress: Callable[[int, int], None],
    epochs: int = EPOCHS,
) -> AccountNetwork:
    """Return a network fine-tuned on labelled accounts.

    Args:
        accounts: what to train on.
        encoder: where to start from.
        codes: indicators, in order.
        progress: told the number of batches done and in all.
        epochs: passes over the accounts.

    Raises:
        EncoderError: the encoder cannot be loaded.
    """
    torch.manual_seed(_SEED)
    shuffler = random.Random(_SEED)  # noqa: S311 - for shuffling, not for secrets
    network = AccountNetwork(encoder, codes, JUDGEMENTS)
    nn.init.constant_(network.indicator.bias, -3.5)
    examples = [_example(network, account, codes) for account in accounts]
    optimizer = _optimizer(network)
    total = epochs * -(-len(examples) // _BATCH) + epochs
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, [_ENCODER_RATE, _HEAD_RATE], total_steps=total + 1, pct_start=0.1)
    class_weights = _class_weights(examples)
    done = 0
    network.train()
    for _ in range(epochs):
        for batch in _batches(examples, shuffler):
            loss = _loss(network, batch, class_weights)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            done += 1
            progress(done, total - epochs)
    # What is kept is in half precision, so what is measured must be as well.
    for name, tensor in network.trained_state().items():
        network.get_parameter(name).data = tensor.half().float()
    return network.eval()


def _example(network: AccountNetwork, account: LabelledAccount, codes: Sequence[str]) -> _Example:
    spans = units(account.text)
    gold = [[str(x) for x in labels].index(account.gold.label(name)) for name, labels in JUDGEMENTS.items()]
    return _Example(
        account=network.encode([span.of(account.text) for span in spans]),
        shown=torch.from_numpy(shown_in_units(account, spans, codes).astype(np.float32)),
        gold=gold,
        spanned=bool(account.spans),
    )


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
    losses = []
    positive = torch.tensor(_POSITIVE_WEIGHT)
    for example, (states, owners) in zip(batch, network.states([e.account for e in batch]), strict=True):
        logits = network.unit_logits(states, owners, example.account.cues)
        judged = network.judge(states, torch.sigmoid(logits), example.account.cues, example.account.words)
        terms = [
            functional.cross_entropy(
                scores.unsqueeze(0), torch.tensor([example.gold[number]]), weight=class_weights[number], label_smoothing=0.05
            )
            for number, scores in enumerate(judged)
        ]
        loss = torch.stack(terms).mean()
        if example.spanned:
            shown = functional.binary_cross_entropy_with_logits(logits, example.shown, pos_weight=positive)
            loss = loss + _INDICATOR_SHARE * shown
        losses.append(loss)
    return torch.stack(losses).mean()
