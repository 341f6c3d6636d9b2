import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_forget_plain_cache_keys"),
        ("workshops", "0008_full_mode"),
    ]

    operations = [
        migrations.CreateModel(
            name="PartTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "partition",
                    models.CharField(
                        choices=[("relation", "in-house and providers"), ("department", "departments")], max_length=10
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=120)),
                ("is_provider", models.BooleanField(default=False)),
                ("disappointing", models.PositiveIntegerField(default=0)),
                ("fine", models.PositiveIntegerField(default=0)),
                ("delighting", models.PositiveIntegerField(default=0)),
                ("unable", models.PositiveIntegerField(default=0)),
                ("scales", models.JSONField(blank=True, default=dict)),
            ],
        ),
        migrations.AddField(
            model_name="activity",
            name="attendance",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
        migrations.AddField(
            model_name="activity",
            name="round",
            field=models.PositiveSmallIntegerField(default=1, editable=False),
        ),
        migrations.AddField(
            model_name="activity",
            name="round_of",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="workshops.activity",
            ),
        ),
        migrations.AddField(
            model_name="ballot",
            name="department",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="accounts.department",
            ),
        ),
        # As decision 12 says: no copy of a ballot's value in the planner's statistics.
        migrations.RunSQL(
            "ALTER TABLE workshops_ballot ALTER COLUMN department_id SET STATISTICS 0", migrations.RunSQL.noop
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("round", 1), ("round_of__isnull", True)),
                    models.Q(("round__gt", 1), ("round_of__isnull", False)),
                    _connector="OR",
                ),
                name="activity_later_round_has_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.UniqueConstraint(
                condition=models.Q(("round_of__isnull", False)),
                fields=("round_of", "round"),
                name="activity_round_once",
            ),
        ),
        migrations.AddField(
            model_name="parttally",
            name="station",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="workshops.activitystation"
            ),
        ),
        migrations.AddConstraint(
            model_name="parttally",
            constraint=models.UniqueConstraint(
                fields=("station", "partition", "name", "is_provider"), name="part_once"
            ),
        ),
    ]
