"""Context events of a small mission, so that a test states only what it is about.

The agreement has the zone `z`, the corridor `c`, the parties `north` and `south`; `hq` is the
mission's, `chair` the joint commission's, `liaison` the north's. Times are hours after `NOON`.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec

from streams.agreement import (
    Agreement,
    Due,
    Exchange,
    ExchangeList,
    ExchangeTruce,
    Measure,
    Phase,
    Source,
    Window,
)
from streams.context.fold import MissionState, fold
from streams.context.heard import Heard
from streams.events import (
    ContextEvent,
    DeclarationEvent,
    ExchangeEvent,
    MeasureEvent,
    NamedPlaces,
    NotificationEvent,
    PhaseBegins,
    TruceEvent,
    TruceInForce,
    TruceStep,
    TruceTerms,
)
from streams.vocabulary import (
    Activity,
    ExchangeCategory,
    ExchangeSide,
    ExchangeStep,
    Kind,
    MeasureStatus,
    Purpose,
    Right,
)
from tests.unit.streams import builders
from tests.unit.streams.builders import MISSION, NOON, hours

HERE = NamedPlaces(zones=("z",))
SOURCES = (
    Source(id="hq", rights=(Right.VERIFY, Right.DECLARE, Right.NOTIFY)),
    Source(id="second", rights=(Right.VERIFY, Right.DECLARE, Right.NOTIFY)),
    Source(id="monitor", rights=(Right.REPORT,)),
    Source(id="liaison", rights=(Right.NOTIFY, Right.DECLARE, Right.VERIFY), party="north"),
)
PHASES = (
    Phase(id="dated", name="Dated", on=NOON + hours(10)),
    Phase(id="declared", name="Declared", declared=True),
    Phase(id="gated", name="Gated", gated_by=("guns",)),
    Phase(id="both", name="Dated and gated", on=NOON + hours(5), gated_by=("guns", "mines")),
)
MEASURES = (
    Measure(
        id="guns",
        name="Guns into storage",
        clause="Article 3",
        party="north",
        amount=50,
        unit="guns",
        due=Due(on=NOON + hours(8)),
    ),
    Measure(
        id="mines",
        name="Maps of mines",
        clause="Article 4",
        party="south",
        due=Due(phase="declared", days=2),
    ),
)
EXCHANGE = Exchange(
    id=1,
    name="All for all",
    clause="Article 6",
    sides=("north", "south"),
    points=("z",),
    window=Window(from_=NOON, to=NOON + hours(12)),
    truce=ExchangeTruce(id="silence", prohibits=(Kind.EXPLOSION,), guarantors=("guarantor",)),
    lists=(
        ExchangeList(handed_over_by="north", category=ExchangeCategory.PRISONERS, count=100),
        ExchangeList(handed_over_by="south", category=ExchangeCategory.REMAINS),
    ),
)
EXCHANGING = (
    *SOURCES,
    Source(id="envoy", rights=(Right.NOTIFY,), party="north"),
    Source(id="southern", rights=(Right.NOTIFY,), party="south"),
    Source(id="bystander", rights=(Right.VERIFY,), party="west"),
)
"""Of an agreement with the exchange: two of the north, one of the south, two of the mission."""
METHODOLOGY = builders.methodology()


def agreement(**changes: object) -> Agreement:
    return builders.agreement(
        **{
            "corridors": (builders.corridor(),),
            "sources": SOURCES,
            "phases": PHASES,
            "measures": MEASURES,
            **changes,
        }
    )


def at(hour: float) -> datetime:
    return NOON + hours(hour)


def begins(id_: str, phase: str = "declared", hour: float = 0, **changes: object) -> ContextEvent:
    event = DeclarationEvent(
        id=id_,
        mission=MISSION,
        source="hq",
        issued_at=at(hour),
        declares=PhaseBegins(phase=phase, begins_at=at(hour)),
    )
    return msgspec.structs.replace(event, **changes)


def notifies(id_: str, start: float = 0, end: float = 1, **changes: object) -> ContextEvent:
    event = NotificationEvent(
        id=id_,
        mission=MISSION,
        source="liaison",
        issued_at=at(-24),
        activity=Activity.DEMINING,
        place=HERE,
        begins_at=at(start),
        ends_at=at(end),
        notified_at=at(-24),
        party="north",
    )
    return msgspec.structs.replace(event, **changes)


def measured(
    id_: str,
    status: MeasureStatus,
    hour: float = 0,
    done: int | None = None,
    **changes: object,
) -> ContextEvent:
    event = MeasureEvent(
        id=id_,
        mission=MISSION,
        source="liaison" if status is MeasureStatus.CLAIMED else "hq",
        issued_at=at(hour),
        measure="guns",
        status=status,
        at=at(hour),
        done=done,
    )
    return msgspec.structs.replace(event, **changes)


def exchanging(**changes: object) -> Agreement:
    """The agreement with an exchange."""
    return agreement(**{"exchanges": (EXCHANGE,), "sources": EXCHANGING, **changes})


def counted(
    number: int,
    count: int,
    step: ExchangeStep = ExchangeStep.LISTED,
    hour: float = 0,
    source: str = "liaison",
    **changes: object,
) -> ExchangeEvent:
    """Prisoners whom the north hands over; `number` makes the id."""
    event = ExchangeEvent(
        id=nameless(number),
        mission=MISSION,
        source=source,
        issued_at=at(hour),
        exchange=1,
        handed_over_by=ExchangeSide.FIRST,
        category=ExchangeCategory.PRISONERS,
        step=step,
        count=count,
        at=at(hour),
    )
    return msgspec.structs.replace(event, **changes)


def nameless(number: int) -> str:
    """An id of the form that exchanges ask for."""
    return f"01890000-0000-7000-8000-{number:012x}"


def terms(start: float = 0, end: float = 12, **changes: object) -> TruceTerms:
    made = TruceTerms(
        purpose=Purpose.REPAIRS,
        place=HERE,
        begins_at=at(start),
        ends_at=at(end),
        prohibits=(Kind.EXPLOSION, Kind.SHOT),
        guarantors=("guarantor",),
    )
    return msgspec.structs.replace(made, **changes)


def truce(
    id_: str, step: TruceStep | None = None, hour: float = 0, **changes: object
) -> ContextEvent:
    event = TruceEvent(
        id=id_,
        mission=MISSION,
        source="hq",
        issued_at=at(-48),
        truce="line",
        step=step or TruceInForce(terms=terms()),
        at=at(hour),
    )
    return msgspec.structs.replace(event, **changes)


def heard(
    event: ContextEvent, *, vouched: bool = True, received: float | None = 100, text: str = ""
) -> Heard:
    """As it reached us; `text` makes other bytes of the same content."""
    digest = hashlib.sha256(msgspec.json.encode(event) + text.encode()).hexdigest()
    return Heard(event, vouched, digest, None if received is None else at(received))


def folded(*events: ContextEvent | Heard, under: Agreement | None = None) -> MissionState:
    """The state by these events; those without a receipt were received after everything."""
    all_heard = [one if isinstance(one, Heard) else heard(one) for one in events]
    return fold(under or agreement(), METHODOLOGY, all_heard)


def reasons(state: MissionState) -> dict[str, str]:
    """Why events had no effect, by id."""
    return {one.ref.partition("/")[2]: one.reason.value for one in state.unheeded}
