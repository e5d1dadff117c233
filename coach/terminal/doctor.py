"""`coach doctor`: what is installed and working, and what to do about what is not."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape

from coach.errors import CoachError
from coach.settings import Settings, go_offline, load_settings

_PACKAGES = ("torch", "sentence-transformers", "chromadb", "langchain-core", "langchain-chroma", "gradio")
_ENOUGH_DISK = 200_000_000
_PROBE = ["He asked about the flight and I asked about the rain."] * 8


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        subject: what.
        sound: whether it works.
        detail: what was found, or what is wrong and what to do.
    """

    subject: str
    sound: bool
    detail: str


def doctor() -> bool:
    """Print what was found and return whether everything needed works."""
    go_offline()
    console = Console(highlight=False)
    findings = examine()
    for finding in findings:
        mark = "[green]ok[/green]  " if finding.sound else "[red]no[/red]  "
        console.print(f"{mark}[bold]{escape(finding.subject)}[/bold]  {escape(finding.detail)}")
    return all(finding.sound for finding in findings)


def examine() -> list[Finding]:
    """Look at the settings, packages, encoder, weights, store, disk and language model."""
    findings = [Finding("Python", True, platform.python_version()), *(_package(name) for name in _PACKAGES)]
    try:
        settings = load_settings()
    except CoachError as error:
        return [*findings, Finding("Settings", False, str(error))]
    checks: list[tuple[str, Callable[[Settings], str]]] = [
        ("Corpus", _corpus),
        ("Encoder", _encoder),
        ("Reader's weights", _weights),
        ("Vector store", _store),
        ("Data folder", _disk),
        ("Language model", _model),
    ]
    for subject, check in checks:
        try:
            findings.append(Finding(subject, True, check(settings)))
        except CoachError as error:
            findings.append(Finding(subject, False, str(error)))
    return findings


def _package(name: str) -> Finding:
    try:
        return Finding(name, True, importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, False, f"not installed. Run: pip install {name}")


def _corpus(settings: Settings) -> str:
    from coach.library import load_corpus

    corpus = load_corpus(settings.corpus_dir)
    return f"version {corpus.version}: {len(corpus.quotes)} quotes, {len(corpus.cards)} cards, {len(corpus.playbook)} steps"


def _encoder(settings: Settings) -> str:
    """Measure how fast one sentence is encoded with the set number of threads and with one a core."""
    import torch

    from coach.library.embedder import SentenceEncoder

    encoder = SentenceEncoder.from_settings(settings)
    encoder.encode(_PROBE)
    seconds = {}
    for threads in sorted({1, settings.encoder_threads, os.cpu_count() or 1}):
        torch.set_num_threads(threads)
        started = time.perf_counter()
        encoder.encode(_PROBE)
        seconds[threads] = (time.perf_counter() - started) / len(_PROBE)
    torch.set_num_threads(settings.encoder_threads)
    fastest = min(seconds, key=lambda threads: seconds[threads])
    told = ", ".join(f"{value * 1000:.0f} ms with {threads}" for threads, value in seconds.items())
    advice = "" if fastest == settings.encoder_threads else f" Set COACH_ENCODER_THREADS={fastest} to be fastest here."
    return f"{encoder.name}; a sentence takes {told} thread(s).{advice}"


def _weights(settings: Settings) -> str:
    from coach.reading.attribution import PACKAGED_ATTRIBUTION, load_attribution
    from coach.reading.weights import PACKAGED_WEIGHTS, load_weights

    folder = settings.weights_dir or PACKAGED_WEIGHTS.parent
    weights = load_weights(folder / PACKAGED_WEIGHTS.name)
    load_attribution(folder / PACKAGED_ATTRIBUTION.name)
    return f"trained on {weights.card.get('accounts', '?')} accounts by {weights.card.get('writers', '?')} writers"


def _store(settings: Settings) -> str:
    from coach.library import load_corpus
    from coach.library.embedder import SentenceEncoder
    from coach.library.store import open_store

    store = open_store(settings.data_dir, load_corpus(settings.corpus_dir), SentenceEncoder.from_settings(settings))
    detail = f"{len(store.passages)} passages in {store.folder}"
    store.close()
    return detail


def _disk(settings: Settings) -> str:
    from coach.errors import LibraryError

    folder = settings.data_dir
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < _ENOUGH_DISK or not os.access(folder, os.W_OK):
        raise LibraryError(
            f"{settings.data_dir} cannot be used: {free // 1_000_000} MB free.",
            "Free some space or point COACH_DATA_DIR at a folder that can be written.",
        )
    return f"{settings.data_dir}, {free // 1_000_000_000} GB free"


def _model(settings: Settings) -> str:
    from coach.models import connect

    connect(settings)
    return f"{settings.model} connected" if settings.model else "none connected; the built-in voice speaks"
