"""Keep beside each violation what its verdict would be as each party draws the term's zones.

Of what was found before, the assessment's body says it. A view's columns are those that its table
had when it was made, so it is made again.
"""

import sqlalchemy as sa
from alembic import op

from services.local.postgres import API_ROLE

revision = "0027"
down_revision = "0026"

CURRENT = """
CREATE OR REPLACE VIEW current_violations WITH (security_invoker = true) AS
SELECT * FROM violations AS one
WHERE NOT EXISTS (
    SELECT FROM supersessions AS later
    WHERE later.key = one.key AND later.revision = one.revision
)
"""


def upgrade() -> None:
    op.add_column("violations", sa.Column("claims", sa.LargeBinary))
    op.execute(CURRENT)


def downgrade() -> None:
    op.execute("DROP VIEW current_violations")
    op.drop_column("violations", "claims")
    op.execute(CURRENT)
    op.execute(f"GRANT SELECT ON current_violations TO {API_ROLE}")
