"""Give figures of the whole intake to the gateway's role, which sees rows of single missions alone.

How much waits in the outbox and since when, and since when the oldest submission after an instant
is neither judged nor refused: numbers and instants, no names. The outcome of a refused event is
under the key that `streams.keys.rejected_key_of` makes (see 0016).
"""

from alembic import op

from services.local.postgres import API_ROLE

revision = "0018"
down_revision = "0017"

# BEGIN ATOMIC binds the names when the function is made; the path is fixed all the same.
FIGURES = r"""
CREATE FUNCTION intake_figures(received_after timestamptz)
RETURNS TABLE (taken_at timestamptz, outbox_rows bigint, outbox_oldest timestamptz,
    unassessed_oldest timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
SELECT clock_timestamp(), (SELECT count(*) FROM outbox), (SELECT min(queued_at) FROM outbox), (
    SELECT version.received_at FROM submissions AS version
    WHERE version.authentication = 'token'
        AND version.received_at > greatest(received_after,
            coalesce((SELECT judged_before FROM resend_progress WHERE id = 1), '-infinity'))
        AND NOT CASE version.kind WHEN 'report' THEN coalesce((
            SELECT true FROM assessments AS made
            WHERE made.key = version.key AND made.received_at = version.received_at
                AND made.cause IS NULL LIMIT 1
        ), false) ELSE coalesce((
            SELECT true FROM corridor_events AS made
            WHERE made.key = version.key AND made.revision = version.revision
                AND made.kind = 'status' LIMIT 1
        ), false) END
        AND NOT coalesce((
            SELECT true FROM event_keys AS refused
            WHERE refused.key = encode(substring(sha256(
                '\x72656a656374656400'::bytea || CASE version.kind
                    WHEN 'report' THEN 'truceline.reports.v1'::bytea
                    ELSE 'truceline.corridor-status.v1'::bytea
                END || '\x00'::bytea || version.content_hash
            ) FROM 1 FOR 16), 'hex')::uuid LIMIT 1
        ), false)
    ORDER BY version.received_at LIMIT 1
);
END
"""


def upgrade() -> None:
    op.execute(FIGURES)
    op.execute("REVOKE ALL ON FUNCTION intake_figures FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION intake_figures TO {API_ROLE}")


def downgrade() -> None:
    op.execute("DROP FUNCTION intake_figures")
