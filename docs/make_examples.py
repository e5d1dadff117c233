"""Writes docs/examples.md: accounts that took no part in training, and what the program answers to each."""

from __future__ import annotations

from pathlib import Path

from coach.chain import build_coach
from coach.reading.labelled import read_labelled
from coach.records import Account
from coach.settings import go_offline

CHOSEN = ("d-001", "d-004", "d-028", "d-010", "d-014", "d-018", "d-021", "d-034", "d-037", "d-048")
HEAD = """# Ten answers

Written by the program, built-in voice, on accounts that took no part in training. `make examples` writes this page anew.
"""


def main() -> None:
    """Diagnose the chosen accounts and write the page."""
    go_offline()
    coach = build_coach()
    root = Path(__file__).resolve().parent
    accounts = {a.id: a for a in read_labelled(coach.corpus.folder / "evaluation" / "development.jsonl")}
    parts = [HEAD]
    for name in CHOSEN:
        account = accounts[name]
        record = coach.invoke(Account(text=account.text, profile=account.profile))["record"]
        quoted = "\n".join(f"> {line}".rstrip() for line in account.text.splitlines())
        profile = account.profile.salesperson_culture
        told = f"\n\n(Profile: the salesperson is from {profile}.)" if profile else ""
        cited = [s for s in record.sources if f"[{s.id}]" in record.reply]
        sources = "\n".join(f"- **{s.id}** {s.attribution}" for s in cited)
        parts.append(f"## {name}\n\n{quoted}{told}\n\n### The coach\n\n{record.reply}\n\nSources:\n\n{sources}\n")
    (root / "examples.md").write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
