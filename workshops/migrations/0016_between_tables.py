from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workshops", "0015_plans_have_versions")]

    operations = [
        migrations.AddField(
            model_name="stationtally",
            name="between_tables",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
    ]
