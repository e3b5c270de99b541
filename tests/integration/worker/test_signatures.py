"""Signatures in the store: a draft judges and says so; late signatures end it from then on."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from services.drafts import Drafts
from services.explain import explain_report
from services.load import SignatureRefusedError, load_documents
from services.rejudge import plan, rejudge
from services.store.engine import Connection, connect
from services.store.queries.violations import violations
from services.store.signatures import loaded_signatures
from services.worker.documents import Documents, load_register
from services.worker.transact import Transactor
from streams.agreement import Validity
from streams.signing import Signature
from tests.integration.worker.ground import IN_ZONE, agreement, report
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, log_of, said
from tests.unit.streams.builders import MISSION, NOON, SOURCE, hours
from tests.unit.streams.signatures import PARTIES, party, signed_by

SECOND = agreement(version=2, parties=PARTIES, valid=Validity(from_=NOON - hours(9)))
BOTH = [signed_by(name, SECOND) for name in ("north", "south")]
LATER = RECEIVED + hours(1)


def take(url: str, name: str) -> None:
    with connect(url) as conn:
        log = log_of([said(report(name, location=IN_ZONE))])
        take_in_log(conn, load_register(conn), log)


def load(url: str, *signatures: Signature, at: float = 0) -> list[bool]:
    with connect(url) as conn:
        return load_documents(conn, [], LATER + hours(at), signatures)


def drafts(url: str) -> dict[str, tuple[bool, bool, bool]]:
    """By report: as its judgement has it, as its violation has it, and if explaining gives it."""
    with connect(url) as conn:
        found = violations(conn, mission=MISSION)
        explained = {
            one.event_id: explain_report(conn, MISSION, SOURCE, one.event_id) for one in found
        }
        return {
            one.event_id: (
                explained[one.event_id].judged.assessment.draft,
                one.draft,
                explained[one.event_id].same,
            )
            for one in found
        }


def test_what_was_judged_by_a_draft_stays_so_until_it_is_judged_again(fresh_url: str) -> None:
    with connect(fresh_url) as conn:
        load_documents(conn, [SECOND], RECEIVED)
    take(fresh_url, "unsigned")
    assert load(fresh_url, BOTH[0]) == [True]
    take(fresh_url, "half")
    assert load(fresh_url, *BOTH, at=1) == [False, True]
    take(fresh_url, "signed")
    assert drafts(fresh_url) == {
        "unsigned": (True, True, True),
        "half": (True, True, True),
        "signed": (False, False, True),
    }
    transactor = Transactor(fresh_url, lambda: None, name="test")
    with connect(fresh_url) as conn:
        again = rejudge(transactor, plan(conn, f"{SECOND.id}@2"), write=True)
        changed = [one.id for chunk in again for one in chunk.differences]
    transactor.close()
    assert sorted(changed) == ["half", "unsigned"]
    assert drafts(fresh_url) == dict.fromkeys(("unsigned", "half", "signed"), (False, False, True))
    with connect(fresh_url) as conn:
        bodies = conn.execute(
            "SELECT revision, body FROM assessments WHERE revision = 1"
        ).fetchall()
        assert sum("draft" in json.loads(body) for _, body in bodies) == 2


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (replace(BOTH[0], version=3), "that version is not loaded"),
        (replace(BOTH[0], agreement="another"), "that version is not loaded"),
        (signed_by("north", SECOND, sha256="0" * 64), "other_text"),
        (signed_by("north", SECOND, by="south"), "wrong_signature"),
        (signed_by("north", SECOND, key="unknown"), "unknown_key"),
        (signed_by("west", SECOND), "unknown_party"),
        (signed_by("north", SECOND, LATER + hours(1)), "from_future"),
    ],
)
def test_a_signature_that_does_not_count_is_refused_and_nothing_is_loaded(
    conn: Connection, wrong: Signature, why: str
) -> None:
    with pytest.raises(SignatureRefusedError, match=why), conn.transaction():
        load_documents(conn, [SECOND], LATER, [BOTH[1], wrong])
    assert loaded_signatures(conn) == []


def test_a_key_that_a_newer_version_revokes_signs_nothing_any_more(conn: Connection) -> None:
    third = agreement(version=3, parties=(party("north", revoked_at=LATER), PARTIES[1]))
    load_documents(conn, [SECOND, third], LATER - hours(1), [BOTH[1]])
    with pytest.raises(SignatureRefusedError, match="key_revoked"):
        load_documents(conn, [], LATER, [BOTH[0]])


def test_a_stored_signature_that_was_changed_counts_for_nothing(conn: Connection) -> None:
    forged = replace(BOTH[0], signature=BOTH[1].signature)
    load_documents(conn, [SECOND], LATER, [BOTH[1]])
    conn.execute(
        "INSERT INTO agreement_signatures SELECT sha256(body), agreement, mission, 'north',"
        " loaded_at, %s FROM agreement_signatures",
        [json.dumps({name: getattr(forged, name) for name in forged.__struct_fields__}).encode()],
    )
    assert Drafts.of(conn, MISSION).cover(NOON, NOON)


def test_a_worker_learns_of_signatures_as_of_documents(conn: Connection) -> None:
    documents = Documents()
    load_documents(conn, [SECOND], RECEIVED)
    before = documents.ask(conn)().pick(MISSION, NOON, NOON)
    load_documents(conn, [], LATER, BOTH)
    after = documents.ask(conn)().pick(MISSION, NOON, NOON)
    assert before is not None
    assert after is not None
    assert [before.in_force.signed.draft, after.in_force.signed.draft] == [True, False]


def test_a_corridor_is_under_a_draft_while_one_is_in_force_as_it_was_known(
    conn: Connection,
) -> None:
    load_documents(conn, [SECOND], RECEIVED)
    load_documents(conn, [], LATER, BOTH)
    now, then = Drafts.of(conn, MISSION), Drafts.of(conn, MISSION, LATER - hours(1))
    begins = SECOND.valid.from_
    assert not now.cover(NOON, NOON + hours(1))
    assert then.cover(NOON, NOON + hours(1))
    assert now.cover(begins - hours(1), NOON)
    assert now.cover(begins - hours(1), begins)
    assert not now.cover(begins, None)


def test_as_it_was_known_before_an_amendment_was_loaded_the_version_of_then_is_asked(
    conn: Connection,
) -> None:
    third = agreement(version=3, parties=PARTIES, valid=SECOND.valid)
    load_documents(conn, [SECOND], RECEIVED, BOTH)
    load_documents(conn, [third], LATER)
    then = Drafts.of(conn, MISSION, LATER - hours(0.5))
    assert not then.cover(NOON, NOON + hours(1)), (
        "the signed one was in force by all that was known"
    )
    assert Drafts.of(conn, MISSION, LATER).cover(NOON, NOON)
    load_documents(conn, [], LATER + hours(1), [signed_by(it, third) for it in ("north", "south")])
    assert not Drafts.of(conn, MISSION).cover(NOON, NOON)
    # A result that was computed before a signature was known reads as a draft, whatever came after.
    assert Drafts.of(conn, MISSION, LATER + hours(0.5)).cover(NOON, NOON)


def test_a_row_from_before_any_version_was_known_is_under_no_signature(conn: Connection) -> None:
    assert Drafts.of(conn, MISSION, RECEIVED - hours(1)).cover(NOON, NOON)
    assert Drafts.of(conn, "nobody's").cover(NOON, None)
