"""Two missions with two agreements each, and of each all that the questions may show.

Everything that is a mission's, a source's or an agreement's own carries a mark that says whose it
is, so that a test can look for it in what somebody else is answered.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import msgspec
from msgspec.structs import replace

from geo.spread import Middle
from services.store.documents import load_document
from services.store.engine import Connection
from services.store.partitions import ensure_partitions
from services.store.rows import (
    AvailabilityRow,
    BatchRows,
    BreachRow,
    CaseActRow,
    CaseReaderRow,
    ChannelRow,
    ContextGenerationRow,
    DueRow,
    IncidentRow,
    MovementRow,
    ReceiptRow,
    StandingRow,
    SubmissionRow,
    SupersessionRow,
    UnheededMovementRow,
    WhereaboutsRow,
)
from services.store.write import copy_batch, copy_rows
from services.worker.keep_incidents import incident_row
from streams.agreement import Agreement, content_hash
from streams.assessment import UnderClaim
from streams.cases.acts import FORMAT as CASE_FORMAT
from streams.cases.acts import EvidenceHeld, Opened, Subject, SubjectKind, act_hash, write_act
from streams.channel.messages import FORMAT as CHANNEL_FORMAT
from streams.channel.messages import Request, message_hash, write_message
from streams.context.fold import encode_state, fold
from streams.context.heard import Heard
from streams.desk.item import ViolationItem
from streams.events import Count, MovementEvent, MovementNotified, NamedPlaces
from streams.incidents.breach import Breach, encode_breach
from streams.incidents.fold import Incident, name_of
from streams.incidents.revise import Held, Live, revisions
from streams.incidents.tell import account
from streams.keys import EventKind, event_key
from streams.movements.history import encode_history, tell_movement
from streams.vocabulary import Kind, MovementKind, Verdict, ViolationKind
from streams.whereabouts.crossings import LineSide
from streams.whereabouts.fold import Answer, Crossing, Passing, Spell
from tests.unit.services.store.sample_rows import ASSESSMENT, DESK, DUE, VIOLATION, key_row
from tests.unit.streams import builders

NOW = datetime(2026, 7, 14, 12, 0, tzinfo=UTC)
OBSERVED = datetime(2026, 7, 14, 6, 30, tzinfo=UTC)
MISSIONS = {"smm": ("smm-a", "smm-b"), "unmil": ("unmil-a", "unmil-b")}
SOURCES = ("patrol-1", "patrol-2")
MOVEMENT_ID = "01890000-0000-7000-8000-0000000000aa"
"""Of every organiser's movement: it is no secret, and tells nobody whose there is."""
OBSERVER = (38.123456, 48.654321)
PLACE = (38.4711, 48.6299)
ROUTE = ((38.1, 48.6), (38.3, 48.7))


def source(mission: str, number: int = 1) -> str:
    return f"{mission}-patrol-{number}"


def report_id(mission: str, agreement: str, number: int = 1) -> str:
    return f"report-of-{mission}/{agreement}-{number}"


def corridor(agreement: str) -> str:
    return f"road-of-{agreement}"


def corridor_line(agreement: str) -> str:
    return f"corridor:{corridor(agreement)}"


def baseline(agreement: str) -> str:
    return f"baseline:line-of-{agreement}"


def measure(agreement: str) -> str:
    return f"measure-of-{agreement}"


def organiser(agreement: str) -> str:
    """The source that organises the movement under an agreement."""
    return f"organiser-of-{agreement}"


def addressed(agreement: str) -> str:
    """A source of the party that the movement's notification addresses."""
    return f"liaison-of-{agreement}"


def movement(agreement: str) -> str:
    """The movement under an agreement, as it is named where it falls due."""
    return f"{organiser(agreement)}/{MOVEMENT_ID}"


def marks(mission: str, agreement: str) -> tuple[str, ...]:
    """What stands only in what a mission holds under an agreement."""
    return (
        f"narrative-of-{mission}-{agreement}",
        f"report-of-{mission}/{agreement}",
        f"status-of-{agreement}",
        f"sighting-of-{agreement}",
        f"subject-of-{agreement}",
        f"zone-of-{agreement}",
        corridor(agreement),
        baseline(agreement),
        measure(agreement),
        organiser(agreement),
        addressed(agreement),
        charge(agreement),
        letter_of(agreement),
        f"holder-of-{agreement}",
    )


