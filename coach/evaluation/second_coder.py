"""How well a second, blind coder agrees with the first: the ceiling for any reader."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from coach.errors import CorpusError
from coach.evaluation.agreement import kappa
from coach.library.yaml_files import read_text
from coach.reading.labelled import LabelledAccount

_JUDGED = ("phase", "regressed", "disclosure", "one_sided", "willingness")
_DIMENSIONS = ("cognitive", "metacognitive", "motivational", "behavioural")


def second_coder_kappas(corpus_folder: Path, accounts: Sequence[LabelledAccount]) -> dict[str, float]:
    """Return the kappa of the two coders on the accounts that both labelled, by judgement, before they talked.

    Where they differed the label was settled afterwards (`settled.jsonl`), so the first coder's own label is taken from there.

    Raises:
        CorpusError: the second coder's labels, or those settled, are missing or broken.
    """
    path = corpus_folder / "evaluation" / "second_coder.jsonl"
    first = {account.id: account for account in accounts}
    own = _first_labels(corpus_folder / "evaluation" / "settled.jsonl")
    pairs: dict[str, list[tuple[str, str]]] = {}
    for number, line in enumerate(read_text(path).splitlines(), 1):
        try:
            row = json.loads(line)
            account = first.get(row["id"])
            if account is None:
                continue
            for name in _JUDGED:
                pairs.setdefault(name, []).append((account.gold.label(name), str(row[name]).lower()))
            for name in _DIMENSIONS:
                judgement = f"cq.{name}"
                label = own.get((account.id, judgement), account.gold.label(judgement))
                pairs.setdefault(judgement, []).append((label, row[name]))
        except (ValueError, KeyError, TypeError) as error:
            raise CorpusError(f"{path}:{number}: not a line of labels.", "Correct it; its neighbours show the form.") from error
    return {name: kappa(found) for name, found in pairs.items()}


def _first_labels(path: Path) -> dict[tuple[str, str], str]:
    labels = {}
    for number, line in enumerate(read_text(path).splitlines(), 1):
        try:
            row = json.loads(line)
            labels[row["id"], row["judgement"]] = str(row["first"])
        except (ValueError, KeyError, TypeError) as error:
            raise CorpusError(f"{path}:{number}: not a settled label.", "Correct it; its neighbours show the form.") from error
    return labels
