"""Looking into a GGUF file before llama.cpp does, so that a wrong or broken one is an error and never a crash.

Only the header is read: the model's description and the table of its tensors. The numbers themselves are not checked; that
the last tensors are complete is left to llama.cpp, which refuses the file otherwise.
"""

from __future__ import annotations

import functools
import hashlib
import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

from coach.errors import ModelError

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_STRING, _ARRAY = 8, 9
_WIDTHS = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
"""Bytes of each scalar type, by its number in the format."""
_MAX_DIMENSIONS = 4
_SAMPLES, _SAMPLE_BYTES = 64, 1 << 16


@dataclass(frozen=True, kw_only=True, slots=True)
class GGUFFile:
    """A file whose header is sound.

    Attributes:
        path: where it is.
        size: its bytes.
        fingerprint: 16 hexadecimal digits of a SHA-256 over the size and 65 blocks spread over the file.
        architecture: the family that llama.cpp knows it by, such as `llama` or `qwen2`.
    """

    path: Path
    size: int
    fingerprint: str
    architecture: str


def inspect_gguf(path: Path) -> GGUFFile:
    """Return what a GGUF file is, without loading it; looked up again only once the file has changed.

    Raises:
        ModelError: the file is missing, unreadable, not a GGUF file, or cut short.
    """
    try:
        path = path.expanduser().resolve()
        status = path.stat()
        return _inspect(path, status.st_size, status.st_mtime_ns)
    except OSError as error:
        raise ModelError(
            f"The model file {path.name} cannot be read.",
            "Check the path after gguf: in COACH_MODEL and the file's permissions.",
        ) from error


@functools.lru_cache(maxsize=16)
def _inspect(path: Path, size: int, modified: int) -> GGUFFile:  # noqa: ARG001 - a changed file is another entry
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise ModelError(f"The file {path.name} is not a GGUF model.", "Name a file that ends in .gguf in COACH_MODEL.")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            try:
                architecture = _Header(content).read()
            except (ValueError, struct.error) as error:
                raise ModelError(
                    f"The model file {path.name} is damaged or incomplete.", "Fetch it again and compare its size."
                ) from error
            return GGUFFile(path=path, size=size, fingerprint=_fingerprint(content, size), architecture=architecture)


def _fingerprint(content: mmap.mmap, size: int) -> str:
    """Return a digest of blocks spread over the file: reading gigabytes to name a cache entry would cost seconds."""
    digest = hashlib.sha256(str(size).encode())
    for sample in range(_SAMPLES + 1):
        start = max(0, size - _SAMPLE_BYTES) * sample // _SAMPLES
        digest.update(content[start : start + _SAMPLE_BYTES])
    return digest.hexdigest()[:16]


class _Header:
    """Reads a header from its beginning; every length is held against what is left of the file."""

    def __init__(self, content: mmap.mmap) -> None:
        self.content = content
        self.position = len(_MAGIC)

    def read(self) -> str:
        """Return the architecture.

        Raises:
            ValueError: a value is impossible, or the file ends too soon.
        """
        if self._number("<I") not in _VERSIONS:
            raise ValueError("unknown version")
        tensors, entries = self._count(minimum=1), self._count(minimum=1)
        alignment, architecture = 32, ""
        for _ in range(entries):
            key, kind = self._text(), self._number("<I")
            if key == "general.architecture" and kind == _STRING:
                architecture = self._text()
            elif key == "general.alignment" and kind == 4:
                alignment = self._number("<I")
            else:
                self._skip(kind)
        if not architecture or alignment < 8 or alignment & (alignment - 1):
            raise ValueError("no architecture or an impossible alignment")
        last = max(self._tensor() for _ in range(tensors))
        data = -(-self.position // alignment) * alignment
        if data + last >= len(self.content):
            raise ValueError("the file ends before its last tensor")
        return architecture

    def _tensor(self) -> int:
        """Pass over an entry of the tensor table and return where its numbers begin, counted from the data's beginning."""
        self._text()
        dimensions = self._number("<I")
        if not 1 <= dimensions <= _MAX_DIMENSIONS:
            raise ValueError("impossible dimensions")
        if not all(self._number("<Q") for _ in range(dimensions)):
            raise ValueError("an empty tensor")
        self._number("<I")
        return self._number("<Q")

    def _skip(self, kind: int) -> None:
        if kind == _STRING:
            self._string()
        elif kind == _ARRAY:
            inner, count = self._number("<I"), self._count(minimum=0)
            if inner == _STRING:
                for _ in range(count):
                    self._string()
            else:
                self._advance(count * self._width(inner))
        else:
            self._advance(self._width(kind))

    def _width(self, kind: int) -> int:
        if kind not in _WIDTHS:
            raise ValueError("unknown type")
        return _WIDTHS[kind]

    def _count(self, *, minimum: int) -> int:
        count = self._number("<Q")
        if not minimum <= count <= len(self.content):
            raise ValueError("impossible count")
        return count

    def _number(self, layout: str) -> int:
        (number,) = struct.unpack_from(layout, self.content, self.position)
        self.position += struct.calcsize(layout)
        return int(number)

    def _text(self) -> str:
        return self._string().decode("utf-8")

    def _string(self) -> bytes:
        length = self._number("<Q")
        self._advance(length)
        return self.content[self.position - length : self.position]

    def _advance(self, length: int) -> None:
        if length > len(self.content) - self.position:
            raise ValueError("the file ends too soon")
        self.position += length
