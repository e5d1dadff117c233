"""The drawings of the evaluation page as inline SVG: rows of marks on a common scale, and small curves.

Pure functions. Places are given in per cent and sizes in pixels, so that a drawing fills any width while its type and
strokes keep their size. Every drawing says in words what it shows and tells its marks apart by shape, not by colour.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

from coach.evaluation import page_texts as texts
from coach.evaluation.figures import CalibrationBin, CoveragePoint, Figure

_CROSS = "M-3.5,-3.5 L3.5,3.5 M-3.5,3.5 L3.5,-3.5"
_DIAMOND = "M0,-6 L6,0 L0,6 L-6,0 Z"
_SMALLEST_DOT, _LARGEST_DOT = 3.0, 9.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """The values that the two ends of a drawing stand for."""

    low: float = 0.0
    high: float = 1.0

    def place(self, value: float) -> str:
        """Return where a value lies, as a percentage; one outside the scale lies at its end."""
        share = (value - self.low) / (self.high - self.low)
        return f"{100 * min(1.0, max(0.0, share)):.2f}%"


@dataclass(frozen=True, kw_only=True, slots=True)
class Marks:
    """What is drawn in one row."""

    dot: Figure | float | None = None
    """The main figure, with its interval where it has one."""
    diamond: Figure | float | None = None
    """A second figure of the same thing."""
    target: float | None = None
    crosses: Mapping[str, float] = field(default_factory=dict)
    """Figures to compare with, by name."""


def number(value: float, digits: int = 2) -> str:
    """Write a figure with a true minus sign and without a minus zero."""
    written = f"{value:.{digits}f}"
    if float(written) == 0:
        written = f"{0:.{digits}f}"
    return written.replace("-", "−")


def percent(value: float) -> str:
    """Write a share as a percentage, with a decimal where it is small."""
    share = 100 * value
    return f"{share:.0f}\u00a0%" if share >= 10 or abs(share - round(share)) < 0.05 else f"{share:.1f}\u00a0%"


def scale_for(values: Iterable[float]) -> Scale:
    """Return the scale from 0 to 1, drawn out to the left where a figure lies well below chance."""
    least = min(values, default=0.0)
    return Scale(low=0.0 if least > -0.03 else max(-1.0, math.floor(least * 5) / 5))


def row(marks: Marks, scale: Scale, words: str) -> str:
    """Draw one row: bar and dot, diamond, target tick, and crosses for what it is compared with."""
    middle = 'y1="50%" y2="50%"'
    drawn = [f'<line class="rail" {middle} x1="0" x2="100%"/>', *_grid(scale)]
    for name, value in marks.crosses.items():
        title = f"<title>{escape(name)} {number(value)}</title>"
        drawn.append(f'<svg x="{scale.place(value)}" y="50%">{title}<path class="cross" d="{_CROSS}"/></svg>')
    if marks.target is not None:
        at = scale.place(marks.target)
        drawn.append(f'<line class="tick" x1="{at}" x2="{at}" y1="8%" y2="92%"/>')
    for figure in (marks.dot, marks.diamond):
        if isinstance(figure, Figure):
            ends = f'x1="{scale.place(figure.low)}" x2="{scale.place(figure.high)}"'
            drawn.append(f'<line class="{"bar" if figure is marks.dot else "bar second"}" {ends} {middle}/>')
    if marks.dot is not None:
        drawn.append(f'<circle class="dot" cx="{scale.place(_value(marks.dot))}" cy="50%" r="4.5"/>')
    if marks.diamond is not None:
        at = scale.place(_value(marks.diamond))
        drawn.append(f'<svg x="{at}" y="50%"><path class="diamond" d="{_DIAMOND}"/></svg>')
    return _svg("row-marks", words, drawn)


def axis(scale: Scale) -> str:
    """Draw the scale under a set of rows."""
    ends = {0.0: "0", 0.5: "0.50", 1.0: "1.00"} | ({scale.low: number(scale.low, 1)} if scale.low < 0 else {})
    drawn = [
        f'<text class="scale" x="{scale.place(at)}" y="12" text-anchor="middle">{said}</text>' for at, said in ends.items()
    ]
    return f'<svg class="axis" aria-hidden="true">{"".join(drawn)}</svg>'


def key(mark: str) -> str:
    """Draw a mark for the key: `dot`, `bar`, `tick`, `diamond` or `cross`."""
    drawn = {
        "dot": '<circle class="dot" cx="50%" cy="50%" r="4.5"/>',
        "bar": '<line class="bar" x1="10%" x2="90%" y1="50%" y2="50%"/>',
        "tick": '<line class="tick" x1="50%" x2="50%" y1="8%" y2="92%"/>',
        "diamond": f'<svg x="50%" y="50%"><path class="diamond" d="{_DIAMOND}"/></svg>',
        "cross": f'<svg x="50%" y="50%"><path class="cross" d="{_CROSS}"/></svg>',
    }
    return f'<svg class="key-mark" aria-hidden="true">{drawn[mark]}</svg>'


def calibration_curve(bins: Sequence[CalibrationBin]) -> str:
    """Draw how often the reader was right against how sure it was, beside the line on which the two are equal."""
    scale = Scale()
    points = [(point.confidence, point.hit_rate) for point in bins]
    most = max((point.accounts for point in bins), default=1) or 1
    drawn = [*_frame((0.0, 0.5, 1.0), (0.0, 0.5, 1.0), scale, scale)]
    drawn.append('<line class="honest" x1="0" y1="100%" x2="100%" y2="0"/>')
    drawn += _segments(points, scale, scale)
    for point in bins:
        size = _SMALLEST_DOT + (_LARGEST_DOT - _SMALLEST_DOT) * math.sqrt(point.accounts / most)
        drawn.append(_point((point.confidence, point.hit_rate), scale, scale, size))
    said = "; ".join(
        f"{percent(point.confidence)} sure, right in {percent(point.hit_rate)} of {point.accounts:,} accounts" for point in bins
    )
    return _svg("plot square", f"{texts.CALIBRATION_WORDS} {said}.", drawn)


def coverage_curve(points: Sequence[CoveragePoint]) -> str:
    """Draw the share of mistakes against the share of accounts that are answered, the surest first."""
    across = Scale()
    top = max((point.error for point in points), default=0.0)
    step = next((step for step in (0.01, 0.02, 0.05, 0.1, 0.2) if top / step <= 4), 0.25)
    up = Scale(high=step * max(1, math.ceil(top / step)))
    lines = [step * count for count in range(round(up.high / step) + 1)]
    pairs = [(point.coverage, point.error) for point in points]
    drawn = [*_frame((0.0, 0.5, 1.0), lines, across, up), *_segments(pairs, across, up)]
    drawn += [_point(pair, across, up, 2.6) for pair in pairs]
    said = "; ".join(f"{percent(point.coverage)} answered, {percent(point.error)} wrong" for point in points)
    return _svg("plot square", f"{texts.COVERAGE_WORDS} {said}.", drawn)


def learning_curve(points: Sequence[tuple[int, float]], scale: Scale, most: int, words: str) -> str:
    """Draw one judgement's kappa against the number of accounts learnt from; `most` is where the scale across ends."""
    across = Scale(high=float(most or 1))
    pairs = [(float(accounts), value) for accounts, value in points]
    drawn = []
    for value in (scale.low, 0.5, 1.0):
        at = _up(value, scale)
        drawn.append(f'<line class="grid" x1="0" x2="100%" y1="{at}" y2="{at}"/>')
        drawn.append(f'<text class="scale" x="0" dx="-7" y="{at}" dy="4" text-anchor="end">{number(value, 1)}</text>')
    drawn += _segments(pairs, across, scale)
    drawn += [_point(pair, across, scale, 3.0) for pair in pairs[:-1]] + [
        _point(pair, across, scale, 5.0) for pair in pairs[-1:]
    ]
    drawn.append('<text class="scale" x="0" y="100%" dy="17" text-anchor="middle">0</text>')
    drawn.append(f'<text class="scale" x="100%" y="100%" dy="17" text-anchor="end">{most:,}</text>')
    return _svg("plot small", words, drawn)


