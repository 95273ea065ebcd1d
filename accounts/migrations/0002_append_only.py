from django.db import migrations

from accounts.appendonly import protect


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [protect("accounts_auditevent")]
