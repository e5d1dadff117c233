"""What the commands do: reading input, running the coach, printing. Each command imports what it needs when it is called."""

from coach.terminal.commands import (
    build_library,
    chat,
    diagnose_batch,
    diagnose_one,
    evaluate,
    search_library,
    show_error,
    train,
)
from coach.terminal.doctor import doctor

__all__ = [
    "build_library",
    "chat",
    "diagnose_batch",
    "diagnose_one",
    "doctor",
    "evaluate",
    "search_library",
    "show_error",
    "train",
]
