"""What both crash runs say alike: how the kills landed, and whether the tables are equal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.e2e.compare import Holdings
from tests.e2e.kills import Landing


def landing_lines(landings: Sequence[Landing], recovered_means: str) -> Iterator[str]:
    """A line for each kill, under a heading that says what its recovery was."""
    yield f"      at  victim      aimed  {recovered_means}  landed in"
    for landing in landings:
        recovered = "-" if landing.recovered_s is None else f"{landing.recovered_s:.1f} s"
        yield (
            f"  {landing.at_s:6.1f}  {landing.victim:<10}  {'yes' if landing.aimed else 'no ':<5}"
            f"  {recovered:>{len(recovered_means)}}"
            f"  {landing.inside or 'no transaction'} ({landing.who})"
        )


def table_lines(killed: Holdings, undisturbed: Holdings) -> Iterator[str]:
    """Whether the run without kills ended in the same, and in what."""
    same = killed == undisturbed
    yield f"  tables {'equal to' if same else 'DIFFER from'} those of the run without kills:"
    for name, (count, digest) in killed.tables.items():
        yield f"    {name}: {count} rows, {digest[:16]}"
    yield f"    current, the road's availability with it: {killed.current[:16]}"
    count, digest = killed.incidents
    yield f"    incidents: {count}, {digest[:16]}"
