"""The fine-tuned reader: one pass over the whole account, so that every sentence is read in its context.

The upper layers of the sentence encoder are fine-tuned together with heads for indicators (a unit at a time), for whose
culture a named place tells of, and for the judgements (attention over the whole account, beside what the units show). Only
what differs from the packaged encoder is kept. Training is in `network_training`; how its scores are joined with those of the
linear heads is in `fusion`.
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
from coach.library.atomic import write_atomically
from coach.library.embedder import SentenceEncoder
from coach.reading.attribution import Owner
from coach.reading.cues import CUE_SCALE, CUES, cue_features
from coach.reading.gazetteer import Mention
from coach.reading.sentences import Span

PACKAGED_NETWORK = Path(__file__).parent / "weights" / "network.safetensors"

FROZEN_LAYERS = 1
"""Encoder layers that stay as they are, beside the word embeddings."""

_LONGEST_UNIT = 400
_WINDOW = 500
"""Tokens that the encoder sees at once; a longer account is read window by window."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a place is named: characters `start` to `end` of unit number `unit`."""

    unit: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EncodedAccount:
    """An account as the network takes it.

    Attributes:
        windows: token ids, special tokens included, a list for each window.
        unit_of: for each token of each window the number of its unit, -1 for special tokens.
        places: for each named place its tokens, by their number in the account; none where it was cut off.
        cues: which cues hold in each unit, as 0 and 1, shape (units, cues).
        words: length of the account.
    """

    windows: list[list[int]]
    unit_of: list[list[int]]
    places: list[list[int]]
    cues: Tensor
    words: int


@dataclass(frozen=True, slots=True)
class NetworkReading:
    """What the network says of one account.

    Attributes:
        indicators: probability of each code in each unit, shape (units, codes).
        scores: for each judgement the log-odds of its labels up to a constant.
        without: the same with each unit left out, shape (units, labels).
        owners: for each named place the log-odds of whose culture it tells of up to a constant, shape (places, owners).
    """

    indicators: NDArray[np.float32]
    scores: Mapping[str, NDArray[np.float32]]
    without: Mapping[str, NDArray[np.float32]]
    owners: NDArray[np.float32]


