from django.db import migrations, models

REASON = "one patient at a time"
IN_A_ROOM = models.Q(state="in-progress", acuity__gt=1, practitioner__isnull=False)


def leave_one_in_each_room(apps, schema_editor):
    """Of several who are with one doctor, whoever was called last stays; the others are on hold, with their line of history."""
    Visit, Change = apps.get_model("visits", "Visit"), apps.get_model("visits", "Change")
    taken = set()
    for visit in Visit.objects.filter(IN_A_ROOM).order_by("-called_at", "-pk"):
        if visit.practitioner_id in taken:
            Change.objects.create(visit=visit, what="state", old="in-progress", new="on-hold", reason=REASON)
            visit.state = "on-hold"
            visit.save(update_fields=["state"])
        taken.add(visit.practitioner_id)


class Migration(migrations.Migration):
    dependencies = [("visits", "0002_on_hold")]

    operations = [
        migrations.RunPython(leave_one_in_each_room, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("acuity__gt", 1), ("state", "in-progress")),
                fields=("practitioner",),
                name="one_patient_in_the_room",
            ),
        ),
    ]