def agreement_of(mission: str, name: str) -> Agreement:
    """An agreement with one zone, one term and one corridor, each with its name in it."""
    square = [[38.4, 48.6], [38.5, 48.6], [38.5, 48.7], [38.4, 48.7], [38.4, 48.6]]
    ever = {"from": "2014-01-01T00:00:00Z"}
    document = {
        "format": "truceline.agreement.v1",
        "id": name,
        "version": 1,
        "mission": mission,
        "title": name,
        "valid": ever,
        "parties": [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}],
        "zones": [
            {
                "id": f"zone-of-{name}",
                "kind": "disengagement_area",
                "name": name,
                "geometry": {"type": "Polygon", "coordinates": [square]},
            }
        ],
        "terms": [
            {
                "id": "no-fire",
                "clause": "1",
                "text": "No fire.",
                "prohibits": ["explosion"],
                "where": {"zones": [f"zone-of-{name}"]},
                "severity": "serious",
                "violation": "fire_into_zone",
            }
        ],
        "corridors": [
            {
                "id": corridor(name),
                "name": name,
                "route": {"type": "LineString", "coordinates": ROUTE},
                "width_m": 100,
                "axis": "agreed_in_detail",
                "windows": [{"from": "2026-07-14T06:00:00Z", "to": "2026-07-14T20:00:00Z"}],
            }
        ],
        "baselines": [
            {
                "id": f"line-of-{name}",
                "name": name,
                "line": {"type": "LineString", "coordinates": ROUTE},
            }
        ],
        "measures": [{"id": measure(name), "name": name, "clause": "2", "party": "a"}],
        "sources": [
            {"id": organiser(name), "rights": ["notify"]},
            {"id": addressed(name), "rights": ["report"], "party": "a"},
        ],
    }
    return msgspec.json.decode(json.dumps(document), type=Agreement)


def location(number: int) -> dict[str, object]:
    """A point, or a bearing from where the observer stood."""
    if number == 1:
        return {"type": "point", "lon": PLACE[0], "lat": PLACE[1], "accuracy_m": 10}
    lon, lat = OBSERVER
    sectors = [{"bearing_deg": 90, "min_m": 20_000, "max_m": 30_000}]
    return {"type": "bearings", "lon": lon, "lat": lat, "sectors": sectors}


def submission(mission: str, agreement: str, number: int) -> SubmissionRow:
    """A report that came through the gateway."""
    event_id, said_by = report_id(mission, agreement, number), source(mission, number)
    observed = OBSERVED + timedelta(minutes=number)
    event = {
        "id": event_id,
        "mission": mission,
        "source": said_by,
        "kind": "explosion",
        "means": ["heard"],
        "observed_from": observed.isoformat(),
        "location": location(number),
        "text": f"narrative-of-{mission}-{agreement}",
    }
    raw = json.dumps(event).encode()
    return SubmissionRow(
        key=event_key(EventKind.REPORT, mission, said_by, event_id),
        received_at=NOW,
        observed_from=observed,
        observed_to=observed,
        revision=1,
        kind="report",
        mission=mission,
        source=said_by,
        authentication="token",
        key_id="tok-0123456789ab",
        event_id=event_id,
        content_hash=sha256(raw).digest(),
        raw=raw,
    )


def encode_claims(name: str) -> bytes:
    """As party b draws the zone it is none; as party a does, a graver one."""
    graver = UnderClaim("a", Verdict.VIOLATION, "inside", f"zone-of-{name}", 1.0)
    return msgspec.json.encode((graver, UnderClaim("b", Verdict.NO_VIOLATION, "outside")))


