"""How the app is launched: local, unrecorded, with one public endpoint and a clear word when the port is taken."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from coach.errors import ServeError
from coach.settings import Settings
from coach.web import texts
from coach.web.app import create_app, launch_settings, serve
from coach.web.theme import head


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


def test_nothing_is_shared_recorded_or_monitored(settings: Settings) -> None:
    chosen = launch_settings(settings)
    assert chosen["server_name"] == "127.0.0.1"
    for off in ("share", "run_history", "enable_monitoring", "ssr_mode", "show_error"):
        assert chosen[off] is False
    assert chosen["footer_links"] == []


def test_analytics_are_off_and_only_diagnose_is_public(settings: Settings, desk_with, first) -> None:
    app = create_app(settings, desk_with(lambda _: first.record))
    assert app.analytics_enabled is False
    endpoints = app.get_api_info()["named_endpoints"]
    assert list(endpoints) == ["/diagnose"]
    names = [parameter["parameter_name"] for parameter in endpoints["/diagnose"]["parameters"]]
    assert names == ["account", "salesperson_culture"]


def test_a_port_in_use_is_named_with_the_remedy(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServeError, match=f"port {port}.*--port.*COACH_PORT"):
            serve(Settings(data_dir=tmp_path, port=port))


def test_the_page_fetches_nothing_from_elsewhere() -> None:
    assert not re.search(r"(?:src|href|url\()\s*=?\s*[\"']?https?:", head())
    assert head().count("@font-face") == 3


@pytest.mark.parametrize(
    ("model", "base_url", "said"),
    [
        (None, None, "Built-in voice. Nothing leaves this computer."),
        ("gguf:/models/small.gguf", None, "Worded by small.gguf on this computer. Nothing leaves it."),
        ("openai:gpt-5-mini", None, "Worded by gpt-5-mini through openai. What you write is sent there."),
        ("openai:llama", "http://127.0.0.1:11434/v1", "Worded by llama on this computer. Nothing leaves it."),
    ],
)
def test_the_page_says_which_voice_speaks(model: str | None, base_url: str | None, said: str) -> None:
    assert texts.voice_line(model, base_url) == said


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("mode", [":root", ".dark"])
def test_colours_hold_aa_contrast_on_every_ground(mode: str) -> None:
    rules = re.search(rf"^{re.escape(mode)} \{{(.*?)\}}", head(), re.DOTALL | re.MULTILINE)
    assert rules
    colour = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", rules[1]))
    pairs = [(ink, ground) for ink in ("ink", "soft", "accent") for ground in ("paper", "sheet")]
    for ink, ground in [*pairs, ("ink", "wash-accent"), ("on-accent", "accent")]:
        light, dark = sorted((_luminance(colour[ink]), _luminance(colour[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{ink} on {ground}"
