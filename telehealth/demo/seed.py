"""Set up the demo morning, once; every deed goes through the rules."""

import uuid
from datetime import time, timedelta

from django.db import transaction
from django.utils import timezone

from accounts import consents
from accounts.models import Clinic, Patient, Practitioner, User
from intake import telling
from records.models import Phrase
from scheduling import booking
from scheduling.models import Availability, Weekday
from scheduling.openings import open_slots
from visits.models import Visit

from . import morning, past

PERSONAS = [*morning.PATIENTS, *morning.STAFF]


def seed() -> bool:
    """Make the demo's people and places; False when they are there already."""
    if Clinic.objects.exists():
        return False
    with transaction.atomic():
        clinics = {item.key: _clinic(item) for item in morning.CLINICS}
        for item in morning.STAFF:
            _staff(item, clinics)
        for item in morning.PATIENTS:
            _patient(item, clinics["seoul"], user=_user(item.email, User.Role.PATIENT, item.name, item.language))
    for item in morning.WAITING:
        _waiting(item, clinics[item.clinic])
    for patient in Patient.objects.exclude(user=None).order_by("pk"):
        _book_ahead(patient, clinics["seoul"])
    past.invent()
    return True


def _clinic(item):
    names = {"name_ko": item.name_ko, "name_en": item.name_en}
    return Clinic.objects.create(**names, link_class=item.link_class, phone=item.phone)


def _user(email, role, name, language):
    user = User(email=email, role=role, first_name=name, language=language)
    user.set_unusable_password()
    user.save()
    return user


def _staff(item, clinics):
    user = _user(item.email, item.role, item.name, item.language)
    practitioner = Practitioner.objects.create(
        user=user, name=item.name, specialty_ko=item.specialty_ko, specialty_en=item.specialty_en
    )
    for shortcut, *texts in morning.PHRASES.get(item.email, []):
        practitioner.phrases.create(shortcut=shortcut, **dict(zip(Phrase.PARTS, texts, strict=True)))
    practitioner.clinics.set(clinics[key] for key in item.clinics)
    if item.role == User.Role.DOCTOR:
        for clinic in practitioner.clinics.all():
            _open_every_day(practitioner, clinic)


def _open_every_day(practitioner, clinic):
    hours = {"start": time(8), "end": time(22), "slot_minutes": 15}
    days = [Availability(practitioner=practitioner, clinic=clinic, weekday=day, **hours) for day in Weekday]
    Availability.objects.bulk_create(days)


def _patient(item, clinic, user=None):
    return Patient.objects.create(
        name=item.name, birth_date=item.birth_date, sex=item.sex, language=item.language, clinic=clinic, user=user
    )


def _waiting(item, clinic):
    """One person tells their story and waits since some minutes."""
    channel = Visit.Channel.CLINIC if item.clinic == "village" else Visit.Channel.APP
    intake = telling.begin(_patient(item, clinic), clinic, by=None, language=item.language, channel=channel)
    arrived_at = timezone.now() - timedelta(minutes=item.minutes)
    Visit.objects.filter(pk=intake.visit_id).update(arrived_at=arrived_at)
    agreed = {wording.scope for wording in consents.WORDINGS}
    telling.save(intake, words=item.words, answers=item.answers, measured=item.vitals, agreed=agreed, by=None)
    telling.send(intake, by=None)


def _book_ahead(patient, clinic):
    """A visit in two or three days, with all that is to be told of it (NARU_STATE/messages shows the first message)."""
    doctor = Practitioner.objects.get(user__email=morning.STAFF[0].email)
    later = [slot for slot in open_slots(doctor, clinic) if slot.start > timezone.now() + timedelta(days=2)]
    booking.book(later[0], practitioner=doctor, clinic=clinic, patient=patient, request_key=uuid.uuid4(), by=patient.user)
