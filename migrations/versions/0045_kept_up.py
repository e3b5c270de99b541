"""Keep when it was known that nothing of a mission waited longer than its methodology allows.

A stretch lasts until something might wait too long without anybody knowing; as long as somebody
looks in time, it is made longer. Between stretches the system was behind, whatever was down. What
can be told of an instant is told of it for ever: a stretch is made longer before its end alone, and
by who has the lock that readers of that mission wait for (0044). Of what was before nothing is
said.
"""

import sqlalchemy as sa
from alembic import op

from services.local.postgres import API_ROLE

revision = "0045"
down_revision = "0044"

ALLOWED = """
make_interval(secs => coalesce(
    (convert_from(document, 'UTF8')::jsonb #>> '{corridor,unassessed_after_s}')::float8, 60
))
"""
BEFORE = """
INSERT INTO kept_up SELECT DISTINCT mission, '-infinity'::timestamptz, clock_timestamp()
FROM methodologies
"""
# BEGIN ATOMIC binds the names when the function is made; the path is fixed all the same.
OLDEST = r"""
CREATE FUNCTION oldest_unjudged(of_mission text, received_before timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
SELECT tree.received_at FROM receipts AS tree, unnest(tree.keys) AS leaf (key), LATERAL (
    SELECT * FROM submissions WHERE key = leaf.key AND received_at = tree.received_at
        AND revision = tree.revision OFFSET 0
) AS version
WHERE version.authentication = 'token' AND tree.mission = of_mission
    AND tree.received_at < received_before
    AND tree.received_at > coalesce(
        (SELECT judged_before FROM resend_progress WHERE id = 1), '-infinity')
    AND NOT CASE version.kind
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
    END
    AND NOT coalesce((
        SELECT true FROM event_keys AS refused
        WHERE refused.key = encode(substring(sha256(
            '\x72656a656374656400'::bytea || CASE version.kind
                WHEN 'report' THEN 'truceline.reports.v1'::bytea
                WHEN 'context' THEN 'truceline.context.v1'::bytea
                ELSE 'truceline.corridor-status.v1'::bytea
            END || '\x00'::bytea || version.content_hash
        ) FROM 1 FOR 16), 'hex')::uuid LIMIT 1
    ), false)
ORDER BY tree.received_at LIMIT 1;
END
"""
# What was received just now may not be committed: what is said is of half of what is allowed ago.
NOTE = f"""
CREATE FUNCTION note_kept_up(of_mission text, judged_in_kafka timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    allowed interval;
    looked timestamptz;
    ends timestamptz;
    taken timestamptz;
BEGIN
    SELECT {ALLOWED} INTO allowed FROM public.methodologies WHERE mission = of_mission
    ORDER BY version DESC, loaded_at DESC LIMIT 1;
    IF allowed IS NULL THEN
        RETURN;
    END IF;
    looked := least(judged_in_kafka, clock_timestamp() - allowed / 2);
    ends := coalesce(public.oldest_unjudged(of_mission, looked), looked) + allowed;
    IF ends <= clock_timestamp() THEN
        RETURN; -- it is behind, and nobody need wait to hear so
    END IF;
    taken := public.show_from(of_mission);
    IF ends <= taken THEN
        RETURN;
    END IF;
    UPDATE public.kept_up SET until = greatest(until, ends)
    WHERE mission = of_mission AND until > taken;
    IF NOT FOUND THEN
        INSERT INTO public.kept_up (mission, since, until) VALUES (of_mission, taken, ends);
    END IF;
END
$$
"""  # noqa: S608  of our own text alone
IS_KEPT_UP = """
CREATE FUNCTION is_kept_up(of_mission text, seen_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
SELECT EXISTS (
    SELECT FROM kept_up WHERE mission = of_mission AND since <= seen_at AND until > seen_at
);
END
"""
TO_KEEP_UP = """
CREATE FUNCTION missions_to_keep_up() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
SELECT DISTINCT mission FROM methodologies ORDER BY mission;
END
"""
FUNCTIONS = ("oldest_unjudged", "note_kept_up", "is_kept_up", "missions_to_keep_up")


def upgrade() -> None:
    op.create_table(
        "kept_up",
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("since", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("until", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mission", "since"),
    )
    op.execute(BEFORE)
    op.execute("ALTER TABLE kept_up ENABLE ROW LEVEL SECURITY")
    for function in (OLDEST, NOTE, IS_KEPT_UP, TO_KEEP_UP):
        op.execute(function)
    for name in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    for name in FUNCTIONS[1:]:
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {API_ROLE}")


def downgrade() -> None:
    for name in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {name}")
    op.drop_table("kept_up")