def add_violation(rows: BatchRows, stored: SubmissionRow, name: str, address: bytes) -> None:
    """The report with two readings: the first graver, the second stands."""
    rows.keys.append(key_row(stored))
    rows.submissions.append(stored)
    finding = {"term": "no-fire", "rule": "inside", "zone": f"zone-of-{name}", "p_inside": 0.97}
    for revision, verdict in ((1, "violation"), (2, "possible_violation")):
        received = NOW + timedelta(minutes=revision - 1)
        body = {"findings": [{**finding, "verdict": verdict}], "verdict": verdict, "is": name}
        shared = {
            "key": stored.key,
            "received_at": received,
            "observed_from": stored.observed_from,
            "observed_to": stored.observed_to,
            "revision": revision,
            "supersedes": revision - 1 or None,
            "mission": stored.mission,
            "verdict": verdict,
            "agreement": address,
        }
        rows.assessments.append(
            replace(
                ASSESSMENT,
                **shared,
                cause=None if revision == 1 else stored.key,
                context=sha256(b"%d" % revision).digest(),
                body=json.dumps(body).encode(),
            )
        )
        rows.violations.append(
            replace(
                VIOLATION,
                **shared,
                source=stored.source,
                event_id=stored.event_id,
                zone_id=f"zone-of-{name}",
                attributed_party="a",
                claims=encode_claims(name),
            )
        )
    second = rows.assessments[-1]
    rows.supersessions.append(SupersessionRow(stored.key, second.received_at, 1, 2))


def available(mission: str, name: str) -> list[AvailabilityRow]:
    """Open for a day, then nobody knows; by the word of the mission's first source."""
    day = OBSERVED + timedelta(days=1)
    word = [f"{source(mission)}/status-of-{name}"]
    first = AvailabilityRow(
        mission,
        corridor(name),
        *(1, 0),
        from_instant=OBSERVED,
        starts_at=OBSERVED,
        ends_at=day,
        not_valid_after=day,
        known_at=NOW,
        state="open",
        cause="open_by_status",
        cause_events=word,
        events_digest=bytes(32),
        parts=None,
        shown_from=NOW,
    )
    then = replace(
        first,
        seq=1,
        starts_at=day,
        ends_at=None,
        not_valid_after=None,
        state="unknown",
        cause="stale",
    )
    return [first, then]


def traced(mission: str, name: str) -> list[WhereaboutsRow]:
    """A subject inside the agreement's zone, and what was thought of it before."""
    spell = Spell(
        zone=f"zone-of-{name}",
        answer=Answer.INSIDE,
        begun_after=OBSERVED,
        begun_by=OBSERVED + timedelta(minutes=1),
        ended_after=OBSERVED + timedelta(minutes=2),
        first=f"{source(mission)}/sighting-of-{name}",
        last=f"{source(mission)}/sighting-of-{name}",
        sightings=2,
        least_s=60.0,
    )
    first = WhereaboutsRow(
        known_at=NOW,
        begun_after=OBSERVED,
        ended_before=None,
        generation=1,
        seq=0,
        from_seq=0,
        mission=mission,
        subject_ref=f"subject-of-{name}",
        zone_id=spell.zone,
        answer=spell.answer,
        body=msgspec.json.encode(replace(spell, sightings=1)),
        sightings_digest=bytes(32),
    )
    then = replace(
        first, generation=2, known_at=NOW + timedelta(minutes=1), body=msgspec.json.encode(spell)
    )
    return [first, then, *(_crossed(first, line) for line in (corridor_line(name), baseline(name)))]


def _crossed(spell: WhereaboutsRow, line: str) -> WhereaboutsRow:
    """The same subject went over a line."""
    word = f"{source(spell.mission)}/sighting-of-{spell.subject_ref}"
    crossing = Crossing(
        zone=line,
        answer=Passing.MAY_HAVE_CROSSED if line.startswith("baseline:") else Passing.CROSSED,
        from_side=LineSide.LEFT,
        to_side=LineSide.RIGHT,
        after=OBSERVED,
        by=OBSERVED + timedelta(minutes=5),
        first=word,
        last=word,
    )
    return replace(
        spell,
        zone_id=line,
        begun_after=crossing.after,
        ended_before=crossing.by,
        answer=crossing.answer,
        body=msgspec.json.encode(crossing),
    )


