"""A recorded conversation in two messages, for tests of what is shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from rehearsal import RehearsedCoach

from coach.journal.feedback import FeedbackBook
from coach.records import Account, Record
from coach.web.desk import Desk
from coach.web.glossary import Glossary, Placing


class Recorded(NamedTuple):
    said: str
    record: Record


_DATA = json.loads((Path(__file__).parent / "data" / "osaka.json").read_text(encoding="utf-8"))
GLOSSARY = Glossary(notes=_DATA["notes"], placings={"Finland": Placing("paper", False), "Japan": Placing("hall", False)})


def _recorded(name: str) -> Recorded:
    return Recorded(_DATA[name]["said"], Record.model_validate(_DATA[name]["record"]))


@pytest.fixture
def first() -> Recorded:
    return _recorded("first")


@pytest.fixture
def second() -> Recorded:
    return _recorded("second")


@pytest.fixture
def glossary() -> Glossary:
    return GLOSSARY


@pytest.fixture
def desk_with(tmp_path: Path) -> Callable[[Callable[[Account], Record]], Desk]:
    """Build a desk around a scripted coach; its feedback stays in the test's own folder."""

    def build(script: Callable[[Account], Record]) -> Desk:
        desk = Desk(
            coach=RehearsedCoach(script),
            glossary=GLOSSARY,
            book=FeedbackBook(tmp_path / "feedback.jsonl"),
            voice="Built-in voice.",
            countries=("Finland", "Japan"),
        )
        desk.warmed.set()
        return desk

    return build
