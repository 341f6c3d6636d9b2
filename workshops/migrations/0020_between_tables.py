from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workshops", "0013_stations_run_by_providers")]

    operations = [
        migrations.AddField(
            model_name="stationtally",
            name="between_tables",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
    ]
