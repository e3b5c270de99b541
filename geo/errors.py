"""Everything geometry can refuse, and who is at fault.

Every error carries a `code`: the reason that lands in a rejected row or an agreement's finding.

    GeoError
    ├── RegionError              one report's location can't be used: reject that row
    │   ├── BadRegionError       region_invalid      NaN, out of range, negative, self-crossing
    │   ├── EmptyRegionError     region_empty        no extent, so no share of it lies anywhere
    │   ├── RegionTooLargeError  region_too_large    reaches more than 500 km from its centre
    │   └── PolarRegionError     region_at_pole      reaches a pole, where longitude means nothing
    ├── ZoneError                an agreement's zone can't be used: refuse that version
    │   ├── InvalidZoneError     zone_invalid        not a valid, non-empty polygon in range
    │   ├── DuplicateZoneError   zone_duplicate      two zones under one id
    │   ├── ZoneTooWideError     zone_too_wide       spans more than 180° of longitude
    │   └── DerivationError      zone_not_derivable  nothing can be measured from these lines
    │       ├── LineCrossesError self_intersection   a line that meets itself or its fellow
    │       └── NoSideError      side_unclear        left and right of a line meet round its end
    ├── RouteError               route_invalid       a route that no corridor can be made of
    └── GeometryRefusedError     geometry_refused    GeoJSON with problems, all of them attached
"""

from typing import ClassVar


class GeoError(Exception):
    """Root of the package's errors; `code` is stable and lower_snake_case."""

    code: ClassVar[str] = "geometry"


class RegionError(GeoError):
    """A location's region that can't be used: reject the row."""

    code = "region"


class BadRegionError(RegionError):
    """A number is not finite, out of range or negative, or the outline crosses itself."""

    code = "region_invalid"


class EmptyRegionError(RegionError):
    """The region has no area, so no share of it can lie anywhere."""

    code = "region_empty"


class RegionTooLargeError(RegionError):
    """The region reaches farther from its centre than one local plane can carry."""

    code = "region_too_large"


class PolarRegionError(RegionError):
    """The region reaches a pole: its extent in longitude is unbounded there."""

    code = "region_at_pole"


class ZoneError(GeoError):
    """A zone that can't be used: refuse the agreement version."""

    code = "zone"


class InvalidZoneError(ZoneError):
    """The zone is no valid polygon with extent and coordinates in range."""

    code = "zone_invalid"


class DuplicateZoneError(ZoneError):
    """Two zones of one set share an id."""

    code = "zone_duplicate"


class ZoneTooWideError(ZoneError):
    """The zone spans more than half of the globe in longitude."""

    code = "zone_too_wide"


class DerivationError(ZoneError):
    """A zone can't be derived from these lines and metres."""

    code = "zone_not_derivable"


class LineCrossesError(DerivationError):
    """A line meets itself, or two lines that bound a band meet; `at` is the place, lon/lat."""

    code = "self_intersection"

    def __init__(self, message: str, at: tuple[float, float]) -> None:
        super().__init__(message)
        self.at = at


class NoSideError(DerivationError):
    """A line bends back on its own end, so that what is left of it is also right of it."""

    code = "side_unclear"


class RouteError(GeoError):
    """A corridor can't be made of this route and width."""

    code = "route_invalid"


class GeometryRefusedError(GeoError):
    """GeoJSON that has problems; the message lists each with its path."""

    code = "geometry_refused"
