"""The commands but for `doctor`."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markdown import Markdown
from rich.progress import BarColumn, Progress, TextColumn

from coach.errors import AccountError, CoachError, SettingsError
from coach.records import Account, Profile, Record
from coach.settings import go_offline, load_settings
from coach.terminal.inputs import read_account, read_batch

if TYPE_CHECKING:
    from coach.chain import Coach


def show_error(error: CoachError) -> None:
    """Print what happened and what to do, on standard error."""
    console = Console(stderr=True, highlight=False)
    console.print(f"[bold]{_escape(error.message)}[/bold]")
    console.print(_escape(error.remedy))


def diagnose_one(file: Path | None, text: str | None, salesperson_culture: str | None, style: str) -> None:
    """Diagnose one account and print the reply, or the whole record as JSON."""
    from coach.reading.intake import check_account

    account = Account(text=read_account(file, text), profile=Profile(salesperson_culture=salesperson_culture))
    check_account(account.text, load_settings().languages)
    record = _coach().invoke(account)["record"]
    if style == "json":
        sys.stdout.write(record.model_dump_json(indent=2) + "\n")
    elif style == "markdown":
        sys.stdout.write(record.reply + "\n")
    else:
        _print_reply(Console(), record)


def diagnose_batch(path: Path) -> None:
    """Diagnose each line of a JSONL file and print one record a line, in order.

    A line that cannot be read as an account ends in a record of its own with an `error`, so that no other line is lost.
    """
    lines = read_batch(path)
    coach: Coach | None = None
    failed = 0
    for line in lines:
        coach = coach or _coach()
        try:
            output = coach.invoke(line.account)["record"].model_dump_json()
        except AccountError as error:
            failed += 1
            output = json.dumps(
                {"id": line.account.id, "error": {"message": error.message, "remedy": error.remedy}}, ensure_ascii=False
            )
        sys.stdout.write(output + "\n")
        sys.stdout.flush()
    if failed:
        Console(stderr=True, highlight=False).print(f"{failed} of the accounts could not be read; see their error.")


def chat(salesperson_culture: str | None) -> None:
    """Hold a conversation about one customer at a time on the terminal."""
    from coach.conversation import Thread

    console, profile = Console(), Profile(salesperson_culture=salesperson_culture)
    coach, thread = _coach(), Thread()
    console.print("Tell me how things stand with one customer. /new starts another, /quit ends.", style="dim")
    while True:
        try:
            turn = console.input("\n[bold]You[/bold] ").strip()
        except EOFError:
            return
        if turn in ("/quit", "/exit"):
            return
        if turn == "/new":
            thread = Thread()
            console.print("A new customer. Tell me.", style="dim")
            continue
        if not turn:
            continue
        thread = thread.with_turn(turn)
        try:
            record = coach.invoke(thread.account(profile))["record"]
        except AccountError as error:
            thread = thread.without_last_turn()
            console.print(f"{_escape(error.message)} {_escape(error.remedy)}")
            continue
        thread = thread.with_record(record)
        for change in thread.last_changes:
            console.print(f"{change.judgement}: {change.before} → {change.after}", style="dim")
        _print_reply(console, record)


def build_library(*, rebuild: bool = True) -> None:
    """Build the vector store, anew or only where necessary, and say what is in it."""
    from coach.library.corpus import load_corpus
    from coach.library.embedder import SentenceEncoder
    from coach.library.store import open_store

    go_offline()
    settings = load_settings()
    corpus = load_corpus(settings.corpus_dir)
    with _progress("Building the vector store") as progress:
        store = open_store(
            settings.data_dir, corpus, SentenceEncoder.from_settings(settings), progress=progress.show, rebuild=rebuild
        )
    Console().print(f"{len(store.passages)} passages, corpus {corpus.version}, in {store.folder}")
    store.close()


def search_library(query: str, k: int, kinds: list[str] | None) -> None:
    """Print the passages that answer a query best."""
    known = ("quote", "framework", "own", "case", "playbook")
    if unknown := [kind for kind in kinds or () if kind not in known]:
        raise AccountError(f"There are no passages of the kind {unknown[0]}.", f"Use one of {', '.join(known)}.")
    console = Console(highlight=False)
    found = _coach().retriever.passages(query, k=k, kinds=tuple(kinds) if kinds else None)
    for passage in found:
        console.print(f"[bold]{passage.id}[/bold]  {_escape(passage.text)}")
        console.print(f"     {_escape(passage.attribution)}", style="dim")
    if not found:
        console.print("Nothing to look for: the query holds no words.")


def evaluate(accounts: Path | None, *, as_json: bool, html: Path | None, keep: bool) -> None:
    """Measure retrieval and the reader, print the report, and write it where asked."""
    from coach.evaluation.figures import PACKAGED_REPORT
    from coach.evaluation.page import report_file
    from coach.evaluation.report import evaluate_all
    from coach.evaluation.text_page import render_text
    from coach.library.atomic import write_atomically

    report = evaluate_all(_coach(), accounts, say=lambda text: Console(stderr=True).print(text, style="dim"))
    if html is not None:
        write_atomically(html, report_file(report))
    if keep:
        write_atomically(PACKAGED_REPORT, report.model_dump_json() + "\n")
    sys.stdout.write((report.model_dump_json(indent=1) if as_json else render_text(report)) + "\n")


def train(workbench: Path | None) -> None:
    """Train the reader anew, measure it on writers held out, and write its weights and results into the package."""
    from coach.evaluation.cross_validation import PACKAGED_RESULTS, measure
    from coach.library.corpus import load_corpus
    from coach.library.embedder import PACKAGED, SentenceEncoder
    from coach.reading.train_command import PACKAGED_FOLDER, train_reader

    def report(text: str) -> None:
        Console(stderr=True).print(text, style="dim")

    go_offline()
    settings = load_settings()
    corpus, encoder = load_corpus(settings.corpus_dir), SentenceEncoder.from_settings(settings)
    if encoder.name != PACKAGED and settings.weights_dir is None:
        raise SettingsError(
            "The packaged weights belong to the packaged sentence encoder.",
            "Name a folder for this encoder's weights in COACH_WEIGHTS_DIR, or unset COACH_ENCODER.",
        )
    folder = settings.weights_dir or PACKAGED_FOLDER
    with tempfile.TemporaryDirectory() as scratch, _progress("Training the networks") as progress:
        bench = workbench or Path(scratch)
        folds = train_reader(corpus, encoder, report=report, progress=progress.show, workbench=bench, folder=folder)
        measure(corpus, encoder, folds, report=report).save(folder / PACKAGED_RESULTS.name)
    report("measured; `coach eval` shows the figures")


class _progress:  # noqa: N801 - used like a function
    """A progress bar on standard error that appears only when there is something to wait for."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._bar: Progress | None = None

    def __enter__(self) -> _progress:
        return self

    def show(self, done: int, total: int) -> None:
        if self._bar is None:
            columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
            self._bar = Progress(*columns, console=Console(stderr=True))
            self._bar.start()
            self._bar.add_task(self._title, total=total)
        self._bar.update(self._bar.task_ids[0], completed=done, total=total)
        if done >= total:
            self._bar.stop()

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()


def _coach() -> Coach:
    go_offline()
    from coach.chain import build_coach

    return build_coach(load_settings(), progress=_progress("Building the vector store, once").show)


def _print_reply(console: Console, record: Record) -> None:
    body, _, fold = record.reply.partition("<details>")
    console.print(Markdown(body))
    if fold:
        inner = fold.partition("</summary>")[2].replace("</details>", "")
        console.print(Markdown("---\n" + inner))
    if record.engine.note:
        console.print(record.engine.note, style="dim")
    console.print("\n[bold]Sources[/bold]")
    for source in record.sources:
        if f"[{source.id}]" in record.reply:
            console.print(f"  [bold]{source.id}[/bold]  {_escape(source.attribution)}", highlight=False)


def _escape(text: str) -> str:
    from rich.markup import escape

    return escape(text)
