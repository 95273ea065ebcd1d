"""Claim: however many want a time, one gets it, and quickly; free times are found at once, also beside a million appointments.

`python -m bench.booking [SEEDS]` measures on a PostgreSQL of its own (which writes to disk as a real one does), with four
processes of twelve threads each; beside it, in the same run, the naive way: look whether the time is free, then insert.
0 seeds: free times and calendars alone.
"""

import json
import os
import random
import sys
import uuid
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, timedelta
from functools import cache, partial
from multiprocessing import get_context
from statistics import median
from time import perf_counter, process_time
from zoneinfo import ZoneInfo

from tqdm import tqdm

from tests import services

PROCESSES, THREADS = 4, 12
CROWD, RANGES, DISTINCT = 200, 400, 2000
SEEDS = 20
ROUNDS = 5
DOCTORS = 40
MANY = 1_000_000
FULL = 24_000  # in a month of forty doctors: about twenty a day each


def measure(seeds: int = SEEDS) -> dict:
    with services.postgres(fast=False) as url:
        os.environ.update(DATABASE_URL=url, DJANGO_SETTINGS_MODULE="telehealth.settings")
        start_django()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return _measure(seeds)


def _measure(seeds: int) -> dict:
    house = _furnish()
    found = _alone(house)
    if seeds:
        found |= _racing(house, seeds)
    found |= {"small table": _finding(house)}
    _fill(house)
    found |= {"beside a million appointments": _finding(house)}
    return found


def _racing(house: dict, seeds: int) -> dict:
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), initializer=start_django) as pool:
        run = partial(_clients, pool, house)
        run("book", [(doctor, None, 50 + place) for doctor in house["doctors"] for place in range(10)])  # everything is warm
        _overlaps_and_clear()
        return {"seeds": seeds, "connections": PROCESSES * THREADS, **_crowds(run, house, seeds), **_rates(run, house)}


def _alone(house) -> dict:
    """Of one client: the median of a booking and of a refusal, and their processor time without the database's."""
    found = {}
    for name in ("booked", "taken"):
        times, began = [], process_time()
        for place in range(100, 150):
            answer, ms = _client(house, "book", (house["doctors"][0], None, place))
            assert answer == name
            times.append(ms)
        found[f"alone, {name}, ms"] = round(median(times), 1)
        found[f"alone, {name}, ms of processor"] = round((process_time() - began) * 1000 / len(times), 1)
    _overlaps_and_clear()
    return found


def start_django() -> None:
    import django

    django.setup()


def _furnish() -> dict:
    """One clinic, forty doctors, open all day; visits of twelve lengths; a patient who books."""
    from scheduling.models import VisitType
    from tests.factories import make_clinic, make_patient, make_user
    from tests.scheduling import make_open_doctor

    clinic = make_clinic()
    doctors = [make_open_doctor(clinic=clinic)[0].pk for _ in range(DOCTORS)]
    lengths = [VisitType(clinic=clinic, name_ko="진료", name_en="Visit", minutes=5 * number) for number in range(1, 13)]
    kinds = [kind.pk for kind in VisitType.objects.bulk_create(lengths)]
    return {"clinic": clinic.pk, "doctors": doctors, "kinds": kinds, "patient": make_patient(clinic=clinic, user=make_user()).pk}


def _crowds(run, house, seeds) -> dict:
    """Everybody wants one time; then four hundred want times of many lengths that overlap."""
    winners, overlaps, answers = set(), 0, {"one": [], "many": []}
    doctor = house["doctors"][0]
    for seed in tqdm(range(seeds), desc="crowds", unit="seed"):
        chooser = random.Random(seed)  # noqa: S311 - no secret
        came = run("book", [(doctor, None, 96 + seed)] * CROWD)
        winners.add(sum(name == "booked" for name, _ms in came))
        answers["one"] += came
        overlaps += _overlaps_and_clear()
        wishes = [(doctor, chooser.choice(house["kinds"]), chooser.random() * 8 + 30) for _ in range(RANGES)]
        answers["many"] += run("book", wishes)
        overlaps += _overlaps_and_clear()
    shown = [name for came in answers.values() for name, _ms in came if name not in ("booked", "taken")]
    return {
        "winners of one time": sorted(winners),
        "overlaps": overlaps,
        "errors shown": len(shown),
        "one time wanted by 200, p99 ms": _p99(answers["one"]),
        "400 overlapping ranges, p99 ms": _p99(answers["many"]),
    }


