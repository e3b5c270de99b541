"""Let a row of the outbox lead to several submissions of a lane.

A row each cost a fifth of storing them. Where a message goes to stands in its submission. What
waits goes on waiting, in its order, on the way up and on the way down. How many events wait is a
figure of the intake (0018, 0020), which counts what the rows lead to now.
"""

from alembic import op

revision = "0022"
down_revision = "0021"

# The rest of the function is 0020's.
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

UP = """
ALTER TABLE outbox ADD COLUMN keys uuid[], ADD COLUMN received_ats timestamptz[],
    ADD COLUMN revisions int[];
UPDATE outbox SET keys = ARRAY[key], received_ats = ARRAY[received_at], revisions = ARRAY[revision];
ALTER TABLE outbox DROP COLUMN key, DROP COLUMN received_at, DROP COLUMN revision,
    DROP COLUMN topic, DROP COLUMN partition_key, ALTER COLUMN keys SET NOT NULL,
    ALTER COLUMN received_ats SET NOT NULL, ALTER COLUMN revisions SET NOT NULL
"""

DOWN = """
CREATE TEMPORARY TABLE waiting ON COMMIT DROP AS
SELECT lane, id, place, queued_at, version.key, version.received_at, version.revision,
    'truceline.' || CASE version.kind WHEN 'report' THEN 'reports'
        WHEN 'context' THEN 'context' ELSE 'corridor-status' END || '.v1' AS topic,
    convert_to(version.mission || '/' || version.source, 'UTF8') AS partition_key
FROM outbox, unnest(keys, received_ats, revisions)
    WITH ORDINALITY AS message (key, received_at, revision, place)
    JOIN submissions AS version USING (key, received_at, revision);
DELETE FROM outbox;
ALTER TABLE outbox DROP COLUMN keys, DROP COLUMN received_ats, DROP COLUMN revisions,
    ADD COLUMN key uuid NOT NULL, ADD COLUMN received_at timestamptz NOT NULL,
    ADD COLUMN revision int NOT NULL, ADD COLUMN topic text NOT NULL,
    ADD COLUMN partition_key bytea NOT NULL;
INSERT INTO outbox (lane, queued_at, key, received_at, revision, topic, partition_key)
SELECT lane, queued_at, key, received_at, revision, topic, partition_key FROM waiting
ORDER BY lane, id, place
"""


# BEGIN ATOMIC binds the names when the function is made; the path is fixed all the same.
def count_by(how_many: str) -> None:
    """Make the intake's figures with this number of events that wait."""
    op.execute(f"""
        CREATE OR REPLACE FUNCTION intake_figures(received_after timestamptz)
        RETURNS TABLE (taken_at timestamptz, outbox_rows bigint, outbox_oldest timestamptz,
            unassessed_oldest timestamptz)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
        BEGIN ATOMIC
        SELECT clock_timestamp(), (SELECT {how_many} FROM outbox),
            (SELECT min(queued_at) FROM outbox), (
            SELECT version.received_at FROM submissions AS version
            WHERE version.authentication = 'token'
                AND version.received_at > greatest(received_after, coalesce(
                    (SELECT judged_before FROM resend_progress WHERE id = 1), '-infinity'))
                AND NOT CASE version.kind {DONE} END
                AND NOT coalesce((
                    SELECT true FROM event_keys AS refused
                    WHERE refused.key = encode(substring(sha256(
                        '\\x72656a656374656400'::bytea || CASE version.kind {TOPIC} END
                        || '\\x00'::bytea || version.content_hash
                    ) FROM 1 FOR 16), 'hex')::uuid LIMIT 1
                ), false)
            ORDER BY version.received_at LIMIT 1
        );
        END
    """)  # noqa: S608  of our own text alone


def upgrade() -> None:
    op.execute(UP)
    count_by("coalesce(sum(cardinality(keys)), 0)")


def downgrade() -> None:
    count_by("count(*)")
    op.execute(DOWN)
