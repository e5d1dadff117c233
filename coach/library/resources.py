"""Where the packaged data lie: `corpus/` and `prompts/`.

A wheel carries them inside the package; a checkout keeps them at its top level. Both are found without settings.
"""

from __future__ import annotations

from pathlib import Path

from coach.errors import CorpusError

_PACKAGE = Path(__file__).resolve().parent.parent


def data_folder(name: str, override: Path | None = None) -> Path:
    """Return the folder of packaged data called `name` (`corpus` or `prompts`).

    Args:
        name: folder name.
        override: a folder to use in its place, from the settings.

    Raises:
        CorpusError: the folder does not exist.
    """
    candidates = [override] if override else [_PACKAGE / "_data" / name, _PACKAGE.parent / name]
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    variable = f"COACH_{name.upper()}_DIR"
    raise CorpusError(
        f"The folder {name} was not found (looked for {candidates[-1]}).",
        f"Install Rapport again, or point {variable} at a folder that holds it.",
    )
