"""Plain makers: they say only what matters to the test."""

import itertools
from datetime import date

from accounts.consents import WORDINGS
from accounts.models import Clinic, Grant, Patient, Practitioner, User
from intake import telling
from visits import flow
from visits.models import Visit
from visits.states import State

_numbers = itertools.count(1)


def make_user(role=User.Role.PATIENT, **fields):
    return User.objects.create_user(f"{role}{next(_numbers)}@example.org", "correct horse battery", role=role, **fields)


def make_clinic(**fields):
    number = next(_numbers)
    return Clinic.objects.create(**{"name_ko": f"{number}번 의원", "name_en": f"Clinic {number}", **fields})


def make_practitioner(*, clinic=None, role=User.Role.DOCTOR, **fields):
    """A staff member of a clinic; `.user` signs in."""
    practitioner = Practitioner.objects.create(user=make_user(role), name=fields.pop("name", f"Dr {next(_numbers)}"), **fields)
    practitioner.clinics.add(clinic or make_clinic())
    return practitioner


def make_doctor(*, clinic=None, **fields):
    """The user of a doctor."""
    return make_practitioner(clinic=clinic, **fields).user


def make_assistant(*, clinic=None):
    return make_practitioner(clinic=clinic, role=User.Role.ASSISTANT).user


def make_patient(*, clinic=None, user=None, **fields):
    defaults = {"name": f"Patient {next(_numbers)}", "birth_date": date(1970, 5, 17), "sex": Patient.Sex.FEMALE}
    return Patient.objects.create(clinic=clinic or make_clinic(), user=user, **{**defaults, **fields})


def make_grant(*, user, patient, **fields):
    return Grant.objects.create(user=user, patient=patient, relationship="child", **fields)


def make_visit(*, state=State.WAITING, patient=None, clinic=None, doctor=None, **fields):
    """A visit brought to its state by the deeds that lead there."""
    clinic = clinic or (patient.clinic if patient else make_clinic())
    visit = flow.arrive(patient or make_patient(clinic=clinic), clinic, by=None)
    Visit.objects.filter(pk=visit.pk).update(**fields)
    doctor = doctor or make_doctor(clinic=clinic)
    for deed in _way_to(state, doctor):
        deed(visit)
    return Visit.objects.get(pk=visit.pk)


def _way_to(state, doctor):
    steps = [lambda visit: flow.join_queue(visit, by=None), lambda visit: flow.call_in(visit, by=doctor)]
    last = {
        State.ARRIVED: steps[:0],
        State.WAITING: steps[:1],
        State.IN_PROGRESS: steps,
        State.ON_HOLD: [*steps, lambda visit: flow.hold(visit, by=doctor)],
        State.COMPLETED: [*steps, lambda visit: flow.finish(visit, by=doctor)],
        State.DISCONTINUED: [*steps, lambda visit: flow.discontinue(visit, by=doctor, reason="line lost")],
        State.CANCELLED: [lambda visit: flow.leave(visit, by=None)],
    }
    return last[state]


def make_intake(*, words="I have had a runny nose for two days", language="en", sent=False, patient=None, clinic=None):
    """A told story; `sent` puts it into the queue."""
    clinic = clinic or (patient.clinic if patient else make_clinic())
    patient = patient or make_patient(clinic=clinic, language=language)
    intake = telling.begin(patient, clinic, by=None, language=language)
    intake = telling.save(intake, words=words, agreed={item.scope for item in WORDINGS}, by=None)
    return telling.send(intake, by=None) if sent else intake
