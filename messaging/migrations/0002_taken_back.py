from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('messaging', '0001_tables'),
    ]

    operations = [
        migrations.AlterField(
            model_name='message',
            name='kind',
            field=models.CharField(choices=[('confirmation', 'Confirmation'), ('week', 'Week'), ('day', 'Day'), ('hour', 'Hour'), ('moved', 'Moved'), ('cancelled', 'Cancelled'), ('follow-up', 'Follow Up'), ('next', 'Next'), ('offer', 'Offer'), ('link', 'Link'), ('other-ways', 'Other Ways'), ('duty', 'Duty'), ('proposed', 'Proposed'), ('late', 'Late'), ('taken-back', 'Taken Back')], max_length=15),
        ),
    ]
