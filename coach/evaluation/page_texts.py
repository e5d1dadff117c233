"""Every word of the evaluation page, in plain British English: plain words first, the scholarly term beside them.

Names of judgements and labels are those of the web app, which a test holds together; an unknown one is shown as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Heading(NamedTuple):
    """What opens a section."""

    plain: str
    term: str
    opening: str
    """A short calm paragraph on what is to be seen."""


PRODUCT = "Rapport"
TITLE = "How well it reads"
FILE_TITLE = "Rapport: how well it reads"
LEAD = (
    "Rapport reads what a salesperson writes about one customer. Here is how often a careful person, "
    "reading the same account with the codebook in hand, says the same."
)
INVENTED = "All accounts are invented. In the wild, expect less."

SHORT = Heading("In short", "targets", "Before it was built, the project wrote down how good it would have to be.")
ALL_REACHED = "Every target is reached."
MISSED_HEAD = "What falls short"

AGREEMENT = Heading(
    "Agreement with a careful coder",
    "Cohen’s kappa",
    "1.00 is what two careful coders would reach; 0 is chance. A short bar means the figure is well known, a long one that "
    "more accounts might move it.",
)
ASKING_HEAD = "Asking, and being honest about doubt"
CONFUSION = Heading(
    "Where it goes wrong",
    "confusion matrices",
    "Each row is what the careful coder said, each column what Rapport said. On the diagonal, in bold, the two agree; the "
    "stronger the tint of a cell, the larger its share of the row.",
)
CALIBRATION = Heading(
    "Does it know when it is sure?",
    "calibration curve",
    "If Rapport says that it is 80 % sure of the phase, it should be right 8 times in 10. On the dashed line, sureness means "
    "what it says; above the line it is too modest, below it too sure. A larger dot stands for more accounts.",
)
COVERAGE = Heading(
    "What if it spoke only when sure?",
    "risk–coverage curve",
    "Let it answer only the accounts it is surest of, and ask about the others: the fewer it answers, the fewer mistakes it "
    "should make.",
)
LEARNING = Heading(
    "Would more accounts help?",
    "learning curve, kappa",
    "The same reader taught on fewer accounts, always judged on writers not among them. Every small picture has the same "
    "scale, so a line still climbing at its right end says that more accounts would help.",
)
SLICES = Heading(
    "On which accounts?",
    "kappa by tag and by length",
    "The same agreement on one kind of account at a time. A dash stands where there are too few accounts to say.",
)
SECOND_CODER = Heading(
    "How far do two people agree?",
    "inter-coder kappa",
    "A second coder, who had not seen the first one’s labels, coded accounts again. No reader can be asked for more than that.",
)
RETRIEVAL = Heading(
    "Finding the right passage",
    "retrieval: hit@5 and mean reciprocal rank",
    "What Rapport cites has to be found first. The dot is how often a right passage is among the first five; the diamond "
    "how near the top the first right one stands (1 is always first, 0.50 second on average).",
)
MEASURED = Heading("How this was measured", "method", "")

KEY_DOT = "the reader’s kappa"
KEY_BAR = "95 % bootstrap interval"
KEY_TICK = "the target"
KEY_DIAMOND = "the figure that the target is for, where that is not plain kappa"
KEY_CROSS = "simple methods, for comparison"
KEY_SECOND = "the second coder"
KEY_READER = "Rapport’s reader, on all accounts"
CALIBRATION_WORDS = "How often it was right against how sure it was."
COVERAGE_WORDS = "The share of mistakes against the share of accounts answered, the surest first."
CALIBRATION_ACROSS, CALIBRATION_UP = "how sure it was", "how often it was right"
COVERAGE_ACROSS, COVERAGE_UP = "accounts answered, the surest first", "mistakes among them"
LEARNING_ACROSS = "Across: accounts learnt from. Up: kappa."
MET_HEAD = "What is reached"
ALL_FIGURES = "All figures as a table"
AS_TABLE = "The same as a table"
NO_FIGURE = "–"
TOO_FEW = "too few to say"
CODER = "Careful coder"
READER = "Rapport"
SHADES = "The stronger the tint of a cell, the higher its kappa."

FIGURES: Mapping[str, str] = {
    "kappa": "kappa",
    "weighted_kappa": "linear-weighted kappa",
    "macro_f1": "macro-F1",
}

SHARES: Mapping[str, tuple[str, str]] = {
    "asks_when_unclear": ("It asks when it should", "accounts that show no phase, in which it asks"),
    "asks_when_clear": ("It asks when it need not", "accounts that do show a phase, in which it asks all the same"),
    "calibration_error": ("Its sureness is off by", "expected calibration error of the phase"),
    "dimensions_macro_f1": ("The four sides of cultural intelligence", "macro-F1, mean of the four CQ dimensions"),
}
"""Plain name and scholarly term of the figures that a whole table has, by field name."""

AT_MOST = frozenset({"asks_when_clear", "calibration_error"})
"""Figures that are better the smaller they are."""

SLICE_KINDS: Mapping[str, tuple[str, str]] = {"tag": ("By kind of account", "Tag"), "length": ("By length", "Length")}

RANKINGS: Mapping[str, tuple[str, str]] = {
    "fused": ("By meaning and by wording", "fused; what Rapport uses"),
    "dense": ("By meaning alone", "dense"),
    "lexical": ("By wording alone", "lexical, BM25"),
}

BASELINES: Mapping[str, str] = {
    "majority": "always the commonest label (majority)",
    "keyword lexicon": "a list of telling words (keyword lexicon)",
    "bag of words": "counting words (bag of words)",
    "nearest quote": "the most alike quote of the paper (nearest quote)",
    "CQ and diversity": "a rule of thumb from the paper’s own cases (CQ and diversity)",
}

_JUDGEMENTS: Mapping[str, tuple[str, str]] = {
    "phase": ("Closeness", "phase"),
    "regressed": ("Cooled since", "regressed"),
    "disclosure": ("What you share", "disclosure"),
    "one_sided": ("Who opened up", "one-sided disclosure"),
    "diversity": ("The two cultures", "cultural diversity"),
    "cq": ("How you meet the culture", "CQ level"),
    "cq.cognitive": ("Knowing", "cognitive CQ"),
    "cq.metacognitive": ("Noticing", "metacognitive CQ"),
    "cq.motivational": ("Wanting", "motivational CQ"),
    "cq.behavioural": ("Doing", "behavioural CQ"),
    "willingness": ("Who wants more", "willingness"),
    "business_stage": ("In business", "business stage"),
    "incidents": ("Still in the air", "incidents"),
}

_DEPTHS = {
    "superficial": "Small talk, schooling, hobbies",
    "more_intimate": "Family, values, life so far, plans",
    "most_intimate": "Illness, failure, shame, grief",
    "unclear": "Not clear yet",
}
_LABELS: Mapping[str, Mapping[str, str]] = {
    "phase": {
        "trial": "Just getting to know each other",
        "enmeshment": "Growing closer",
        "renegotiation": "Close, almost friends",
        "unclear": "Too early to say",
    },
    "regressed": {"true": "yes", "false": "no"},
    "disclosure": _DEPTHS,
    "diversity": {"low": "On the same side", "high": "On different sides", "unclear": "Not clear yet"},
    "cq": {
        "low": "A start",
        "medium": "Well on the way",
        "high": "All four shown",
        "unclear": "Nothing said about it yet",
        "evident": "shown",
        "contrary": "the opposite shown",
        "not_evident": "not shown",
    },
    "willingness": {
        "mutual": "Both of you would like to be closer",
        "customer_only": "Your customer would, you less so",
        "salesperson_only": "You would, your customer shows no wish to",
        "neither": "Neither of you looks for more",
        "unclear": "Not clear yet who wants more",
    },
    "business_stage": {
        "becoming_business_partners": "Becoming business partners",
        "collaborative_partners": "Collaborative partners",
        "collaborative_and_personal_partners": "Collaborative and personal partners",
        "unclear": "Not clear yet",
    },
}


def judgement_name(judgement: str) -> str:
    """Name a judgement such as `cq.cognitive` in plain words."""
    return _JUDGEMENTS[judgement][0] if judgement in _JUDGEMENTS else judgement.replace("_", " ").capitalize()


def judgement_term(judgement: str) -> str:
    """Return the scholarly term for a judgement; empty for one that has none of its own."""
    return _JUDGEMENTS[judgement][1] if judgement in _JUDGEMENTS else ""


def label_name(judgement: str, label: str) -> str:
    """Put a label such as (`phase`, `trial`) in plain words."""
    return _LABELS.get(judgement.split(".")[0], {}).get(label, label.replace("_", " "))


def baseline_name(baseline: str) -> str:
    """Say what a simple method does, with its usual name."""
    return BASELINES.get(baseline, baseline)


def reached(met: int, targets: int) -> str:
    """Say how many targets are reached."""
    if targets == 1:
        return "The one target is reached." if met else "The one target is not reached."
    return ALL_REACHED if met == targets else f"{met} of {targets} targets are reached."


def gathered(accounts: int, writers: int, folds: int) -> str:
    """Say how the accounts were read without the reader having met their writers."""
    if folds < 2:
        return f"{accounts:,} accounts."
    return (
        f"{accounts:,} accounts by {writers:,} writers. The writers were parted into {folds} groups, and the accounts of each "
        "group were read by a reader taught on the others alone, so it had never met the voice it was reading "
        "(cross-validation by writer)."
    )


def capital(name: str) -> str:
    """Write a name with a capital at its beginning."""
    return f"{name[:1].upper()}{name[1:]}"


def held(name: str, accounts: int) -> str:
    """Name a set of accounts with its size."""
    return f"{capital(name)}, {accounts:,} accounts"


def alone(accounts: int) -> str:
    """Open the section of some of the accounts."""
    return f"The same, on {accounts:,} accounts alone."


def agreed(right: int, total: int) -> str:
    """Say how often the two agree in a confusion table."""
    return f"The two agree on {right:,} of {total:,} accounts."


def mistaken(gold: str, told: str, count: int) -> str:
    """Name the commonest confusion of a table."""
    times = "once" if count == 1 else "twice" if count == 2 else f"{count:,} times"
    return f"Most often mistaken: “{gold}” was read as “{told}”, {times}."


def covered(share: str, fewer: str, every: str) -> str:
    """Say what answering only the surest accounts would bring."""
    return f"Answering every account, it is wrong in {every}; answering only the surest {share}, in {fewer}."


def climbed(first: str, fewest: int, last: str, most: int) -> str:
    """Say where a learning curve begins and ends."""
    return f"{first} with {fewest:,} accounts; {last} with {most:,}"


def intervals(corpus: str) -> str:
    """Say what an interval means, and which corpus was measured."""
    return (
        "An interval is where the figure falls in 95 of 100 draws of as many accounts from these, with replacement "
        f"(bootstrap). Version of the corpus: {corpus}."
    )
