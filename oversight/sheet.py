"""The ledger as a table for a spreadsheet."""

import csv
from collections.abc import Iterable

from django.http import HttpResponse
from django.utils.translation import gettext as _

from .cases import Case
from .forms import day_of


def of(cases: Iterable[Case], user) -> HttpResponse:
    """One line a case, as this reader may know it."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="naru-differences.csv"'
    response.write("\ufeff")  # without it a spreadsheet garbles Korean
    sheet = csv.writer(response)
    sheet.writerow([
        _("Case"), _("Day"), _("Clinic"), _("Who"), _("AI's level"), _("Suggested by"), _("Clinician's level"),
        _("Clinician's reason"), _("How it ended"), _("Verdicts"), _("Right level"),
    ])  # fmt: skip
    sheet.writerows([_safe(cell) for cell in _line(case, user)] for case in cases)
    return response


def _line(case: Case, user) -> list:
    row, known = case.row, not case.is_sealed
    both = "/".join(map(str, case.levels))
    return [
        row.pk, day_of(row, user), case.clinic, case.who,
        row.against.acuity if known else both, row.against.get_source_display() if known else "",
        row.acuity if known else both, row.reason if known else "",
        case.outcome.get_kind_display() if case.outcome else "",
        len(row.verdicts.all()), case.right or "",
    ]  # fmt: skip


def _safe(cell):
    """A spreadsheet takes words that begin like a formula for one."""
    return f"'{cell}" if str(cell)[:1] in tuple("=+-@\t\r") else cell
