"""What the repository promises of itself: public doors, file sizes, citations that exist, nobody's own paths."""

from __future__ import annotations

import ast
import importlib
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from coach.library import Corpus

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "coach"
DOORS = sorted(path for path in PACKAGE.rglob("__init__.py") if "__all__" in path.read_text(encoding="utf-8"))
SOURCES = sorted(path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".js", ".css"))
LONGEST = 400


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).parent.parts)


@pytest.mark.parametrize("door", DOORS, ids=_module)
def test_a_public_door_names_all_it_opens_in_order(door: Path) -> None:
    module = importlib.import_module(_module(door))
    tree = ast.parse(door.read_text(encoding="utf-8"))
    imported = {alias.asname or alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert module.__all__ == sorted(module.__all__)
    assert set(module.__all__) == imported - {"annotations"}
    assert all(hasattr(module, name) for name in module.__all__)


@pytest.mark.parametrize("door", sorted(PACKAGE.rglob("__init__.py")), ids=_module)
def test_every_folder_says_what_it_is_for(door: Path) -> None:
    text = door.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) < 40


def test_no_file_is_too_long_to_hold_in_mind() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert lengths
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_nothing_is_a_drawer() -> None:
    assert not [path for path in SOURCES if path.stem in ("utils", "helpers", "common", "misc")]


def test_every_citation_exists(corpus: Corpus) -> None:
    known = corpus.quotes.keys() | corpus.cards.keys() | corpus.cases.keys()
    named = [(step.id, source) for step in (*corpus.playbook.values(), *corpus.holds) for source in step.sources]
    texts = [(entry.id, entry.text) for entry in (*corpus.holds, *corpus.caveats, *corpus.questions)]
    texts += [(card.id, card.text) for card in corpus.cards.values()]
    texts += [(step.id, step.reason) for step in corpus.playbook.values()]
    named += [(name, cited) for name, text in texts for cited in re.findall(r"\[([A-Z]-?[A-Z]?\d+)\]", text)]
    assert len(named) > len(corpus.playbook)
    assert [(name, source) for name, source in named if source not in known] == []


def test_every_indicator_that_rules_name_exists(corpus: Corpus) -> None:
    from coach.diagnosis import incidents

    assert set(incidents._CODES) <= set(corpus.indicators)


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    names = listed.stdout.decode().split("\0") if listed.returncode == 0 else []
    files = [ROOT / name for name in names if name] or [p for p in ROOT.rglob("*") if ".venv" not in p.parts]
    return [path for path in files if path.is_file()]


# In two pieces, so that this file does not name what it looks for.
PERSONAL = re.compile("/(?:" + r"home|Users)/[a-z]\w*/|/ro" + r"ot/|/wo" + r"rk/\w|[A-Z]:\\\\?Users\\")


def test_no_file_names_somebodys_own_folders() -> None:
    found = []
    for path in _tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in PERSONAL.finditer(text)]
    assert found == []


def test_the_prompts_that_code_loads_exist(corpus: Corpus) -> None:
    loaded = {
        name
        for path in PACKAGE.rglob("*.py")
        for name in re.findall(r"load_prompt\(\"([^\"]+)\"", path.read_text(encoding="utf-8"))
    }
    assert loaded
    assert not [name for name in loaded if not (ROOT / "prompts" / f"{name}.md").is_file()]


@pytest.mark.slow
def test_a_wheel_carries_what_it_needs_and_works_from_any_folder(tmp_path: Path, library_dir: Path) -> None:
    """The wheel is unpacked, not installed, so that nothing of the checkout can be found in its place."""
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", str(tmp_path)]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    assert (unpacked / "coach" / "_data" / "corpus" / "quotes.yaml").is_file()
    assert (unpacked / "coach" / "_data" / "prompts" / "speaking" / "reply.md").is_file()
    code = (
        f"import sys; sys.path.insert(0, {str(unpacked)!r}); sys.argv = ['coach', 'diagnose', '--text', "
        "'I am Finnish. Mr Kuroda in Osaka and I talk about the rain.', '--format', 'json']; "
        "import coach.cli; assert coach.cli.__file__.startswith(sys.path[0]); coach.cli.main()"
    )
    environment = {**os.environ, "COACH_DATA_DIR": str(library_dir), "PYTHONSAFEPATH": "1"}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["diagnosis"]["phase"]["label"] == "trial"
