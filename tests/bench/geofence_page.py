"""The table in docs/benchmarks/geofence.md and the plot beside it, from the bench's figures."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from math import log10
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- written by make bench-geofence -->", "<!-- end -->"
PAGE, PLOT = "geofence.md", "geofence.svg"
COLOURS = ("#1b6ca8", "#d1495b", "#edae49", "#66a182", "#8d6a9f", "#5c677d")
WIDTH, HEIGHT, LEFT, TOP, PLOT_W, PLOT_H = 860, 360, 60, 40, 300, 260

Figures = dict[str, Any]


def write_page(folder: Path, figures: Figures) -> None:
    """Replace the table on the page, and the plot."""
    page = folder / PAGE
    text = page.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n{_table(figures)}\n{END}{after}", "utf-8")
    (folder / PLOT).write_text(_plot(figures), "utf-8")


def _table(figures: Figures) -> str:
    sizes = sorted({rate["zones"] for rate in figures["rates"]})
    heads = " | ".join(f"{size:,} zones" for size in sizes)
    where = f"{figures['machine']}; {figures['points']:,} points"
    rows = [
        f"{where}, medians of {figures['rounds']} rounds.\n",
        f"| million points/s | {heads} |",
        "|---|" + "---|" * len(sizes),
    ]
    for kind, engine in _series(figures):
        cells = [_cell(figures, kind, engine, size) for size in sizes]
        rows.append(f"| {kind}: {engine} | " + " | ".join(cells) + " |")
    built = figures["build"]
    rows.append(
        f"\nBuilding the index over {built['zones']:,} zones: {built['seconds']:.1f} s, "
        f"{built['index_mb']:.0f} MB of index; the process grew by {built['rss_mb']:.0f} MB."
    )
    return "\n".join(rows)


def _series(figures: Figures) -> list[tuple[str, str]]:
    return list(dict.fromkeys((rate["kind"], rate["engine"]) for rate in figures["rates"]))


def _rate(figures: Figures, kind: str, engine: str, size: int) -> float:
    found: float = next(
        rate["points_per_s"] / 1e6
        for rate in figures["rates"]
        if (rate["kind"], rate["engine"], rate["zones"]) == (kind, engine, size)
    )
    return found


def _cell(figures: Figures, kind: str, engine: str, size: int) -> str:
    """The rate, and how many times as fast we are."""
    rate = _rate(figures, kind, engine, size)
    ours = _rate(figures, kind, _series(figures)[0][1], size)
    return f"**{rate:.2f}**" if rate == ours else f"{rate:.2f} ({ours / rate:.1f} x)"


def _plot(figures: Figures) -> str:
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        *_panel(figures, "plain", LEFT, "points"),
        *_panel(figures, "uncertain", LEFT + PLOT_W + 110, "points with 10 to 250 m of accuracy"),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _panel(figures: Figures, kind: str, left: int, title: str) -> Iterator[str]:
    """Million points/s over the number of zones, both on logarithmic axes."""
    sizes = sorted({rate["zones"] for rate in figures["rates"]})
    engines = [engine for k, engine in _series(figures) if k == kind]
    low, high = -1.0, 2.0
    span = max(log10(sizes[-1] / sizes[0]), 1e-9)

    def x(size: int) -> float:
        return left + PLOT_W * log10(size / sizes[0]) / span

    def y(rate: float) -> float:
        return TOP + PLOT_H * (high - log10(rate)) / (high - low)

    yield f'<text x="{left}" y="{TOP - 16}" font-weight="bold">{escape(title)}, million/s</text>'
    for power in range(int(low), int(high) + 1):
        at = y(10.0**power)
        yield f'<line x1="{left}" x2="{left + PLOT_W}" y1="{at}" y2="{at}" stroke="#ddd"/>'
        yield f'<text x="{left - 8}" y="{at + 4}" text-anchor="end">{10.0**power:g}</text>'
    for size in sizes:
        yield f'<text x="{x(size)}" y="{TOP + PLOT_H + 20}" text-anchor="middle">{size:,}</text>'
    for engine, colour in zip(engines, COLOURS, strict=False):
        rates = [_rate(figures, kind, engine, size) for size in sizes]
        points = " ".join(f"{x(s):.1f},{y(r):.1f}" for s, r in zip(sizes, rates, strict=True))
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        yield (
            f'<text x="{left + PLOT_W + 4}" y="{y(rates[-1]) + 4:.1f}" fill="{colour}">'
            f"{escape(engine)}</text>"
        )
    yield f'<text x="{left}" y="{TOP + PLOT_H + 40}">zones of 125 vertices</text>'
