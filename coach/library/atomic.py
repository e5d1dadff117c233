"""Writing a file whole or not at all."""

from __future__ import annotations

from pathlib import Path


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file beside its place and move it there, so that nobody ever finds half of it; missing folders are made.

    Raises:
        OSError: the folder cannot be written, or the disk is full; what stood there before is untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    partial.replace(path)
