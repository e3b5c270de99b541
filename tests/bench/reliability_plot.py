"""The plot of a calibration: what `p_inside` said against how often it was so, as SVG."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

SIDE, MARGIN, LEGEND = 330, 50, 18
COLOURS = ("#1b6ca8", "#d1495b", "#2e8b57", "#8e6c8a", "#c98a1b", "#00798c", "#5f5f5f", "#a23b72")

Curve = tuple[np.ndarray, np.ndarray]
"""By decile: the mean of `p_inside`, and the share of truths inside."""


def plot(panels: Mapping[str, Mapping[str, Curve]]) -> str:
    """Panels side by side, each with the diagonal on which a curve should lie."""
    tall = MARGIN * 2 + SIDE + LEGEND * max(len(curves) for curves in panels.values())
    wide = (MARGIN + SIDE) * len(panels) + MARGIN
    size = f'width="{wide}" height="{tall}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">',
        f'<rect {size} fill="white"/>',
    ]
    for number, (title, curves) in enumerate(panels.items()):
        parts += _panel(MARGIN + number * (MARGIN + SIDE), title, curves)
    return "\n".join([*parts, "</svg>", ""])


def _panel(left: int, title: str, curves: Mapping[str, Curve]) -> Iterator[str]:
    bottom = MARGIN + SIDE
    yield f'<text x="{left}" y="{MARGIN - 20}" font-size="14">{title}</text>'
    frame = f'x="{left}" y="{MARGIN}" width="{SIDE}" height="{SIDE}"'
    yield f'<rect {frame} fill="none" stroke="#999"/>'
    yield f'<path d="M{left} {bottom} L{left + SIDE} {MARGIN}" stroke="#bbb" stroke-dasharray="4"/>'
    for tick in (0.0, 0.5, 1.0):
        yield f'<text x="{left + tick * SIDE - 8:.0f}" y="{bottom + 16}">{tick}</text>'
        yield f'<text x="{left - 26}" y="{bottom - tick * SIDE + 4:.0f}">{tick}</text>'
    yield f'<text x="{left + 90}" y="{bottom + 32}">p_inside, against the share inside</text>'
    for number, (name, (said, so)) in enumerate(curves.items()):
        colour = COLOURS[number % len(COLOURS)]
        spots = [
            f"{left + x * SIDE:.1f},{bottom - y * SIDE:.1f}" for x, y in zip(said, so, strict=True)
        ]
        yield f'<polyline points="{" ".join(spots)}" fill="none" stroke="{colour}"/>'
        for spot in spots:
            x, y = spot.split(",")
            yield f'<circle cx="{x}" cy="{y}" r="2.5" fill="{colour}"/>'
        line = bottom + 52 + number * LEGEND
        yield f'<rect x="{left}" y="{line - 9}" width="10" height="10" fill="{colour}"/>'
        yield f'<text x="{left + 16}" y="{line}">{name}</text>'
