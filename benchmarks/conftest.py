"""Prints, after pytest-benchmark's own table, each median as a ratio of its baseline in the same run."""

from __future__ import annotations

from typing import Any

import pytest

BASELINES = {"one account": "test_bare_encoding", "cold start": "test_bare_script"}
MEMORY = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Make room for the memory figures."""
    config.stash[MEMORY] = []


def pytest_terminal_summary(terminalreporter: Any, config: Any) -> None:
    """Print the ratios and the memory figures."""
    medians: dict[str, dict[str, float]] = {}
    for bench in config._benchmarksession.benchmarks:
        medians.setdefault(bench.group, {})[bench.name] = bench.stats.median
    for group, values in medians.items():
        baseline = BASELINES[group]
        for name in values.keys() - {baseline}:
            terminalreporter.write_line(
                f"{group}: {name} takes {values[name] / values[baseline]:.2f} times {baseline} "
                f"({values[name] * 1000:.0f} ms against {values[baseline] * 1000:.0f} ms)"
            )
    for line in config.stash[MEMORY]:
        terminalreporter.write_line(line)
