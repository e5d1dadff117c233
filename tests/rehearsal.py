"""A coach that plays back a given record, for trying out the pages without the encoder."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from coach.records import Account, Record


class RehearsedCoach:
    """Answers every account with what `script` makes of it, stage by stage and word by word.

    Args:
        script: makes the record of an account; what it raises is raised in the place where the chain would.
        pause: seconds before each stage, and a tenth of it before each word.
    """

    def __init__(self, script: Callable[[Account], Record], pause: float = 0.0) -> None:
        self._script = script
        self._pause = pause

    def stream(self, account: Account) -> Iterator[Mapping[str, Any]]:
        """Yield the stages of the record in the chain's order, the reply in words, then the record."""
        record = self._script(account)
        stages = {"reading": None, "diagnosis": record.diagnosis, "passages": (), "advice": record.advice}
        for name, value in stages.items():
            time.sleep(self._pause)
            yield {name: value}
        for word in record.reply.split(" "):
            time.sleep(self._pause / 10)
            yield {"reply": f"{word} "}
        yield {"record": record}

    def invoke(self, account: Account) -> Mapping[str, Any]:
        """Return the record at once."""
        return {"record": self._script(account)}

    def warm(self) -> None:
        """Do nothing: there is nothing to load."""