def _rates(run, house) -> dict:
    """Distinct times, ours and the naive way in turn."""
    rates = {"book": [], "naive": []}
    wishes = [(doctor, None, 100 + place) for place in range(DISTINCT // DOCTORS) for doctor in house["doctors"]]
    for _ in tqdm(range(ROUNDS), desc="distinct", unit="round"):
        for deed, found in rates.items():
            began = perf_counter()
            came = run(deed, wishes)
            found.append(len(came) / (perf_counter() - began))
            if any(name != "booked" for name, _ms in came):
                raise SystemExit(f"{deed}: a distinct time was not booked")
            _overlaps_and_clear()
    ratios = [ours / other for ours, other in zip(rates["book"], rates["naive"], strict=True)]
    named = {"book": "distinct bookings a second", "naive": "naive"}
    return {named[deed]: round(median(found)) for deed, found in rates.items()} | {"ours / naive": round(median(ratios), 2)}


def _finding(house) -> dict:
    """Milliseconds for free times and calendars: a doctor's sixty days with 500 bookings, a clinic's month of forty doctors."""
    from accounts.models import Clinic, Practitioner
    from scheduling import agenda
    from scheduling.openings import of_doctors, open_slots

    clinic = Clinic.objects.get(pk=house["clinic"])
    doctors = list(Practitioner.objects.filter(pk__in=house["doctors"]))
    _book_some(house, 500)
    now = timezone_now()
    found = _timed({
        "60 days of a doctor, ms": lambda: open_slots(doctors[0], clinic, end=now + timedelta(days=60)),
        "free times of 40 doctors for a month, ms": lambda: of_doctors(doctors, clinic, end=now + timedelta(days=30)),
    })  # fmt: skip
    _overlaps_and_clear()
    _write(house, FULL, last=now + timedelta(days=31), every="70 minutes", status="booked")
    zone, today = ZoneInfo(clinic.time_zone), now.date()
    month = [today + timedelta(days=number) for number in range(1, 32)]
    start = agenda.midnight(month[7], zone)
    found |= _timed({
        f"month page of 40 doctors with {FULL:,} appointments, ms": lambda: agenda.totals(doctors, clinic, month, zone),
        "day page of 40 doctors, ms": lambda: agenda.entries(doctors, clinic, start, start + timedelta(days=1)),
        "week page of a doctor, ms": lambda: agenda.entries(doctors[:1], clinic, start, start + timedelta(days=7)),
    })  # fmt: skip
    _overlaps_and_clear()
    return found


def _timed(ways: dict) -> dict:
    """The median of some tries."""
    found = {}
    for name, way in ways.items():
        times = []
        for _ in range(15):
            began = perf_counter()
            way()
            times.append((perf_counter() - began) * 1000)
        found[name] = round(median(times), 1)
    return found


# --- clients


def _clients(pool, house, deed: str, wishes: list) -> list:
    """All wishes at once; what came of each, and how long it took."""
    parts = [wishes[start::PROCESSES] for start in range(PROCESSES)]
    return [answer for part in pool.map(partial(_part, house, deed), parts) for answer in part]


def _part(house, deed, wishes):
    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(partial(_client, house, deed), wishes))


def _client(house, deed, wish):
    from django.db import Error, connection

    from accounts.errors import Refused

    began = perf_counter()
    try:
        DEEDS[deed](house, *wish)
        name = "booked"
    except Refused:
        name = "taken"
    except Error as error:
        name = type(error).__name__
    connection.close()  # as at the end of a request: back into the pool
    return name, (perf_counter() - began) * 1000


@cache
def _people(clinic: int, doctor: int, patient: int):
    from accounts.models import Clinic, Patient, Practitioner

    people = Patient.objects.select_related("user").get(pk=patient)
    return {"practitioner": Practitioner.objects.get(pk=doctor), "clinic": Clinic.objects.get(pk=clinic), "patient": people}


@cache
def _kind(pk):
    from scheduling.models import VisitType

    return VisitType.objects.get(pk=pk) if pk else None


def _slot(house, kind, place: float):
    """The time of this number in a row of times of this length, beginning tomorrow at midnight of the clinic."""
    from scheduling.slots import Slot

    length = timedelta(minutes=kind.minutes if kind else 15)
    here = timezone_now().astimezone(ZoneInfo("Asia/Seoul"))
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC) + timedelta(days=1)
    day, hour = divmod(place * 0.25, 23.75) if kind is None else (1, place % 23)  # open until five to midnight
    start = midnight + timedelta(days=day) + int(timedelta(hours=hour) / length) * length
    return Slot(start, start + length)


