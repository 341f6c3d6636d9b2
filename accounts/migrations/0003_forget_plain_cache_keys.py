from django.db import migrations


class Migration(migrations.Migration):
    """Keys of the cache were plain addresses; they are hashed from now on, and the counts of the last minutes go."""

    dependencies = [("accounts", "0002_cache_table")]

    operations = [migrations.RunSQL("DELETE FROM cache", migrations.RunSQL.noop)]
