"""Connecting a language model, and calling it so that it can fail without harm."""

from coach.models.connect import connect
from coach.models.language_model import LanguageModel

__all__ = ["LanguageModel", "connect"]
