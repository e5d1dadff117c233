"""Pictures of where a relationship stands, drawn as SVG and HTML from the record.

Pure functions. Every picture carries its meaning in words too, takes its colours from the page's CSS variables and
tells its states apart by shape, line and fill, never by colour alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from html import escape

from coach.framework import DEPTHS, PHASES, Context, Depth, Dimension, DimensionState, OneSided, Phase
from coach.records import CultureReading, DimensionJudgement, DiversityJudgement, PhaseJudgement
from coach.web import texts

_WIDTH, _HEIGHT = 600, 190
_STATIONS: Mapping[Phase, float] = {Phase.TRIAL: 100.0, Phase.ENMESHMENT: 300.0, Phase.RENEGOTIATION: 500.0}
_SPREAD = 44.0
_HILL = 84.0


def _ground(x: float) -> float:
    share = x / _WIDTH
    return 172.0 - 84.0 * (0.3 * share + 0.7 * share * share * (3 - 2 * share))


def _ridge(x: float, likely: Mapping[Phase, float]) -> float:
    bells = (share * math.exp(-(((x - _STATIONS[phase]) / _SPREAD) ** 2) / 2) for phase, share in likely.items())
    return _ground(x) - _HILL * sum(bells)


def _points(height: Callable[[float], float]) -> list[str]:
    return [f"{x},{height(x):.1f}" for x in range(0, _WIDTH + 1, 6)]


def phase_path(judgement: PhaseJudgement | None) -> str:
    """Draw the three phases as a rising path; a hill over it shows how probability is spread, a pin the present place.

    Without a judgement, or where it is unclear, the bare path is drawn: a spread would claim more than is known.
    """
    road = _points(_ground)
    drawn = [f'<polyline class="road" points="{" ".join(road)}"/>']
    likely: dict[Phase, float] = {}
    said: dict[Phase, str] = {}
    top = _ground(_WIDTH) - 12
    if judgement is not None and judgement.label is not Phase.UNCLEAR:
        said = chances_of(judgement)
        likely = {phase: judgement.probabilities.get(phase, 0.0) for phase in PHASES}
        ridge = _points(lambda x: _ridge(x, likely))
        top = min(top, *(_ridge(x, likely) - 6 for x in _STATIONS.values()))
        drawn.insert(0, f'<polygon class="hill" points="{" ".join((*ridge, *reversed(road)))}"/>')
        drawn.insert(1, f'<polyline class="ridge" points="{" ".join(ridge)}"/>')
    for phase, x in _STATIONS.items():
        here = judgement is not None and judgement.label is phase
        drawn.append(_pin(x, _ground(x)) if here else f'<circle class="stop" cx="{x}" cy="{_ground(x):.1f}" r="6"/>')
    if judgement is not None and judgement.regressed and judgement.label in _STATIONS:
        drawn.append(_way_back(_STATIONS[judgement.label]))
        top = min(top, 24.0)
    label = escape(_path_in_words(judgement), quote=True)
    stations = "".join(_station(phase, judgement, said.get(phase)) for phase in PHASES)
    return (
        f'<div class="path"><svg viewBox="0 {top:.0f} {_WIDTH} {_HEIGHT - top:.0f}" role="img" aria-label="{label}">'
        f"{''.join(drawn)}</svg>"
        f'<ol class="stations">{stations}</ol></div>'
    )


def _pin(x: float, y: float) -> str:
    return f'<circle class="pin-ring" cx="{x}" cy="{y:.1f}" r="15"/><circle class="pin" cx="{x}" cy="{y:.1f}" r="9"/>'


def _way_back(x: float) -> str:
    far = min(x + 200.0, _STATIONS[Phase.RENEGOTIATION])
    if far <= x:
        return ""
    y, rise = _ground(x), _ground(far)
    return (
        f'<path class="way-back" d="M{far - 6},{rise - 12:.1f} C{far - 40},{rise - 62:.1f} {x + 60},{y - 66:.1f} '
        f'{x + 19},{y - 13:.1f}"/><path class="way-back-tip" d="M{x + 32},{y - 18:.1f} L{x + 18},{y - 12:.1f} '
        f'L{x + 19},{y - 27:.1f}"/>'
    )


def chances_of(judgement: PhaseJudgement) -> dict[Phase, str]:
    """Return each phase's probability in words."""
    shares = [judgement.probabilities.get(phase, 0.0) for phase in PHASES]
    return dict(zip(PHASES, texts.chances(shares), strict=True))


def _station(phase: Phase, judgement: PhaseJudgement | None, chance: str | None) -> str:
    here = judgement is not None and judgement.label is phase
    share = f'<span class="share">{chance}</span>' if chance else ""
    mark = ' class="here" aria-current="true"' if here else ""
    return f"<li{mark}><span>{escape(texts.PHASES[phase].plain)}</span>{share}</li>"


def _path_in_words(judgement: PhaseJudgement | None) -> str:
    names = ", ".join(texts.PHASES[phase].plain.lower() for phase in PHASES)
    if judgement is None:
        return f"A path with three places: {names}."
    place = texts.PHASES[judgement.label].plain.lower()
    if judgement.label is Phase.UNCLEAR:
        return f"A path with three places: {names}. Present place: {place}."
    shares = "; ".join(f"{texts.PHASES[phase].plain.lower()} {words}" for phase, words in chances_of(judgement).items())
    cooled = f" {texts.COOLED}" if judgement.regressed else ""
    return f"A path with three places. Present place: {place}. {shares}.{cooled}"


