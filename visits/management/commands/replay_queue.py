"""Who waited then, and in which order? For whoever has to answer that."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts import staffing
from accounts.errors import Refused
from visits import replay
from visits.models import Visit
from visits.queue import clinics_beside


class Command(BaseCommand):
    help = "Show the queue of a clinic (and of those beside it) at a past moment: `replay_queue CLINIC 2026-11-25T14:30`."

    def add_arguments(self, parser):
        parser.add_argument("clinic", help="number or name")
        parser.add_argument("time", help="ISO 8601; without a zone it is the clinic's own time")

    @no_translations
    def handle(self, *, clinic, time, **options):
        try:
            found = staffing.clinic_called(clinic)
            at = _moment(time, found)
        except (Refused, ValueError) as problem:
            raise CommandError(str(problem)) from None
        visits = Visit.objects.filter(clinic__in=clinics_beside(found.pk)).with_people()
        places = replay.line(visits, at)
        self.stdout.write(f"{len(places)} waited at {at:%Y-%m-%d %H:%M %Z}.")
        for place in places:
            visit = place.visit
            self.stdout.write(
                f"{place.number:4}  level {visit.acuity}  {place.waited_minutes:4} min  {place.used_percent:4} %  "
                f"{visit.pk}  {visit.clinic.name}"
            )


def _moment(time, clinic) -> datetime:
    at = parse_datetime(time)
    if at is None:
        raise ValueError("Write the time like 2026-11-25T14:30.")
    return at if timezone.is_aware(at) else timezone.make_aware(at, ZoneInfo(clinic.time_zone))
