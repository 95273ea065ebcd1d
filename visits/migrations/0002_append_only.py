from django.db import migrations

from accounts.appendonly import protect


class Migration(migrations.Migration):
    dependencies = [("visits", "0001_initial"), ("accounts", "0001_initial")]

    operations = [protect("visits_change")]
