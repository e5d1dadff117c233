"""The web app as a whole: built from the settings, and served with everything that could leak switched off."""

from __future__ import annotations

import socket
import sys
import threading
from importlib.resources import files
from typing import Any

import gradio as gr

from coach.errors import CoachError, ServeError
from coach.evaluation.figures import Report, packaged_report
from coach.settings import Settings, go_offline
from coach.web import texts
from coach.web.coach_page import build_coach_page
from coach.web.desk import Desk, build_desk
from coach.web.model_desk import ModelDesk
from coach.web.numbers_page import build_numbers_page
from coach.web.settings_page import build_settings_page
from coach.web.theme import Notebook, head


def create_app(
    settings: Settings, desk: Desk | None = None, report: Report | None = None, models: ModelDesk | None = None
) -> gr.Blocks:
    """Build the app without starting it.

    Args:
        settings: how this installation runs.
        desk: the services, where they are not to be built from the settings.
        report: what the Numbers page shows, where it is not to be the report that came with this version.
        models: what the Settings page does with the language model, where it is not to be done for real.
    """
    services = desk or build_desk(settings)
    model_desk = models or ModelDesk(settings, services.coach)

    def voice() -> str:
        try:
            used = model_desk.settings
        except CoachError:
            return services.voice
        return texts.voice_line(used.model, used.model_base_url, used.tracing)

    app = gr.Blocks(title=texts.PAGE_TITLE, analytics_enabled=False)
    with app:
        build_coach_page(services, voice)
    with app.route(texts.NUMBERS, texts.NUMBERS_PATH):
        build_numbers_page(report or packaged_report())
    with app.route(texts.SETTINGS, texts.SETTINGS_PATH):
        build_settings_page(model_desk)
    app.queue(default_concurrency_limit=4)
    return app


def launch_settings(settings: Settings) -> dict[str, Any]:
    """Return the arguments for `Blocks.launch`: local, unrecorded, unmonitored, in our own dress."""
    return {
        "server_name": settings.host,
        "server_port": settings.port,
        "share": False,
        "run_history": False,
        "enable_monitoring": False,
        "ssr_mode": False,
        "show_error": False,
        "quiet": True,
        "footer_links": [],
        "theme": Notebook(),
        "head": head(),
        "favicon_path": str(files("coach.web") / "static" / "favicon.svg"),
    }


def serve(settings: Settings) -> None:
    """Run the app until it is interrupted, loading the encoder in the background.

    Raises:
        ServeError: the port is in use or the address cannot be listened on.
        CoachError: a service cannot be built.
    """
    go_offline()
    _check_port(settings.host, settings.port)
    desk = build_desk(settings)
    app = create_app(settings, desk)
    app.launch(**launch_settings(settings), prevent_thread_lock=True)
    sys.stdout.write(texts.serving(settings.host, settings.port) + "\n")
    sys.stdout.flush()
    threading.Thread(target=desk.warm_up, name="warm-up", daemon=True).start()
    app.block_thread()


def _check_port(host: str, port: int) -> None:
    try:
        address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(address[0], address[1]) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address[4])
    except OSError as error:
        raise ServeError(
            f"The web app cannot listen on {host} port {port} ({error.strerror or 'unknown address'}).",
            f"If Rapport already runs there, open http://{host}:{port}; or choose another port with --port {port + 1} "
            f"or COACH_PORT={port + 1}.",
        ) from error
