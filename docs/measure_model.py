"""Measures what a connected language model adds, on the development accounts; writes language-models.json and side-by-side.md.

Run it with the model in COACH_MODEL, after `coach model test`. It compares the built-in reader and voice with the same and the
model, and with the bare model, given the codebook and the account in one prompt. For ten accounts the page shows the composed
reply, what the model made of it, and what the check let through.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from pydantic import BaseModel, ConfigDict

from coach.chain import Coach, State, build_coach
from coach.evaluation.figures import Table
from coach.evaluation.report import table_of
from coach.evaluation.verdicts import JUDGED, Verdict, compare, read_all, verdict
from coach.framework import DEPTHS, CQLevel, Depth, DimensionState, Diversity, OneSided, Phase, Willingness
from coach.library.prompts import load_prompt
from coach.models import LanguageModel, connect
from coach.models.failures import ModelFailure
from coach.reading.extraction import find_quote
from coach.reading.labelled import LabelledAccount, read_labelled
from coach.records import Account, Diagnosis, Evidence, Record
from coach.settings import go_offline, load_settings
from coach.speaking.voices import BuiltInVoice
from coach.speaking.wording import wording_prompt

ROOT = Path(__file__).resolve().parent
CHOSEN = ("d-001", "d-004", "d-028", "d-010", "d-014", "d-018", "d-021", "d-034", "d-037", "d-048")
HEAD = """# Ten answers side by side

What the built-in voice composed, what $model made of its lines (numbered as it was asked to), and what the check let through:
lines of the model where they hold, else composed ones. On accounts that took no part in training; what stands below the fold
is always composed and left out here. `docs/measure_model.py` writes this page.
"""
BARE_SECONDS = 300
CITATION = re.compile(r"\[([QFC]\d{2})\]")


class Bare(BaseModel):
    """What the bare model is asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    quotes: tuple[str, ...]
    phase: Phase
    regressed: bool
    disclosure: Depth
    one_sided: OneSided
    diversity: Diversity
    cognitive: DimensionState
    metacognitive: DimensionState
    motivational: DimensionState
    behavioural: DimensionState
    cq_level: CQLevel
    willingness: Willingness
    next_step: str

    def verdict(self, account: str) -> Verdict:
        """Return the labels in the form in which readers are compared."""
        told = {name: str(getattr(self, name)) for name in ("phase", "disclosure", "diversity", "willingness", "one_sided")}
        told |= {
            f"cq.{name}": str(getattr(self, name)) for name in ("cognitive", "metacognitive", "motivational", "behavioural")
        }
        told |= {"cq": str(self.cq_level), "regressed": str(self.regressed).lower()}
        return Verdict(id=account, told=tuple(told[name] for name in JUDGED), confidence=1.0)


UNANSWERED = Bare(
    quotes=(),
    phase=Phase.UNCLEAR,
    regressed=False,
    disclosure=Depth.UNCLEAR,
    one_sided=OneSided.NONE,
    diversity=Diversity.UNCLEAR,
    cognitive=DimensionState.NOT_EVIDENT,
    metacognitive=DimensionState.NOT_EVIDENT,
    motivational=DimensionState.NOT_EVIDENT,
    behavioural=DimensionState.NOT_EVIDENT,
    cq_level=CQLevel.UNCLEAR,
    willingness=Willingness.UNCLEAR,
    next_step="",
)