def fell_due(mission: str, name: str, address: bytes) -> DueRow:
    """The corridor grew stale, as the timer wrote it."""
    stale_at = OBSERVED + timedelta(days=1)
    return replace(
        DUE,
        mission=mission,
        agreement_id=name,
        subject=corridor(name),
        rule="corridor_stale",
        due_at=stale_at,
        written_at=stale_at,
        agreement=address,
    )


def notification(mission: str, name: str) -> MovementEvent:
    """A convoy on the agreement's road, of which the party a is told."""
    return MovementEvent(
        id=f"01890000-0000-7000-8000-{len(name):012x}",
        mission=mission,
        source=organiser(name),
        issued_at=OBSERVED,
        organiser=organiser(name),
        movement=MOVEMENT_ID,
        step=MovementNotified(
            kind=MovementKind.MOVEMENT,
            place=NamedPlaces(corridors=(corridor(name),)),
            begins_at=OBSERVED,
            ends_at=OBSERVED + timedelta(days=2),
            addressed=("a",),
        ),
        at=OBSERVED,
    )


def movement_word(mission: str, name: str) -> SubmissionRow:
    """The notification as it came through the gateway."""
    event = notification(mission, name)
    raw = msgspec.json.encode(event)
    return replace(
        submission(mission, name, 1),
        key=event_key(EventKind.CONTEXT, mission, event.source, event.id),
        kind="context",
        source=event.source,
        event_id=event.id,
        content_hash=sha256(raw).digest(),
        raw=raw,
    )


def moves(document: Agreement, address: bytes) -> tuple[MovementRow, UnheededMovementRow, DueRow]:
    """A movement, a word on it without effect, and a check-in of its that was overdue."""
    name, mission = document.id, document.mission
    heard = Heard(notification(mission, name), vouched=True, content_hash="0" * 64)
    state = tell_movement(document, builders.methodology(mission=mission), [heard])
    assert state.history is not None
    row = MovementRow(
        mission,
        address,
        1,
        movement(name),
        NOW,
        list(state.readers),
        bytes(32),
        encode_history(state.history),
    )
    word = UnheededMovementRow(
        mission, address, 1, organiser(name), f"{organiser(name)}/word", NOW, "exercise"
    )
    late = replace(
        fell_due(mission, name, address), subject=movement(name), rule="check_in_overdue"
    )
    return row, word, late


def stands(mission: str, name: str, address: bytes) -> list[StandingRow]:
    """Of its two violations one is open, as is thought by now, and one has ended."""
    first = StandingRow(
        key=submission(mission, name, 1).key,
        known_at=NOW,
        since=OBSERVED,
        ended_by=OBSERVED + timedelta(hours=1),
        generation=1,
        mission=mission,
        subject_ref=f"subject-of-{name}",
        term_id="no-fire",
        state="ended",
        ended_as="gone",
        ended_event=f"{source(mission)}/sighting-of-{name}",
        agreement=address,
    )
    then = replace(
        first, generation=2, ended_by=None, state="open", ended_as=None, ended_event=None
    )
    return [first, then, replace(first, key=submission(mission, name, 2).key)]


def item(mission: str, name: str, number: int = 1) -> str:
    """What the desk calls a violation."""
    return str(ViolationItem(submission(mission, name, number).key, "no-fire"))


def release(conn: Connection, mission: str, name: str, number: int = 1) -> None:
    """Two people release a violation, and its incident, as they are now, and commit."""
    address = bytes.fromhex(content_hash(agreement_of(mission, name)))
    for seq, (action, review, by) in enumerate(
        (("confirm", "confirmed", "ana"), ("release", "released", "ben")), start=1
    ):
        act = replace(
            DESK,
            key=submission(mission, name, number).key,
            at=NOW + timedelta(hours=seq),
            received_at=NOW + timedelta(minutes=1),
            seq=seq,
            reading=2,
            mission=mission,
            item=item(mission, name, number),
            action=action,
            review=review,
            principal=f"{by}-of-{mission}",
            agreement=address,
        )
        of_incident = replace(
            act, key=None, term_id=None, item=f"incident~{incident_id(mission, name)}"
        )
        copy_rows(conn, "desk_actions", [act, of_incident])
    conn.commit()