def ladder(depth: Depth, following: Depth | None, one_sided: OneSided) -> str:
    """Draw the disclosure ladder from the highest rung down.

    Args:
        depth: the deepest mutual disclosure now.
        following: the rung that advice may reach next; null where the present one is to be kept.
        one_sided: who alone has gone deeper.
    """
    reached = DEPTHS.index(depth) if depth in DEPTHS else -1
    rungs = []
    for place in range(len(DEPTHS) - 1, -1, -1):
        rung = DEPTHS[place]
        state, words = "above", texts.NOT_YET
        if place == reached:
            state, words = "here", texts.HERE
        elif rung is following:
            state, words = "next", texts.NEXT
        elif place < reached:
            state, words = "below", texts.PASSED
        current = ' aria-current="true"' if state == "here" else ""
        rungs.append(
            f'<li class="{state}"{current}>{_rung(state)}<span class="rung-words">'
            f"<b>{escape(texts.DEPTHS[rung].plain)}</b>"
            f"<small>{escape(words)}</small></span></li>"
        )
    aside = texts.ONE_SIDED[one_sided] or ("" if following or depth not in DEPTHS else texts.STAY)
    tail = f'<p class="aside">{escape(aside)}</p>' if aside else ""
    return f'<ul class="ladder">{"".join(rungs)}</ul>{tail}'


def _rung(state: str) -> str:
    dot = '<span class="foothold"></span>' if state == "here" else ""
    return (
        '<span class="rung-box" aria-hidden="true">'
        '<svg class="rung" viewBox="0 0 64 64" preserveAspectRatio="none" focusable="false">'
        '<path class="rail" d="M12,0 V64 M52,0 V64"/><path class="bar" d="M12,32 H52"/>'
        f"</svg>{dot}</span>"
    )


def culture_line(judgement: DiversityJudgement, borderline: Collection[str] = ()) -> str:
    """Draw both cultures on one line from low to high context, the salesperson's above it and the customer's below.

    Countries in `borderline` are drawn nearer to the middle.
    """
    pins = _culture_pin(judgement.salesperson, texts.YOUR_SIDE, "yours", borderline) + _culture_pin(
        judgement.customer, texts.CUSTOMER_SIDE, "theirs", borderline
    )
    return (
        f'<div class="cultures"><div class="line" aria-hidden="true"></div>'
        f'<div class="ends"><span>low context<small>{texts.LOW_END}</small></span>'
        f"<span>high context<small>{texts.HIGH_END}</small></span></div>{pins}</div>"
    )


def _culture_pin(reading: CultureReading, who: str, side: str, borderline: Collection[str]) -> str:
    place = {Context.LOW: 22, Context.HIGH: 78, Context.UNCLEAR: 50}[reading.context]
    if reading.culture in borderline and reading.context is not Context.UNCLEAR:
        place += 14 if reading.context is Context.LOW else -14
    unknown = " unknown" if reading.context is Context.UNCLEAR else ""
    culture = escape(reading.culture or texts.UNKNOWN_CULTURE)
    return (
        f'<p class="culture {side}{unknown}" style="left:{place}%"><span class="who">{who}</span> <b>{culture}</b>'
        f'<span class="unseen">: {texts.CONTEXTS[reading.context]}</span></p>'
    )


_PETAL = "M0,-9 C34,-26 36,-74 0,-94 C-36,-74 -34,-26 0,-9 Z"
_TURNS: Mapping[Dimension, int] = {
    Dimension.COGNITIVE: 0,
    Dimension.METACOGNITIVE: 90,
    Dimension.MOTIVATIONAL: 180,
    Dimension.BEHAVIOURAL: 270,
}


def petals(dimensions: Mapping[Dimension, DimensionJudgement]) -> str:
    """Draw the four dimensions of cultural intelligence: filled where shown, hatched where its opposite is."""
    states = {
        dimension: dimensions[dimension].state if dimension in dimensions else DimensionState.NOT_EVIDENT
        for dimension in Dimension
    }
    words = "; ".join(f"{texts.DIMENSIONS[item].plain.lower()} {texts.STATES[state]}" for item, state in states.items())
    drawn = "".join(
        f'<path class="petal {state}" d="{_PETAL}" transform="rotate({_TURNS[item]})"/>' for item, state in states.items()
    )
    names = "".join(
        f'<li class="{item}"><b>{texts.DIMENSIONS[item].plain}</b><small>{texts.STATES[state]}</small></li>'
        for item, state in states.items()
    )
    return (
        '<div class="petals"><svg class="flower" viewBox="-100 -100 200 200" role="img" '
        f'aria-label="Four petals: {escape(words, quote=True)}."><defs><pattern id="hatch" width="8" height="8" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatching" d="M0,0 V8"/></pattern>'
        f'</defs>{drawn}<circle class="heart" r="4"/></svg><ul class="petal-names">{names}</ul></div>'
    )
