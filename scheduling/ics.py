"""Appointments as calendar files (RFC 5545): one identity per appointment for ever, a sequence that rises with each change."""

from collections.abc import Iterable
from datetime import UTC
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress

from .models import Appointment

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"
STATUS = {True: "CONFIRMED", False: "CANCELLED"}


def invitation(appointment: Appointment, *, link: str, to: str = "") -> bytes:
    """One appointment by mail: REQUEST puts or moves it in the reader's calendar, CANCEL takes it away."""
    event = _visit(appointment, link)
    event.add("organizer", _mailbox(parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
    if to:
        event.add("attendee", _mailbox(to), parameters={"PARTSTAT": "ACCEPTED", "RSVP": "FALSE"})
    return _calendar([event], method(appointment))


def copy(appointment: Appointment, *, link: str) -> bytes:
    """The same as a file that somebody fetches: published, so that no program asks for an answer."""
    return _calendar([_visit(appointment, link)], PUBLISH)


def _visit(appointment: Appointment, link: str) -> Event:
    facts = {"doctor": appointment.practitioner.name, "clinic": appointment.clinic.name}
    event = _event(appointment, _("Video visit with %(doctor)s, %(clinic)s") % facts)
    event.add("description", _("Come in here: %(link)s") % {"link": link})
    event.add("url", link)
    return event


def method(appointment: Appointment) -> str:
    return CANCEL if appointment.status == Appointment.Status.CANCELLED else REQUEST


def feed(appointments: Iterable[Appointment]) -> bytes:
    """A doctor's appointments, without a word about whom: calendar programs lie about on other people's servers."""
    return _calendar([_event(item, _("Visit, %(clinic)s") % {"clinic": item.clinic.name}) for item in appointments], PUBLISH)


def _event(appointment: Appointment, summary: str) -> Event:
    event = Event()
    event.add("uid", f"{appointment.pk}@{urlsplit(settings.PUBLIC_URL).hostname}")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", timezone.now().astimezone(UTC))
    event.add("dtstart", appointment.start.astimezone(UTC))
    event.add("dtend", appointment.end.astimezone(UTC))
    event.add("summary", summary)
    event.add("location", appointment.clinic.name)
    event.add("status", STATUS[appointment.status != Appointment.Status.CANCELLED])
    return event


def _calendar(events: list[Event], method: str) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Naru//Appointments//")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for event in events:
        calendar.add_component(event)
    return calendar.to_ical()


def _mailbox(address: str) -> vCalAddress:
    return vCalAddress(f"mailto:{address}")
