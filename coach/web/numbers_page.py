"""The Numbers page: how well the reader reads, from the report that came with this version.

Drawn once when the app is built; nothing on it can be changed, so there is nothing to wire but the window's title.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr

from coach.web import texts
from coach.web.render import masthead

if TYPE_CHECKING:
    from coach.evaluation.figures import Report


def build_numbers_page(report: Report | None) -> None:
    """Lay out the page inside the route that is open.

    Args:
        report: what was measured; where None, the page says how to measure.
    """
    with gr.Row(elem_id="masthead-row"):
        gr.HTML(masthead(texts.NUMBERS), elem_id="masthead", apply_default_css=False)
    gr.HTML(numbers_html(report), elem_id="numbers", apply_default_css=False)

    gr.on(None, js=f"() => {{ document.title = '{texts.NUMBERS_TITLE}'; }}", api_visibility="private")


def numbers_html(report: Report | None) -> str:
    """Return the body of the page."""
    if report is None:
        return _nothing_yet()
    from coach.evaluation.page import report_html

    return report_html(report)


def _nothing_yet() -> str:
    rows = "".join(
        f'<line class="rail" x1="0" x2="600" y1="{y}" y2="{y}"/><circle class="ghost" cx="{x}" cy="{y}" r="7"/>'
        for y, x in ((20, 512), (60, 468), (100, 540), (140, 430))
    )
    return (
        f'<section class="nothing-yet"><svg viewBox="0 0 600 160" aria-hidden="true">{rows}</svg>'
        f"<h2>{texts.NO_NUMBERS_HEAD}</h2><p>{texts.NO_NUMBERS}</p><p><code>coach eval</code></p></section>"
    )
