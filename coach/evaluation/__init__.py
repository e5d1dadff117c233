"""Measuring Rapport: retrieval against its parts, the reader against human labels and against simple baselines.

Evaluation data is not test data: tests hold floors well below what is measured here. `report` measures; `text_page` and `page`
show a report as text and as HTML; the packaged report is in `figures`, which loads nothing heavy.
"""
