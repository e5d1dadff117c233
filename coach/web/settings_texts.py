"""The words of the Settings page, in plain British English; how they are put together is in `settings_view`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from coach.models.failures import FailureReason

MODEL_HEAD = "Language model"
MODEL_INTRO = (
    "None is needed. One that you connect words the answers, and every line it writes is checked against the findings. What it "
    "reads in your words counts only once it has been tried and found to help."
)
PROVIDER = "Where it runs"
NAME = "Name of the model"
NAME_INFO = "As its provider or server calls it."
FILE = "File of the model"
FILE_INFO = "One that was fetched with “coach model pull”, or the path of any GGUF file."
ADDRESS = "Address of the server"
ADDRESS_INFO = "Empty for OpenAI itself. A server with OpenAI’s protocol is named like http://127.0.0.1:11434/v1."
ADDRESS_FIXED = "The environment sets it (COACH_MODEL_BASE_URL)."
KEY = "Key"
KEY_INFO = "Stays on this computer, in a file that only you can read, and is sent to this provider alone."
KEY_KEPT = "A key is kept. Leave this empty to go on using it with the same provider and address."
CONNECT = "Connect"
DISCONNECT = "Disconnect"
CONNECTING = "Connecting, and asking it one short question…"
CONNECTED = "Connected, and it answers. It takes part from the next account on."
DISCONNECTED = "Disconnected, and its key is forgotten. The built-in voice speaks."
NONE_SPEAKS = "None is connected. The built-in voice speaks."
SPEAKS = "is connected and words the answers. Where a line does not hold up, the built-in voice speaks."
ALSO_READS = "It also helps to read."
BY_ENVIRONMENT = (
    "The environment decides which model is used (COACH_MODEL), so it cannot be changed here. Unset COACH_MODEL and start "
    "Rapport again to choose here."
)
BY_OPERATOR = (
    "Other computers can open these pages, so the model cannot be changed here: whoever runs Rapport sets it (COACH_MODEL)."
)

WORTH_HEAD = "What it is worth"
WORTH_INTRO = (
    "Try the model on accounts that careful coders have labelled. It shows whether the model reads well enough to count beside "
    "the built-in reader, and how long it takes. The accounts are ours; nothing of yours is sent."
)
NOTHING_TO_TRY = "Connect a model first; then it can be tried here."
HOW_MANY = "Labelled accounts"
TRY = "Try it"
STOP_TRIAL = "Stop"
STARTING = "Getting ready"
TRYING = "Trying it"
TRIAL_STARTED = "The trial has begun. You can leave this page; it goes on."
STOPPING = "Stopping after the present account…"
TRIAL_STOPPED = "Stopped. Nothing was learnt, and nothing has changed."
ANOTHER_TRIAL = "A model is being tried already."
STOP_FIRST = "A model is being tried just now."
STOP_FIRST_REMEDY = "Stop the trial or let it end, then change the model."
UNTRIED = "What it reads is not used, as nothing is known of it yet; its wording is."
NOT_USED = "Its reading is not used, its wording is: beside the built-in reader, it did not clearly help."
TOO_FEW = "It gave too few usable answers to tell what its reading is worth."
TABLE_CAPTION = "Agreement with the coders (1 is full agreement, 0 what chance would give)"
TABLE_JUDGEMENT = "Judgement"
TABLE_BUILT_IN = "Built-in reader"
TABLE_MODEL = "Model"
TABLE_COUNTS = "The model counts"
COUNTS: tuple[tuple[float, str], ...] = ((0.9, "fully"), (0.6, "mostly"), (0.4, "half"), (0.01, "a little"))
COUNTS_NOT = "not"
NO_FIGURE = "–"
STREAMS = "Writes"
STREAMS_YES = "word by word"
STREAMS_NO = "all at once"
TAKES = "Takes"
ANSWERED = "Answers in the form asked for"
QUOTES = "Quotes word for word"

ENCODER_HEAD = "Encoder"
ENCODER_PACKAGED = "MiniLM, which came with Rapport"
ENCODER_INTRO = "It turns sentences into numbers for the built-in reader, on this computer."
WHICH = "Which"
THREADS = "Threads"
THREADS_NOTE = "“coach doctor” measures which number is fastest here."

PRIVACY_HEAD = "Privacy"
LEAVES = "What leaves this computer"
LEAVES_NOTHING = "Nothing."
UNENCRYPTED = "That address is not encrypted (http), so others on the way could read along."
LIES = "Where your data lie"
LIES_NOTE = "Ratings that you save, the passages that Rapport cites, and the choice of a model."
LIES_CACHE = "A model’s answers are kept there too, so that nothing is asked twice."
TELEMETRY = "Telemetry"
TELEMETRY_NONE = "None. Rapport reports nothing to anybody, and the reporting of its libraries is switched off."
TRACING = "Tracing"
TRACING_WORDS: Mapping[str, str] = {
    "off": "Off.",
    "langsmith": "On: everything that is written here goes to LangSmith as well (COACH_TRACING).",
    "opentelemetry": "On: everything that is written here goes to an OpenTelemetry collector as well (COACH_TRACING).",
}
REACH = "Who can open these pages"
REACH_LOCAL = "Programs on this computer."
REACH_OPEN = "Anybody whose computer can reach this one (COACH_HOST)."

ABOUT_HEAD = "About"
VERSION = "Version"
CORPUS = "Corpus"
LICENCES = "Licences"
LICENCES_WORDS = (
    "Code: Apache-2.0. Corpus: CC BY 4.0; the interview quotes © Koponen, Julkunen, Gabrielsson and Pullins, towns from "
    "GeoNames. Typefaces: SIL Open Font License 1.1."
)
CITE = "How to cite"
CITE_STUDY = (
    "Koponen, J., Julkunen, S., Gabrielsson, M. and Pullins, E. B. (2021), “An intercultural, interpersonal relationship "
    "development framework”, International Marketing Review. doi:10.1108/IMR-11-2019-0267"
)

NO_NAME = ("The model has no name yet.", "Give the name that its provider or server uses for it.")
NO_FILE = ("No model file is chosen.", "Choose one that was fetched, or give the path of a GGUF file.")
BAD_ADDRESS = (
    "The address of the server cannot be used.",
    "Begin with http:// or https://, name the server, and put a key into its own field: http://127.0.0.1:11434/v1.",
)
BAD_KEY = ("The key cannot be used.", "Paste it once more, as one line of letters, digits and signs.")
UNEXPECTED = "Something went wrong on this side. Nothing has changed; please try once more."


class Provider(NamedTuple):
    """A place where models run."""

    name: str
    host: str
    """Where its own service is usually found."""


PROVIDERS: Mapping[str, Provider] = {
    "openai": Provider("OpenAI, or a server with its protocol", "OpenAI (api.openai.com)"),
    "anthropic": Provider("Anthropic", "Anthropic (api.anthropic.com)"),
    "google_genai": Provider("Google", "Google (generativelanguage.googleapis.com)"),
    "gguf": Provider("A file on this computer (GGUF)", ""),
    "none": Provider("None", ""),
}
"""What can be chosen, by the prefix of the model's name."""

