"""How people are named where they did something."""

from django.utils.translation import gettext as _


def named(user, patient=None) -> str:
    """Who it was; whoever acts for somebody else is named with them. Empty for nobody."""
    if user is None:
        return ""
    name = user.practitioner.name if hasattr(user, "practitioner") else str(user)
    if patient is None or user.is_staff_member or patient.user_id == user.pk:
        return name
    return _("%(who)s for %(patient)s") % {"who": name, "patient": patient.name}
