"""What a beat does for one after the other."""

import logging

from django.db import transaction

log = logging.getLogger(__name__)


def for_each(rows, deed) -> None:
    """Do it for every row: one that cannot be helped must not keep the others waiting; the next beat tries again."""
    for row in rows:
        try:
            with transaction.atomic():
                deed(row)
        except Exception:
            log.exception("%s failed for %s %s", deed.__name__, row._meta.label_lower, row.pk)
