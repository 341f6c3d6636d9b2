from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workshops", "0014_discarded_rounds")]

    operations = [
        migrations.AddField(
            model_name="activity",
            name="details_version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
    ]