FAILURES: Mapping[FailureReason, tuple[str, str]] = {
    FailureReason.TOO_SLOW: (
        "The model did not answer in time.",
        "Try again, as it may still be loading, or allow more time with COACH_MODEL_WORDING_SECONDS.",
    ),
    FailureReason.UNREACHABLE: (
        "The model’s server cannot be reached.",
        "Check the address, and whether the server is running.",
    ),
    FailureReason.RATE_LIMITED: (
        "The model’s provider takes no more requests just now.",
        "Wait a little and try again, or check the credit of your account there.",
    ),
    FailureReason.WRONG_KEY: ("The key is not accepted.", "Check the key, and whether it may be used for this model."),
    FailureReason.UNKNOWN_MODEL: ("There is no such model.", "Check the name of the model, or its file."),
    FailureReason.CONTEXT_OVERFLOW: ("The model takes in too little text.", "Choose one with a longer context."),
    FailureReason.REFUSED: ("The model declined to answer.", "Choose another one."),
    FailureReason.MALFORMED: ("What answers there is not a language model.", "Check the address; it often ends in /v1."),
    FailureReason.EMPTY: ("The model gave an empty answer.", "Choose another one."),
    FailureReason.CUT_OFF: ("The model stopped in the middle of its answer.", "Try again, or choose another one."),
    FailureReason.BROKEN: ("The model’s server failed.", "Try again; if it fails once more, look at the server."),
}
"""What a failed call means to the one who connects a model, and what to do about it."""

FAILED: Mapping[FailureReason, str] = {
    FailureReason.TOO_SLOW: "took too long",
    FailureReason.UNREACHABLE: "not reached",
    FailureReason.RATE_LIMITED: "turned away",
    FailureReason.WRONG_KEY: "key not accepted",
    FailureReason.UNKNOWN_MODEL: "model not found",
    FailureReason.CONTEXT_OVERFLOW: "too long for it",
    FailureReason.REFUSED: "declined",
    FailureReason.MALFORMED: "not in the form asked for",
    FailureReason.EMPTY: "empty",
    FailureReason.CUT_OFF: "cut off",
    FailureReason.BROKEN: "failed",
}


def sent_to(host: str) -> str:
    """Say where what is written goes."""
    return f"What you write goes to {host}, with the lines to be worded. Nothing else does."


def of_all(done: int, total: int) -> str:
    """Say how much of a trial is done."""
    return f"{done} of {total} accounts"


def seconds(value: float) -> str:
    """Say how long one account takes."""
    return f"{value:.1f} seconds for an account" if value < 10 else f"{value:.0f} seconds for an account"


def counts_for(judgements: list[str]) -> str:
    """Say what a model's reading counts for."""
    lowered = [words[:1].lower() + words[1:] for words in judgements]
    listed = lowered[0] if len(lowered) == 1 else f"{', '.join(lowered[:-1])} and {lowered[-1]}"
    return f"Its reading counts for: {listed}. Elsewhere the built-in reader decides alone. Its wording is used."
