"""Two booked appointments of a doctor never overlap, whoever writes the row: cells decide races, this refuses rows without cells."""

from django.db import migrations

from accounts.appendonly import protect

OVERLAP = """SELECT 1 FROM scheduling_appointment other
    WHERE other.practitioner_id = NEW.practitioner_id AND other.status = 'booked' AND other.id <> NEW.id
    AND other.start < NEW."end" AND other."end" > NEW.start AND other.start > {earliest}"""
POSTGRESQL = f"""
CREATE FUNCTION naru_refuse_overlap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'booked' AND EXISTS ({OVERLAP.format(earliest="NEW.start - interval '1 day'")}) THEN
        RAISE EXCEPTION 'two appointments of a doctor overlap' USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER no_overlap BEFORE INSERT OR UPDATE OF start, "end", practitioner_id, status ON scheduling_appointment
    FOR EACH ROW EXECUTE FUNCTION naru_refuse_overlap();
"""
SQLITE = f"""
CREATE TRIGGER no_overlap_{{name}} BEFORE {{event}} ON scheduling_appointment WHEN NEW.status = 'booked'
BEGIN
    SELECT RAISE(ABORT, 'two appointments of a doctor overlap') WHERE EXISTS ({OVERLAP.format(earliest="datetime(NEW.start, '-1 day')")});
END
"""
EVENTS = {"insert": "INSERT", "update": 'UPDATE OF start, "end", practitioner_id, status'}


def refuse(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL)
        else:
            for name, event in EVENTS.items():
                cursor.execute(SQLITE.format(name=name, event=event))


def allow(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "postgresql":
            cursor.execute("DROP TRIGGER no_overlap ON scheduling_appointment; DROP FUNCTION naru_refuse_overlap()")
        else:
            for name in EVENTS:
                cursor.execute(f"DROP TRIGGER no_overlap_{name}")


class Migration(migrations.Migration):
    replaces = [('scheduling', '0003_no_overlap')]

    dependencies = [('scheduling', '0001_tables')]
    operations = [migrations.RunPython(refuse, allow), protect("scheduling_appointmentchange")]