def _value(figure: Figure | float) -> float:
    return figure.value if isinstance(figure, Figure) else figure


def _up(value: float, scale: Scale) -> str:
    return f"{100 - float(scale.place(value)[:-1]):.2f}%"


def _svg(kind: str, words: str, drawn: Iterable[str]) -> str:
    return f'<svg class="{kind}" role="img" aria-label="{escape(words, quote=True)}">{"".join(drawn)}</svg>'


def _grid(scale: Scale) -> list[str]:
    places = (scale.place(value) for value in (0.0, 0.25, 0.5, 0.75, 1.0))
    return [f'<line class="grid" x1="{at}" x2="{at}" y1="0" y2="100%"/>' for at in places]


def _frame(across: Iterable[float], up: Iterable[float], x: Scale, y: Scale) -> list[str]:
    drawn = []
    for value in up:
        at = _up(value, y)
        drawn.append(f'<line class="grid" x1="0" x2="100%" y1="{at}" y2="{at}"/>')
        drawn.append(f'<text class="scale" x="0" dx="-8" y="{at}" dy="4" text-anchor="end">{percent(value)}</text>')
    for value in across:
        at = x.place(value)
        drawn.append(f'<line class="grid" x1="{at}" x2="{at}" y1="0" y2="100%"/>')
        drawn.append(f'<text class="scale" x="{at}" y="100%" dy="20" text-anchor="middle">{percent(value)}</text>')
    return drawn


def _segments(points: Sequence[tuple[float, float]], x: Scale, y: Scale) -> list[str]:
    return [
        f'<line class="curve" x1="{x.place(left[0])}" y1="{_up(left[1], y)}" x2="{x.place(right[0])}" y2="{_up(right[1], y)}"/>'
        for left, right in pairwise(points)
    ]


def _point(point: tuple[float, float], x: Scale, y: Scale, size: float) -> str:
    return f'<circle class="dot" cx="{x.place(point[0])}" cy="{_up(point[1], y)}" r="{size:.1f}"/>'
