"""The look of the app: a quiet Gradio theme and the page's own style sheets and script, shipped beside this module."""

from __future__ import annotations

import base64
from importlib.resources import files

import gradio as gr

from coach.evaluation.page import report_styles

_STYLES = ("page.css", "panel.css", "numbers.css", "settings.css")
_SCRIPT = "page.js"
_FACES = (
    ("Rapport Serif", "normal", "400 600", "rapport-serif.woff2"),
    ("Rapport Serif", "italic", "400", "rapport-serif-italic.woff2"),
    ("Rapport Sans", "normal", "400 600", "rapport-sans.woff2"),
)


class Notebook(gr.themes.Base):
    """Paper, ink and one accent."""

    def __init__(self) -> None:
        super().__init__(
            font=(gr.themes.Font("Rapport Sans"), gr.themes.Font("system-ui"), gr.themes.Font("sans-serif")),
            font_mono=(gr.themes.Font("ui-monospace"), gr.themes.Font("monospace")),
        )
        self.name = "notebook"
        self.set(
            body_background_fill="var(--paper)",
            body_background_fill_dark="var(--paper)",
            body_text_color="var(--ink)",
            body_text_color_dark="var(--ink)",
            block_background_fill="transparent",
            block_background_fill_dark="transparent",
            block_border_width="0px",
            block_border_width_dark="0px",
            block_shadow="none",
            block_shadow_dark="none",
            block_label_background_fill="transparent",
            block_label_background_fill_dark="transparent",
            background_fill_primary="var(--paper)",
            background_fill_primary_dark="var(--paper)",
            background_fill_secondary="var(--wash)",
            background_fill_secondary_dark="var(--wash)",
            border_color_primary="var(--rule)",
            border_color_primary_dark="var(--rule)",
            input_background_fill="var(--sheet)",
            input_background_fill_dark="var(--sheet)",
        )


def head() -> str:
    """Return the type faces, the style sheets and the script for the page's head.

    They go there rather than into `launch(css_paths=...)`, where Gradio 6.31 repeats every rule under a prefix of its
    own and drops the nested ones. The faces are small and written into the page, so that nothing has to be fetched.
    """
    folder = files("coach.web") / "static"
    faces = []
    for family, style, weight, name in _FACES:
        data = base64.b64encode((folder / "fonts" / name).read_bytes()).decode("ascii")
        faces.append(
            f'@font-face {{ font-family: "{family}"; font-style: {style}; font-weight: {weight}; font-display: swap; '
            f'src: url(data:font/woff2;base64,{data}) format("woff2"); }}'
        )
    sheets = [(folder / name).read_text(encoding="utf-8") for name in _STYLES]
    styles = "\n".join([*sheets, report_styles()])
    script = (folder / _SCRIPT).read_text(encoding="utf-8")
    return "<style>\n" + "\n".join(faces) + f"\n{styles}\n</style>\n<script>\n{script}\n</script>"
