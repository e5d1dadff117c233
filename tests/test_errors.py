"""Every error a user can meet says what happened and what to do."""

from __future__ import annotations

import inspect
import re

import pytest

from coach import errors
from coach.errors import CoachError

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_carries_a_message_and_a_remedy(kind: type[CoachError]) -> None:
    error = kind("The file is missing.", "Restore it.")
    assert isinstance(error, CoachError)
    assert (error.message, error.remedy) == ("The file is missing.", "Restore it.")
    assert str(error) == "The file is missing. Restore it."


def test_the_drawn_tree_names_every_error() -> None:
    drawn = set(re.findall(r"\b\w+Error\b", errors.__doc__ or ""))
    assert drawn == {kind.__name__ for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_says_when_it_is_raised(kind: type[CoachError]) -> None:
    assert kind.__doc__
