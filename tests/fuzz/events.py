"""Malformed events, by class: each with the reasons that it may be refused for.

Sent alone, as a line among lines that are well, and packed (`framed`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from tests.fuzz.case import (
    JSON,
    NDJSON,
    STATUSES,
    STORED,
    Case,
    Make,
    Sender,
    gzipped,
    refused,
    zstded,
)

Raw = Callable[[Sender], bytes]
DEEP: Final = 100_000
LARGE: Final = 10_000_000


def _changed(**changes: Any) -> Raw:  # noqa: ANN401 (any field)
    return lambda sender: sender.raw(**changes)


def _one_of(*members: bytes) -> Raw:
    return lambda sender: sender.spliced(sender.draw.choice(members))


def _without(*fields: str) -> Raw:
    def make(sender: Sender) -> bytes:
        event = sender.report()
        del event[sender.draw.choice(fields)]
        return json.dumps(event).encode()

    return make


def _cut(sender: Sender) -> bytes:
    raw = sender.raw(remark="shelling north of the village, \u0434\u0432\u0430 \\u00e9")
    return raw[: sender.draw.randrange(1, len(raw))].rstrip(b" ")


def _typed(sender: Sender) -> bytes:
    field = sender.draw.choice(
        ("id", "mission", "source", "kind", "means", "observed_from", "location", "exercise")
    )
    return sender.raw(**{field: sender.draw.choice((7, 1.5, [1]))})


def _bad_byte(sender: Sender) -> bytes:
    bad = sender.draw.choice(
        (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xe2\x28")
    )
    field = sender.draw.choice((b'"remark"', b'"unknown"'))
    return sender.spliced(field + b': "' + bad + b'"')


def _twice(sender: Sender) -> bytes:
    event = sender.report()
    name = sender.draw.choice(list(event))
    member = json.dumps({name: event[name]})[1:-1].encode()
    return json.dumps(event).encode()[:-1] + b", " + member + b"}"


def _twice_deep(sender: Sender) -> bytes:
    depth = sender.draw.randrange(1, 60)
    return sender.spliced(b'"x": ' + b'[{"a": ' * depth + b'{"b": 1, "b": 1}' + b"}]" * depth)


def _long(field: str) -> Raw:
    def make(sender: Sender) -> bytes:
        return sender.spliced(b'"%s": "' % field.encode() + b"a" * LARGE + b'"')

    return make


def _ring(*corners: tuple[float, float]) -> dict[str, Any]:
    return {"type": "area", "coordinates": [corners]}


_POINT: Final = {"type": "point", "lon": 38.1, "lat": 48.6}
_BOWTIE: Final = _ring((0, 0), (1, 1), (1, 0), (0, 1), (0, 0))
_OPEN: Final = _ring((0, 0), (1, 0), (1, 1), (0, 1))

EVENTS: Final[dict[str, tuple[Raw, tuple[str, ...]]]] = {
    # What stands there is no JSON.
    "empty": (lambda _: b"", ("empty",)),
    "blank": (lambda _: b"  \t ", ("malformed_json", "empty")),
    # Cut within a character, its bytes are no UTF-8; ASCII writes none of those.
    "cut off": (_cut, ("malformed_json",)),
    "NaN and Infinity": (
        _one_of(b'"x": NaN', b'"remark": Infinity', b'"count": {"min": -Infinity}', b'"x": nan'),
        ("malformed_json",),
    ),
    "no JSON number": (
        _one_of(b'"x": 01', b'"x": 1.', b'"x": .5', b'"x": +1', b'"x": 0x1f', b'"x": 1e'),
        ("malformed_json",),
    ),
    "trailing comma": (lambda s: s.raw()[:-1] + b",}", ("malformed_json",)),
    "two events": (lambda s: s.raw() + s.raw(), ("malformed_json",)),
    "closed twice": (lambda s: s.raw() + b"}", ("malformed_json",)),
    "single quotes": (lambda s: s.raw().replace(b'"', b"'"), ("malformed_json",)),
    "comment": (lambda s: b"/* a */" + s.raw(), ("malformed_json",)),
    "byte order mark": (lambda s: b"\xef\xbb\xbf" + s.raw(), ("malformed_json",)),
    "UTF-16": (lambda s: s.raw().decode().encode("utf-16"), ("not_utf8",)),
    "invalid UTF-8": (_bad_byte, ("not_utf8",)),
    "raw control": (
        _one_of(b'"remark": "\x00"', b'"x": "\x1f"', b'"x": "\x08"'),
        ("malformed_json",),
    ),
    "no escape": (_one_of(b'"x": "\\x41"', b'"x": "\\u12"', b'"x": "\\"'), ("malformed_json",)),
    "half a surrogate": (
        _one_of(b'"remark": "\\ud800"', b'"remark": "\\udc00 a"', b'"remark": "\\ud800\\ud800"'),
        ("malformed_json",),
    ),
    # Depth.
    "100,000 brackets": (
        lambda s: s.spliced(b'"x": ' + b"[" * DEEP + b"]" * DEEP),
        ("nested_too_deeply",),
    ),
    "100,000 open brackets": (lambda _: b"[" * DEEP, ("nested_too_deeply", "wrong_type")),
    "100,000 objects": (lambda _: b'{"a":' * DEEP, ("nested_too_deeply",)),
    # Size.
    "10 MB in a known field": (_long("remark"), ("too_large",)),
    "10 MB in an unknown field": (_long("x"), ("too_large",)),
    # Keys.
    "a key twice": (_twice, ("duplicate_key",)),
    "a key twice, escaped": (
        _one_of(b'"\\u0069d": "b"', b'"kin\\u0064": "round"'),
        ("duplicate_key",),
    ),
    "a key twice, deep": (_twice_deep, ("duplicate_key",)),
    # Types.
    "no object": (
        lambda s: s.draw.choice((b"null", b"[]", b'"a"', b"1", b"true", b"1e400", b"[{}]")),
        ("wrong_type", "out_of_range"),
    ),
    "wrong type": (_typed, ("wrong_type",)),
    "null where none may be": (_changed(id=None), ("wrong_type",)),
    "lon as text": (_changed(location={**_POINT, "lon": "38.1"}), ("wrong_type",)),
    "a count with a fraction": (_changed(count={"min": 1.5}), ("wrong_type",)),
    "time as a number": (_changed(observed_to=1772352000), ("wrong_type",)),
    "missing field": (
        _without("id", "mission", "source", "kind", "means", "observed_from"),
        ("missing_field",),
    ),
    "nothing in it": (lambda _: b"{}", ("missing_field",)),
    # Words.
    "unknown kind": (_changed(kind="thunder"), ("unknown_kind",)),
    "unknown word": (_changed(means=["guessed"]), ("unknown_word",)),
    "unknown shape": (_changed(location={"type": "circle"}), ("unknown_word",)),
    "other version": (
        lambda s: s.raw(version=s.draw.choice((0, 2, -1, 1.5, 10**30))),
        ("unsupported_version", "out_of_range"),
    ),
    "NUL in a name": (
        lambda s: s.raw(**{s.draw.choice(("id", "mission", "source")): "a\x00b"}),
        ("bad_format",),
    ),
    "a name that ends in a newline": (
        lambda s: s.raw(**{s.draw.choice(("id", "mission", "source")): "a\n"}),
        ("bad_format",),
    ),
    "name too long": (_changed(id="a" * 129), ("out_of_range",)),
    "name of nothing": (_changed(source=""), ("out_of_range",)),
    # Numbers and times.
    "1e400": (
        _one_of(
            b'"count": {"min": 1e400}', b'"location": {"type": "point", "lon": 1e400, "lat": 1}'
        ),
        ("out_of_range", "wrong_type"),
    ),
    "10,000 digits": (
        _one_of(
            b'"declared_number": ' + b"9" * 10_000,
            b'"location": {"type": "point", "lon": -' + b"9" * 10_000 + b', "lat": 1}',
        ),
        ("out_of_range", "wrong_type"),
    ),
    "off the globe": (
        lambda s: s.raw(
            location={**_POINT, s.draw.choice(("lon", "lat")): s.draw.choice((181, -181))}
        ),
        ("out_of_range",),
    ),
    "year out of range": (
        lambda s: s.raw(
            observed_from=s.draw.choice(
                ("1899-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00")
            )
        ),
        ("out_of_range",),
    ),
    "no such day": (
        lambda s: s.raw(
            observed_from=s.draw.choice(
                ("2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-03-01T25:00:00Z", "", "now")
            )
        ),
        ("bad_format",),
    ),
    "no offset": (_changed(observed_from="2026-03-01T08:00:00"), ("missing_utc_offset",)),
    # What contradicts itself.
    "interval reversed": (_changed(observed_to="2026-03-01T05:59:59Z"), ("interval_reversed",)),
    "count reversed": (_changed(count={"min": 5, "max": 4}), ("count_reversed",)),
    "detail of another kind": (_changed(detail="denial"), ("detail_not_of_kind",)),
    "ring that crosses itself": (_changed(location=_BOWTIE), ("bad_geometry",)),
    "ring that is open": (_changed(location=_OPEN), ("bad_geometry",)),
    "replaces itself": (_changed(id="same", supersedes="same"), ("refers_to_itself",)),
}

RARE: Final = frozenset({"10 MB in a known field", "10 MB in an unknown field"})
"""So large that a hundred thousand of them would take the day."""


def alone(name: str, raw: Raw, codes: tuple[str, ...], sender: Sender) -> Case:
    """The one event of a body."""
    return Case(name, sender.post(raw(sender)), refused(*codes))


def packed(name: str, raw: Raw, codes: tuple[str, ...], sender: Sender) -> Case:
    """The same, packed."""
    coding, pack = sender.draw.choice((("gzip", gzipped), ("zstd", zstded)))
    return Case(name, sender.post(pack(raw(sender)), coding=coding), refused(*codes))


def among_others(name: str, raw: Raw, codes: tuple[str, ...], sender: Sender) -> Case:
    """A line among lines that are well: theirs are stored, and it alone is refused."""
    bad = raw(sender)
    if b"\n" in bad:
        return alone(name, lambda _: bad, codes, sender)
    well = tuple(sender.raw() for _ in range(sender.draw.randrange(1, 4)))
    at = sender.draw.randrange(len(well) + 1)
    lines = [*well[:at], bad, *well[at:]]
    expected = [STORED] * len(lines)
    expected[at] = refused(*codes)
    end = sender.draw.choice((b"\n", b""))
    body = b"\n".join(lines) + (end or (b"" if lines[-1] else b"\n"))
    return Case(
        name, sender.post(body, media=NDJSON), refused("", status=200), tuple(expected), well
    )


def elsewhere(name: str, raw: Raw, _: tuple[str, ...], sender: Sender) -> Case:
    """Sent as a corridor status, which it is no better as: refused, for whichever reason."""
    body = raw(sender)
    return Case(f"{name} (as a status)", sender.post(body, path=STATUSES, media=JSON), ANY_REASON)


ANY_REASON: Final = refused(
    *(code for _, codes in EVENTS.values() for code in codes), "unknown_corridor"
)
_FRAMES: Final = (alone, packed, among_others, among_others, alone, elsewhere)


def framed(name: str) -> Make:
    """The class's event, sent one way or another."""
    raw, codes = EVENTS[name]

    def make(sender: Sender) -> Case:
        return partial(sender.draw.choice(_FRAMES), name, raw, codes)(sender)

    return make
