from django.db import migrations, models


def leave_the_newest_open(apps, schema_editor):
    """Of several open offers of one wish the newest counts; the time of the others is free again when their hold runs out."""
    wishes = set()
    for offer in apps.get_model("scheduling", "Offer").objects.filter(state="open").order_by("-made_at", "-pk"):
        if offer.entry_id in wishes:
            offer.state = "expired"
            offer.save(update_fields=["state"])
        wishes.add(offer.entry_id)


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0002_no_overlap'),
    ]

    operations = [
        migrations.RunPython(leave_the_newest_open, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('entry',), name='one_open_offer'),
        ),
    ]
