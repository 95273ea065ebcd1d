"""Whoever runs the house opens its clinics and hires the people who work there."""

from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from . import audit
from .errors import Refused
from .models import Clinic, Practitioner, User

EVERYWHERE = {User.Role.ADMINISTRATOR, User.Role.REVIEWER}  # whose work is not in one clinic


@transaction.atomic
def open_clinic(*, name_ko, name_en, by, **facts) -> Clinic:
    """A place where patients and staff meet; opening it again changes nothing but what is said anew."""
    clinic = Clinic.objects.filter(name_ko=name_ko, name_en=name_en).first() or Clinic(name_ko=name_ko, name_en=name_en)
    for name, value in facts.items():
        setattr(clinic, name, value)
    clinic.full_clean()
    clinic.save()
    audit.record(by, "clinic.open", clinic)
    return clinic


@transaction.atomic
def hire(*, email, role, name, clinics, by, language=None, **facts) -> Practitioner:
    """Somebody works here from now on; whoever works here already gets what is new, such as one more clinic."""
    email = email.lower()
    validate_email(email)
    if not clinics and role not in EVERYWHERE:
        raise Refused(_("Please say in which clinic they work."))
    user = User.objects.filter(email=email).first() or _newcomer(email, role, name)
    if user.role != role:
        raise Refused(_("%(email)s is the account of another role here. Please use another address.") % {"email": email})
    if language:
        User.objects.filter(pk=user.pk).update(language=language)
    practitioner, _made = Practitioner.objects.update_or_create(user=user, defaults={"name": name, **facts})
    practitioner.clinics.add(*clinics)
    audit.record(by, "staff.hire", practitioner)
    return practitioner


def clinic_called(name: str) -> Clinic:
    """The clinic of this name in either language, or of this number."""
    clinic = Clinic.objects.filter(Q(pk=name) if name.isdigit() else Q(name_ko=name) | Q(name_en=name)).first()
    if clinic is None:
        names = ", ".join(f"“{each.name}”" for each in Clinic.objects.all()) or _("none yet, open_clinic makes one")
        raise Refused(_("There is no clinic “%(name)s”. There are: %(names)s.") % {"name": name, "names": names})
    return clinic


def _newcomer(email, role, name) -> User:
    return User.objects.create_user(email, role=role, first_name=name)
