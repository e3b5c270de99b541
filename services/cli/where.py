"""`truceline where`: what a text about a place would be understood as."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec
import rich_click as click

from services.cli.output import EXIT_NO, json_option, print_json, print_lines
from services.documents import read_agreement_file
from services.where import Seen, knowing, read_where, remark, see
from streams.agreement import Agreement
from streams.where.read_degrees import Order
from streams.where.read_mgrs import written_as_mgrs
from streams.where.read_place import Known
from streams.where.reading import Candidate, Place, Unread


@click.command(epilog='Example: truceline where "8 km NW of the centre of Donetsk" --country UA')
@click.argument("texts", nargs=-1, required=True)
@click.option("--country", help="Code or English name of the country that names are in.")
@click.option("--region", help="The gazetteer's code of the region, as candidates show it.")
@click.option("--order", type=click.Choice(["lat-lon", "lon-lat"]), help="Of two bare numbers.")
@click.option("--accuracy-m", type=click.FloatRange(0, 1_000_000), help="Known how well, metres.")
@click.option("--compass-points", type=click.Choice(["8", "16"]), help="How coarse N, NE are.")
@click.option("--mils", type=click.Choice(["6400", "6000"]), help="To the circle.  [default: 6400]")
@click.option(
    "--agreement",
    "agreement_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="For kilometres on its routes; notices what lies far from it.",
)
@click.option("--geojson", "as_geojson", is_flag=True, help="Regions and candidates for a map.")
@json_option
def where(  # noqa: PLR0913, PLR0917 (each is one thing a monitor may know)
    texts: tuple[str, ...],
    country: str | None,
    region: str | None,
    order: Order | None,
    accuracy_m: float | None,
    compass_points: str | None,
    mils: str | None,
    agreement_file: Path | None,
    *,
    as_geojson: bool,
    as_json: bool,
) -> None:
    """Say what TEXTS about places are understood as.

    Degrees, MGRS, UTM; towns by name (with truceline[gazetteer]); "3-6 km N, NE of X", "between X
    and Y", "km 12-15 of ROUTE". The location goes into a report as it is printed. What is ambiguous
    or looks wrong is never mended: it is named, with what it may mean, and the exit code is 1.

    With --json a line for each: "text", "location", "form", "notes", "sources", "remark",
    "area_km2", "unlocated"; or "text", "trouble", "message", "candidates". With --geojson one
    FeatureCollection.
    """
    if as_json and as_geojson:
        raise click.UsageError("--json and --geojson are two forms: choose one")
    agreement = None if agreement_file is None else read_agreement_file(agreement_file)
    known = Known(
        order=order,
        mils_circle=6000 if mils == "6000" else 6400 if mils else None,
        compass_points=16 if compass_points == "16" else 8 if compass_points else None,
        known_to_m=accuracy_m,
        country=country,
        region=region,
    )
    if agreement is not None:
        known = knowing(known, agreement)
    read = [(text, read_where(text, known)) for text in texts]
    if as_geojson:
        features = [each for text, place in read for each in _features(text, place, agreement)]
        print_json({"type": "FeatureCollection", "features": features})
    for text, place in () if as_geojson else read:
        _show(text, place, agreement, as_json=as_json)
    if any(isinstance(place, Unread) for _, place in read):
        sys.exit(EXIT_NO)


def _show(text: str, place: Place | Unread, agreement: Agreement | None, *, as_json: bool) -> None:
    if isinstance(place, Unread):
        if as_json:
            print_json({"text": text, **_plain_trouble(place)})
        else:
            print_lines([f"{text}: {place.message} [{place.trouble.value}]"])
            print_lines(map(_candidate, place.candidates), indent="  ")
        return
    seen = see(place, agreement)
    if as_json:
        print_json({"text": text, **_plain(text, place, seen)})
    else:
        print_lines([f"{text}: {_extent(seen)}, read as {place.form}"])
        print_lines(place.notes, indent="  ")
        print_lines(_to_write(text, place), indent="  ")


def _extent(seen: Seen) -> str:
    if seen.area_km2 is None:
        return f"no known extent ({seen.unlocated})"
    return f"somewhere in {seen.area_km2:.3g} km²"


def _to_write(text: str, place: Place) -> list[str]:
    location = msgspec.json.encode(place.location).decode()
    return [
        f'"location": {location}',
        f'"remark": {msgspec.json.encode(remark(text, place)).decode()}',
    ]


def _candidate(candidate: Candidate) -> str:
    square = written_as_mgrs(candidate.lon, candidate.lat)
    return f"perhaps {candidate.said}" + (f" ({square})" if square else "")


def _plain(text: str, place: Place, seen: Seen) -> dict[str, Any]:
    return {
        "location": msgspec.to_builtins(place.location),
        "form": place.form,
        "notes": place.notes,
        "sources": place.sources,
        "remark": remark(text, place),
        "area_km2": None if seen.area_km2 is None else float(f"{seen.area_km2:.6g}"),
        "unlocated": seen.unlocated,
    }


def _plain_trouble(place: Unread) -> dict[str, Any]:
    candidates = [candidate._asdict() for candidate in place.candidates]
    return {
        "trouble": place.trouble.value,
        "message": place.message,
        "candidates": candidates,
    }


def _features(
    text: str, place: Place | Unread, agreement: Agreement | None
) -> list[dict[str, Any]]:
    """The region; of what is no place a point for each candidate."""
    if isinstance(place, Place):
        seen = see(place, agreement)
        properties = {"text": text, **_plain(text, place, seen)}
        return [{"type": "Feature", "geometry": seen.outline, "properties": properties}]
    return [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [candidate.lon, candidate.lat]},
            "properties": {"text": text, "trouble": place.trouble.value, "said": candidate.said},
        }
        for candidate in place.candidates
    ]