def _book(house, doctor, kind, place):
    from scheduling import booking

    people, kind = _people(house["clinic"], doctor, house["patient"]), _kind(kind)
    booking.book(_slot(house, kind, place), request_key=uuid.uuid4(), by=people["patient"].user, kind=kind, **people)


def _naive(house, doctor, kind, place):
    """Look, then insert: what sells a time twice. All else is the same: history, audit, messages."""
    from django.db import transaction

    from accounts import audit
    from accounts.errors import Refused
    from scheduling.models import Appointment, AppointmentChange
    from scheduling.openings import is_open
    from scheduling.signals import appointment_changed

    people, slot = _people(house["clinic"], doctor, house["patient"]), _slot(house, None, place)
    if not is_open(slot, people["practitioner"], people["clinic"]):
        raise Refused
    with transaction.atomic():
        facts = {"start": slot.start, "end": slot.end, "request_key": uuid.uuid4(), "booked_by": people["patient"].user}
        row = Appointment.objects.create(**facts, **people)
        change = AppointmentChange.objects.create(appointment=row, what="booked", start=row.start, end=row.end)
        audit.record(None, "appointment.book", row)
        transaction.on_commit(partial(appointment_changed.send_robust, sender=Appointment, change=change))


DEEDS = {"book": _book, "naive": _naive}


# --- the table


def _overlaps_and_clear() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(OVERLAPS)
        (found,) = cursor.fetchone()
        for statement in CLEAR:
            cursor.execute(statement)
    return found


def _book_some(house, number: int) -> None:
    """So many bookings of the first doctor, spread over sixty days."""
    from django.db import connection

    for place in range(number):
        _book(house, house["doctors"][0], None, 4 + place * (13 * 95 // number))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as PostgreSQL does by itself within a minute


def _fill(house) -> None:
    """A million appointments of earlier years, with their cells."""
    print(f"writing {MANY:,} appointments ...", flush=True)
    _write(house, MANY, last=timezone_now() - timedelta(days=2), every="15 minutes", status="fulfilled")


def _write(house, many: int, **facts) -> None:
    """So many appointments in one statement, back from the last one, each doctor in turn."""
    from django.db import connection

    people = {name: house[name] for name in ("doctors", "clinic", "patient")}
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE scheduling_appointment DISABLE TRIGGER USER")
        cursor.execute(FILL, {"many": many, **people, **facts})
        cursor.execute("ALTER TABLE scheduling_appointment ENABLE TRIGGER USER")
        cursor.execute("ANALYZE")


def _p99(came) -> float:
    return round(sorted(ms for _name, ms in came)[int(len(came) * 0.99)], 1)


OVERLAPS = """SELECT count(*) FROM scheduling_appointment one JOIN scheduling_appointment other
    ON one.practitioner_id = other.practitioner_id AND one.id < other.id AND one.start < other."end" AND other.start < one."end"
    WHERE one.status = 'booked' AND other.status = 'booked' AND one.start > now() AND other.start > now()"""
CLEAR = (
    "DELETE FROM messaging_message",
    "ALTER TABLE scheduling_appointmentchange DISABLE TRIGGER USER",
    "DELETE FROM scheduling_appointmentchange",
    "ALTER TABLE scheduling_appointmentchange ENABLE TRIGGER USER",
    "DELETE FROM scheduling_bookedcell WHERE start > now()",
    "DELETE FROM scheduling_appointment WHERE start > now()",
)
FILL = """WITH facts AS (
        SELECT gen_random_uuid() AS id, n,
            (%(doctors)s::int[])[1 + n %% array_length(%(doctors)s::int[], 1)] AS doctor,
            date_trunc('day', %(last)s::timestamptz) - (n / array_length(%(doctors)s::int[], 1)) * %(every)s::interval AS start
        FROM generate_series(0, %(many)s - 1) AS n
    ), rows AS (
        INSERT INTO scheduling_appointment (id, practitioner_id, clinic_id, patient_id, start, "end", status, request_key,
            booked_by_id, booked_at, sequence)
        SELECT id, doctor, %(clinic)s, %(patient)s, start, start + interval '15 minutes', %(status)s, gen_random_uuid(),
            (SELECT user_id FROM accounts_patient WHERE id = %(patient)s), start, 0 FROM facts
        RETURNING id, practitioner_id, start
    )
    INSERT INTO scheduling_bookedcell (appointment_id, practitioner_id, start)
        SELECT id, practitioner_id, start + cell * interval '5 minutes' FROM rows, generate_series(0, 2) AS cell"""


def timezone_now():
    from django.utils import timezone

    return timezone.now()


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if sys.argv[1:] else SEEDS), indent=1))
