"""What the ledger is asked, and what a reviewer answers."""

from datetime import date

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import Refused
from accounts.models import User
from visits.models import Acuity

from .cases import HIGHER, LOWER

MONTHS = 12  # that can be chosen, the present one first


def months() -> list[date]:
    """The first days of the last months, newest first."""
    today = timezone.localdate()
    count = today.year * 12 + today.month - 1
    return [date((count - back) // 12, (count - back) % 12 + 1, 1) for back in range(MONTHS)]


def day_of(row, user) -> str:
    """When a case was: to the day for staff, to the month for who shall not know the person."""
    at = timezone.localtime(row.created_at)
    return at.strftime("%Y-%m") if user.role == User.Role.REVIEWER else at.strftime("%Y-%m-%d")


class LedgerForm(forms.Form):
    """Which cases: of which month, and in which direction the AI differed."""

    month = forms.ChoiceField(label=gettext_lazy("Month"), required=False)
    direction = forms.ChoiceField(
        label=gettext_lazy("The AI said"),
        choices=[("", gettext_lazy("either way")), (HIGHER, gettext_lazy("more urgent")), (LOWER, gettext_lazy("less urgent"))],
        required=False,
    )

    def __init__(self, data):
        super().__init__(data)
        named = [(day.isoformat()[:7], date_format(day, "YEAR_MONTH_FORMAT")) for day in months()]
        self.fields["month"].choices = [("", _("all")), *named]
        for field in self.fields.values():
            field.widget.attrs["class"] = "nhsuk-select"

    def wanted(self) -> dict:
        """Month (its first day, or None) and direction; what makes no sense is passed over."""
        self.is_valid()
        month, direction = (self.cleaned_data.get(name, "") for name in ("month", "direction"))
        return {"month": date.fromisoformat(f"{month}-01") if month else None, "direction": direction}


class VerdictForm(forms.Form):
    """The level that was right, and why."""

    level = forms.TypedChoiceField(choices=Acuity.choices, coerce=int)
    reason = forms.CharField(max_length=300)

    def said(self) -> tuple[int, str]:
        if not self.is_valid():
            raise Refused(_("Please choose the level that was right, and say in a few words why."))
        return self.cleaned_data["level"], self.cleaned_data["reason"]
