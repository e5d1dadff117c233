"""llama.cpp's own HTTP server over a small real model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def llama_server_url(smollm2_path: Path) -> Iterator[str]:
    """Base URL of a server on this machine that speaks OpenAI's protocol and answers with SmolLM2."""
    from coach.models.llama_server import start_llama

    server = start_llama(smollm2_path, context_size=4096, threads=1, host="127.0.0.1")
    yield f"{server.listening_address}/v1"
    del server
