"""One entry of a grid's cell: a zone near it, in 64 bits.

Beside the data's way; `grid_build` writes entries, `grid_ask` and `settle` read them. An entry
says how far the cell's centre is inside of the zone, and which of the zone's edges enter the cell:
a run of them, from the zone's first edge on. Where none does, the whole cell is on its centre's
side; a run that can't be told in so few bits is `MANY`, and the zone itself is asked.

    bits  0-23   the zone
    bits 24-43   the run's first edge, counted from the zone's first vertex
    bits 44-47   how many edges the run has, or `MANY`
    bit  48      whether the side that the run tells is the other one (`point_side.side_in_cell`)
    bits 49-63   signed distance in units of `cap_m / FARTHEST`, rounded towards the boundary
"""

from geo.compiled import kernel

# In `Grid.first`, where a cell's entries begin: no point of the cell is in any of their zones.
BARE = 1 << 31
AT = BARE - 1
MOST_ZONES = 1 << 24
_MOST_EDGES = 1 << 20
MANY = 15
FARTHEST = (1 << 14) - 1


@kernel
def make_entry(zone: int, edge: int, edges: int, other: int, distance: int) -> int:
    """The entry; its run is `MANY` where it does not fit."""
    if edges >= MANY or edge >= _MOST_EDGES:
        edge, edges = 0, MANY
    return distance << 49 | other << 48 | edges << 44 | edge << 24 | zone


@kernel
def zone_of(entry: int) -> int:
    """The zone."""
    return entry & 0xFFFFFF


@kernel
def of_zone(entry: int, zone: int) -> int:
    """The same of another zone."""
    return entry & ~0xFFFFFF | zone


@kernel
def edge_of(entry: int) -> int:
    """The run's first edge, counted from the zone's first vertex."""
    return entry >> 24 & 0xFFFFF


@kernel
def edges_of(entry: int) -> int:
    """How many edges the run has: 0 where none enters the cell, or `MANY`."""
    return entry >> 44 & 0xF


@kernel
def is_other(entry: int) -> bool:
    """Whether the side is the other one than the run tells."""
    return (entry >> 48 & 1) == 1


@kernel
def distance_of(entry: int) -> int:
    """Signed distance of the cell's centre, in the grid's units."""
    return entry >> 49
