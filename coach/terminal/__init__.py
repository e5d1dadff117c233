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
from coach.terminal.model_commands import list_models, pull_model
from coach.terminal.model_trial import try_connected_model
from coach.terminal.prompt_commands import list_prompts, render_prompt, show_prompt

__all__ = [
    "build_library",
    "chat",
    "diagnose_batch",
    "diagnose_one",
    "doctor",
    "evaluate",
    "list_models",
    "list_prompts",
    "pull_model",
    "render_prompt",
    "search_library",
    "show_error",
    "show_prompt",
    "train",
    "try_connected_model",
]
