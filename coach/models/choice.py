"""The language model that was chosen on the Settings page, kept in the data folder with its key.

What the environment names goes first: a choice counts only where `COACH_MODEL` is unset. The file is readable by its owner
alone from its first byte on, and a key is given out only for the model and the address that it was kept for.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from coach.errors import ModelError
from coach.settings import Settings

FILE_NAME = "model.json"

_OWNER_ONLY = 0o600


class ModelChoice(BaseModel):
    """A chosen language model; empty where none is chosen."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    model: str | None = None
    """As `COACH_MODEL` names it: `provider:name`, or `gguf:` and a file."""
    base_url: str | None = None
    """Address of a server that speaks the provider's protocol; None for the provider's own."""
    key: SecretStr | None = None
    """What the provider asks for; None where the environment holds it, or none is needed."""


def load_choice(data_dir: Path) -> ModelChoice:
    """Return the kept choice, an empty one where nothing was chosen.

    Raises:
        ModelError: the file is damaged or cannot be read.
    """
    path = data_dir / FILE_NAME
    try:
        return ModelChoice.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return ModelChoice()
    except ValidationError:
        # Without the error underneath: it could show what the file holds.
        raise ModelError(
            f"{path}, where the chosen language model is kept, is damaged.", "Delete it and choose the model again."
        ) from None
    except OSError as error:
        raise ModelError(
            f"{path}, where the chosen language model is kept, cannot be read ({error.strerror}).",
            "Check the file's permissions, or delete it and choose the model again.",
        ) from error


def keep_choice(data_dir: Path, choice: ModelChoice) -> None:
    """Keep a choice in place of the one before.

    Raises:
        ModelError: the data folder cannot be written; what was kept before is untouched.
    """
    path = data_dir / FILE_NAME
    key = None if choice.key is None else choice.key.get_secret_value()
    content = json.dumps({"model": choice.model, "base_url": choice.base_url, "key": key})
    # A name that nobody can have prepared, and a file that must not exist yet: its permissions are ours from the start.
    partial = path.with_name(f"{FILE_NAME}.{secrets.token_hex(8)}.partial")
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise _unwritable(path, error) from error


def forget_choice(data_dir: Path) -> None:
    """Delete the choice and its key, if there is one.

    Raises:
        ModelError: the file cannot be deleted.
    """
    path = data_dir / FILE_NAME
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from error


def chosen(settings: Settings) -> Settings:
    """Return the settings with the kept choice where the environment names no model.

    Raises:
        ModelError: the file of the choice is damaged.
    """
    if settings.model is not None:
        return settings
    choice = load_choice(settings.data_dir)
    address = settings.model_base_url or choice.base_url
    return settings.model_copy(update={"model": choice.model, "model_base_url": address})


def kept_key(settings: Settings) -> SecretStr | None:
    """Return the kept key, if it was kept for the very model and address that the settings lead to.

    Raises:
        ModelError: the file of the choice is damaged.
    """
    choice, used = load_choice(settings.data_dir), chosen(settings)
    return choice.key if (used.model, used.model_base_url) == (choice.model, choice.base_url) else None


def _unwritable(path: Path, error: OSError) -> ModelError:
    return ModelError(
        f"The choice of a language model cannot be kept in {path} ({error.strerror}).",
        "Free some space, or point COACH_DATA_DIR at a folder that can be written.",
    )
