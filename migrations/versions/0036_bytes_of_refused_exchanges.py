"""Let the bytes of a stored count or movement that a worker has refused leave the store again.

The one change that history bears: `raw` of a context event becomes empty. Only where its hash is
among what was refused, and nothing came of it; all else of the row stays as it is, and so does its
receipt. What was refused before this migration is emptied by it.
"""

from alembic import op

revision = "0036"
down_revision = "0035"

REJECTED = 3
"""`services.store.rows.KeyKind.REJECTED`."""
PREFIX = b"rejected\0truceline.context.v1\0".hex()
"""Of what `streams.keys.rejected_key_of` hashes."""
KEY_OF_REFUSED = (
    f"encode(substr(sha256('\\x{PREFIX}'::bytea || {{}}.content_hash), 1, 16), 'hex')::uuid"
)
REFUSED = """
EXISTS (SELECT FROM event_keys WHERE kind = {kind} AND key = {key})
    AND NOT EXISTS (
        SELECT FROM context_events AS taken_in
        WHERE taken_in.key = {row}.key AND taken_in.revision = {row}.revision
    )
"""

REFUSE = f"""
CREATE FUNCTION refuse_change_of_submissions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.kind = 'context' AND NEW.raw = ''
        AND to_jsonb(NEW) - 'raw' = to_jsonb(OLD) - 'raw'
        AND {REFUSED.format(kind=REJECTED, key=KEY_OF_REFUSED.format("OLD"), row="OLD")}
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% of % refused: history is never changed; write a row that supersedes',
        TG_OP, TG_TABLE_NAME USING ERRCODE = 'TC001';
END
$$
"""
GUARD = """
CREATE TRIGGER history_rows BEFORE UPDATE OR DELETE ON submissions
FOR EACH ROW EXECUTE FUNCTION {}()
"""

# Of the refusals, few, to the submissions: not the other way round.
EMPTY = """
UPDATE submissions SET raw = '' FROM rejected
WHERE rejected.raw IS NULL AND rejected.topic = 'truceline.context.v1'
    AND submissions.content_hash = rejected.content_hash
    AND submissions.kind = 'context' AND submissions.raw <> ''
    AND NOT EXISTS (
        SELECT FROM context_events AS taken_in
        WHERE taken_in.key = submissions.key AND taken_in.revision = submissions.revision
    )
"""


def upgrade() -> None:
    op.execute(REFUSE)
    op.execute("DROP TRIGGER history_rows ON submissions")
    op.execute(GUARD.format("refuse_change_of_submissions"))
    op.execute(EMPTY)


def downgrade() -> None:
    # What is emptied stays so; an earlier program reads it as an event that nobody can read.
    op.execute("DROP TRIGGER history_rows ON submissions")
    op.execute(GUARD.format("refuse_change_of_history"))
    op.execute("DROP FUNCTION refuse_change_of_submissions()")
