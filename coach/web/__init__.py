"""The web app: Gradio pages, one module a page, with the theme, the pictures and every word they show.

`create_app(settings)` builds the app and `serve(settings)` runs it. Nothing imports this package but `app.py` and the
command line.
"""

from coach.web.app import create_app, serve

__all__ = ["create_app", "serve"]
