import msgspec
import pytest

from services.store.documents import (
    DocumentKind,
    agreements,
    document_bytes,
    list_documents,
    load_document,
    loaded_agreements,
    loaded_documents,
    methodologies,
)
from services.store.engine import Connection
from services.store.errors import DocumentChangedError, DocumentConflictError
from streams.agreement import (
    Agreement,
    Party,
    Term,
    Validity,
    Where,
    canonical_bytes,
    content_hash,
)
from streams.methodology import CorridorRules, Methodology, Thresholds
from streams.vocabulary import Kind, Severity, ViolationKind
from tests.unit.services.store.sample_rows import NOW

AGREEMENT = Agreement(
    format="truceline.agreement.v1",
    id="package",
    version=1,
    mission="smm",
    title="Package of measures",
    valid=Validity(from_=NOW),
    parties=(Party(id="a", name="A"), Party(id="b", name="B")),
    terms=(
        Term(
            id="no-fire",
            clause="1",
            text="None may fire.",
            prohibits=(Kind.EXPLOSION,),
            where=Where(),
            severity=Severity.GRAVE,
            violation=ViolationKind.FIRE_INTO_ZONE,
        ),
    ),
)
METHODOLOGY = Methodology(
    format="truceline.methodology.v1",
    id="method",
    version=1,
    mission="smm",
    title="Method",
    valid=Validity(from_=NOW),
    thresholds=Thresholds(violation=0.9, possible=0.5),
    accuracy_otherwise_m=1_000,
    clock_skew_s=60,
    corridor=CorridorRules(stale_after_s=3_600),
)


def test_a_document_is_kept_to_the_byte_under_its_hash(conn: Connection) -> None:
    assert load_document(conn, AGREEMENT, NOW)
    assert load_document(conn, METHODOLOGY, NOW)
    assert agreements(conn) == [AGREEMENT]
    assert methodologies(conn, "smm") == [METHODOLOGY]
    address = bytes.fromhex(content_hash(AGREEMENT))
    assert document_bytes(conn, DocumentKind.AGREEMENT, address) == canonical_bytes(AGREEMENT)
    assert document_bytes(conn, DocumentKind.METHODOLOGY, address) is None
    (listed,) = list_documents(conn, DocumentKind.AGREEMENT)
    assert (listed.id, listed.version, listed.mission) == ("package", 1, "smm")
    assert (listed.valid_from, listed.valid_to, listed.hash) == (NOW, None, address)


def test_nothing_is_judged_by_a_document_that_was_changed_in_its_table(conn: Connection) -> None:
    load_document(conn, AGREEMENT, NOW)
    (found,) = loaded_documents(conn)
    assert (found.hash.hex(), found.document) == (content_hash(AGREEMENT), AGREEMENT)
    conn.execute("ALTER TABLE agreements DISABLE TRIGGER USER")  # as an owner with a purpose would
    other = canonical_bytes(msgspec.structs.replace(AGREEMENT, title="Another package"))
    conn.execute("UPDATE agreements SET document = %s", [other])
    with pytest.raises(DocumentChangedError, match=content_hash(AGREEMENT)):
        loaded_documents(conn)


def test_a_version_is_read_once_however_often_it_is_asked_for(conn: Connection) -> None:
    amended = msgspec.structs.replace(AGREEMENT, version=2, title="Amended")
    load_document(conn, AGREEMENT, NOW)
    (before,) = agreements(conn)
    load_document(conn, amended, NOW.replace(year=2027))
    assert [it is before for it in agreements(conn, "smm")] == [True, False]
    assert [it.document is before for it in loaded_agreements(conn, None, NOW)] == [True]
    assert agreements(conn, "undof") == []
    conn.rollback()
    assert agreements(conn) == []  # in memory, and not there


def test_nothing_is_shown_of_a_document_that_was_changed_in_its_table(conn: Connection) -> None:
    load_document(conn, msgspec.structs.replace(AGREEMENT, title="Never read"), NOW)
    conn.execute("ALTER TABLE agreements DISABLE TRIGGER USER")
    conn.execute("UPDATE agreements SET document = %s", [canonical_bytes(AGREEMENT)])
    with pytest.raises(DocumentChangedError):
        agreements(conn)


def test_the_same_document_again_changes_nothing(conn: Connection) -> None:
    assert load_document(conn, AGREEMENT, NOW)
    assert not load_document(conn, AGREEMENT, NOW.replace(year=2027))
    (listed,) = list_documents(conn, DocumentKind.AGREEMENT)
    assert listed.loaded_at == NOW


@pytest.mark.parametrize("document", [AGREEMENT, METHODOLOGY])
def test_another_document_under_one_version_is_refused(
    conn: Connection, document: Agreement | Methodology
) -> None:
    load_document(conn, document, NOW)
    other = msgspec.structs.replace(document, title="Something else")
    with pytest.raises(DocumentConflictError, match=r"give the amended one a new version"):
        load_document(conn, other, NOW)


def test_an_amended_version_stands_beside_the_first(conn: Connection) -> None:
    amended = msgspec.structs.replace(AGREEMENT, version=2, title="Amended")
    elsewhere = msgspec.structs.replace(AGREEMENT, id="other", mission="undof")
    for document in (elsewhere, amended, AGREEMENT):
        load_document(conn, document, NOW)
    assert agreements(conn, "smm") == [AGREEMENT, amended]
    assert agreements(conn) == [AGREEMENT, amended, elsewhere]
