import uuid

import django.db.models.deletion
from django.db import migrations, models

# What moderators typed goes at reveal, physically; the planner's statistics would keep copies of it (see 0007).
FORGET = [
    f"ALTER TABLE workshops_tableentry ALTER COLUMN {column} SET STATISTICS 0" for column in ("answers", "finished")
]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_forget_plain_cache_keys"),
        ("workshops", "0010_blocks_in_advance"),
    ]

    operations = [
        migrations.AddField(
            model_name="activity",
            name="raters_at_table",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="stationtally",
            name="at_table",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="stationtally",
            name="unable_at_table",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="stationtally",
            name="scales_at_table",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.CreateModel(
            name="TableEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("heads", models.PositiveSmallIntegerField(verbose_name="people at the table")),
                ("answers", models.JSONField(blank=True, default=dict, editable=False)),
                ("finished", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tables", to="workshops.activity"
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.department",
                        verbose_name="department",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("heads__gte", 1), ("heads__lte", 60)),
                        name="table_has_heads",
                        violation_error_message="A table has between 1 and 60 people.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("finished__lte", models.F("heads"))), name="table_finished_within_heads"
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORGET, migrations.RunSQL.noop),
    ]
