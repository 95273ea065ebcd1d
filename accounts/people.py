"""Bring a person into Naru: oneself, somebody one cares for, or a patient at the clinic's desk."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from . import audit
from .errors import NotAllowed, Refused
from .models import Clinic, Grant, Patient, Scope

OLDEST_YEARS = 125


@transaction.atomic
def register(*, name, birth_date, sex, clinic, by, language) -> Patient:
    """A signed-in person becomes a patient themselves."""
    patient, made = Patient.objects.get_or_create(user=by, defaults=_facts(name, birth_date, sex, clinic, language))
    if made:
        audit.record(by, "patient.create", patient)
        if not by.get_full_name():  # a name says more than an address, wherever they act for somebody
            by.first_name = patient.name
            by.save(update_fields=["first_name"])
    return patient


@transaction.atomic
def care_for(*, name, birth_date, sex, clinic, by, language, relationship) -> Patient:
    """Somebody cares for a child or an elder and may act for them."""
    granted = Patient.objects.filter(grants__in=Grant.objects.live(Scope.JOIN).filter(user=by), name=name, birth_date=birth_date)
    if granted.exists():
        return granted.first()
    patient = Patient.objects.create(**_facts(name, birth_date, sex, clinic, language))
    Grant.objects.create(user=by, patient=patient, relationship=relationship, given_by=by)
    audit.record(by, "patient.create", patient, why=relationship)
    return patient


@transaction.atomic
def bring_in(*, name, birth_date, sex, clinic, by, language, phone="") -> Patient:
    """Staff bring in a patient of their clinic; who is known by name and birth date is found again."""
    if not by.clinics.filter(pk=clinic.pk).exists():
        raise NotAllowed(_("You do not work in this clinic."))
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    known = Patient.objects.filter(clinic=clinic, name=name.strip(), birth_date=birth_date).first()
    if known:
        return known
    patient = Patient.objects.create(**_facts(name, birth_date, sex, clinic, language), phone=phone)
    audit.record(by, "patient.create", patient)
    return patient


def _facts(name, birth_date, sex, clinic, language):
    return {"name": name.strip(), "birth_date": possible(birth_date), "sex": sex, "clinic": clinic, "language": language}


def possible(birth_date: date) -> date:
    """A birth date that a living person can have."""
    today = timezone.localdate()
    if birth_date > today or today.year - birth_date.year > OLDEST_YEARS:
        raise Refused(
            _("Please check the date of birth: %(date)s cannot be right.") % {"date": date_format(birth_date, _("j M Y"))}
        )
    return birth_date
