"""Claim: the order of 10,000 people among a million visits is one quick, indexed question; doctors who call at once never share.

`python -m bench.queue [order|claims]` measures on a PostgreSQL of its own, and writes bench/results-queue.json.
"""

import json
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import chain, repeat
from statistics import median
from time import perf_counter

from tests import services
from tests.product import ROOT

from .house import percentiles

RESULTS = ROOT / "bench" / "results-queue.json"
MANY, WAITING, CLINICS, SHOWN = 1_000_000, 10_000, 20, 50
DOCTORS, TO_CLAIM, ROUNDS = 100, 500, 3
SHARES = [0.005, 0.075, 0.425, 0.85, 1.0]  # of the levels, added up


def measure() -> dict:
    with services.postgres() as url, services.redis() as redis:
        os.environ |= {
            "DATABASE_URL": url,
            "REDIS_URL": redis,
            "DJANGO_SETTINGS_MODULE": "telehealth.settings",
            "SECRET_KEY": "of the bench",
        }
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command

        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a slow one would only cost minutes here
        call_command("migrate", verbosity=0)
        parts = {"order": ordering, "claims": claiming}
        return {name: parts[name]() for name in sys.argv[1:] or parts}


def ordering() -> dict:
    """The first page of the queue, and the whole line, of one doctor of twenty clinics with all who wait."""
    from tests.factories import make_clinic, make_doctor
    from visits.models import Visit

    clinics = [make_clinic() for _ in range(CLINICS)]
    doctor = make_doctor(clinic=clinics[0])
    doctor.practitioner.clinics.add(*clinics)
    fill([clinic.pk for clinic in clinics])
    line = Visit.objects.visible_to(doctor).in_line()
    ways = {
        f"first {SHOWN}": line.values_list("pk", flat=True)[:SHOWN],
        f"first {SHOWN} with people": line.with_people()[:SHOWN],
        "whole line, numbers only": line.values_list("pk", flat=True),
    }
    assert line.count() > 0.99 * WAITING
    plan = line.values_list("pk", flat=True)[:SHOWN].explain(analyze=True)
    return {
        "visits": MANY, "waiting": line.count(), "uses index": "visit_line" in plan and "Seq Scan on visits_visit" not in plan,
        **{f"{name}, median ms": milliseconds(way) for name, way in ways.items()}, "plan": plan.splitlines(),
    }  # fmt: skip


def milliseconds(rows) -> float:
    times = []
    for _ in range(30):
        started = perf_counter()
        list(rows.all())
        times.append(1000 * (perf_counter() - started))
    return round(median(times), 2)


def fill(clinics) -> None:
    """A million visits, one in a hundred of them waiting, as a busy network would have them."""
    from django.db import connection

    print(f"writing {MANY:,} visits ...", flush=True)
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"many": MANY, "waiting": WAITING, "clinics": clinics, "shares": SHARES})
        cursor.execute("ANALYZE")


FILL = """
WITH patients AS (
    INSERT INTO accounts_patient (name, birth_date, sex, phone, language, clinic_id)
    SELECT 'P' || n, date '1970-01-01', 'female', '', 'ko', (%(clinics)s::int[])[1 + n %% array_length(%(clinics)s::int[], 1)]
    FROM generate_series(1, %(waiting)s) AS n RETURNING id, clinic_id
), numbered AS (SELECT id, clinic_id, row_number() OVER () AS place, random() AS chance FROM patients)
INSERT INTO visits_visit
    (id, patient_id, clinic_id, channel, language, state, acuity, acuity_source, arrived_at, waiting_since, link_nonce)
SELECT gen_random_uuid(), id, clinic_id, 'app', 'ko', CASE WHEN past = 0 THEN 'waiting' ELSE 'completed' END,
    1 + (chance > (%(shares)s::float[])[1])::int + (chance > (%(shares)s::float[])[2])::int
      + (chance > (%(shares)s::float[])[3])::int + (chance > (%(shares)s::float[])[4])::int,
    'model', came, came, 'n'
FROM numbered, generate_series(0, %(many)s / %(waiting)s - 1) AS past,
    LATERAL (SELECT now() - past * interval '1 day' - (place %% 300) * interval '1 minute' AS came) AS at
"""


def claiming() -> dict:
    """A hundred doctors press "call in the next" at the same moment, five times, and then nobody waits."""
    from django.db import connection

    from tests.factories import make_clinic, make_doctor, make_patient
    from visits.flow import call_in_next
    from visits.models import Change, Visit

    clinic = make_clinic()
    doctors = [make_doctor(clinic=clinic) for _ in range(DOCTORS)]
    patients = [make_patient(clinic=clinic) for _ in range(TO_CLAIM)]
    times, doubles = [], 0
    for _ in range(ROUNDS):
        Visit.objects.filter(clinic=clinic).update(state="completed")
        queue_up(patients, clinic)
        start = threading.Barrier(DOCTORS)
        with ThreadPoolExecutor(DOCTORS) as pool:
            times += chain.from_iterable(pool.map(claim_together, doctors, repeat(start)))
        connection.close()
        assert call_in_next(by=doctors[0]) is None
        called = Change.objects.filter(visit__clinic=clinic, visit__state="on-hold", new="in-progress")
        doubles += called.count() - called.values("visit").distinct().count()
        assert called.count() == TO_CLAIM
    return {"doctors": DOCTORS, "waiting": TO_CLAIM, "rounds": ROUNDS, "doubles": doubles, **percentiles(times)}


def queue_up(patients, clinic) -> None:
    from django.utils import timezone

    from visits.models import Visit

    now = timezone.now()
    Visit.objects.bulk_create(
        Visit(
            patient=patient, clinic=clinic, state="waiting", acuity=2 + number % 4, waiting_since=now - timedelta(minutes=number)
        )
        for number, patient in enumerate(patients)
    )


def claim_together(doctor, start) -> list[float]:
    """As the button of a doctor's page does it, all doctors at the same moment, until nobody waits."""
    from django.db import connection

    from visits.flow import call_in_next, hold

    times = []
    for _ in range(TO_CLAIM // DOCTORS):
        start.wait()
        began = perf_counter()
        visit = call_in_next(by=doctor)
        connection.close()  # as at the end of a request: back into the pool
        times.append(perf_counter() - began)
        hold(visit, by=doctor)  # a room has one patient at a time
        connection.close()
    return times


if __name__ == "__main__":
    found = measure()
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}  # of bench.watchers
    RESULTS.write_text(json.dumps(kept | found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))
