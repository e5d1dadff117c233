"""Training from the command line writes every part, measures it on writers it never saw, and goes on where it broke off."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.errors import CorpusError
from coach.evaluation.cross_validation import measure
from coach.evaluation.verdicts import JUDGED
from coach.library import Corpus
from coach.library.embedder import SentenceEncoder
from coach.reading.fused_network import load_fused_network
from coach.reading.fusion import OWNER
from coach.reading.labelled import JUDGEMENTS, read_labelled, read_writers
from coach.reading.network import load_network
from coach.reading.train_command import FOLDS, Folds, accounts_hash, folds_of, train_reader
from coach.reading.weights import load_weights

WRITERS = ("train_12", "train_5", "train_9")
EACH = 10
CODES = ("disclosure.small_talk", "disclosure.family", "contact.private_circle")
PARTS = {"heads.safetensors", "attribution.json", "network.safetensors"}


def _few(corpus: Corpus, folder: Path) -> Corpus:
    """Return the corpus with a few accounts of each of three writers, three indicators and two towns."""
    (folder / "accounts").mkdir(parents=True)
    for writer in WRITERS:
        accounts = read_labelled(corpus.folder / "accounts" / f"{writer}.jsonl")[:EACH]
        few = [a.model_copy(update={"spans": tuple(s for s in a.spans if s.indicator in CODES)}) for a in accounts]
        text = "\n".join(account.model_dump_json() for account in few)
        (folder / "accounts" / f"{writer}.jsonl").write_text(text, encoding="utf-8")
    (folder / "towns.tsv").write_text("hameenlinna\tFI\nkyoto\tJP\n", encoding="utf-8")
    return replace(corpus, folder=folder, indicators={code: corpus.indicators[code] for code in CODES})


@pytest.fixture
def few(corpus: Corpus, tmp_path: Path) -> Corpus:
    """A small corpus that a test may change."""
    return _few(corpus, tmp_path / "corpus")


@dataclass(frozen=True, kw_only=True)
class Run:
    """A training that ended: what it left and what it said."""

    corpus: Corpus
    bench: Path
    folder: Path
    folds: Folds
    told: list[str]
    seen: list[tuple[int, int]]

    def written(self) -> dict[str, bytes]:
        """Return the files for use."""
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}


def _train(corpus: Corpus, encoder: SentenceEncoder, bench: Path, folder: Path) -> Run:
    told, seen = list[str](), list[tuple[int, int]]()
    folds = train_reader(
        corpus,
        encoder,
        report=told.append,
        progress=lambda done, total: seen.append((done, total)),
        workbench=bench,
        folder=folder,
        epochs=1,
        curve=(0.5,),
    )
    return Run(corpus=corpus, bench=bench, folder=folder, folds=folds, told=told, seen=seen)


@pytest.fixture(scope="module")
def trained(corpus: Corpus, encoder: SentenceEncoder, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The reader trained on the small corpus."""
    folder = tmp_path_factory.mktemp("trained")
    return _train(_few(corpus, folder / "corpus"), encoder, folder / "bench", folder / "weights")


@pytest.mark.slow
def test_training_twice_writes_the_same_files(trained: Run, encoder: SentenceEncoder, tmp_path: Path) -> None:
    again = _train(trained.corpus, encoder, tmp_path / "bench", tmp_path / "weights")
    assert set(trained.written()) == PARTS
    assert again.written() == trained.written()


@pytest.mark.slow
def test_the_weights_say_what_they_were_trained_on(trained: Run, encoder: SentenceEncoder) -> None:
    card = load_weights(trained.folder / "heads.safetensors").card
    assert (card["accounts"], card["writers"], card["encoder"]) == (str(EACH * len(WRITERS)), "3", encoder.name)
    assert card["accounts_sha256"] == accounts_hash(trained.corpus.folder / "accounts")
    network, extra = load_network(encoder, trained.folder / "network.safetensors")
    assert network.codes == CODES
    assert set(extra) == {"fusion", "card"}
    assert extra["card"] == card
    fusion = load_fused_network(encoder, trained.folder / "network.safetensors").fusion
    assert set(fusion.mix) == set(fusion.temperature) == {*JUDGEMENTS, OWNER}
    assert len(fusion.thresholds) == len(CODES)


@pytest.mark.slow
def test_each_fold_is_trained_without_its_own_writers_and_the_curve_on_fewer_accounts(trained: Run) -> None:
    assert [fold.held_out for fold in trained.folds.validation] == [(writer,) for writer in WRITERS]
    assert [fold.accounts for fold in trained.folds.validation] == [EACH * 2] * 3
    (point,) = trained.folds.curve
    assert (point.held_out, point.accounts) == ((WRITERS[0],), EACH)
    for fold in (*trained.folds.validation, point):
        assert {path.name for path in fold.folder.iterdir()} == PARTS
        assert set(fold.fusion.mix) == {*JUDGEMENTS, OWNER}
    heads = {(fold.folder / "heads.safetensors").read_bytes() for fold in (*trained.folds.validation, point)}
    assert len({*heads, (trained.folder / "heads.safetensors").read_bytes()}) == 5


