from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workshops", "0013_stations_run_by_providers")]

    operations = [
        migrations.AddField(
            model_name="workshop",
            name="round_discarded_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
