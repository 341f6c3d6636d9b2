from django.db import migrations

# As 0007 for ballots: who was reminded, and so had not finished, ends with the reveal; a guest's name and identity and
# everybody's last sign of life end some time after the workshop. The planner's statistics would keep copies of them.
# The change of type to itself drops what was taken before.
COLUMNS = {
    "workshops_remindermail": {"membership_id": "bigint", "language": "varchar(2)", "state": "varchar(8)"},
    "workshops_participant": {"name": "varchar(80)", "token_hash": "varchar(64)", "last_seen_at": "timestamptz"},
}
FORGET = [
    f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {kind}, ALTER COLUMN {column} SET STATISTICS 0"
    for table, columns in COLUMNS.items()
    for column, kind in columns.items()
]


class Migration(migrations.Migration):
    dependencies = [("workshops", "0016_between_tables")]

    operations = [migrations.RunSQL(FORGET, migrations.RunSQL.noop)]
