"""Measuring Rapport: retrieval against its parts, the reader against human labels and against simple baselines.

Evaluation data is not test data: tests hold floors well below what is measured here.
"""

from coach.evaluation.report import evaluate_all, render_text

__all__ = ["evaluate_all", "render_text"]
