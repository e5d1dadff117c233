"""The coaching conversation: turns that add up to one account."""

from coach.conversation.thread import Thread
from coach.diagnosis import Change, changes

__all__ = ["Change", "Thread", "changes"]
