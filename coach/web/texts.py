"""Every word the web app shows of its own accord, in plain British English.

Plain words come first and the scholarly term second. It covers labels, explanations, notices and the example accounts;
it does not cover what the coach says (that is the record's) nor the corpus' own notes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from coach.framework import (
    BusinessStage,
    Context,
    CQLevel,
    CultureFlag,
    Depth,
    Dimension,
    DimensionState,
    Diversity,
    Incident,
    OneSided,
    Phase,
    Scope,
    Willingness,
)


class Term(NamedTuple):
    """A label in plain words, with the scholarly term and what it means."""

    plain: str
    term: str
    meaning: str


class Example(NamedTuple):
    """An account to start from."""

    title: str
    hint: str
    text: str


PRODUCT = "Rapport"
PAGE_TITLE = "Rapport: a coach for customers from other cultures"
STRAPLINE = "A coach for customer relationships across cultures"
NUMBERS = "Numbers"
NUMBERS_PATH = "numbers"
NUMBERS_TITLE = "Rapport: how well it reads"
SETTINGS = "Settings"
SETTINGS_PATH = "settings"
SETTINGS_TITLE = "Rapport: settings"
NO_NUMBERS_HEAD = "Nothing has been measured yet"
NO_NUMBERS = (
    "Once the reader has been compared with a careful person’s reading, this page shows how often the two agree, where the "
    "reader goes wrong, and whether it knows when it is sure. This command measures it:"
)
PAGES_LABEL = "Pages"
NEW_CUSTOMER = "New customer"
SEND = "Send"
STOP = "Stop"
COPY = "Copy the answer"
YOU = "You"
COACH = "Coach"
PAGES: Mapping[str, str] = {COACH: "./", NUMBERS: NUMBERS_PATH, SETTINGS: SETTINGS_PATH}
"""Where each page lies, by its name; the addresses are relative, so that they hold behind a proxy too."""
COMPOSER_LABEL = "How do things stand with this customer?"
COMPOSER_FIRST = "What you talk about, how often you meet, what worked, what felt awkward…"
COMPOSER_MORE = "Add what else you know, or what has happened since…"
VOICE_OF_ANSWER = "in the words of"
BUILT_IN = "the built-in voice"
KEYS = "Enter sends. Shift + Enter starts a new line. Esc stops."
WELCOME_HEAD = "Tell me how things stand with one customer."
WELCOME_BODY = (
    "A few sentences are enough, in your own words. Where you both come from, what you talk about, what happened last "
    "time you met. I will say where I think the two of you stand, which of your words tell me so, and what you might "
    "do next."
)
EXAMPLES_HEAD = "Or start from one of these, and change it as you like"
ABOUT_YOU = "About you"
CULTURE_LABEL = "Where did you grow up, or live longest?"
CULTURE_INFO = "Used only where your account does not say. It is kept in this browser."
STAND_HEAD = "Where you stand"
STAND_EMPTY = (
    "This side fills in as you write: how close you are, how far apart the two cultures are, and which of your words show it."
)
JUMP = "See where you stand"
WARMING = "Warming up, once"
STAGES: tuple[str, ...] = (
    "Reading your words",
    "Placing the relationship",
    "Looking things up",
    "Choosing next steps",
    "Writing",
)
STOPPED = "Stopped. Your words are kept; write on, or send them again."
UNEXPECTED = "Something went wrong on this side, and your words were not the cause. Please try once more."
CHANGED_HEAD = "What changed"
UNCHANGED = "What you added fits what I had: nothing has moved."
TERM_SUMMARY = "The scholarly term"
ACCOUNT_HEAD = "Your words, and what they told me"
ACCOUNT_NONE = "I found nothing here that speaks for one place or another."
SOURCES_HEAD = "Where this comes from"
SOURCE = "Source"
SOURCE_KINDS: Mapping[str, str] = {
    "quote": "From an interview",
    "framework": "From the study, in our words",
    "case": "A relationship in the study",
    "playbook": "From our playbook",
    "own": "Our own reading",
}
CAVEATS_HEAD = "What to keep in mind"
SETTLE_HEAD = "What would settle it"
COOLED = "It has been closer before than it is now."
HERE = "you are here"
NEXT = "next, when it comes of itself"
NOT_YET = "not yet"
PASSED = "behind you"
STAY = "Stay on this rung for now, and do it well."
RATING_QUESTION = "Was this of use?"
HELPFUL = "Yes, helpful"
NOT_HELPFUL = "Not really"
COMMENT_LABEL = "What was right, or missing? (optional)"
INCLUDE_ACCOUNT = "Include what I wrote"
NOTHING_SAID = "Write a few words about one customer first; two or three sentences are enough."
SAVE_RATING = "Save"
RATING_SAVED = "Thank you. Saved on this computer only."

PHASES: Mapping[Phase, Term] = {
    Phase.TRIAL: Term(
        "Just getting to know each other",
        "trial phase",
        "Two separate cultural identities meet. Talk is polite and keeps to the task, and differences stand out.",
    ),
    Phase.ENMESHMENT: Term(
        "Growing closer",
        "enmeshment phase",
        "The two begin to share an identity of their own. Likenesses are noticed, and talk reaches family and plans.",
    ),
    Phase.RENEGOTIATION: Term(
        "Close, almost friends",
        "renegotiation phase",
        "Both rely on the identity they share. Differences are accepted and hard things can be said.",
    ),
    Phase.UNCLEAR: Term(
        "Too early to say",
        "no phase given",
        "The account does not yet say how you talk, how you meet, or what you both look forward to.",
    ),
}

COOLED_PLACES: Mapping[Phase, str] = {
    Phase.TRIAL: "Back to polite terms",
    Phase.ENMESHMENT: "Less close than before",
}

DEPTHS: Mapping[Depth, Term] = {
    Depth.SUPERFICIAL: Term("Small talk, schooling, hobbies", "superficial disclosure", "What one tells anybody."),
    Depth.MORE_INTIMATE: Term(
        "Family, values, life so far, plans", "more intimate disclosure", "What one tells people one knows."
    ),
    Depth.MOST_INTIMATE: Term(
        "Illness, failure, shame, grief", "most intimate disclosure", "What one tells people one trusts."
    ),
    Depth.UNCLEAR: Term("Not clear yet", "no depth given", "The account does not say what the two of you talk about."),
}

ONE_SIDED: Mapping[OneSided, str] = {
    OneSided.CUSTOMER: "Your customer has opened up further than you have.",
    OneSided.SALESPERSON: "You have opened up further than your customer has.",
    OneSided.NONE: "",
}

DIMENSIONS: Mapping[Dimension, Term] = {
    Dimension.COGNITIVE: Term("Knowing", "cognitive CQ", "how things are done there"),
    Dimension.METACOGNITIVE: Term("Noticing", "metacognitive CQ", "culture at work, and checking what you assume"),
    Dimension.MOTIVATIONAL: Term("Wanting", "motivational CQ", "to adapt, and enjoying it"),
    Dimension.BEHAVIOURAL: Term("Doing", "behavioural CQ", "things differently for their sake"),
}

STATES: Mapping[DimensionState, str] = {
    DimensionState.EVIDENT: "shown",
    DimensionState.CONTRARY: "the opposite shown",
    DimensionState.NOT_EVIDENT: "not shown",
}

CQ_HEAD = "How you meet the other culture"
CQ_MEANING = "Read from this account alone; what you did not write is not held against you."
LEVELS: Mapping[CQLevel, str] = {
    CQLevel.LOW: "A start",
    CQLevel.MEDIUM: "Well on the way",
    CQLevel.HIGH: "All four shown",
    CQLevel.UNCLEAR: "Nothing said about it yet",
}
LEVEL_TERMS: Mapping[CQLevel, str] = {
    CQLevel.LOW: "low level",
    CQLevel.MEDIUM: "medium level",
    CQLevel.HIGH: "high level",
    CQLevel.UNCLEAR: "no level given",
}

LADDER_HEAD = "What you share with each other"
CULTURES_HEAD = "How far apart the two cultures are"
LOW_END = "said in so many words"
HIGH_END = "read between the lines"
CULTURES_BASIS = "Two broad tendencies of places, after Hall. What holds for this one person is worth checking with them."
BASES: Mapping[str, str] = {
    "paper": "placed as in the study",
    "hall": "placed after Hall",
    "ours": "placed by us, where neither says",
}
YOUR_SIDE = "You"
CUSTOMER_SIDE = "Your customer"
UNKNOWN_CULTURE = "not said"
CONTEXTS: Mapping[Context, str] = {
    Context.LOW: "low-context",
    Context.HIGH: "high-context",
    Context.UNCLEAR: "not placed",
}
DIVERSITY: Mapping[Diversity, Term] = {
    Diversity.LOW: Term("On the same side", "low cultural diversity", "Both cultures fall in the same category."),
    Diversity.HIGH: Term("On different sides", "high cultural diversity", "One culture is low-context, the other high."),
    Diversity.UNCLEAR: Term("Not clear yet", "no diversity given", "One of the two cultures is not known."),
}
FLAGS: Mapping[CultureFlag, str] = {
    CultureFlag.BORDERLINE: "At least one of the two lies near the middle, so take the side with a pinch of salt.",
    CultureFlag.BICULTURAL: "One of you knows both worlds, which softens the difference.",
    CultureFlag.SCOPE_CAVEAT: "The study asked Finnish, low-context sellers only; your pair lies outside it.",
}

WILLINGNESS_HEAD = "Who wants more"
WILLINGNESS: Mapping[Willingness, str] = {
    Willingness.MUTUAL: "Both of you would like to be closer",
    Willingness.CUSTOMER_ONLY: "Your customer would, you less so",
    Willingness.SALESPERSON_ONLY: "You would, your customer shows no wish to",
    Willingness.NEITHER: "Neither of you looks for more",
    Willingness.UNCLEAR: "Not clear yet who wants more",
}
STAGE_HEAD = "In business"
BUSINESS: Mapping[BusinessStage, str] = {
    BusinessStage.BECOMING_BUSINESS_PARTNERS: "Becoming business partners",
    BusinessStage.COLLABORATIVE_PARTNERS: "Collaborative partners",
    BusinessStage.COLLABORATIVE_AND_PERSONAL_PARTNERS: "Collaborative and personal partners",
    BusinessStage.UNCLEAR: "Not clear yet",
}
INCIDENTS_HEAD = "Still in the air"
INCIDENTS: Mapping[Incident, str] = {
    Incident.BROKEN_PROMISE: "a promise that was not kept",
    Incident.FACE_LOSS: "a loss of face",
    Incident.MISUNDERSTANDING: "a misunderstanding",
    Incident.COOLED: "things have cooled",
    Incident.NEW_CONTACT: "a new contact person",
    Incident.GRIEF: "a bereavement",
    Incident.ILLNESS: "an illness",
}

SCOPES: Mapping[Scope, str] = {
    Scope.ACTUAL: "",
    Scope.NEGATED: "said not to be so, not counted",
    Scope.HYPOTHETICAL: "wished or planned, not counted",
    Scope.PAST: "past and over, not counted",
    Scope.THIRD_PARTY: "about somebody else, not counted",
    Scope.ONE_SIDED_CUSTOMER: "from the customer's side only",
    Scope.ONE_SIDED_SALESPERSON: "from your side only",
}
AGAINST = "points elsewhere"

JUDGEMENTS: Mapping[str, str] = {
    "phase": "Closeness",
    "regressed": "Cooled since",
    "disclosure": "What you share",
    "one_sided": "Who opened up",
    "diversity": "The two cultures",
    "cq": "How you meet the culture",
    "willingness": WILLINGNESS_HEAD,
    "business_stage": STAGE_HEAD,
    "incidents": INCIDENTS_HEAD,
}

SUPPORTS: Mapping[str, str] = {
    "phase.regressed": "closer before than now",
    "incident.repaired": "a slip put right",
    "willingness.customer_yes": f"{WILLINGNESS_HEAD}: your customer does",
    "willingness.customer_no": f"{WILLINGNESS_HEAD}: your customer does not",
    "willingness.salesperson_yes": f"{WILLINGNESS_HEAD}: you do",
    "willingness.salesperson_no": f"{WILLINGNESS_HEAD}: you do not",
}
OWN_NOTES: Mapping[str, str] = {
    "culture.salesperson": "where you are from",
    "culture.customer": "where your customer is from",
}


def sureness(confidence: float) -> str:
    """Say in words how sure a probability is."""
    for floor, words in ((0.85, "Quite sure"), (0.65, "Fairly sure"), (0.5, "Leaning this way")):
        if confidence >= floor:
            return words
    return "Hard to tell"


def chances(probabilities: Sequence[float]) -> tuple[str, ...]:
    """Say probabilities that make up a whole as tenths, such as `about 8 in 10`, so that the tenths make up ten."""
    tenths = [int(share * 10) for share in probabilities]
    by_rest = sorted(range(len(tenths)), key=lambda at: (-(probabilities[at] * 10 - tenths[at]), -probabilities[at]))
    for at in by_rest[: max(0, 10 - sum(tenths))]:
        tenths[at] += 1
    said = {0: "under 1 in 10", 10: "nearly certain"}
    return tuple(said.get(count, f"about {count} in 10") for count in tenths)


def label_in_words(judgement: str, label: str) -> str:
    """Put a record label such as (`phase`, `trial`) in plain words; an unknown one is shown as it stands."""
    vocabulary: Mapping[str, Mapping[str, str]] = {
        "phase": {str(key): term.plain for key, term in PHASES.items()},
        "disclosure": {str(key): term.plain for key, term in DEPTHS.items()},
        "diversity": {str(key): term.plain for key, term in DIVERSITY.items()},
        "cq": {str(key): words for key, words in LEVELS.items()} | {str(key): words for key, words in STATES.items()},
        "regressed": {"true": "yes", "false": "no"},
        "willingness": {str(key): words for key, words in WILLINGNESS.items()},
        "business_stage": {str(key): words for key, words in BUSINESS.items()},
    }
    known = vocabulary.get(judgement.split(".")[0], {})
    return known.get(label, label.replace("_", " "))


def judgement_in_words(judgement: str) -> str:
    """Name a judgement such as `cq.cognitive` in plain words."""
    if judgement in JUDGEMENTS:
        return JUDGEMENTS[judgement]
    head, _, rest = judgement.partition(".")
    if head == "cq" and rest in {str(dimension) for dimension in Dimension}:
        return DIMENSIONS[Dimension(rest)].plain
    return JUDGEMENTS.get(head, judgement.replace("_", " ").capitalize())


def supports_in_words(supports: str) -> str:
    """Say what a piece of evidence speaks for, such as `phase.trial` or `cq.cognitive.evident`."""
    parts = supports.split(".")
    if parts[0] == "cq" and len(parts) == 3:
        return f"{judgement_in_words('.'.join(parts[:2]))}: {label_in_words('cq', parts[2])}"
    if len(parts) == 1:
        return judgement_in_words(parts[0])
    if supports in SUPPORTS:
        return SUPPORTS[supports]
    if parts[0] == "diversity" and parts[-1] in {str(context) for context in Context}:
        return f"{JUDGEMENTS['diversity']}: {CONTEXTS[Context(parts[-1])]}"
    if parts[0] == "incident" and parts[-1] in {str(incident) for incident in Incident}:
        return f"{INCIDENTS_HEAD}: {INCIDENTS[Incident(parts[-1])]}"
    words = label_in_words(parts[0], parts[-1])
    return words if parts[0] in ("phase", "disclosure") else f"{judgement_in_words(parts[0])}: {words}"


def voice_line(model: str | None, base_url: str | None = None, tracing: str = "off") -> str:
    """Say which voice words the answers, and whether anything leaves the computer."""
    traced = {"langsmith": "LangSmith", "opentelemetry": "an OpenTelemetry collector"}.get(tracing)
    if model is None:
        return f"Built-in voice. {_traced(traced) or 'Nothing leaves this computer.'}"
    provider, _, name = model.partition(":")
    name = name.rsplit("/", 1)[-1] or model
    host = urlsplit(base_url or "").hostname
    if provider == "gguf" or host in ("127.0.0.1", "localhost", "::1"):
        return f"Worded by {name} on this computer. {_traced(traced) or 'Nothing leaves it.'}"
    place = f"at {host}" if host else f"through {provider}"
    return f"Worded by {name} {place}. What you write is sent there{f', and to {traced}' if traced else ''}."


def _traced(destination: str | None) -> str:
    return f"What you write is sent to {destination}." if destination else ""


def serving(host: str, port: int) -> str:
    """Say where the app can be opened."""
    return f"{PRODUCT} is open at http://{host}:{port} (Ctrl + C ends it)."
