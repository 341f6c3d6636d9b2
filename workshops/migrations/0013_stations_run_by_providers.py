from django.db import migrations, models

# A department's name is unique in its organisation: where one is still called what the block copied, it is that one.
BY_NAME = """
    UPDATE workshops_activitystation SET by_provider = department.kind = 'provider'
    FROM workshops_activity activity
    JOIN workshops_workshop workshop ON workshop.id = activity.workshop_id
    JOIN accounts_department department ON department.organisation_id = workshop.organisation_id
    WHERE activity.id = workshops_activitystation.activity_id
    AND department.name = workshops_activitystation.department_name
"""
# Else it was probably renamed, and still looks after the touchpoint.
BY_TOUCHPOINT = """
    UPDATE workshops_activitystation SET by_provider = department.kind = 'provider'
    FROM journeys_station station
    JOIN touchpoints_touchpoint touchpoint ON touchpoint.id = station.touchpoint_id
    JOIN accounts_department department ON department.id = touchpoint.department_id
    WHERE station.id = workshops_activitystation.station_id
    AND workshops_activitystation.department_name <> '' AND workshops_activitystation.by_provider IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("workshops", "0012_reminders")]

    operations = [
        migrations.AddField(
            model_name="activitystation",
            name="by_provider",
            field=models.BooleanField(blank=True, null=True),
        ),
        migrations.RunSQL([BY_NAME, BY_TOUCHPOINT], migrations.RunSQL.noop),
    ]
