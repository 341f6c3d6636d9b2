from django.db import migrations, models

KEEP_DAYS = """
UPDATE workshops_participant SET last_seen_at = date_trunc('day', last_seen_at)
FROM workshops_workshop WHERE workshops_workshop.id = workshop_id AND workshops_workshop.state = 'closed'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("workshops", "0002_spectators_and_details_version"),
    ]

    operations = [
        migrations.RemoveField(model_name="participant", name="joined_at"),
        migrations.AlterField(
            model_name="participant",
            name="left_at",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="participant",
            name="removed_at",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.RunSQL(KEEP_DAYS, migrations.RunSQL.noop),
    ]
