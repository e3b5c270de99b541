"""The table in docs/benchmarks/corridors.md and the plot beside it, from the bench's figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import log10
from pathlib import Path
from typing import Final, NamedTuple

BEGIN, END = "<!-- written by make bench-corridors -->", "<!-- end -->"
PAGE, PLOT = "corridors.md", "corridors.svg"
LINES: Final = {
    "whole": ("all that is known (before)", "#5c677d"),
    "board": ("board", "#edae49"),
    "year": ("a year's figures", "#d1495b"),
    "answer": ("answer to at", "#66a182"),
    "at": ("at", "#1b6ca8"),
}
WIDTH, HEIGHT, LEFT, TOP, PLOT_W, PLOT_H = 720, 360, 70, 40, 420, 260
LOW, HIGH = -1.0, 3.0
"""Powers of ten of a millisecond."""


class Figure(NamedTuple):
    """How long a question took."""

    asked: int
    median_ms: float
    p99_ms: float


class Size(NamedTuple):
    """A length of history, and what it took to ask."""

    events: int
    rows: int
    bytes: int
    figures: Mapping[str, Figure]


def write_page(folder: Path, corridors: int, sizes: Sequence[Size]) -> None:
    """Replace the table on the page, and the plot."""
    page = folder / PAGE
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    table = "\n".join(_table(corridors, sizes))
    page.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", "utf-8")
    (folder / PLOT).write_text("\n".join(_plot(sizes)) + "\n", "utf-8")


def _table(corridors: int, sizes: Sequence[Size]) -> Iterator[str]:
    first, last = sizes[0], sizes[-1]
    heads = " | ".join(f"{size.events:,} events" for size in sizes)
    yield f"{corridors:,} corridors; median / p99 in ms.\n"
    yield f"| question (times asked) | {heads} | grown |"
    yield "|---|" + "---|" * (len(sizes) + 1)
    for what, figure in first.figures.items():
        cells = [_cell(size.figures[what]) for size in sizes]
        grown = last.figures[what].median_ms / figure.median_ms - 1
        grown_p99 = last.figures[what].p99_ms / figure.p99_ms - 1
        asked = f"| `{what}` ({figure.asked:,}) | " + " | ".join(cells)
        yield f"{asked} | {grown:+.0%} / {grown_p99:+.0%} |"
    rows = " | ".join(f"{size.rows:,} rows, {size.bytes / 1e9:.1f} GB" for size in sizes)
    yield f"| table and indexes | {rows} | |"


def _cell(figure: Figure) -> str:
    return f"{figure.median_ms:.2f} / {figure.p99_ms:.2f}"


def _plot(sizes: Sequence[Size]) -> Iterator[str]:
    """Milliseconds over events, both on logarithmic axes: p99, and the median dashed."""
    span = max(log10(sizes[-1].events / sizes[0].events), 1e-9)

    def x(size: Size) -> float:
        return LEFT + PLOT_W * log10(size.events / sizes[0].events) / span

    def y(taken_ms: float) -> float:
        return TOP + PLOT_H * (HIGH - log10(taken_ms)) / (HIGH - LOW)

    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
    yield ' font-family="sans-serif" font-size="12">'
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
    title = "ms: p99, and the median dashed"
    yield f'<text x="{LEFT}" y="{TOP - 16}" font-weight="bold">{title}</text>'
    for power in range(int(LOW), int(HIGH) + 1):
        line = y(10.0**power)
        yield f'<line x1="{LEFT}" x2="{LEFT + PLOT_W}" y1="{line}" y2="{line}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 8}" y="{line + 4}" text-anchor="end">{10.0**power:g}</text>'
    for size in sizes:
        at = f'x="{x(size):.1f}" y="{TOP + PLOT_H + 20}" text-anchor="middle"'
        yield f"<text {at}>{size.events:,}</text>"
    yield f'<text x="{LEFT}" y="{TOP + PLOT_H + 40}">events</text>'
    for what, (name, colour) in LINES.items():
        for dash, pick in (("", "p99_ms"), ("4 4", "median_ms")):
            places = [(x(size), y(getattr(size.figures[what], pick))) for size in sizes]
            points = " ".join(f"{left:.1f},{top:.1f}" for left, top in places)
            yield f'<polyline points="{points}" fill="none" stroke="{colour}"'
            yield f' stroke-width="2" stroke-dasharray="{dash}"/>'
        beside = y(sizes[-1].figures[what].p99_ms) + 4
        yield f'<text x="{LEFT + PLOT_W + 6}" y="{beside:.1f}" fill="{colour}">{name}</text>'
    yield "</svg>"
