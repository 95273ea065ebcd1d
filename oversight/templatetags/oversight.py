"""What the boards show of it."""

from django import template
from django.utils.translation import gettext as _

from .. import waits
from ..models import Alarm

register = template.Library()


@register.inclusion_tag("oversight/_alarms.html", takes_context=True)
def fairness_alarms(context):
    """Groups that wait much longer: tasks of the coordinator."""
    user, clinics = context["user"], waits.clinics_by_key()
    alarms = Alarm.objects.visible_to(user).open()
    told = [(alarm, waits.label(alarm.dimension, alarm.group, clinics)) for alarm in alarms]
    return {"alarms": told, "may_act": user.role == "coordinator", "csrf_token": context.get("csrf_token")}


@register.filter
def percent(number) -> str:
    """A share as whole percent."""
    return f"{100 * number:.0f}"


@register.filter
def points(number) -> str:
    """A difference of shares in points of a hundred, with its sign."""
    return f"{100 * number:+.0f}".replace("-", "−")


@register.filter
def gap(percent) -> str:
    """How much longer or shorter somebody waits."""
    words = _("%(percent)s %% longer") if percent > 0 else _("%(percent)s %% shorter")
    return (words % {"percent": f"{abs(percent):.0f}"}).replace(" %", "\xa0%")  # no line breaks there