def incident_id(mission: str, name: str, number: int = 1) -> str:
    """What the incident is called whose first report this is."""
    named = (mission, name, f"zone-of-{name}", source(mission, number))
    of = "\0".join(("incident", *named, report_id(mission, name, number)))
    return sha256(of.encode()).hexdigest()[:16]


def together(mission: str, name: str, address: bytes) -> tuple[list[BreachRow], list[IncidentRow]]:
    """Both reports are one incident; before the second was heard of, each was one of its own."""
    zone = f"zone-of-{name}"
    told = [
        Breach(
            source=source(mission, number),
            id=report_id(mission, name, number),
            zone=zone,
            methodology=sha256(b"method").hexdigest(),
            verdict=Verdict.POSSIBLE_VIOLATION,
            kind=Kind.EXPLOSION,
            terms=("no-fire",),
            start=OBSERVED + timedelta(minutes=number),
            end=OBSERVED + timedelta(minutes=number),
            middle=Middle(*PLACE, 7.0),
            count=Count(min=3, max=3),
            agreement_id=name,
            agreement=address.hex(),
            violations=(ViolationKind.FIRE_INTO_ZONE,),
            party="a",
        )
        for number in (1, 2)
    ]
    breaches = [
        BreachRow(
            key=submission(mission, name, number).key,
            known_at=NOW,
            day=OBSERVED.date(),
            generation=1,
            mission=mission,
            zone_id=zone,
            agreement=address,
            body=encode_breach(one),
        )
        for number, one in enumerate(told, start=1)
    ]
    revised: list[IncidentRow] = []
    known: dict[str, Held] = {}
    for generation, part in ((1, [[told[0]], [told[1]]]), (2, [told])):
        now = {
            name_of(mission, some[0]): Live(
                account(Incident(name_of(mission, some[0]), OBSERVED.date(), tuple(some)), None),
                frozenset(submission(mission, name, 1 + told.index(one)).key for one in some),
            )
            for some in part
        }
        at = NOW + timedelta(minutes=generation)
        revised += [incident_row(it, mission, None, at, generation) for it in revisions(known, now)]
        known = {it: Held(live.account, live.members) for it, live in now.items()}
    return breaches, revised


def opening(mission: str, name: str) -> bytes:
    """The act that opens a case about the agreement's first report."""
    subject = Subject(
        kind=SubjectKind.VIOLATION, id=f"{source(mission)}/{report_id(mission, name)}"
    )
    return write_act(
        Opened(
            format=CASE_FORMAT,
            mission=mission,
            agreement=name,
            source=f"{mission}-office",
            at=OBSERVED,
            subjects=(subject,),
            text=charge(name),
        )
    )


def charge(name: str) -> str:
    """What the case under an agreement says."""
    return f"charge-of-{name}"


def letter_of(name: str) -> str:
    """What the request under an agreement asks."""
    return f"letter-of-{name}"


def case_id(mission: str, name: str) -> str:
    """The case under an agreement."""
    return act_hash(opening(mission, name))[:20]


def tried(mission: str, name: str) -> tuple[list[CaseActRow], CaseReaderRow]:
    """A case that is shown to the party a, and a piece of evidence in it."""
    case, raw = case_id(mission, name), opening(mission, name)
    held = write_act(
        EvidenceHeld(
            format=CASE_FORMAT,
            mission=mission,
            agreement=name,
            source=f"{mission}-office",
            at=OBSERVED,
            case=case,
            evidence="e" * 64,
            holder=f"holder-of-{name}",
            since=OBSERVED,
        )
    )
    first = CaseActRow(
        received_at=NOW,
        number=1,
        mission=mission,
        agreement_id=name,
        case_id=case,
        kind="open",
        source=f"{mission}-office",
        standing="mission",
        token_id="tok-0123456789ab",  # noqa: S106 (an id, no secret)
        principal="ana",
        sha256=sha256(raw).digest(),
        raw=raw,
    )
    second = replace(first, number=2, kind="custody", sha256=sha256(held).digest(), raw=held)
    reader = CaseReaderRow(mission, name, case, addressed(name), first.sha256)
    return [first, second], reader


