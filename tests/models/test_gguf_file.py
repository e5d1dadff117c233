"""GGUF files that are broken, wrong or missing: each is an error with its remedy, and none brings the process down."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from coach.errors import ModelError
from coach.models.gguf import GGUFChatModel
from coach.models.gguf_file import inspect_gguf


def _header(entries: int = 1, tensors: int = 1, version: int = 3) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, tensors, entries)


@dataclass(frozen=True, kw_only=True)
class Broken:
    id: str
    content: bytes | float
    """The whole file, or how much of the real one is left."""
    message: str


BROKEN = [
    Broken(id="empty", content=b"", message="not a GGUF model"),
    Broken(id="another format", content=b"PK\3\4" + bytes(100), message="not a GGUF model"),
    Broken(id="nothing after the magic", content=b"GGUF", message="damaged or incomplete"),
    Broken(id="old version", content=_header(version=1), message="damaged or incomplete"),
    Broken(id="more entries than bytes", content=_header(entries=2**60), message="damaged or incomplete"),
    Broken(id="more tensors than bytes", content=_header(tensors=2**63), message="damaged or incomplete"),
    Broken(id="endless string", content=_header() + struct.pack("<Q", 2**63), message="damaged or incomplete"),
    Broken(
        id="endless array",
        content=_header() + struct.pack("<Q1sIIQ", 1, b"a", 9, 4, 2**61),
        message="damaged or incomplete",
    ),
    Broken(id="cut in the header", content=0.001, message="damaged or incomplete"),
    Broken(id="cut in the middle", content=0.6, message="damaged or incomplete"),
]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.id)
def test_a_broken_file_is_said_before_it_is_loaded(broken: Broken, smollm2_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "broken.gguf"
    content = broken.content
    if isinstance(content, float):
        with smollm2_path.open("rb") as file:
            content = file.read(int(smollm2_path.stat().st_size * content))
    path.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        GGUFChatModel(path=path)
    assert broken.message in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize("name", ["missing.gguf", "."])
def test_what_is_no_file_is_said(name: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        GGUFChatModel(path=tmp_path / name)


def test_a_file_that_lacks_its_last_bytes_is_refused_by_llama(smollm2_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "short.gguf"
    path.write_bytes(smollm2_path.read_bytes()[:-100])
    with pytest.raises(ModelError, match="cannot load"):
        GGUFChatModel(path=path).invoke("Say hi.")


def test_a_file_of_an_unknown_kind_is_refused_by_llama(smollm2_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "unknown.gguf"
    path.write_bytes(smollm2_path.read_bytes().replace(b"\5\0\0\0\0\0\0\0llama", b"\5\0\0\0\0\0\0\0lemma", 1))
    with pytest.raises(ModelError, match="cannot load"):
        GGUFChatModel(path=path).invoke("Say hi.")


@hypothesis_settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(4, 3000), change=st.binary(min_size=1, max_size=16), left=st.integers(0, 4000))
def test_no_header_is_more_than_an_error(place: int, change: bytes, left: int, smollm2_path: Path, tmp_path: Path) -> None:
    with smollm2_path.open("rb") as file:
        content = bytearray(file.read(4000)[:left])
    content[place : place + len(change)] = change
    path = tmp_path / "changed.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelError):
        inspect_gguf(path)