class AccountNetwork(nn.Module):
    """The fine-tuned encoder with its heads.

    Each label of each judgement has an attention of its own over the tokens, and a direction in which what it attends to
    speaks for it; beside that, a judgement sees the account's mean and what its units show.

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
        for layer in self.encoder.encoder.layer:
            # Without dropout on attention its fused kernel is used: training takes two thirds of the time.
            layer.attention.self.dropout.p = 0.0
        size = int(base.config.hidden_size)
        self.dropout = nn.Dropout(0.1)
        self.indicator = nn.Linear(size + len(CUES), len(self.codes))
        self.owner = nn.Linear(size, len(Owner))
        self.attention = nn.Linear(size, sum(len(names) for names in self.labels.values()))
        self.sign = nn.Linear(size, self.attention.out_features, bias=False)
        common = size + len(CUES) + 2 * len(self.codes) + 1
        self.judgement = nn.ModuleList([nn.Linear(common, len(names)) for names in self.labels.values()])

    def columns(self) -> dict[str, slice]:
        """Return for each judgement the columns of its labels in the attention."""
        columns, first = {}, 0
        for name, names in self.labels.items():
            columns[name] = slice(first, first + len(names))
            first += len(names)
        return columns

    def encode(self, texts: Sequence[str], places: Sequence[Place] = ()) -> EncodedAccount:
        """Return an account, given as the texts of its units and the places named in them, as the network takes it."""
        told = self.tokenizer(
            list(texts), add_special_tokens=False, truncation=True, max_length=_LONGEST_UNIT, return_offsets_mapping=True
        )
        first, last = self.tokenizer.cls_token_id, self.tokenizer.sep_token_id
        windows: list[list[int]] = [[first]]
        unit_of: list[list[int]] = [[-1]]
        begins, before = [], 0
        for number, tokens in enumerate(told["input_ids"]):
            if len(windows[-1]) + len(tokens) >= _WINDOW:
                before += len(windows[-1]) + 1
                windows.append([first])
                unit_of.append([-1])
            begins.append(before + len(windows[-1]))
            windows[-1] += tokens
            unit_of[-1] += [number] * len(tokens)
        for window, owners in zip(windows, unit_of, strict=True):
            window.append(last)
            owners.append(-1)
        named = [
            [
                begins[place.unit] + number
                for number, (start, end) in enumerate(told["offset_mapping"][place.unit])
                if start < place.end and end > place.start
            ]
            for place in places
        ]
        cues = torch.from_numpy(cue_features(list(texts)) / CUE_SCALE)
        return EncodedAccount(windows, unit_of, named, cues, sum(len(text.split()) for text in texts))

    def states(self, accounts: Sequence[EncodedAccount]) -> list[tuple[Tensor, Tensor]]:
        """Return for each account the states of its tokens and the unit of each, special tokens left in with -1."""
        windows = [window for account in accounts for window in account.windows]
        longest = max(len(window) for window in windows)
        ids = torch.zeros(len(windows), longest, dtype=torch.long)
        mask = torch.zeros(len(windows), longest, dtype=torch.long)
        for row, window in enumerate(windows):
            ids[row, : len(window)] = torch.tensor(window)
            mask[row, : len(window)] = 1
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float()
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

    def owner_logits(self, states: Tensor, places: Sequence[Sequence[int]]) -> Tensor:
        """Return for each named place the logits of whose culture it tells of, shape (places, owners)."""
        nowhere = torch.zeros(states.shape[1])
        named = [states[list(tokens)].mean(dim=0) if tokens else nowhere for tokens in places]
        logits: Tensor = self.owner(self.dropout(torch.stack(named)))
        return logits

    def judge(self, states: Tensor, shown: Tensor, account: EncodedAccount) -> tuple[list[Tensor], Tensor]:
        """Return the logits of each judgement, and how each label attends to the tokens, shape (tokens, labels).

        Args:
            states: token states, shape (tokens, size).
            shown: indicator probabilities, shape (units, codes).
            account: whose cues and length count as well.
        """
        attention = torch.softmax(self.attention(states), dim=0)
        speaks = (self.dropout(attention.T @ states) * self.sign.weight).sum(dim=1)
        mean = self.dropout(states.mean(dim=0))
        common = _common(mean, shown.max(dim=0).values, shown.sum(dim=0), account.words, account.cues.mean(dim=0))
        columns = self.columns().values()
        logits = [speaks[column] + head(common) for column, head in zip(columns, self.judgement, strict=True)]
        return logits, attention

    def read(self, texts: Sequence[str], places: Sequence[Place] = ()) -> NetworkReading:
        """Return what the network says of an account, given as the texts of its units and the places named in them."""
        self.eval()
        with torch.inference_mode():
            account = self.encode(texts, places)
            states, owners = self.states([account])[0]
            shown = torch.sigmoid(self.unit_logits(states, owners, account.cues))
            scores, _ = self.judge(states, shown, account)
            without = self._without_each(states, owners, shown, account)
            named = self.owner_logits(states, account.places).numpy() if places else np.zeros((0, len(Owner)), dtype=np.float32)
        names = list(self.labels)
        return NetworkReading(
            indicators=shown.numpy(),
            scores={name: scores[number].numpy() for number, name in enumerate(names)},
            without={name: without[number].numpy() for number, name in enumerate(names)},
            owners=named,
        )

    def _without_each(self, states: Tensor, owners: Tensor, shown: Tensor, account: EncodedAccount) -> list[Tensor]:
        """Return the logits of each judgement with each unit left out, shape (units, labels); all units at once."""
        count = len(shown)
        if count == 1:
            return [score.unsqueeze(0) for score in self.judge(states, shown, account)[0]]
        kept = (owners.unsqueeze(0) != torch.arange(count).unsqueeze(1)).float()
        scores = self.attention(states)
        weights = torch.exp(scores - scores.max(dim=0).values)
        speaks = (kept @ (weights * self.sign(states))) / (kept @ weights)
        best, second = shown.topk(2, dim=0).values
        common = _common(
            kept @ states / kept.sum(dim=1, keepdim=True),
            torch.where(shown >= best, second, best),
            shown.sum(dim=0) - shown,
            account.words,
            (account.cues.sum(dim=0) - account.cues) / (count - 1),
        )
        columns = self.columns().values()
        return [speaks[:, column] + head(common) for column, head in zip(columns, self.judgement, strict=True)]

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


def places_in(named: Sequence[Mention], spans: Sequence[Span]) -> list[Place]:
    """Return where mentions stand in the units of an account; each mention lies in one unit, or begins in it."""
    places = []
    for mention in named:
        unit = next((number for number, span in enumerate(spans) if mention.start < span.end), len(spans) - 1)
        start = spans[unit].start
        places.append(Place(unit, max(mention.start - start, 0), max(mention.end - start, 0)))
    return places


def _common(mean: Tensor, strongest: Tensor, expected: Tensor, words: int, cues: Tensor) -> Tensor:
    """Return what every judgement sees of an account, or of several with the same length: shape (..., features)."""
    length = torch.full((*mean.shape[:-1], 1), float(np.log(max(words, 1))) - 5.0)
    return torch.cat([mean, 2 * strongest, expected.clamp(max=3), length, 3 * cues], dim=-1)


def save_network(network: AccountNetwork, path: Path, *, extra: Mapping[str, Any]) -> None:
    """Write a network in half precision, atomically, with `extra` beside it (JSON)."""
    from safetensors.torch import save

    tensors = {name: tensor.half().contiguous() for name, tensor in network.trained_state().items()}
    told = {"codes": network.codes, "labels": network.labels, "extra": dict(extra)}
    write_atomically(path, save(tensors, metadata={"rapport": json.dumps(told)}))


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
        extra: Mapping[str, Any] = told["extra"]
    except (OSError, SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise EncoderError(
            f"The reader's network in {path} is missing, damaged, or made for another sentence encoder.",
            "Install Rapport again, unset COACH_ENCODER, or train anew with `coach train`.",
        ) from error
    return network.eval(), extra
