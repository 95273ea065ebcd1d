"""The words of each message, in the reader's language and on the reader's clock; never a word about health."""

from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Patient
from scheduling import clock, ics, lateness
from visits import links, queue
from visits.states import State

from . import readers
from .models import Channel, Kind, Message


class Letter(NamedTuple):
    """What a provider sends."""

    kind: str
    channel: str
    language: str
    subject: str
    text: str
    calendar: bytes = b""  # a file for the reader's calendar, by mail only
    method: str = ""  # what the calendar shall do with it
    link: str = ""  # where it leads

    @property
    def short(self) -> str:
        """Subject and text in one, as a phone shows it."""
        return f"{self.subject}\n{self.text}"


def write(message: Message) -> Letter:
    """The letter as it is true at this moment."""
    with translation.override(message.language):
        kinds = {"duty_call": _of_duty_call, "visit": _of_visit, "offer": _of_offer, "change": _of_appointment}
        about = next(about for name, about in kinds.items() if getattr(message, name))
        subject, lines, link = about(message)
        subject = " ".join(subject.split())  # a line break in a name would break a mail's head
        if message.channel == Channel.PUSH and link:  # it is tapped, so the address is not shown
            lines = [line for line in lines if link not in line]
        letter = Letter(message.kind, message.channel, message.language, subject, "\n".join(lines), link=link)
        return _with_calendar(letter, message)


def _of_appointment(message):
    appointment, name = message.appointment, message.patient.name
    link = site(links.for_reader(message.reader, appointment))
    facts = [_when(message, appointment.start), f"{appointment.clinic.name}, {appointment.practitioner.name}"]
    come = _("Come in by this link; it is for this visit alone: %(link)s") % {"link": link}
    if message.kind == Kind.CANCELLED:
        link = site(reverse("scheduling:openings"))
        again = _("Book a new time: %(link)s") % {"link": link}
        return _("Naru: the video visit of %(name)s is cancelled") % {"name": name}, [*facts, again], link
    if message.kind in (Kind.PROPOSED, Kind.LATE):
        return {Kind.PROPOSED: _of_proposal, Kind.LATE: _of_delay}[message.kind](message, facts, come, link)
    if message.kind == Kind.MOVED:
        facts.insert(1, _("Before, it was: %(time)s") % {"time": _when(message, before(message.change).start)})
    return _subject(message.kind) % {"name": name}, [*facts, come], link


def _of_offer(message):
    """A time became free; who has no account says yes by phone."""
    offer, clinic = message.offer, message.clinic
    link = site(reverse("scheduling:mine"))
    kept = _("It is kept for you until %(time)s.") % {"time": _when(message, offer.expires_at)}
    answer = _("Take it or leave it here: %(link)s") % {"link": link}
    if message.reader is None:
        answer = _("Do you want it? Call %(clinic)s: %(phone)s") % {"clinic": clinic.name, "phone": clinic.phone}
    facts = [_when(message, offer.start), f"{clinic.name}, {offer.entry.practitioner.name}", kept, answer]
    return _("Naru: an earlier time became free for %(name)s") % {"name": message.patient.name}, facts, link


def _of_proposal(message, facts, come, link):
    """The doctor cannot be there; why is nobody's business."""
    appointment, name, proposal = message.appointment, message.patient.name, message.change.proposal
    sorry = _("%(doctor)s cannot be there at the booked time. We are sorry.") % {"doctor": appointment.practitioner.name}
    answer = _("Choose another time, or call the clinic: %(link)s") % {"link": link}
    if proposal.start:
        offer = {"time": _when(message, proposal.start), "doctor": proposal.practitioner.name}
        facts.append(_("We keep this time for you instead: %(time)s, %(doctor)s") % offer)
        answer = _("Take it, or choose another time: %(link)s") % {"link": link}
    return _("Naru: another time for the video visit of %(name)s") % {"name": name}, [sorry, *facts, answer], link


