"""Totals by category straight from the SMM's table: `csv` and nothing of the program.

The words are read anew here, by the way the mission counts: what a row counts is what it prints,
`several` and `multiple` are two at least, `hundreds` two hundred, `uncountable` one. Flares are
counted apart: light is no cease-fire violation.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from typing import NamedTuple

_CATEGORY = {
    "explosion": "explosions",
    "airburst": "explosions",
    "round": "rounds",
    "projectile": "projectiles",
    "burst": "bursts",
    "shot": "shots",
    "burst|shot": "shots",
    "shot|burst": "shots",
    "tracer": "tracers",
    "salvo": "salvoes",
    "exchange": "exchanges",
    "flare": "flares",
}
_LEAST = {"several": 2, "multiple": 2, "hundreds": 200, "uncountable": 1}


class Counted(NamedTuple):
    """At least and at most; None: open upwards."""

    rows: int
    least: int
    most: int | None

    def __add__(self, other: object) -> Counted:
        assert isinstance(other, Counted)
        most = None if self.most is None or other.most is None else self.most + other.most
        return Counted(self.rows + other.rows, self.least + other.least, most)


NONE = Counted(0, 0, 0)


def by_row(text: str) -> dict[str, tuple[str, Counted]]:
    """Category and count of each row, by `obs_id`."""
    return {
        row["obs_id"]: (_CATEGORY[row["kind"]], _counted(row))
        for row in csv.DictReader(io.StringIO(text))
    }


def by_category(text: str) -> dict[str, Counted]:
    """The sum of each category."""
    sums: defaultdict[str, Counted] = defaultdict(lambda: NONE)
    for category, counted in by_row(text).values():
        sums[category] += counted
    return dict(sums)


def _counted(row: dict[str, str]) -> Counted:
    word = row["count_qualifier"]
    if word in _LEAST:
        return Counted(1, _LEAST[word], None)
    number = int(row["count"])
    if word == "range":
        return Counted(1, number, int(row["count_max"]))
    if word == "almost":
        return Counted(1, 1, number)
    return Counted(1, number, None if word in {"over", "at_least"} else number)
