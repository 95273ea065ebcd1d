from django.db import migrations

from accounts.appendonly import protect


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial"), ("accounts", "0002_append_only")]

    operations = [protect("records_note", when="OLD.status = 'signed'")]
