from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Now


def erase_once(apps, schema_editor):
    """What was taken out of people's rows before is still in the file; the sweeper writes it anew."""
    workshops = apps.get_model("workshops", "Workshop")._base_manager
    workshops.filter(Q(closed_at__isnull=False) | Q(guests_erased_at__isnull=False)).update(people_erased_at=Now())


class Migration(migrations.Migration):
    dependencies = [("workshops", "0017_people_without_statistics")]

    operations = [
        migrations.AddField(
            model_name="workshop",
            name="people_erased_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(erase_once, migrations.RunPython.noop),
    ]
