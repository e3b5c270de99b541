"""A source with keys in the agreement is known by them, and by no tag."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from services.load import load_documents
from services.rejudge import plan, rejudge
from services.store.engine import Connection, connect
from services.worker.documents import load_register
from services.worker.transact import Transactor
from streams.agreement import Agreement, SigningKey, Source
from streams.events import Event
from streams.inforce import Register
from streams.signing import public_text
from streams.source_keys import sign_event
from streams.tags import signed_headers
from streams.vocabulary import Authentication, Right
from tests.integration.worker.ground import OPERATOR, agreement, opened, report
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, Message, log_of, said
from tests.integration.worker.stored import one, rows, states, verdicts
from tests.unit.streams.builders import SOURCE, hours
from tests.unit.streams.signatures import private_key

OPEN = ("open", "open_by_status")
RIGHTS = (Right.OPEN, Right.CLOSE, Right.SETTLE)


def signing(number: int = 1, **of_the_keys: object) -> Agreement:
    """The agreement, its patrol and operator with a key each."""
    keys = {
        name: SigningKey(
            **{"id": "own", "public_key": public_text(private_key(name)), **of_the_keys}  # type: ignore[arg-type]
        )
        for name in (SOURCE, OPERATOR)
    }
    sources = (
        Source(id=OPERATOR, rights=RIGHTS, keys=(keys[OPERATOR],)),
        Source(id=SOURCE, rights=(Right.REPORT,), keys=(keys[SOURCE],)),
    )
    return agreement(version=number, sources=sources)


def signed(event: Event, by: str | None = None) -> Message:
    """An event with the signature of its source, or of another."""
    message = said(event)
    assert message.raw is not None
    made = sign_event(private_key(by or event.source), message.raw)
    return message._replace(headers=tuple(signed_headers("own", made)))


Loaded = Callable[[Agreement], Register]


@pytest.fixture(name="load")
def _load(conn: Connection) -> Loaded:
    def load(document: Agreement) -> Register:
        load_documents(conn, [document], RECEIVED)
        return load_register(conn)

    return load


def test_a_signed_report_counts_and_is_kept_with_its_key(conn: Connection, load: Loaded) -> None:
    take_in_log(conn, load(signing(2)), log_of([signed(report("r"))]))
    assert verdicts(conn) == {"r": ("violation", "stands")}
    kept = rows(conn, "SELECT authentication, key_id FROM submissions")
    assert kept == [(Authentication.SIGNATURE_VALID, "own")]


@pytest.mark.parametrize(
    ("message", "word"),
    [
        (signed(report("r"), by="somebody"), Authentication.SIGNATURE_MISMATCH),
        (said(report("r")), Authentication.SOURCE_SIGNS),
    ],
)
def test_nothing_else_makes_it_more_than_possible(
    conn: Connection, load: Loaded, message: Message, word: Authentication
) -> None:
    take_in_log(conn, load(signing(2)), log_of([message]))
    assert verdicts(conn) == {"r": ("possible_violation", "stands")}
    assert one(conn, "SELECT authentication FROM submissions") == word


def test_sent_before_the_key_was_agreed_it_counts_once_sent_again(
    conn: Connection, register: Register, load: Loaded
) -> None:
    take_in_log(conn, register, log_of([signed(report("r"))]))
    assert verdicts(conn) == {"r": ("possible_violation", "stands")}
    take_in_log(conn, load(signing(2)), log_of([signed(report("r"))]))
    assert verdicts(conn) == {"r": ("violation", "stands")}


def test_a_signed_word_opens_and_a_tagged_one_does_not(conn: Connection, load: Loaded) -> None:
    register = load(signing(2))
    take_in_log(conn, register, log_of([said(opened("s", 1))]))
    assert OPEN not in states(conn)
    take_in_log(conn, register, log_of([signed(opened("s", 1))]))
    assert OPEN in states(conn)


def test_what_a_key_opened_is_open_no_longer_once_it_is_revoked(
    conn: Connection, load: Loaded
) -> None:
    log = log_of([signed(opened("s-1", 1)), signed(opened("s-2", 2))])
    take_in_log(conn, load(signing(2)), log[:1])
    assert OPEN in states(conn)
    take_in_log(conn, load(signing(3, revoked_at=RECEIVED - hours(1))), log[1:])
    assert OPEN not in states(conn)


def test_judged_again_a_report_of_a_key_revoked_since_counts_no_more(fresh_url: str) -> None:
    with connect(fresh_url) as conn:
        load_documents(conn, [signing(2)], RECEIVED)
        take_in_log(conn, load_register(conn), log_of([signed(report("r"))]))
        load_documents(conn, [signing(3, revoked_at=RECEIVED - hours(1))], RECEIVED)
        assert verdicts(conn) == {"r": ("violation", "stands")}
        conn.commit()
        found = plan(conn, f"{signing().id}@3")
        list(rejudge(Transactor(fresh_url, lambda: None, name="test"), found, write=True))
    with connect(fresh_url) as conn:
        assert verdicts(conn) == {"r": ("possible_violation", "stands")}


def test_bytes_are_signed_not_what_they_say(conn: Connection, load: Loaded) -> None:
    message = signed(report("r"))
    assert message.raw is not None
    spaced = message._replace(raw=msgspec.json.format(message.raw))
    take_in_log(conn, load(signing(2)), log_of([spaced]))
    assert one(conn, "SELECT authentication FROM submissions") == Authentication.SIGNATURE_MISMATCH