@pytest.mark.slow
def test_what_is_done_is_told(trained: Run) -> None:
    assert trained.told[0] == f"{EACH * len(WRITERS)} labelled accounts by 3 writers"
    assert any("without each of 3 folds" in line and "1 smaller part" in line for line in trained.told)
    assert trained.seen
    assert all(0 < done <= total for done, total in trained.seen)
    assert [done for done, _ in trained.seen] == sorted(done for done, _ in trained.seen)


@pytest.mark.slow
def test_measuring_gives_every_account_a_verdict(trained: Run, corpus: Corpus, encoder: SentenceEncoder) -> None:
    # A diagnosis may name an indicator that no head was trained for, so it needs them all.
    whole = replace(trained.corpus, indicators=corpus.indicators)
    results = measure(whole, encoder, trained.folds, report=lambda _: None)
    accounts = read_writers(trained.corpus.folder / "accounts")
    assert [found.id for found in results.verdicts] == [account.id for account in accounts]
    assert all(len(found.told) == len(JUDGED) and 0 <= found.confidence <= 1 for found in results.verdicts)
    assert results.accounts_sha256 == accounts_hash(trained.corpus.folder / "accounts")
    ((count, verdicts),) = results.curve
    assert count == EACH
    assert [found.id for found in verdicts] == [account.id for account in accounts if account.writer == WRITERS[0]]


@pytest.mark.slow
def test_a_run_that_broke_off_goes_on_where_it_was(trained: Run, encoder: SentenceEncoder, tmp_path: Path) -> None:
    bench = Path(shutil.copytree(trained.bench, tmp_path / "bench"))
    (bench / "fold_1" / "network.safetensors").unlink()
    kept = {path: path.stat().st_mtime_ns for path in bench.glob("*/heads.safetensors")}
    again = _train(trained.corpus, encoder, bench, tmp_path / "weights")
    assert again.written() == trained.written()
    changed = {path.parent.name for path, before in kept.items() if path.stat().st_mtime_ns != before}
    assert changed == {"fold_1"}


@given(writers=st.sets(st.text("abc123_", min_size=1), min_size=1, max_size=30), count=st.integers(1, 8))
def test_every_writer_is_in_one_fold(writers: set[str], count: int) -> None:
    folds = folds_of(writers, count)
    assert Counter(writer for fold in folds for writer in fold) == Counter(writers)
    assert len(folds) == min(count, len(writers))
    assert max(map(len, folds)) - min(map(len, folds)) <= 1
    assert folds_of(sorted(writers, reverse=True), count) == folds


def test_the_packaged_corpus_has_enough_writers_for_every_fold(corpus: Corpus) -> None:
    folds = folds_of({account.writer for account in read_writers(corpus.folder / "accounts")})
    assert len(folds) == FOLDS
    assert min(map(len, folds)) >= 5


def test_the_packaged_weights_name_accounts_and_encoder() -> None:
    card = load_weights().card
    assert card["encoder"] == "packaged"
    assert int(card["accounts"]) > 1000


def test_the_hash_changes_with_any_account(few: Corpus) -> None:
    folder = few.folder / "accounts"
    before = accounts_hash(folder)
    assert accounts_hash(folder) == before
    path = folder / f"{WRITERS[1]}.jsonl"
    first, *others = path.read_text(encoding="utf-8").splitlines()
    row = json.loads(first)
    row["gold"]["regressed"] = not row["gold"]["regressed"]
    path.write_text("\n".join([json.dumps(row), *others]), encoding="utf-8")
    changed = accounts_hash(folder)
    assert changed != before
    shutil.copy(folder / f"{WRITERS[0]}.jsonl", folder / "train_99.jsonl")
    assert accounts_hash(folder) not in (before, changed)


def test_without_accounts_nothing_is_trained(few: Corpus, encoder: SentenceEncoder, tmp_path: Path) -> None:
    for path in (few.folder / "accounts").iterdir():
        path.unlink()
    with pytest.raises(CorpusError, match="no labelled accounts"):
        train_reader(
            few,
            encoder,
            report=lambda _: None,
            progress=lambda *_: None,
            workbench=tmp_path / "bench",
            folder=tmp_path / "weights",
        )
    assert not (tmp_path / "weights").exists()
    assert not (tmp_path / "bench").exists()
