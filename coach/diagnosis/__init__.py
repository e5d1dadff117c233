"""From evidence to a diagnosis by the codebook: one module a judgement, the questions that would settle what is open."""

from coach.diagnosis.changes import Change, changes
from coach.diagnosis.diagnose import diagnose
from coach.diagnosis.questions import open_subjects, questions_for

__all__ = ["Change", "changes", "diagnose", "open_subjects", "questions_for"]
