"""How the AI does, and how fair the waits are."""

from datetime import date

from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.models import User
from desk.access import only_for
from visits.models import Acuity

from . import adjudication, cases, report, sheet, waits
from .forms import LedgerForm, VerdictForm, months
from .models import Alarm

MOST = 500  # cases on a page; the table has all


def _found(request):
    """The cases that were asked for, as this reader may know them; a sealed one does not answer who said what."""
    wanted = LedgerForm(request.GET).wanted()
    rows = cases.differing(cases.visible_to(request.user), wanted["direction"])
    rows = cases.of_month(rows, wanted["month"]) if wanted["month"] else rows
    found = cases.told_to(request.user, rows, waits.clinics_by_key())
    audit.saw(request.user, "ledger.read", [case.row for case in found])
    shown = [case for case in found if not (wanted["direction"] and case.is_sealed)]
    return shown, len(found) - len(shown)


@require_safe
@only_for(*cases.READERS)
def ledger(request):
    """Every case where AI and clinician differed, with what became of it."""
    shown, sealed = _found(request)
    facts = {"cases": shown[:MOST], "more": len(shown) - MOST, "sealed": sealed, "query": request.GET.urlencode()}
    return render(request, "oversight/ledger.html", {**facts, "form": LedgerForm(request.GET)})


@require_safe
@only_for(*cases.READERS)
def download(request):
    """The same as a table."""
    return sheet.of(_found(request)[0], request.user)


@require_safe
@only_for(*cases.READERS)
def case(request, pk):
    """One case: what was told, without names; who said what once both verdicts are in."""
    row = get_object_or_404(cases.differing(cases.visible_to(request.user)), pk=pk)
    [found] = cases.told_to(request.user, cases.signed().filter(pk=row.pk), waits.clinics_by_key())
    audit.record(request.user, "case.read", found.row.visit)
    facts = {"case": found, "levels": Acuity.choices, "next": cases.next_for(request.user), **cases.story(found)}
    return render(request, "oversight/case.html", facts)


@require_POST
@only_for(User.Role.DOCTOR)
def judge(request, pk):
    """One of the two verdicts."""
    row = get_object_or_404(cases.judgeable_by(request.user), pk=pk)
    level, reason = VerdictForm(request.POST).said()
    adjudication.judge(row, level, reason=reason, by=request.user)
    return redirect("oversight:case", pk=pk)


@require_safe
@only_for(*cases.READERS)
def monthly(request):
    """Who was right in a month, with numbers and intervals."""
    month = LedgerForm(request.GET).wanted()["month"] or months()[0]
    pairs = cases.of_month(cases.visible_to(request.user), month)
    made = report.of(cases.told_to(request.user, pairs, {}))
    facts = {"report": made, "month": month, "form": LedgerForm({"month": month.isoformat()[:7]})}
    return render(request, "oversight/report.html", facts)


@require_safe
def fairness(request):
    """The waits by group, for everybody to read."""
    figures = waits.labelled(waits.today())
    tables = [((key, name), figures["dimensions"][key]) for key, name in Alarm.Dimension.choices]
    first, last = (date.fromisoformat(figures[end]) for end in ("from", "to"))
    return render(request, "oversight/fairness.html", {"figures": figures, "tables": tables, "first": first, "last": last})


@require_safe
def fairness_json(request):
    """The same for programs."""
    return JsonResponse(waits.labelled(waits.today()))


@require_POST
@only_for(User.Role.COORDINATOR)
def see_to(request, pk):
    """A coordinator says what is done about a gap."""
    alarm = get_object_or_404(Alarm.objects.visible_to(request.user), pk=pk)
    waits.see_to(alarm, by=request.user, answer=request.POST.get("answer", ""))
    return redirect("desk:board")
