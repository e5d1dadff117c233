"""The cross-validation: each account is read by the reader of its own fold, with that fold's weights and joining."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from coach.errors import EncoderError
from coach.evaluation.cross_validation import measure
from coach.evaluation.verdicts import CrossValidation
from coach.library import Corpus
from coach.library.embedder import SentenceEncoder
from coach.reading.attribution import PACKAGED_ATTRIBUTION, AttributionWeights, Owner, load_attribution, save_attribution
from coach.reading.fusion import OWNER, Fusion
from coach.reading.labelled import JUDGEMENTS, read_labelled
from coach.reading.network import PACKAGED_NETWORK, AccountNetwork, save_network
from coach.reading.train_command import Fold, Folds, accounts_hash
from coach.reading.weights import PACKAGED_WEIGHTS, load_weights, save_weights

FIRST, SECOND = ("train_1", "train_9"), ("train_5",)
EACH = 3
PHASES = [str(label) for label in JUDGEMENTS["phase"]]


@pytest.fixture(scope="module")
def few(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """The corpus with a few accounts of three writers."""
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "accounts").mkdir()
    for writer in (*FIRST, *SECOND):
        lines = [line.model_dump_json() for line in read_labelled(corpus.folder / "accounts" / f"{writer}.jsonl")[:EACH]]
        (folder / "accounts" / f"{writer}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (folder / "towns.tsv").write_text("hameenlinna\tFI\nkyoto\tJP\n", encoding="utf-8")
    return replace(corpus, folder=folder)


def _fold(
    folder: Path,
    encoder: SentenceEncoder,
    held_out: tuple[str, ...],
    *,
    heads: str,
    network: str,
    mix: float,
    nobody: bool = False,
) -> Fold:
    """Write weights that always tell one phase, each part its own, and return their fold.

    Args:
        folder: where to.
        encoder: of the network.
        held_out: writers of the fold.
        heads: the phase that the linear heads tell.
        network: the phase that the network tells.
        mix: share of the network in the phase; the heads alone tell everything else.
        nobody: whether no named country is anybody's.
    """
    weights = load_weights()
    phase = weights.judgements["phase"]
    bias = np.where([label == heads for label in phase.labels], 90, 0).astype(np.float32)
    told = dict(weights.judgements) | {"phase": replace(phase, bias=bias)}
    save_weights(replace(weights, judgements=told), folder / PACKAGED_WEIGHTS.name)
    torch.manual_seed(1)
    deep = AccountNetwork(encoder, weights.codes, JUDGEMENTS)
    with torch.no_grad():
        deep.judgement[list(JUDGEMENTS).index("phase")].bias[PHASES.index(network)] = 90
    save_network(deep, folder / PACKAGED_NETWORK.name, extra={})
    attribution = load_attribution()
    if nobody:
        silent = {str(owner): 90.0 if owner is Owner.NOBODY else 0.0 for owner in Owner}
        attribution = AttributionWeights(bias=silent, weight={str(owner): {} for owner in Owner})
    save_attribution(attribution, folder / PACKAGED_ATTRIBUTION.name)
    names = [*JUDGEMENTS, OWNER]
    fusion = Fusion(
        mix={name: mix if name == "phase" else 0.0 for name in names},
        temperature=dict.fromkeys(names, 1.0),
        thresholds=weights.thresholds,
    )
    return Fold(held_out, folder, fusion, 40)


@pytest.fixture(scope="module")
def folds(encoder: SentenceEncoder, tmp_path_factory: pytest.TempPathFactory) -> Folds:
    """Two folds and one step of a learning curve."""
    folder = tmp_path_factory.mktemp("folds")
    return Folds(
        validation=[
            _fold(folder / "0", encoder, FIRST, heads="trial", network="unclear", mix=0.0),
            _fold(folder / "1", encoder, SECOND, heads="trial", network="renegotiation", mix=1.0, nobody=True),
        ],
        curve=[_fold(folder / "2", encoder, FIRST, heads="enmeshment", network="unclear", mix=0.0)],
    )


@pytest.fixture(scope="module")
def results(few: Corpus, encoder: SentenceEncoder, folds: Folds) -> CrossValidation:
    """What the folds say of the accounts."""
    return measure(few, encoder, folds, report=lambda _: None)


@pytest.mark.slow
def test_every_account_gets_a_verdict_in_the_order_of_the_corpus(results: CrossValidation, few: Corpus) -> None:
    accounts = [read_labelled(path) for path in sorted((few.folder / "accounts").glob("*.jsonl"))]
    assert [found.id for found in results.verdicts] == [account.id for writer in accounts for account in writer]
    assert results.accounts_sha256 == accounts_hash(few.folder / "accounts")
    assert results.folds == (FIRST, SECOND)


@pytest.mark.slow
def test_each_writer_is_read_by_the_reader_that_never_saw_them(results: CrossValidation, few: Corpus) -> None:
    told = {found.id: found for found in results.verdicts}
    for writers, phase in ((FIRST, "trial"), (SECOND, "renegotiation")):
        for writer in writers:
            accounts = read_labelled(few.folder / "accounts" / f"{writer}.jsonl")
            assert [told[account.id].label("phase") for account in accounts] == [phase] * EACH
    second = read_labelled(few.folder / "accounts" / f"{SECOND[0]}.jsonl")
    assert {told[account.id].label("diversity") for account in second} == {"unclear"}
    assert "high" in {found.label("diversity") for found in results.verdicts}


@pytest.mark.slow
def test_the_learning_curve_is_read_on_the_first_fold(results: CrossValidation, few: Corpus) -> None:
    ((accounts, verdicts),) = results.curve
    assert accounts == 40
    first = [a.id for writer in FIRST for a in read_labelled(few.folder / "accounts" / f"{writer}.jsonl")]
    assert [found.id for found in verdicts] == first
    assert {found.label("phase") for found in verdicts} == {"enmeshment"}


@pytest.mark.slow
def test_weights_of_a_fold_that_are_gone_are_told(few: Corpus, encoder: SentenceEncoder, folds: Folds, tmp_path: Path) -> None:
    whole = folds.validation[0]
    for path in whole.folder.iterdir():
        if path.name != PACKAGED_NETWORK.name:
            (tmp_path / path.name).symlink_to(path)
    with pytest.raises(EncoderError, match=r"network\.safetensors") as told:
        measure(few, encoder, Folds([replace(whole, folder=tmp_path)], []), report=lambda _: None)
    assert told.value.remedy
