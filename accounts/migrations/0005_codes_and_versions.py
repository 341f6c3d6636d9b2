import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    """A code and a version for organisations, and a version for memberships, so that no form is taken twice or late."""

    dependencies = [
        ("accounts", "0004_language_of_a_user"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.AddField(
            model_name="organisation",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        # Django would give all rows that exist one and the same code.
        migrations.AddField(
            model_name="organisation",
            name="code",
            field=models.UUIDField(null=True, editable=False),
        ),
        migrations.RunSQL("UPDATE accounts_organisation SET code = gen_random_uuid()", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="organisation",
            name="code",
            field=models.UUIDField(default=uuid.uuid4, unique=True, editable=False),
        ),
    ]
