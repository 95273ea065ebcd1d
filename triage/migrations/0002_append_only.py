from django.db import migrations

from accounts.appendonly import protect


class Migration(migrations.Migration):
    dependencies = [("triage", "0001_initial"), ("accounts", "0002_append_only")]

    operations = [protect("triage_assessment")]