def _of_delay(message, facts, come, link):
    late = lateness.of(message.appointment)
    begins = {"time": _when(message, message.appointment.start + late), "minutes": late // timedelta(minutes=1)}
    said = _("It will probably begin about %(minutes)s minutes later: %(time)s") % begins
    return _("Naru: the video visit of %(name)s begins later") % {"name": message.patient.name}, [*facts, said, come], link


def _subject(kind) -> str:
    return {
        Kind.CONFIRMATION: _("Naru: a video visit is booked for %(name)s"),
        Kind.WEEK: _("Naru: a video visit of %(name)s lies ahead"),  # not "in a week": it may have waited for the morning
        Kind.DAY: _("Naru: a video visit of %(name)s lies ahead"),
        Kind.HOUR: _("Naru: the video visit of %(name)s begins soon"),
        Kind.MOVED: _("Naru: the video visit of %(name)s has another time"),
        Kind.LINK: _("Naru: the link to the video visit of %(name)s"),
    }[kind]


def _of_visit(message):
    visit, name = message.visit, message.patient.name
    link = site(links.for_reader(message.reader, visit))
    come = _("Come in by this link; it is for this visit alone: %(link)s") % {"link": link}
    if message.kind == Kind.LINK:
        return _subject(Kind.LINK) % {"name": name}, [visit.clinic.name, come], link
    if message.kind == Kind.TAKEN_BACK:
        return _of_cancelled_paper(message)
    if message.kind == Kind.FOLLOW_UP:
        read = _("What the doctor said can be read here for a day: %(link)s") % {"link": link}
        return _("Naru: after the video visit of %(name)s") % {"name": name}, [read, *_questions(visit.clinic)], link
    if message.kind == Kind.OTHER_WAYS:
        book = _("If it can wait, book a time: %(link)s") % {"link": site(reverse("scheduling:openings"))}
        stay = _("Until then your place is kept. If it gets worse, say so at once: %(link)s") % {"link": link}
        return _("Naru: the wait of %(name)s will be long") % {"name": name}, [visit.clinic.name, book, stay], link
    place = queue.place_of(visit) if visit.state == State.WAITING else None
    if place is None:
        return _("Naru: the doctor is calling %(name)s") % {"name": name}, [visit.clinic.name, come], link
    wait = queue.in_words(queue.expectation(place))
    if message.channel != Channel.PUSH:  # that may be read over somebody's shoulder: not even the word "urgent"
        wait += " " + _("Somebody more urgent may be seen before you.")
    return _("Naru: %(name)s is next") % {"name": name}, [visit.clinic.name, wait, come], link


def _of_cancelled_paper(message):
    """Which one is read on the page; the patient's own link ends a day after the visit, and then the clinic says it."""
    visit, link = message.visit, ""
    if message.reader:
        link = site(reverse("visit", args=[visit.pk]))
    elif links.live(visit.pk, visit.link_nonce):
        link = site(links.make(visit))
    said = [_("The doctor has cancelled a paper of this visit. It no longer counts, so please do not use it.")]
    said += [_("Please read here which one, and why: %(link)s") % {"link": link}] if link else []
    subject = _("Naru: a paper of %(name)s is cancelled") % {"name": message.patient.name}
    return subject, [visit.clinic.name, *said, *_questions(visit.clinic)], link


def _questions(clinic) -> list[str]:
    facts = {"clinic": clinic.name, "phone": clinic.phone}
    return [_("Do you have a question? Call %(clinic)s: %(phone)s") % facts] if clinic.phone else []


def _of_duty_call(message):
    call = message.duty_call
    clinics = ", ".join(clinic.name for clinic in call.practitioner.clinics.all())
    link = site(reverse("desk:queue"))
    ask = _("More people wait than the doctors on duty can see in time. Can you come? Say yes or no here: %(link)s") % {
        "link": link,
    }  # fmt: skip
    return _("Naru: %(name)s, please come on duty") % {"name": call.practitioner.name}, [clinics, ask], link


def before(change):
    """The change before this one: how it was."""
    return change.appointment.changes.filter(pk__lt=change.pk).order_by("-pk").first() or change


def site(path: str) -> str:
    """The whole address."""
    return settings.PUBLIC_URL.rstrip("/") + path


def _when(message, moment) -> str:
    clinic = message.clinic
    return clock.both(moment, readers.zone(_owner(message), clinic), readers.zone(None, clinic))


def _owner(message):
    """Whose clock counts: the reader's, or that of a patient who is told by phone."""
    return message.reader or Patient.objects.select_related("user").get(pk=message.patient_id).user


def _with_calendar(letter: Letter, message) -> Letter:
    appointment = message.appointment
    if message.channel != Channel.EMAIL or appointment is None or message.kind in (Kind.PROPOSED, Kind.LATE):
        return letter
    file = ics.invitation(appointment, link=site(links.for_reader(message.reader, appointment)), to=message.to)
    return letter._replace(calendar=file, method=ics.method(appointment))
