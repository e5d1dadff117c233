"""The fine-tuned reader: one pass over the whole account, so that every sentence is read in its context.

The upper layers of the sentence encoder are fine-tuned together with heads for indicators (a unit at a time) and for the
judgements (attention over the whole account, beside what the units show). Only what differs from the packaged encoder is
kept. Training is in `network_training`; how its scores are joined with those of the linear heads is in `fusion`.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from coach.errors import EncoderError
from coach.library.embedder import SentenceEncoder
from coach.reading.cues import CUE_SCALE, CUES, cue_features

PACKAGED_NETWORK = Path(__file__).parent / "weights" / "network.safetensors"

FROZEN_LAYERS = 1
"""Encoder layers that stay as they are, beside the word embeddings."""

_LONGEST_UNIT = 400
_WINDOW = 500
"""Tokens that the encoder sees at once; a longer account is read window by window."""


@dataclass(frozen=True, slots=True)
class EncodedAccount:
    """An account as the network takes it.

    Attributes:
        windows: token ids, special tokens included, a list for each window.
        unit_of: for each token of each window the number of its unit, -1 for special tokens.
        cues: which cues hold in each unit, as 0 and 1, shape (units, cues).
        words: length of the account.
    """

    windows: list[list[int]]
    unit_of: list[list[int]]
    cues: Tensor
    words: int


@dataclass(frozen=True, slots=True)
class NetworkReading:
    """What the network says of one account.

    Attributes:
        indicators: probability of each code in each unit, shape (units, codes).
        scores: for each judgement the log-odds of its labels up to a constant.
        without: the same with each unit left out, shape (units, labels).
    """

    indicators: NDArray[np.float32]
    scores: Mapping[str, NDArray[np.float32]]
    without: Mapping[str, NDArray[np.float32]]


class AccountNetwork(nn.Module):
    """The fine-tuned encoder with its heads.

    Args:
        encoder: the packaged sentence encoder, whose embeddings and lower layers are shared.
        codes: indicators, in order.
        labels: judgements and their labels.
    """

    def __init__(self, encoder: SentenceEncoder, codes: Sequence[str], labels: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        base: Any = encoder.model[0].auto_model
        self.tokenizer: Any = encoder.model.tokenizer
        self.codes = tuple(codes)
        self.labels = {name: tuple(str(label) for label in names) for name, names in labels.items()}
        self.encoder: Any = copy.deepcopy(base)
        # The word embeddings are never trained; sharing them saves 45 MB.
        self.encoder.embeddings = base.embeddings
        size = int(base.config.hidden_size)
        self.dropout = nn.Dropout(0.1)
        self.indicator = nn.Linear(size + len(CUES), len(self.codes))
        self.attention = nn.Linear(size, len(self.labels))
        features = 2 * size + len(CUES) + 2 * len(self.codes) + 1
        self.judgement = nn.ModuleList([nn.Linear(features, len(names)) for names in self.labels.values()])

    def encode(self, texts: Sequence[str]) -> EncodedAccount:
        """Return an account, given as the texts of its units, as the network takes it."""
        ids = self.tokenizer(list(texts), add_special_tokens=False, truncation=True, max_length=_LONGEST_UNIT)["input_ids"]
        first, last = self.tokenizer.cls_token_id, self.tokenizer.sep_token_id
        windows: list[list[int]] = [[first]]
        unit_of: list[list[int]] = [[-1]]
        for number, tokens in enumerate(ids):
            if len(windows[-1]) + len(tokens) >= _WINDOW:
                windows.append([first])
                unit_of.append([-1])
            windows[-1] += tokens
            unit_of[-1] += [number] * len(tokens)
        for window, owners in zip(windows, unit_of, strict=True):
            window.append(last)
            owners.append(-1)
        cues = torch.from_numpy(cue_features(list(texts)) / CUE_SCALE)
        return EncodedAccount(windows, unit_of, cues, sum(len(text.split()) for text in texts))

    def states(self, accounts: Sequence[EncodedAccount]) -> list[tuple[Tensor, Tensor]]:
        """Return for each account the states of its tokens and the unit of each, special tokens left in with -1."""
        windows = [window for account in accounts for window in account.windows]
        longest = max(len(window) for window in windows)
        ids = torch.zeros(len(windows), longest, dtype=torch.long)
        mask = torch.zeros(len(windows), longest, dtype=torch.long)
        for row, window in enumerate(windows):
            ids[row, : len(window)] = torch.tensor(window)
            mask[row, : len(window)] = 1
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        results, row = [], 0
        for account in accounts:
            pieces = []
            for window in account.windows:
                pieces.append(hidden[row, : len(window)])
                row += 1
            owners = torch.tensor([unit for owners in account.unit_of for unit in owners])
            results.append((torch.cat(pieces), owners))
        return results

    def unit_logits(self, states: Tensor, owners: Tensor, cues: Tensor) -> Tensor:
        """Return the indicator logits of each unit, shape (units, codes)."""
        count = cues.shape[0]
        inside = owners >= 0
        sums = torch.zeros(count, states.shape[1]).index_add(0, owners[inside], states[inside])
        sizes = torch.bincount(owners[inside], minlength=count).clamp(min=1).unsqueeze(1)
        logits: Tensor = self.indicator(torch.cat([self.dropout(sums / sizes), cues], dim=1))
        return logits

    def judge(self, states: Tensor, shown: Tensor, cues: Tensor, words: int) -> list[Tensor]:
        """Return the logits of each judgement.

        Args:
            states: token states, shape (tokens, size).
            shown: indicator probabilities, shape (units, codes).
            cues: shape (units, cues).
            words: length of the account.
        """
        attention = torch.softmax(self.attention(states), dim=0)
        length = torch.tensor([float(np.log(max(words, 1))) - 5.0])
        common = [2 * shown.max(dim=0).values, shown.sum(dim=0).clamp(max=3), length, 3 * cues.mean(dim=0)]
        mean = states.mean(dim=0)
        return [
            head(torch.cat([self.dropout(attention[:, number] @ states), self.dropout(mean), *common]))
            for number, head in enumerate(self.judgement)
        ]

    def read(self, texts: Sequence[str]) -> NetworkReading:
        """Return what the network says of an account, given as the texts of its units."""
        self.eval()
        with torch.inference_mode():
            account = self.encode(texts)
            states, owners = self.states([account])[0]
            shown = torch.sigmoid(self.unit_logits(states, owners, account.cues))
            scores = self.judge(states, shown, account.cues, account.words)
            without = self._without_each(states, owners, shown, account)
        names = list(self.labels)
        return NetworkReading(
            indicators=shown.numpy(),
            scores={name: scores[number].numpy() for number, name in enumerate(names)},
            without={name: without[number].numpy() for number, name in enumerate(names)},
        )

    def _without_each(self, states: Tensor, owners: Tensor, shown: Tensor, account: EncodedAccount) -> list[Tensor]:
        """Return the logits of each judgement with each unit left out, shape (units, labels); all units at once."""
        count = len(shown)
        if count == 1:
            return [score.unsqueeze(0) for score in self.judge(states, shown, account.cues, account.words)]
        kept = (owners.unsqueeze(0) != torch.arange(count).unsqueeze(1)).float()
        weights = torch.exp(self.attention(states) - self.attention(states).max(dim=0).values)
        mean = kept @ states / kept.sum(dim=1, keepdim=True)
        best, second = shown.topk(2, dim=0).values
        strongest = torch.where(shown >= best, second, best)
        expected = (shown.sum(dim=0) - shown).clamp(max=3)
        cues = (account.cues.sum(dim=0) - account.cues) / (count - 1)
        length = torch.full((count, 1), float(np.log(max(account.words, 1))) - 5.0)
        logits = []
        for number, head in enumerate(self.judgement):
            share = kept * weights[:, number]
            attended = share @ states / share.sum(dim=1, keepdim=True)
            logits.append(head(torch.cat([attended, mean, 2 * strongest, expected, length, 3 * cues], dim=1)))
        return logits

    def trained_state(self) -> dict[str, Tensor]:
        """Return what differs from the packaged encoder: its upper layers and the heads."""
        kept = {}
        for name, tensor in self.state_dict().items():
            if name.startswith("encoder."):
                layer = name.removeprefix("encoder.encoder.layer.").split(".")[0]
                if not layer.isdigit() or int(layer) < FROZEN_LAYERS:
                    continue
            kept[name] = tensor
        return kept


def save_network(network: AccountNetwork, path: Path, *, extra: Mapping[str, Any]) -> None:
    """Write a network in half precision, atomically, with `extra` beside it (JSON)."""
    from safetensors.torch import save

    tensors = {name: tensor.half().contiguous() for name, tensor in network.trained_state().items()}
    told = {"codes": network.codes, "labels": network.labels, "extra": dict(extra)}
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_bytes(save(tensors, metadata={"rapport": json.dumps(told)}))
    partial.replace(path)


def load_network(encoder: SentenceEncoder, path: Path = PACKAGED_NETWORK) -> tuple[AccountNetwork, Mapping[str, Any]]:
    """Return the network of a file over the packaged encoder, and what was written beside it.

    Raises:
        EncoderError: the file is missing or damaged, or was trained for another encoder.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            told = json.loads(file.metadata()["rapport"])
            tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
        network = AccountNetwork(encoder, told["codes"], told["labels"])
        expected = network.trained_state().keys()
        if tensors.keys() != expected:
            raise KeyError("tensors")
        network.load_state_dict(tensors, strict=False)
    except (OSError, SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise EncoderError(
            f"The reader's network in {path} is missing, damaged, or made for another sentence encoder.",
            "Install Rapport again, unset COACH_ENCODER, or train anew with `coach train`.",
        ) from error
    return network.eval(), told["extra"]
