"""Say whether something of a mission waits unjudged, to whoever shows a corridor.

The gateway's role may be held to one agreement, and then sees no judgement under another: what is
judged would seem to wait. The function sees all and says one word. An event that a worker refused
has its outcome, under the key that `streams.keys.rejected_key_of` makes.
"""

from alembic import op

from services.local.postgres import API_ROLE

revision = "0016"
down_revision = "0015"

# BEGIN ATOMIC binds the names when the function is made; the path is fixed all the same.
WAITS = r"""
CREATE FUNCTION waits_unjudged(of_mission text, received_before timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
SELECT EXISTS (
    SELECT FROM submissions AS version
    WHERE version.authentication = 'token' AND version.mission = of_mission
        AND version.received_at < received_before
        AND version.received_at >
            coalesce((SELECT judged_before FROM resend_progress WHERE id = 1), '-infinity')
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
);
END
"""


def upgrade() -> None:
    op.execute(WAITS)
    op.execute("REVOKE ALL ON FUNCTION waits_unjudged FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION waits_unjudged TO {API_ROLE}")


def downgrade() -> None:
    op.execute("DROP FUNCTION waits_unjudged")
