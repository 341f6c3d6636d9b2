from django.db import migrations

# The planner's statistics are copies of values, and ANALYZE takes them at any moment, also in an open block. Rows are
# found by their keys, so none are needed. The change of type to itself drops what was taken before.
COLUMNS = {
    "workshops_ballot": {"id": "uuid", "secret_hash": "varchar(64)", "answers": "jsonb", "participant_id": "bigint"},
    "workshops_participation": {"participant_id": "bigint", "finished": "boolean"},
}
FORGET = [
    f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {kind}, ALTER COLUMN {column} SET STATISTICS 0"
    for table, columns in COLUMNS.items()
    for column, kind in columns.items()
]


class Migration(migrations.Migration):
    dependencies = [("workshops", "0006_remove_rating")]

    operations = [migrations.RunSQL(FORGET, migrations.RunSQL.noop)]