def letter(mission: str, name: str) -> bytes:
    """A request of the mission to the party a."""
    return write_message(
        Request(
            format=CHANNEL_FORMAT,
            mission=mission,
            agreement=name,
            source=f"{mission}-office",
            at=OBSERVED,
            to=("a",),
            deadline=OBSERVED + timedelta(hours=1),
            text=letter_of(name),
        )
    )


def asked_of(mission: str, name: str, address: bytes) -> tuple[ChannelRow, DueRow]:
    """A request to the party a that was not answered in time."""
    raw = letter(mission, name)
    row = ChannelRow(
        received_at=OBSERVED,
        number=1,
        mission=mission,
        agreement_id=name,
        message=message_hash(raw)[:20],
        kind="request",
        source=f"{mission}-office",
        standing="mission",
        token_id="tok-0123456789ab",  # noqa: S106 (an id, no secret)
        principal="ana",
        readers=[addressed(name)],
        sha256=sha256(raw).digest(),
        raw=raw,
    )
    late = replace(
        fell_due(mission, name, address), subject=f"{row.message}/a", rule="reply_overdue"
    )
    return row, late


def seed_cases(conn: Connection) -> None:
    """A case and a request under each agreement."""
    for mission, name in ((it, name) for it, names in MISSIONS.items() for name in names):
        address = bytes.fromhex(content_hash(agreement_of(mission, name)))
        acts, reader = tried(mission, name)
        asked, unanswered = asked_of(mission, name, address)
        copy_rows(conn, "case_acts", acts)
        copy_rows(conn, "case_readers", [reader])
        copy_rows(conn, "channel_messages", [asked])
        copy_rows(conn, "due_instants", [unanswered])


def seed(conn: Connection) -> None:
    """Write it all, and commit."""
    ensure_partitions(conn, NOW)
    rows, receipts, availability, whereabouts = BatchRows(), [], [], []
    standing: list[StandingRow] = []
    contexts: list[ContextGenerationRow] = []
    due: list[DueRow] = []
    moved: list[MovementRow] = []
    breaches: list[BreachRow] = []
    incidents: list[IncidentRow] = []
    unheeded: list[UnheededMovementRow] = []
    for mission, names in MISSIONS.items():
        methodology = builders.methodology(id=f"method-{mission}", mission=mission)
        load_document(conn, methodology, NOW)
        for name in names:
            document = agreement_of(mission, name)
            load_document(conn, document, NOW)
            address = bytes.fromhex(content_hash(document))
            body = encode_state(fold(document, methodology, ()))
            contexts.append(ContextGenerationRow(mission, address, 1, NOW, bytes(32), body))
            for number in (1, 2):
                stored = submission(mission, name, number)
                add_violation(rows, stored, name, address)
                key = stored.key
                receipts.append(
                    ReceiptRow(key, NOW, 1, mission, "rk-0123456789ab", bytes(64), [key])
                )
            availability += available(mission, name)
            whereabouts += traced(mission, name)
            due.append(fell_due(mission, name, address))
            found = together(mission, name, address)
            breaches += found[0]
            incidents += found[1]
            row, word, late = moves(document, address)
            moved.append(row)
            unheeded.append(word)
            due.append(late)
            standing += stands(mission, name, address)
    copy_batch(conn, rows)
    copy_rows(conn, "receipts", receipts)
    copy_rows(conn, "corridor_availability", availability)
    copy_rows(conn, "whereabouts", whereabouts)
    copy_rows(conn, "standing_violations", standing)
    copy_rows(conn, "context_generations", contexts)
    copy_rows(conn, "movement_generations", moved)
    copy_rows(conn, "unheeded_movements", unheeded)
    copy_rows(conn, "due_instants", due)
    copy_rows(conn, "breaches", breaches)
    copy_rows(conn, "incidents", incidents)
    seed_cases(conn)
    conn.commit()
