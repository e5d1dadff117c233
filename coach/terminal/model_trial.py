"""`coach model test`: what a connected language model can do, and what its reading is worth."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from coach.errors import ModelError
from coach.settings import go_offline, load_settings


def try_connected_model(count: int, *, as_json: bool) -> None:
    """Try the model that the settings name on labelled accounts, print what came out, and keep what its reading is worth.

    Args:
        count: labelled accounts to try it on.
        as_json: print the report as JSON.

    Raises:
        ModelError: no model is named, or it cannot be connected, or what was learnt cannot be kept.
        CorpusError: the labelled accounts or the reader's results are damaged.
    """
    go_offline()
    settings = load_settings()
    from coach.connected import TRUST_FILE
    from coach.evaluation.model_trial import FEWEST_ANSWERS, try_on_labelled
    from coach.models import connect
    from coach.models.choice import chosen, kept_key
    from coach.reading.trust import TrustBook

    model = connect(chosen(settings), key=kept_key(settings))
    if model is None:
        raise ModelError("No language model is named.", "Set COACH_MODEL, for example COACH_MODEL=openai:gpt-5-mini.")
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("Reading labelled accounts", total=count)
        report = try_on_labelled(settings, model, count, lambda done, total: bar.update(task, completed=done, total=total))
    if report.trust is not None:
        TrustBook(settings.data_dir / TRUST_FILE).keep(report.trust)
    if as_json:
        sys.stdout.write(report.model_dump_json(indent=1) + "\n")
        return
    console = Console(highlight=False)
    console.print(f"{report.model}: answered {report.answered} of {report.accounts} accounts in the form asked for.")
    if report.failures:
        console.print(
            "Not answered: " + ", ".join(f"{reason} {times}" for reason, times in sorted(report.failures.items())) + "."
        )
    if report.answered:
        console.print(f"Reading one account takes {report.seconds:.1f} s.")
    console.print("It streams." if report.streams else "It does not stream.")
    if report.tokens_per_second:
        console.print(f"It writes {report.tokens_per_second:.0f} tokens a second.")
    if report.quotes is not None:
        console.print(f"{report.quotes:.0%} of its quotations stand in the account; the others are thrown away.")
    if report.agreement:
        table = Table("judgement", "built-in reader", "model", "counts", title="Agreement with the coder (kappa)")
        for row in report.agreement:
            table.add_row(row.judgement, f"{row.built_in:.2f}", f"{row.model:.2f}", f"{row.share:.2f}")
        console.print(table)
    if report.trust is None:
        console.print(f"It answered fewer than {FEWEST_ANSWERS} accounts, so its reading is not used; it words the replies.")
    elif report.trust.counts:
        console.print("From now on its reading counts, as much as the last column says.")
    else:
        console.print("Its reading would not have helped, so it is not used; it words the replies.")
