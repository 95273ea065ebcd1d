"""Rows that are written once: history, audit, assessments, signatures."""

from django.db import migrations, models


class Unchangeable(Exception):
    """Somebody tried to change history."""


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise Unchangeable(f"{self.model.__name__} rows are never changed")

    def delete(self):
        raise Unchangeable(f"{self.model.__name__} rows are never deleted")

    def bulk_update(self, objs, fields, batch_size=None):
        raise Unchangeable(f"{self.model.__name__} rows are never changed")


class AppendOnly(models.Model):
    """A row that refuses update and delete; PostgreSQL refuses them too, by trigger."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise Unchangeable(f"{type(self).__name__} rows are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise Unchangeable(f"{type(self).__name__} rows are never deleted")


REFUSE = """
CREATE OR REPLACE FUNCTION naru_refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '%% rows are never changed', TG_TABLE_NAME; END $$;
"""


def protect(table, when="TRUE"):
    """A migration step: PostgreSQL itself refuses to change or delete rows of this table (for which `when` holds)."""

    def add(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(REFUSE)
            schema_editor.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION naru_refuse_change()"
            )

    def remove(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")

    return migrations.RunPython(add, remove)