def main() -> None:
    """Measure what is asked for, and write what came out beside this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--figures", action="store_true", help="the built-in parts and the connected model")
    parser.add_argument("--bare", type=int, default=0, metavar="N", help="the bare model, on the first N accounts")
    parser.add_argument("--pages", action="store_true", help="the ten answers side by side")
    parser.add_argument("--out", type=Path, default=ROOT / "language-models.json", help="where the figures go")
    options = parser.parse_args()
    go_offline()
    settings = load_settings()
    coach = build_coach(settings)
    accounts = read_labelled(coach.corpus.folder / "evaluation" / "development.jsonl")
    found: dict[str, object] = {"model": _model().name}
    if options.figures:
        alone = build_coach(settings.model_copy(update={"model": None}))
        found["built_in"] = _figures(alone, accounts, "built in")
        found["connected"] = _figures(coach, accounts, "connected")
    if options.bare:
        found["built_in_beside_bare"], found["bare"] = _bare(coach, accounts[: options.bare])
    if options.pages:
        (ROOT / "side-by-side.md").write_text(_side_by_side(coach, accounts), encoding="utf-8")
    if options.figures or options.bare:
        before = json.loads(options.out.read_text(encoding="utf-8")) if options.out.exists() else {}
        options.out.write_text(json.dumps({**before, **found}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _figures(coach: Coach, accounts: Sequence[LabelledAccount], name: str) -> dict[str, object]:
    records: list[Record] = []
    seconds = []
    for number, account in enumerate(accounts, 1):
        started = time.perf_counter()
        records.append(coach.invoke(Account(text=account.text, profile=account.profile, id=account.id))["record"])
        seconds.append(time.perf_counter() - started)
        print(f"{name}: {number} of {len(accounts)}, {seconds[-1]:.1f} s", file=sys.stderr, flush=True)
    table = table_of(name, compare(accounts, [verdict(str(record.id), record.diagnosis) for record in records]))
    return {
        "table": json.loads(table.model_dump_json()),
        "checks": _checks(accounts, records),
        "seconds": statistics.median(seconds),
        "voices": {voice: sum(r.engine.voice == voice for r in records) for voice in {r.engine.voice for r in records}},
        "notes": {note: sum(r.engine.note == note for r in records) for note in {r.engine.note for r in records} if note},
    }


def _checks(accounts: Sequence[LabelledAccount], records: Sequence[Record]) -> dict[str, float]:
    """Return the shares of verbatim evidence, of known citations and of disclosure steps within one rung."""
    texts = {account.id: account for account in accounts}
    verbatim, cited, rungs = [], [], []
    for record in records:
        account = texts[str(record.id)]
        verbatim += [account.text[e.start : e.end] == e.quote for e in _evidence(record.diagnosis)]
        known = {source.id for source in record.sources}
        cited += [source in known for source in CITATION.findall(record.reply)]
        depth = account.gold.disclosure if account.gold.disclosure in DEPTHS else record.diagnosis.disclosure.label
        limit = DEPTHS.index(depth) + 1 if depth in DEPTHS else 0
        rungs += [DEPTHS.index(step.depth) <= limit for step in record.advice.steps if step.kind == "disclosure" and step.depth]
    return {name: statistics.mean(hits) for name, hits in (("verbatim", verbatim), ("cited", cited), ("rung", rungs))}


def _evidence(diagnosis: Diagnosis) -> list[Evidence]:
    judgements = (diagnosis.phase, diagnosis.disclosure, diagnosis.diversity, diagnosis.willingness)
    return [item for judgement in (*judgements, *diagnosis.cq.dimensions.values()) for item in judgement.evidence]


def _side_by_side(coach: Coach, accounts: Sequence[LabelledAccount]) -> str:
    model, prompt = _model(), load_prompt("speaking/reply", coach.settings.prompts_dir)
    composer = BuiltInVoice(coach.corpus)
    parts = [HEAD.replace("$model", model.name)]
    for account in [account for account in accounts if account.id in CHOSEN]:
        state = coach.invoke(Account(text=account.text, profile=account.profile))
        composition = composer.compose(coach.message(cast("State", state)))
        try:
            raw = model.complete(wording_prompt(composition, account.text, prompt), seconds=BARE_SECONDS)
        except ModelFailure as failure:
            raw = f"(no answer: {failure.reason})"
        quoted = "\n".join(f"> {line}".rstrip() for line in account.text.splitlines())
        parts.append(
            f"## {account.id}\n\n{quoted}\n\n### Composed\n\n{_before_fold(composition.text)}\n\n### The model\n\n"
            f"```\n{raw.strip()}\n```\n\n### Checked\n\n{_before_fold(state['reply'])}\n"
        )
    return "\n".join(parts)


def _before_fold(reply: str) -> str:
    return reply.partition("<details>")[0].strip()


def _model() -> LanguageModel:
    model = connect(load_settings())
    if model is None:
        raise SystemExit("Name a language model in COACH_MODEL.")
    return model


def _bare(coach: Coach, accounts: Sequence[LabelledAccount]) -> tuple[dict[str, object], dict[str, object]]:
    """Return the figures of the built-in reader and of the bare model on the same accounts."""
    model, prompt = _model(), load_prompt("evaluation/bare", coach.settings.prompts_dir)
    codebook = (ROOT / "codebook.md").read_text(encoding="utf-8")
    told, verbatim, quotes, seconds, failed = [], 0, 0, [], 0
    for number, account in enumerate(accounts, 1):
        inputs = {"codebook": codebook, "profile": account.profile.salesperson_culture or "not told", "account": account.text}
        started = time.perf_counter()
        try:
            answer = model.extract(prompt.render(inputs), Bare, seconds=BARE_SECONDS)
        except ModelFailure as failure:
            print(failure.reason, file=sys.stderr)
            answer, failed = UNANSWERED, failed + 1
        seconds.append(time.perf_counter() - started)
        told.append(answer.verdict(account.id))
        quotes += len(answer.quotes)
        verbatim += sum(find_quote(quote, account.text) is not None for quote in answer.quotes)
        print(f"bare: {number} of {len(accounts)}, {seconds[-1]:.1f} s", file=sys.stderr, flush=True)
    table: Table = table_of("bare model", compare(accounts, told))
    beside = table_of("built in", compare(accounts, read_all(coach.corpus, coach.reader, accounts)))
    return {"table": json.loads(beside.model_dump_json())}, {
        "accounts": len(accounts),
        "table": json.loads(table.model_dump_json()),
        "seconds": statistics.median(seconds),
        "quotes": quotes,
        "verbatim": verbatim / quotes if quotes else None,
        "unanswered": failed,
    }


if __name__ == "__main__":
    main()
