"""Every error a user can meet, with what to do about it.

    CoachError
    |-- SettingsError      operator: which variable is wrong, and an example that works
    |-- CorpusError        author: which file and line of `corpus/` or `prompts/` is wrong, and what was expected
    |-- LibraryError       operator: the vector store cannot be used or rebuilt
    |-- EncoderError       operator: the sentence encoder or the reader's weights are missing or altered
    |-- AccountError       user: the text cannot be read as an account
    |-- JournalError       user: what is kept on this computer cannot be written or read
    |-- ModelError         user: a connected language model did not do its part
    `-- ServeError         operator: the web app cannot start

Every error carries a calm message and a remedy. Only the command line and the web pages turn them into output; anything
that is not a CoachError is a defect of ours.
"""

from __future__ import annotations


class CoachError(Exception):
    """An error a user may meet.

    Attributes:
        message: what happened, in one sentence without the user's own text.
        remedy: what to do about it, in one or two sentences.
    """

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.message = message
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[CoachError], tuple[str, str]]:
        """Return how the error is made again in another process; by itself Python would pass one text where two are needed."""
        return type(self), (self.message, self.remedy)


class SettingsError(CoachError):
    """A COACH_* setting has a value that cannot be used."""


class CorpusError(CoachError):
    """A file of `corpus/` or `prompts/` is missing, unreadable or breaks its schema."""


class LibraryError(CoachError):
    """The vector store cannot be opened, built or written."""


class EncoderError(CoachError):
    """The sentence encoder or the reader's trained weights cannot be loaded."""


class AccountError(CoachError):
    """The given text cannot be read as an account of a customer relationship."""


class JournalError(CoachError):
    """What is kept on this computer cannot be written or read."""


class ModelError(CoachError):
    """A connected language model is missing, unreachable or gave an unusable answer."""


class ServeError(CoachError):
    """The web app cannot start."""
