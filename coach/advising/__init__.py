"""From a diagnosis to next steps: the playbook's conditions, the rules of advice, and what to hold back from."""

from coach.advising.inquiry import usefulness
from coach.advising.occasions import asked_about, occasion_fit, occasions_of
from coach.advising.plan import Address, choose, plan
from coach.advising.rules import Breach, breaches
from coach.advising.situation import Situation, admits

__all__ = [
    "Address",
    "Breach",
    "Situation",
    "admits",
    "asked_about",
    "breaches",
    "choose",
    "occasion_fit",
    "occasions_of",
    "plan",
    "usefulness",
]
