"""Find what nobody has judged by its receipts, which stand in the order of time as they are.

The index of submissions by receipt goes: it was written for each submission, and a row of receipts
leads to up to 32 of them. The rest of both functions is 0020's and 0022's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"

DONE = """
WHEN 'report' THEN coalesce((
    SELECT true FROM assessments AS made
    WHERE made.key = version.key AND made.received_at = version.received_at
        AND made.cause IS NULL LIMIT 1
), false)
WHEN 'context' THEN coalesce((
    SELECT true FROM context_events AS made
    WHERE made.key = version.key AND made.revision = version.revision LIMIT 1
), false)
ELSE coalesce((
    SELECT true FROM corridor_events AS made
    WHERE made.key = version.key AND made.revision = version.revision
        AND made.kind = 'status' LIMIT 1
), false)
"""
TOPIC = """
WHEN 'report' THEN 'truceline.reports.v1'::bytea
WHEN 'context' THEN 'truceline.context.v1'::bytea
ELSE 'truceline.corridor-status.v1'::bytea
"""
UNDECIDED = rf"""
NOT CASE version.kind {DONE} END
AND NOT coalesce((
    SELECT true FROM event_keys AS refused
    WHERE refused.key = encode(substring(sha256(
        '\x72656a656374656400'::bytea || CASE version.kind {TOPIC} END
        || '\x00'::bytea || version.content_hash
    ) FROM 1 FOR 16), 'hex')::uuid LIMIT 1
), false)
"""  # noqa: S608  of our own text alone

OF_SUBMISSIONS = "submissions AS version"
# Each by its own key, whatever is believed of how many there are.
OF_RECEIPTS = """
receipts AS tree, unnest(tree.keys) AS leaf (key), LATERAL (
    SELECT * FROM submissions WHERE key = leaf.key AND received_at = tree.received_at
        AND revision = tree.revision OFFSET 0
) AS version
"""


# BEGIN ATOMIC binds the names when the function is made; the path is fixed all the same.
def find_by(table: str, of_time: str) -> None:
    """Make the two functions that go through what the gateway has stored, in the order of time."""
    op.execute(f"""
        CREATE OR REPLACE FUNCTION waits_unjudged(of_mission text, received_before timestamptz)
        RETURNS boolean
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
        BEGIN ATOMIC
        SELECT EXISTS (
            SELECT FROM {table}
            WHERE version.authentication = 'token' AND {of_time}.mission = of_mission
                AND {of_time}.received_at < received_before
                AND {of_time}.received_at > coalesce(
                    (SELECT judged_before FROM resend_progress WHERE id = 1), '-infinity')
                AND {UNDECIDED}
        );
        END
    """)  # noqa: S608  of our own text alone
    op.execute(f"""
        CREATE OR REPLACE FUNCTION intake_figures(received_after timestamptz)
        RETURNS TABLE (taken_at timestamptz, outbox_rows bigint, outbox_oldest timestamptz,
            unassessed_oldest timestamptz)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
        BEGIN ATOMIC
        SELECT clock_timestamp(), (SELECT coalesce(sum(cardinality(keys)), 0) FROM outbox),
            (SELECT min(queued_at) FROM outbox), (
            SELECT {of_time}.received_at FROM {table}
            WHERE version.authentication = 'token'
                AND {of_time}.received_at > greatest(received_after, coalesce(
                    (SELECT judged_before FROM resend_progress WHERE id = 1), '-infinity'))
                AND {UNDECIDED}
            ORDER BY {of_time}.received_at LIMIT 1
        );
        END
    """)  # noqa: S608  of our own text alone


def upgrade() -> None:
    find_by(OF_RECEIPTS, "tree")
    op.drop_index("submissions_by_receipt", "submissions")


def downgrade() -> None:
    op.create_index(
        "submissions_by_receipt",
        "submissions",
        ["received_at"],
        postgresql_where=sa.text("authentication = 'token'"),
    )
    find_by(OF_SUBMISSIONS, "version")
