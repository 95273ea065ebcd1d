"""Openings and bookings."""

from datetime import time

from scheduling.models import Availability, Weekday
from tests.factories import make_clinic, make_practitioner


def make_open_doctor(*, clinic=None, start=time(0), end=time(23, 55), slot_minutes=15):
    """A doctor who is open every day."""
    clinic = clinic or make_clinic()
    doctor = make_practitioner(clinic=clinic)
    hours = {"start": start, "end": end, "slot_minutes": slot_minutes}
    for day in Weekday:
        Availability.objects.create(practitioner=doctor, clinic=clinic, weekday=day, **hours)
    return doctor, clinic
