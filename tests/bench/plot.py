"""A plot of cost against N as SVG: both axes by powers of ten, readable on light and on dark ground."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from tests.bench.results import Point

WIDTH, HEIGHT = 800, 420
LEFT, RIGHT, TOP, BOTTOM = 76, 270, 44, 56
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 } .title { font-weight: 600; font-size: 15px }
.grid { stroke: #d1d9e0 } .line { fill: none; stroke-width: 2 } svg { background: #fff }
.s0 { stroke: #0b62c4; fill: #0b62c4 } .s1 { stroke: #b35900; fill: #b35900 } .s2 { stroke: #1a7f37; fill: #1a7f37 }
.s3 { stroke: #8250df; fill: #8250df } .s4 { stroke: #6e7781; fill: #6e7781 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .grid { stroke: #30363d } svg { background: #0d1117 }
.s0 { stroke: #58a6ff; fill: #58a6ff } .s1 { stroke: #f0a04b; fill: #f0a04b } .s2 { stroke: #3fb950; fill: #3fb950 }
.s3 { stroke: #bc8cff; fill: #bc8cff } .s4 { stroke: #8b949e; fill: #8b949e } }
.line { fill: none }
"""
DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 4")  # not by colour alone


def powers(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten around some numbers above 0, one apart at least."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def tick(power: int) -> str:
    """1,000 for 3, 0.01 for -2."""
    return f"{10**power:,}" if power >= 0 else f"{10.0**power:.{-power}f}"


def svg(title: str, across: str, up: str, points: Sequence[Point]) -> str:
    """The picture; points of one name are one line. The lines keep the order in which they first come."""
    shown = [each for each in points if each.logs > 0 and each.cost > 0]
    (left, right), (low, high) = powers([each.logs for each in shown]), powers([each.cost for each in shown])

    def x(logs: float) -> float:
        return LEFT + (math.log10(logs) - left) / (right - left) * (WIDTH - LEFT - RIGHT)

    def y(cost: float) -> float:
        return HEIGHT - BOTTOM - (math.log10(cost) - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    drawn = [f'<text class="title" x="{LEFT}" y="24">{escape(title)}</text>']
    for power in range(left, right + 1):
        at = x(10.0**power)
        drawn.append(f'<path class="grid" d="M{at:.1f} {TOP}V{HEIGHT - BOTTOM}"/>')
        drawn.append(f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{tick(power)}</text>')
    for power in range(low, high + 1):
        at = y(10.0**power)
        drawn.append(f'<path class="grid" d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}"/>')
        drawn.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{tick(power)}</text>')
    middle = (TOP + HEIGHT - BOTTOM) / 2
    drawn.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 14}" text-anchor="middle">{escape(across)}</text>'
    )
    drawn.append(f'<text transform="translate(18 {middle}) rotate(-90)" text-anchor="middle">{escape(up)}</text>')
    for at, name in enumerate(dict.fromkeys(each.line for each in shown)):
        places = sorted((x(each.logs), y(each.cost)) for each in shown if each.line == name)
        drawn.append(_line(at, name, places))
    label = f'role="img" aria-label="{escape(title)}: {escape(up)} against {escape(across)}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {label}>'
    return "\n".join([head, f"<style>{STYLE}</style>", *drawn, "</svg>"]) + "\n"


def _line(at: int, name: str, places: Sequence[tuple[float, float]]) -> str:
    """One line with its points, and what it is called beside the picture."""
    path = "M" + "L".join(f"{across:.1f} {up:.1f}" for across, up in places)
    dots = "".join(f'<circle class="s{at % 5}" cx="{across:.1f}" cy="{up:.1f}" r="3.5"/>' for across, up in places)
    beside, height = WIDTH - RIGHT + 18, TOP + 12 + at * 24
    dash = f'stroke-dasharray="{DASHES[at % 5]}"'
    return (
        f'<path class="s{at % 5} line" {dash} d="{path}"/>{dots}'
        f'<path class="s{at % 5} line" {dash} d="M{beside} {height}h28"/>'
        f'<text x="{beside + 36}" y="{height + 4}">{escape(name)}</text>'
    )
