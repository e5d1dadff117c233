"""What is kept on this computer between visits; for now, what salespeople say of the answers they got."""

from coach.journal.feedback import Feedback, FeedbackBook, Rating, feedback_on, labels_of

__all__ = ["Feedback", "FeedbackBook", "Rating", "feedback_on", "labels_of"]
